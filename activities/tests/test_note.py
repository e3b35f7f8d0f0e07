"""Notes: written, reworded, pinned, and naming colleagues."""

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.testing import make_account
from activities.mentions import named_in
from activities.models import Note
from deals.testing import make_deal
from foundation.errors import Refused, Stale
from foundation.models import Event
from foundation.testing import assert_query_count


class Named:
    def __init__(self, pk, name):
        self.pk, self.name = pk, name


SAM, SAMANTHA, SAM_TWO = Named(1, "Sam Porter"), Named(2, "Samantha Lee"), Named(3, "Sam Brown")


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


@pytest.mark.django_db
def test_a_note_stands_on_the_card_and_pinned_ones_on_top(cast, client_of, acme):
    salesperson = client_of(cast.salesperson)
    salesperson.post(f"/notes/new/?account={acme.pk}", {"text": "Pays late", "is_pinned": "on"})
    page = salesperson.get(acme.get_absolute_url()).content.decode()
    assert page.count("Pays late") == 2
    note = Note.objects.get()
    salesperson.post(f"/notes/{note.pk}/pin/", {"pinned": "0"})
    assert salesperson.get(acme.get_absolute_url()).content.decode().count("Pays late") == 1
    names = list(Event.objects.filter(name__startswith="note").order_by("pk").values_list("name", flat=True))
    assert names == ["note.added", "note.unpinned"]


@pytest.mark.django_db
def test_a_reworded_note_reads_anew_wherever_it_stands(cast, client_of, acme):
    deal = make_deal(owner=cast.salesperson, account=acme)
    note = Note.add("Old words", deal=deal, by=cast.salesperson, at=timezone.now())
    salesperson = client_of(cast.salesperson)
    answer = salesperson.post(f"/notes/{note.pk}/edit/", {"text": "New words", "seen": "Old words"})
    assert answer.status_code == 302
    for url in (acme.get_absolute_url(), deal.get_absolute_url(), note.get_absolute_url()):
        page = salesperson.get(url).content.decode()
        assert "New words" in page
        assert "Old words" not in page


@pytest.mark.django_db
def test_two_who_reword_one_note_do_not_overwrite_each_other(cast, client_of, acme):
    note = Note.add("First", account=acme, by=cast.salesperson, at=timezone.now())
    note.edit("Second", by=cast.head, at=timezone.now())
    with pytest.raises(Stale):
        note.edit("Third", seen="First", by=cast.salesperson, at=timezone.now())
    answer = client_of(cast.salesperson).post(f"/notes/{note.pk}/edit/", {"text": "Third", "seen": "First"})
    assert answer.status_code == 409
    assert "Third" in answer.content.decode()


@pytest.mark.django_db
def test_an_empty_note_is_refused(cast, client_of, acme):
    answer = client_of(cast.salesperson).post(f"/notes/new/?account={acme.pk}", {"text": "  "})
    assert answer.status_code == 422
    with pytest.raises(Refused):
        Note.add(" \x00 ", account=acme, by=cast.salesperson, at=timezone.now())


@pytest.mark.django_db
def test_the_composer_gets_its_form_back_with_the_mistake(cast, client_of, acme):
    answer = client_of(cast.salesperson).post(
        f"/notes/new/?account={acme.pk}",
        {"text": ""},
        headers={"HX-Request": "true", "HX-Target": "composer-body"},
    )
    assert answer.status_code == 422
    assert "<html" not in answer.content.decode()
    done = client_of(cast.salesperson).post(
        f"/notes/new/?account={acme.pk}",
        {"text": "Said"},
        headers={"HX-Request": "true", "HX-Target": "composer-body"},
    )
    assert (done.status_code, done["HX-Refresh"]) == (200, "true")


@pytest.mark.django_db
def test_who_is_mentioned_sees_the_note_but_cannot_reword_it(cast, client_of, acme):
    client_of(cast.salesperson).post(f"/notes/new/?account={acme.pk}", {"text": "@Oscar Stone please look"})
    note = Note.objects.get()
    assert Event.objects.get(name="note.added").payload["mentioned_ids"] == [cast.outsider.pk]
    outsider = client_of(cast.outsider)
    assert outsider.get(note.get_absolute_url()).status_code == 200
    assert outsider.get(f"/notes/{note.pk}/edit/").status_code == 403
    assert outsider.post(f"/notes/{note.pk}/pin/").status_code == 403


@pytest.mark.django_db
def test_the_outsider_finds_no_note(cast, client_of, acme):
    note = Note.add("Secret", account=acme, by=cast.salesperson, at=timezone.now())
    outsider = client_of(cast.outsider)
    for url in (f"/notes/{note.pk}/", f"/notes/{note.pk}/edit/", f"/notes/new/?account={acme.pk}"):
        assert outsider.get(url).status_code == 404


@pytest.mark.django_db
def test_whoever_sees_the_client_sees_its_notes(cast, client_of, acme):
    note = Note.add("For all", account=acme, by=cast.salesperson, at=timezone.now())
    assert client_of(cast.support).get(note.get_absolute_url()).status_code == 200


@pytest.mark.django_db
def test_names_are_suggested_by_their_first_letters(cast, client_of):
    names = client_of(cast.salesperson).get("/notes/colleagues/?q=he").json()["names"]
    assert names == ["Helena Marsh"]
    assert client_of(cast.salesperson).get("/notes/colleagues/?q=%00").json()["names"] == []


@pytest.mark.django_db
def test_a_note_costs_what_is_recorded(cast, client_of, acme):
    salesperson = client_of(cast.salesperson)
    with assert_query_count("note, added"):
        salesperson.post(f"/notes/new/?account={acme.pk}", {"text": "Words"})


@pytest.mark.parametrize(
    ("text", "people", "expected"),
    [
        ("@Sam Porter, look", [SAM, SAMANTHA, SAM_TWO], [1]),
        ("@sam porter", [SAM, SAM_TWO], [1]),
        ("@Samantha", [SAM, SAMANTHA, SAM_TWO], [2]),
        ("@Sam", [SAM, SAM_TWO], []),
        ("@Sam", [SAM, SAMANTHA], [1]),
        ("@Samuel", [SAM], []),
        ("write to sam@Sam Porter", [SAM], []),
        ("(@Sam Porter) and @Samantha Lee. @Sam Porter", [SAM, SAMANTHA], [1, 2]),
        ("@@Sam Porter", [SAM], []),
    ],
)
def test_a_mention_is_the_longest_name_that_only_one_has(text, people, expected):
    assert [person.pk for person in named_in(text, people)] == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_somebody_named_between_other_words_is_found_unless_glued_to_them(before, after):
    text = f"{before} @Sam Porter {after}"
    assert SAM in named_in(text, [SAM])
