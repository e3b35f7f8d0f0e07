"""Runs that begin by the dozen: what they send waits, somebody is told, and those nobody has worked on are revoked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals.facts import DealChanged
from deals.models import Deal
from deals.testing import make_deal
from foundation.errors import Refused
from foundation.models import Event
from foundation.telling import tell_many
from foundation.testing import assert_query_count
from processes import batches, operations, schedules, working
from processes.models import Batch, Incident, Job, OutMessage, Process, Run, StepLog, Subscription, WorkItem
from processes.running import jobs
from processes.sending import draining
from processes.testing import block, make_process, settle
from processes.tests.conftest import HEAD, OWNER
from users.models import Notification, User
from users.testing import Cast

ClientOf = Callable[[User], Client]
MAIL = {
    "action": "mail",
    "arguments": {"to": "it@client.example", "title": "Hello", "text": "Dear {deal.title}"},
}
MANY = batches.MANY + 2


@pytest.fixture
def many(cast: Cast) -> list[Deal]:
    return [make_deal(f"Deal {number:02}", owner=cast.salesperson) for number in range(MANY)]


def letters(cast: Cast, start: dict[str, Any], at: datetime | None = None, **fields: Any) -> Process:
    steps = [
        block("action", "Write", **MAIL),
        block("task", "Call", who=OWNER),
        block("task", "Ask", who=HEAD),
    ]
    return make_process(steps, starts=[start], name="Letters", by=cast.head, at=at, **fields)


def begun(cast: Cast, *, deadline: bool = False) -> Batch:
    now = timezone.now()
    process = letters(cast, {"schedule": "FREQ=DAILY"}, at=now - timedelta(days=2))
    schedules.begin_due(now)
    jobs.drain()
    return Batch.objects.get(process=process)


def test_a_schedule_that_begins_many_makes_a_batch_and_tells_who_answers_for_it(
    cast: Cast, many: list[Deal]
) -> None:
    batch = begun(cast)
    assert Run.objects.filter(batch=batch).count() == MANY
    told = Notification.objects.get(person=cast.head, kind="process.batch")
    assert f"{MANY} runs begin" in told.text
    assert told.url == batch.get_absolute_url()


def test_a_few_are_no_batch(cast: Cast) -> None:
    for number in range(batches.MANY):
        make_deal(f"Deal {number}", owner=cast.salesperson)
    now = timezone.now()
    letters(cast, {"schedule": "FREQ=DAILY"}, at=now - timedelta(days=2))
    schedules.begin_due(now)
    jobs.drain()
    assert not Batch.objects.exists()
    assert OutMessage.objects.filter(due_at__lte=timezone.now()).count() == batches.MANY


def test_what_a_batch_sends_waits_some_minutes(cast: Cast, many: list[Deal], settings: Any) -> None:
    settings.PROCESS_HOLD_MINUTES = 7
    begun(cast)
    assert draining.drain() == 0
    for message in OutMessage.objects.select_related("run"):
        assert message.due_at == message.run.started_at + timedelta(minutes=7)


def changed(deals: list[Deal], by: User) -> None:
    with transaction.atomic():
        told = [DealChanged(deal_id=deal.pk, account_id=deal.account_id, fields=["title"]) for deal in deals]
        tell_many(((each, timezone.now()) for each in told), by=by)


def test_many_records_changed_at_once_begin_a_batch_and_one_by_hand_does_not(
    cast: Cast, many: list[Deal]
) -> None:
    letters(cast, {"fact": "deal.changed"})
    changed(many[:3], cast.salesperson)
    settle()
    assert not Batch.objects.exists()
    Event.objects.filter(name="deal.changed").update(actor_id=cast.outsider.pk)
    changed(many[3:] + [make_deal(f"More {n}", owner=cast.salesperson) for n in range(5)], cast.salesperson)
    settle()
    batch = Batch.objects.get()
    assert (batch.fact, batch.started_by) == ("deal.changed", cast.salesperson)
    assert batch.runs.count() == MANY - 3 + 5
    assert Notification.objects.filter(person=cast.head, kind="process.batch").count() == 1


def test_revoking_takes_away_what_nobody_has_worked_on_and_says_how_many_it_left(
    cast: Cast, many: list[Deal]
) -> None:
    batch, now = begun(cast), timezone.now()
    touched = Run.objects.order_by("pk")[0]
    working.finish(WorkItem.objects.get(run=touched), by=cast.salesperson, at=now)
    other = Run.objects.order_by("pk")[1]
    Incident.objects.create(run=other, token=1, node="x", cause="No", first_at=now, last_at=now)
    Subscription.objects.create(run=other, token=1, fact="*", subject_kind="deal", subject_id=1)
    Job.objects.create(run=other, kind="timer")
    OutMessage.objects.filter(run=other).update(state="sent")
    batches.revoke(batch, "A mistake", by=cast.head, at=now)
    assert (batch.revoked, batch.refused, batch.revoked_by) == (MANY - 1, 1, cast.head)
    assert list(Run.objects.active()) == [touched]
    assert WorkItem.objects.filter(state="open").get().run == touched
    assert OutMessage.objects.filter(state="waiting").get().run == touched
    assert OutMessage.objects.filter(state="sent").exists()
    assert not Job.objects.filter(run=other).exists()
    assert not Subscription.objects.exists()
    assert Incident.objects.get().solution == "gone"
    with pytest.raises(Refused, match="already"):
        batches.revoke(batch, "Again", by=cast.head, at=now)


def test_a_revoked_run_is_left_just_as_a_cancelled_one(cast: Cast, many: list[Deal]) -> None:
    batch, now = begun(cast), timezone.now()
    one = Run.objects.order_by("pk")[0]
    working.cancel(one, "A mistake", by=cast.head, at=now)
    batches.revoke(batch, "A mistake", by=cast.head, at=now)
    other = Run.objects.order_by("pk")[1]
    assert {k: v for k, v in other.state.items() if v} == {k: v for k, v in one.state.items() if v}
    assert (other.status, other.result, other.revision) == (one.status, one.result, one.revision)
    assert other.ended_at is not None
    last = [
        StepLog.objects.filter(run_id=run.pk).order_by("pk").values_list("node", "what").last()
        for run in (one, other)
    ]
    assert last[0] == last[1]
    for run in (one, other):
        told = Event.objects.filter(payload__run_id=run.pk).values_list("name", flat=True)
        assert {"process.repaired", "process.ended"} <= set(told)


def test_what_has_not_begun_yet_never_does(cast: Cast, many: list[Deal]) -> None:
    now = timezone.now()
    letters(cast, {"schedule": "FREQ=DAILY"}, at=now - timedelta(days=2))
    schedules.begin_due(now)
    batch = Batch.objects.get()
    (held,) = jobs.claim("a worker", limit=1)
    batches.revoke(batch, "A mistake", by=cast.head, at=now)
    assert jobs.carry_out(held) is False
    jobs.drain()
    assert batch.revoked == MANY
    assert not Run.objects.exists()


def test_revoking_hundreds_asks_no_more_than_revoking_dozens(cast: Cast, many: list[Deal]) -> None:
    batch = begun(cast)
    with CaptureQueriesContext(connection) as few:
        batches.revoke(batch, "A mistake", by=cast.head, at=timezone.now())
    for number in range(MANY):
        make_deal(f"More {number}", owner=cast.salesperson)
    other = Batch.objects.create(process=batch.process, began_at=timezone.now())
    for deal in Deal.objects.order_by("pk"):
        operations.start(batch.process, deal.pk, by=cast.salesperson, at=timezone.now())
    Run.objects.active().update(batch=other)
    with CaptureQueriesContext(connection) as asked:
        batches.revoke(other, "A mistake", by=cast.head, at=timezone.now())
    assert other.revoked == 2 * MANY
    assert len(asked) == len(few)


def test_only_whoever_answers_for_the_process_sees_and_revokes(
    cast: Cast, many: list[Deal], client_of: ClientOf
) -> None:
    batch = begun(cast)
    url = batch.get_absolute_url()
    for person in (cast.salesperson, cast.outsider):
        assert client_of(person).get(url).status_code == 404
        assert client_of(person).post(url, {"reason": "x"}).status_code == 404
    head = client_of(cast.head)
    with assert_query_count("batch"):
        text = head.get(url).content.decode()
    assert f"Revoke {MANY} runs" in text
    assert "cannot be called back" in text
    assert head.post(url, {"reason": ""}).status_code == 422
    assert batch.process.get_absolute_url() in text
    assert url in head.get(batch.process.get_absolute_url()).content.decode()
    found = head.get("/processes/runs/", {"batch": batch.pk})
    assert len(found.context["page"].rows) == MANY
    assert head.post(url, {"reason": "A mistake"}).status_code == 302
    text = head.get(url).content.decode()
    assert f"{MANY} runs were taken away" in text
    assert "Revoke them" not in text
