"""Logging calls, with what follows from them, and nobody answering."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.testing import make_account, make_contact
from activities import calling
from activities.models import Call, Task, TaskState
from activities.testing import make_task
from deals.testing import make_deal
from foundation.models import Event, EventSubject
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


def said(**values):
    return {"direction": "out", "result": "reached", "note": "", **values}


def test_a_call_is_logged_on_the_card_and_stands_on_its_timeline(cast, client_of, acme):
    contact = make_contact(acme)
    salesperson = client_of(cast.salesperson)
    answer = salesperson.post(
        f"/calls/new/?account={acme.pk}",
        said(note="Wants roses", duration=7, contact=contact.pk, phone="+74951234567"),
    )
    assert answer.status_code == 302
    call = Call.objects.get()
    assert (call.account, call.contact, call.duration, call.phone) == (acme, contact, 7, "+74951234567")
    page = salesperson.get(acme.get_absolute_url()).content.decode()
    assert "Call outgoing: reached, 7 minutes" in page
    assert "Wants roses" in page
    assert "Nothing is planned next." in page


def test_a_call_of_a_deal_stands_on_the_deal_and_on_its_client(cast, client_of, acme):
    deal = make_deal(owner=cast.salesperson, account=acme)
    client_of(cast.salesperson).post(f"/calls/new/?deal={deal.pk}", said(note="About the price"))
    event = Event.objects.get(name="call.logged")
    kinds = set(EventSubject.objects.filter(event_id=event.pk).values_list("kind", flat=True))
    assert {"call", "deal", "account"} <= kinds
    assert "About the price" in client_of(cast.salesperson).get(deal.get_absolute_url()).content.decode()


def test_a_call_of_yesterday_stands_at_yesterday(cast, client_of, acme):
    yesterday = timezone.now() - timedelta(days=1)
    client_of(cast.salesperson).post(
        f"/calls/new/?account={acme.pk}", said(at=yesterday.strftime("%Y-%m-%dT%H:%M"))
    )
    event = Event.objects.get(name="call.logged")
    assert abs(event.at - yesterday) < timedelta(minutes=1)


def test_the_next_step_is_planned_in_the_same_step_and_said_back(cast, client_of, acme):
    answer = client_of(cast.salesperson).post(
        f"/calls/new/?account={acme.pk}", said(next_title="Send the offer", next_in="3"), follow=True
    )
    task = Task.objects.get()
    assert (task.title, task.account, task.owner) == ("Send the offer", acme, cast.salesperson)
    assert task.due_on == timezone.localdate() + timedelta(days=3)
    assert "Next step: Send the offer" in answer.content.decode()


def test_a_call_that_was_planned_finishes_its_task(cast, client_of, acme):
    task = make_task(cast.salesperson, "Call Acme", kind="call", account=acme)
    client_of(cast.salesperson).post(f"/calls/new/?task={task.pk}", said(note="All agreed"))
    task.refresh_from_db()
    assert (task.state, task.outcome) == (TaskState.DONE, "All agreed")
    assert Call.objects.get().account == acme


def test_a_planned_call_that_reached_nobody_leaves_its_task_open(cast, client_of, acme):
    task = make_task(cast.salesperson, "Call Acme", kind="call", account=acme)
    client_of(cast.salesperson).post(f"/calls/new/?task={task.pk}", said(result="busy"))
    task.refresh_from_db()
    assert task.is_open


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"result": "shouted"}, "Select a valid choice"),
        ({"phone": "call me"}, "is not a phone number"),
        ({"at": "2999-01-01T10:00"}, "This is still to come"),
        ({"next_title": "Write"}, "Say on which day the next step is due"),
        ({"next_in": "1"}, "Say what is to be done next"),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(cast, client_of, acme, values, sentence):
    answer = client_of(cast.salesperson).post(
        f"/calls/new/?account={acme.pk}", said(note="Long talk", **values)
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert "Long talk" in page
    assert not Call.objects.exists()


def test_a_call_about_nobody_asks_for_the_client(cast, client_of, acme):
    salesperson = client_of(cast.salesperson)
    assert "Say which client" in salesperson.post("/calls/new/", said()).content.decode()
    assert salesperson.post("/calls/new/", said(account="Acme")).status_code == 302
    assert Call.objects.get().account == acme


def test_the_outsider_logs_nothing_on_others_records(cast, client_of, acme):
    task = make_task(cast.salesperson, account=acme)
    outsider = client_of(cast.outsider)
    for about in (f"account={acme.pk}", f"task={task.pk}", "deal=9", "account=x", "account=" + "9" * 30):
        assert outsider.get(f"/calls/new/?{about}").status_code == 404
        assert outsider.post(f"/calls/no-answer/?{about}").status_code == 404
    call = Call.log(account=acme, by=cast.salesperson, at=timezone.now())
    assert outsider.get(f"/calls/{call.pk}/").status_code == 404
    assert client_of(cast.head).get(f"/calls/{call.pk}/").status_code == 200


def test_a_form_sent_twice_logs_one_call(cast, client_of, acme):
    nonce = "6f1ff2a0-3c2b-4f0c-9a55-2f8f3a3cbb11"
    for _ in range(2):
        client_of(cast.salesperson).post(f"/calls/new/?account={acme.pk}", said(nonce=nonce))
    assert Call.objects.count() == 1


def test_no_answer_logs_the_call_and_plans_it_for_the_next_working_morning(cast):
    cast.salesperson.settle(time_zone="Asia/Kolkata")
    tried = calling.no_answer(by=cast.salesperson, at=FRIDAY)
    assert tried.call.result == "no_answer"
    assert tried.task.kind == "call"
    assert tried.task.due_at == datetime(2026, 11, 23, 3, 30, tzinfo=UTC)  # Monday, nine there


def test_no_answer_to_a_planned_call_puts_its_task_off(cast):
    task = make_task(cast.salesperson, "Call Acme", kind="call", due_on=FRIDAY.date())
    tried = calling.no_answer(task=task, by=cast.salesperson, at=FRIDAY)
    assert not tried.is_new
    assert Task.objects.get().due_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_no_answer_proposes_the_channel_the_contact_likes(cast, client_of, acme):
    contact = make_contact(acme, "Olga Orlova", preferred_channel="email")
    client = client_of(cast.salesperson)
    page = client.post(f"/calls/no-answer/?contact={contact.pk}", follow=True).content.decode()
    assert "Olga Orlova prefers: e-mail." in page
    assert f"contact={contact.pk}" in page.split("link:/tasks/new/?kind=mail")[1][:120]
    contact.__class__.objects.filter(pk=contact.pk).update(preferred_channel="phone")
    assert (
        "Orlova prefers"
        not in client.post(f"/calls/no-answer/?contact={contact.pk}", follow=True).content.decode()
    )


def test_no_answer_is_taken_back_by_one_click(cast, client_of, acme):
    salesperson = client_of(cast.salesperson)
    task = make_task(cast.salesperson, "Call Acme", kind="call", due_on=FRIDAY.date(), account=acme)
    answer = salesperson.post(f"/calls/no-answer/?task={task.pk}", follow=True)
    undo = next(m.extra_tags for m in answer.context["messages"]).removeprefix("undo:")
    assert salesperson.post(undo).status_code == 302
    task.refresh_from_db()
    assert (task.due_on, task.due_at) == (FRIDAY.date(), None)
    assert not Call.objects.exists()


def test_taking_back_a_new_task_keeps_it_once_somebody_changed_it(cast, client_of, acme):
    tried = calling.no_answer(account=acme, by=cast.salesperson, at=timezone.now())
    tried.task.change({"title": "Write instead"}, by=cast.salesperson, at=timezone.now())
    calling.take_back_no_answer(
        tried.call, Task.objects.get(), due_before=None, is_new=True, by=cast.salesperson, at=timezone.now()
    )
    assert Task.objects.get().is_open


def test_only_who_logged_it_takes_it_back(cast, client_of, acme):
    tried = calling.no_answer(account=acme, by=cast.salesperson, at=timezone.now())
    assert client_of(cast.head).post(f"/calls/{tried.call.pk}/take-back/").status_code == 403


def test_a_phone_from_the_card_is_already_filled_in(cast, client_of, acme):
    page = (
        client_of(cast.salesperson)
        .get(f"/calls/new/?account={acme.pk}&phone=%2B74951234567")
        .content.decode()
    )
    assert "+74951234567" in page


def test_the_pages_cost_what_is_recorded(cast, client_of, acme):
    salesperson = client_of(cast.salesperson)
    Call.log(account=acme, by=cast.salesperson, at=timezone.now(), note="Talked")
    with assert_query_count("call, form"):
        salesperson.get(f"/calls/new/?account={acme.pk}")
    with assert_query_count("call, logged"):
        salesperson.post(f"/calls/new/?account={acme.pk}", said(note="Again"))
