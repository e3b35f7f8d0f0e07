"""Runs that begin together: noticed, told of, and revoked as one while nobody has worked on them.

Field changes that their automatic actions have made stay: those are undone where they are listed, by change-sets.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from foundation.errors import Refused
from foundation.models import Event
from foundation.telling import tell_many
from processes import facts, notices
from processes.models import Batch, Process, Run, WorkItem
from processes.running.revoking import revoke_rows

MANY = 20
TOGETHER = timedelta(minutes=2)
LOCK = 0x62617463


def of_schedule(process: Process, count: int, at: datetime) -> Batch | None:
    """A batch for so many beginnings at one time; None where they are few."""
    if count <= MANY:
        return None
    batch = Batch.objects.create(process=process, began_at=at)
    notices.tell_of_batch(batch, count, at=at)
    return batch


def of_fact(event: Event, process: Process, at: datetime) -> Batch | None:
    """A batch where somebody caused this fact for many records within minutes; None for one of a few.

    What other processes cause is no batch: it comes one by one, from runs that may have been told of already.
    """
    if event.cause_id is not None:
        return None
    same = Event.objects.filter(
        name=event.name, actor_id=event.actor_id, at__range=(event.at - TOGETHER, event.at + TOGETHER)
    )
    if same.order_by()[: MANY + 1].count() <= MANY:
        return None
    with connection.cursor() as cursor:  # so that two workers do not each make one
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, process.pk % 2**31])
    batch = Batch.objects.filter(
        process=process, fact=event.name, started_by=event.actor_id, began_at__gte=event.at - 2 * TOGETHER
    ).first()
    if batch is None:
        batch = Batch.objects.create(
            process=process, fact=event.name, started_by_id=event.actor_id, began_at=max(at, event.at)
        )
        notices.tell_of_batch(batch, None, at=at)
    return batch


def is_over(batch: int | None) -> bool:
    """Has it been revoked? Then nothing more of it begins."""
    return batch is not None and Batch.objects.filter(pk=batch, revoked_at__isnull=False).exists()


def may_revoke(person: Any, batch: Batch) -> bool:
    """Whoever answers for the process, and those who may put right every run."""
    return bool(batch.process.owner_id == person.pk or person.reach("processes.repair").everybody)


def revoke(batch: Batch, reason: str, *, by: Any, at: datetime) -> None:
    """Take away the runs on which nobody has worked, with their work, timers and messages that have not left."""
    if not reason.strip():
        raise Refused(_("Say why they are revoked."))
    with transaction.atomic():
        kept = Batch.objects.select_for_update().get(pk=batch.pk)
        if kept.revoked_at is not None:
            raise Refused(_("These have been revoked already."))
        gone, never_begun = revoke_rows(kept, by=by, at=at, note=reason.strip()[:300])
        kept.revoked_at, kept.revoked_by, kept.reason = at, by, reason.strip()[:300]
        kept.revoked = len(gone) + never_begun
        kept.refused = Run.objects.active().filter(batch=kept.pk).order_by().count()
        kept.save(update_fields=["revoked_at", "revoked_by", "reason", "revoked", "refused"])
        tell_many((told for run in gone for told in _told(run, kept, at)), by=by)
    batch.refresh_from_db()


def untouched(batch: Batch) -> Any:
    """Its runs under way on which nobody has worked."""
    touched = WorkItem.objects.touched().filter(run__batch=batch.pk).order_by().values("run")
    return Run.objects.active().filter(batch=batch.pk).exclude(pk__in=touched).order_by()


def _told(run: Run, batch: Batch, at: datetime) -> Any:
    about: dict[str, Any] = {
        "run_id": run.pk, "process_id": run.process_id, "process": batch.process.name,
        "subject_kind": run.subject_kind, "subject_id": run.subject_id,
    }  # fmt: skip
    yield facts.ProcessRepaired(**about, how="revoke", reason=batch.reason), at
    yield facts.ProcessEnded(**about, result="cancelled"), at
