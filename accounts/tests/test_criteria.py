"""Portrait and qualification: asked in the administration, answered on the card, scored."""

import pytest
from django.utils import timezone

from accounts.models import Answer, Criterion
from accounts.testing import make_account
from foundation.errors import Refused
from foundation.models import Event
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson, roles=["lead"])


def ask(question, **parts):
    return Criterion.objects.create(question=question, **parts)


def url(account, criterion=None):
    return f"/clients/{account.pk}/criteria/" + (f"{criterion.pk}/" if criterion else "")


def test_one_tap_answers_on_the_card_and_the_score_follows(cast, client_of, acme):
    budget, need = ask("Is there a budget?", weight=3), ask("Do they need it this year?")
    ask("Do they decide alone?", part="portrait")
    ask("Are they certified?", role="supplier")
    seller = client_of(cast.salesperson)
    page = seller.get(acme.get_absolute_url()).content.decode()
    assert "0 of 2 answered" in page
    assert "Do they decide alone?" in page
    assert "Are they certified?" not in page
    panel = seller.post(url(acme, budget), {"word": "yes"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in panel
    assert "75 %" in panel
    assert cast.salesperson.name in panel
    seller.post(url(acme, need), {"word": "no"})
    page = seller.get(acme.get_absolute_url()).content.decode()
    assert "2 of 2 answered" in page
    assert "Is there a budget? yes" in page


def test_all_answers_with_notes_in_one_form_and_the_same_again_is_quiet(cast, client_of, acme):
    budget, need = ask("Is there a budget?"), ask("Do they need it?")
    sent = {f"word-{budget.pk}": "yes", f"note-{budget.pk}": "about 5,000", f"word-{need.pk}": "unknown"}
    seller = client_of(cast.salesperson)
    for _time in range(2):
        assert seller.post(url(acme), sent).url == acme.get_absolute_url()
    answer = Answer.objects.get()
    assert (answer.word, answer.note, answer.answered_by) == ("yes", "about 5,000", cast.salesperson)
    assert Event.objects.filter(name="criterion.answered").count() == 1
    seller.post(url(acme, budget), {"word": "no"})
    answer.refresh_from_db()
    assert (answer.word, answer.note) == ("no", "about 5,000")


def test_a_bad_answer_says_why_and_keeps_what_was_typed(cast, client_of, acme):
    budget = ask("Is there a budget?")
    sent = {f"word-{budget.pk}": "perhaps", f"note-{budget.pk}": "my long note"}
    answer = client_of(cast.salesperson).post(url(acme), sent)
    assert answer.status_code == 422
    assert "Select a valid choice" in answer.content.decode()
    assert "my long note" in answer.content.decode()
    assert client_of(cast.salesperson).post(url(acme, budget), {"word": "x"}).status_code == 422
    assert not Answer.objects.exists()


def test_the_outsider_gets_404_and_who_may_only_look_no_buttons(cast, client_of, acme):
    budget = ask("Is there a budget?")
    for person, status in ((cast.outsider, 404), (cast.support, 403)):
        assert client_of(person).get(url(acme)).status_code == status
        assert client_of(person).post(url(acme, budget), {"word": "yes"}).status_code == status
    page = client_of(cast.support).get(acme.get_absolute_url()).content.decode()
    assert "Is there a budget?" in page
    assert url(acme, budget) not in page


def test_what_is_retired_is_no_longer_asked(cast, acme):
    retired = ask("Fax?", is_retired=True)
    with pytest.raises(Refused, match="no longer asked"):
        Answer.give(acme, retired, "yes", by=cast.head, at=timezone.now())


def test_an_answered_criterion_is_not_deleted(cast, client_of, acme):
    budget = ask("Is there a budget?")
    Answer.give(acme, budget, "yes", by=cast.head, at=timezone.now())
    admin = client_of(cast.admin)
    assert admin.get(f"/admin/accounts/criterion/{budget.pk}/delete/").status_code == 403
    assert admin.get("/admin/accounts/criterion/").status_code == 200


def test_the_form_costs_what_is_recorded_however_many_questions(cast, client_of, acme):
    for number in range(5):
        ask(f"Question {number}?")
    seller = client_of(cast.salesperson)
    with assert_query_count("criteria"):
        seller.get(url(acme))
