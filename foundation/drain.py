"""Carrying out deliveries. Celery is the wake-up; the rows are the truth.

A claim commits first: it pushes `due_at` past the lease and counts the attempt, so two workers never hold one
row and a killed worker's rows become due again by themselves. Then each delivery is one transaction in which
the handler's changes and `done_at` commit together: database effects happen exactly once.
"""

import logging
import traceback
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from foundation.facts import wake_on_commit
from foundation.models import Delivery, Event
from foundation.wiring import handler_called

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
BATCH = 50
MAX_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(hours=1)

# ARRAY(…), because IN (…) may be run once for every row, each time claiming other rows: all instead of a batch.
CLAIM = """
    UPDATE foundation_delivery SET due_at = clock_timestamp() + %s, attempts = attempts + 1
    WHERE id = ANY(ARRAY(
        SELECT id FROM foundation_delivery
        WHERE done_at IS NULL AND stuck_at IS NULL AND due_at <= clock_timestamp()
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING id, event_id, event_at, handler, attempts
"""


def drain(*, batches: int = 200) -> int:
    """Deliver what is due, up to `batches` claims; how many deliveries were done."""
    done = 0
    for _round in range(batches):
        claimed = _claim()
        if not claimed:
            break
        events = Event.objects.filter(at__in={row.event_at for row in claimed}).in_bulk(
            [row.event_id for row in claimed]
        )
        done += sum(_deliver(row, events.get(row.event_id)) for row in claimed)
    return done


def wake() -> None:
    """Ask a worker to drain. Redis being away loses nothing: beat asks again within seconds."""
    from foundation.tasks import drain as task

    try:
        task.apply_async(retry=False)
    except (
        Exception
    ):  # any broker trouble is only a lost wake-up, and must not fail a change that is committed
        logger.warning("No worker could be woken; the next beat will.", exc_info=True)


def retry(stuck: QuerySet[Delivery]) -> int:
    """Let stuck deliveries be tried again from the beginning; how many."""
    with transaction.atomic():
        n = stuck.filter(stuck_at__isnull=False, done_at__isnull=True).update(
            stuck_at=None, attempts=0, error="", due_at=Now()
        )
        if n:
            wake_on_commit()
    return n


def oldest_due_seconds() -> float:
    """How long the oldest due delivery has been waiting, by the database's clock; the alarm is at 60."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - min(due_at)) FROM foundation_delivery"
            " WHERE done_at IS NULL AND stuck_at IS NULL"
        )
        (seconds,) = cursor.fetchone()
    return max(0.0, float(seconds or 0))


def _claim() -> list[Delivery]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE, BATCH])  # type: ignore[list-item]  # the driver does take intervals
        names = [column.name for column in cursor.description]
        return [Delivery(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _deliver(claimed: Delivery, event: Event | None) -> bool:
    ours = Delivery.objects.filter(pk=claimed.pk, attempts=claimed.attempts, done_at__isnull=True)
    if claimed.attempts > MAX_ATTEMPTS:  # its worker died every time and left no error of its own
        ours.update(stuck_at=Now(), error="Every attempt ended with the worker's death.")
        return False
    try:
        with transaction.atomic():
            if not ours.select_for_update().exists():
                return False  # our lease ran out and somebody else has it
            if event is None:
                raise LookupError(f"Event {claimed.event_id} is gone.")
            handler_called(claimed.handler)(event)
            ours.update(done_at=Now(), error="")
        return True
    except Exception:
        logger.exception("Delivery %s failed", claimed.pk)
        _note_failure(ours, claimed.attempts, traceback.format_exc(limit=-8))
        return False


def _note_failure(ours: object, attempts: int, error: str) -> None:
    pause = min(timedelta(seconds=5) * 3 ** (attempts - 1), LONGEST_PAUSE)
    changes: dict[str, object] = {"error": error, "due_at": Now() + pause}
    if attempts >= MAX_ATTEMPTS:
        changes["stuck_at"] = Now()
    ours.update(**changes)  # type: ignore[attr-defined]
