"""The page of possible duplicates."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import DuplicatePair, PairState
from accounts.testing import make_account
from foundation.errors import Refused
from foundation.models import Event, EventSubject
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db
HERE = "/clients/duplicates/"


def make_pair(owner, other_owner=None, *, names=("Acme Tools", "Acme Tools Ltd"), score=18, **fields):
    first = make_account(names[0], owner=owner)
    second = make_account(names[1], owner=other_owner or owner)
    fields.setdefault("reasons", ["same_name", "same_phone", "other_place"])
    return DuplicatePair.objects.create(
        first=first, second=second, score=score, found_at=timezone.now(), **fields
    )


def test_the_owner_of_both_sees_the_pair_with_what_speaks_for_it_and_against(cast, client_of):
    make_pair(cast.salesperson)
    page = client_of(cast.salesperson).get(HERE).content.decode()
    for words in ("Acme Tools Ltd", "the same phone", "but another address", "likely", "Not a duplicate"):
        assert words in page


def test_who_sees_one_client_of_a_pair_or_none_learns_nothing_of_it(cast, client_of):
    pair = make_pair(cast.salesperson, cast.outsider)
    for person in (cast.salesperson, cast.outsider):
        page = client_of(person).get(HERE)
        assert "No possible duplicates" in page.content.decode()
        assert "Acme" not in page.content.decode()
        for decision in ("dismiss", "reconsider"):
            assert client_of(person).post(f"{HERE}{pair.pk}/{decision}/").status_code == 404
    assert "Acme Tools Ltd" in client_of(cast.admin).get(HERE).content.decode()


def test_not_a_duplicate_leaves_the_list_and_comes_back_by_undo(cast, client_of):
    pair, seller = make_pair(cast.salesperson), client_of(cast.salesperson)
    answer = seller.post(f"{HERE}{pair.pk}/dismiss/", follow=True)
    page = answer.content.decode()
    assert "Remembered: these are two clients." in page
    assert f"{HERE}{pair.pk}/reconsider/" in page
    assert "No possible duplicates" in page
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (PairState.NOT_DUPLICATE, cast.salesperson)
    assert "Look again" in seller.get(f"{HERE}?state=not_duplicate").content.decode()
    seller.post(f"{HERE}{pair.pk}/reconsider/")
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at) == (PairState.NEW, None, None)
    assert [each.name for each in Event.objects.filter(name__startswith="duplicate.").order_by("pk")] == [
        "duplicate.dismissed",
        "duplicate.reconsidered",
    ]


def test_both_clients_tell_of_the_decision(cast):
    pair = make_pair(cast.salesperson)
    pair.dismiss(by=cast.salesperson, at=timezone.now())
    event = Event.objects.get(name="duplicate.dismissed")
    subjects = EventSubject.objects.filter(event_id=event.pk)
    assert set(subjects.values_list("kind", "subject_id")) == {
        ("account", pair.first_id),
        ("account", pair.second_id),
    }


def test_deciding_twice_is_one_event(cast):
    pair = make_pair(cast.salesperson)
    for _time in range(2):
        pair.dismiss(by=cast.salesperson, at=timezone.now())
    assert Event.objects.filter(name="duplicate.dismissed").count() == 1


def test_merged_ones_can_no_longer_be_said_to_be_two(cast):
    pair = make_pair(cast.salesperson)
    pair.first.merge([pair.second], by=cast.salesperson, at=timezone.now())
    with pytest.raises(Refused, match="merged meanwhile"):
        pair.dismiss(by=cast.salesperson, at=timezone.now())


def test_who_may_only_look_gets_no_button_and_no_door(cast, client_of):
    pair = make_pair(cast.salesperson)
    accountant = client_of(cast.accountant)
    page = accountant.get(HERE).content.decode()
    assert "Acme Tools Ltd" in page
    assert "Not a duplicate</button>" not in page
    assert accountant.post(f"{HERE}{pair.pk}/dismiss/").status_code == 403


@pytest.mark.parametrize("asked", ["?state=merged", "?state=%00", "?state=new&cursor="])
def test_a_forged_state_shows_what_is_to_be_looked_at(cast, client_of, asked):
    make_pair(cast.salesperson)
    answer = client_of(cast.salesperson).get(f"{HERE}{asked}")
    assert answer.status_code == 200
    assert "Acme Tools Ltd" in answer.content.decode()


def test_a_forged_cursor_is_refused_with_a_sentence(cast, client_of):
    answer = client_of(cast.salesperson).get(f"{HERE}?cursor=forged")
    assert answer.status_code == 422
    assert "no longer works" in answer.content.decode()


def test_pages_follow_one_another_likeliest_first(cast, client_of):
    for number in range(30):
        make_pair(cast.salesperson, names=(f"First {number}", f"Second {number}"), score=10 + number)
    seller = client_of(cast.salesperson)
    first = seller.get(HERE)
    assert "Second 29<" in first.content.decode()
    assert "Second 4<" not in first.content.decode()
    second = seller.get(f"{HERE}?{first.context['links']['next']}").content.decode()
    assert "Second 4<" in second
    assert "Second 5<" not in second


def test_the_list_of_clients_leads_here(cast, client_of):
    assert f'href="{HERE}"' in client_of(cast.salesperson).get("/clients/").content.decode()


def test_the_page_costs_what_is_recorded_however_many_pairs(cast, client_of):
    for number in range(3):
        make_pair(cast.salesperson, names=(f"First {number}", f"Second {number}"))
    seller = client_of(cast.salesperson)
    with assert_query_count("pairs"):
        seller.get(HERE)


def test_a_day_is_said_where_the_reader_is(cast, client_of):
    pair = make_pair(cast.salesperson)
    pair.first.created_at = timezone.now() - timedelta(days=1)
    pair.first.save()
    assert "added: Yesterday" in client_of(cast.salesperson).get(HERE).content.decode()
