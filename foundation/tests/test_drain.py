"""Deliveries: once each, whoever dies; failures are seen and retried; losing Redis loses nothing."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from foundation import drain as draining
from foundation import tasks
from foundation.drain import MAX_ATTEMPTS, drain, oldest_due_seconds
from foundation.models import Delivery, Event
from foundation.wiring import on

pytestmark = pytest.mark.django_db(transaction=True)

HANDLED: list[int] = []


def note(event: Event) -> None:
    HANDLED.append(event.pk)


def fail(event: Event) -> None:
    Delivery.objects.filter(event_id=event.pk).update(error="written by the handler")
    raise ValueError("the handler broke")


def make_due(count: int = 1) -> list[Delivery]:
    HANDLED.clear()
    now = timezone.now()
    events = Event.objects.bulk_create(Event(name="probe.rang", at=now, payload={}) for _each in range(count))
    return Delivery.objects.bulk_create(
        Delivery(event_id=event.pk, event_at=now, handler="probe", due_at=now - timedelta(seconds=1))
        for event in events
    )


@pytest.fixture(autouse=True)
def handler(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    chosen: dict[str, object] = {"run": note}
    monkeypatch.setattr(draining, "handler_called", lambda _name: chosen["run"])
    return chosen


def test_what_is_due_is_done_once_and_stays_done() -> None:
    made = make_due(120)
    assert drain() == 120
    assert drain() == 0
    assert sorted(HANDLED) == sorted(row.event_id for row in made)
    assert Delivery.objects.filter(done_at__isnull=True).count() == 0


def test_what_is_not_yet_due_waits() -> None:
    (row,) = make_due()
    Delivery.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert drain() == 0
    assert oldest_due_seconds() == 0
    Delivery.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=90))
    assert oldest_due_seconds() > 89


def test_a_failing_handler_leaves_no_trace_but_its_error_and_is_tried_again_later(
    handler: dict[str, object],
) -> None:
    (row,) = make_due()
    handler["run"] = fail
    assert drain() == 0
    row.refresh_from_db()
    assert "the handler broke" in row.error
    assert (row.attempts, row.done_at, row.stuck_at) == (1, None, None)
    assert row.due_at > timezone.now()


def test_after_its_last_attempt_a_delivery_is_stuck_where_people_see_it(handler: dict[str, object]) -> None:
    (row,) = make_due()
    handler["run"] = fail
    for attempt in range(MAX_ATTEMPTS):
        Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        assert drain() == 0
        assert Delivery.objects.get().attempts == attempt + 1
    row.refresh_from_db()
    assert row.stuck_at is not None
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert drain() == 0
    assert Delivery.objects.get().attempts == MAX_ATTEMPTS


def test_one_broken_delivery_does_not_hold_up_the_others(handler: dict[str, object]) -> None:
    made = make_due(10)
    broken = made[4].event_id

    def sometimes(event: Event) -> None:
        if event.pk == broken:
            raise ValueError("this one only")
        note(event)

    handler["run"] = sometimes
    assert drain() == 9
    assert broken not in HANDLED


def test_two_workers_share_the_rows_and_double_none() -> None:
    made = make_due(200)
    counts: list[int] = []

    def work() -> None:
        try:
            counts.append(drain())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _each in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counts) == 200
    assert sorted(HANDLED) == sorted(row.event_id for row in made)


def test_a_worker_that_lost_its_lease_does_not_deliver_again() -> None:
    (row,) = make_due()
    (claimed,) = draining._claim()
    Delivery.objects.update(attempts=claimed.attempts + 1)  # another worker took it over
    event = Event.objects.get(pk=row.event_id)
    assert draining._deliver(claimed, event) is False
    assert HANDLED == []


def test_rows_of_a_worker_that_died_come_back_after_the_lease() -> None:
    make_due(3)
    assert len(draining._claim()) == 3
    assert drain() == 0
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))  # the lease ran out
    assert drain() == 3


def test_the_handlers_change_and_its_being_done_commit_together(handler: dict[str, object]) -> None:
    make_due()

    def dies(event: Event) -> None:
        Event.objects.create(name="probe.effect", at=timezone.now(), payload={})
        raise SystemExit("killed")

    handler["run"] = dies
    with pytest.raises(SystemExit):
        drain()
    assert not Event.objects.filter(name="probe.effect").exists()
    assert Delivery.objects.get().done_at is None


def test_without_redis_a_change_still_commits_and_the_delivery_waits(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    def nobody_home(**_options: object) -> None:
        raise ConnectionError("Redis is away")

    monkeypatch.setattr(tasks.drain, "apply_async", nobody_home)
    (row,) = make_due()
    with transaction.atomic():
        transaction.on_commit(draining.wake, robust=True)
    assert Delivery.objects.filter(pk=row.pk, done_at__isnull=True).exists()


def test_handlers_are_only_those_wired_today() -> None:
    from foundation.wiring import handler_called

    with pytest.raises(LookupError):
        handler_called("os.system")
    assert on(type("F", (), {}), later=[note]).later == (note,)  # type: ignore[arg-type]
