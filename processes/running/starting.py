"""How runs begin: by a fact, a schedule, a button or another process; and what keeps them from beginning too often."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from foundation.automation import subject
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import MAX_DEPTH
from processes import facts
from processes.engine.advance import Endless, Start
from processes.models import Incident, Process, Run, Status
from processes.models.process import Span
from processes.running.acting import in_circle
from processes.running.doing import Doing


def begin(
    process: Process,
    subject_id: int,
    *,
    by: Any,
    at: datetime,
    cause: Any = None,
    caller: tuple[int, int] | None = None,
    batch: int | None = None,
    data: dict[str, Any] | None = None,
) -> Run | None:
    """A new run, its first step taken; None where a guard holds it back. The caller has a transaction open.

    `batch`: with which others it begins. `data`: what is answered already, as a run keeps it.
    Guards: the process is on, one at a time, days between two for a record, so many in a day, week or month; at most
    so many a day, after which it pauses.
    """
    if process.status != Status.ON or process.current_id is None:
        return None
    if cause is not None and cause.depth >= MAX_DEPTH:
        note_circle(cause, at)
        return None
    if _is_held(process, subject_id, at):
        return None
    if is_often_enough(process, at):
        return None
    if _is_over_cap(process, at):
        pause(process, _("More than %(cap)s began in one day.") % {"cap": process.daily_cap}, at=at)
        return None
    try:
        with transaction.atomic():
            return _begin(
                process, subject_id, by=by, at=at, cause=cause, caller=caller, batch=batch, data=data or {}
            )
    except IntegrityError:  # another began in the same moment
        return None
    except Endless:
        pause(process, _("It goes round and round without waiting for anything."), at=at)
        return None


def _begin(
    process: Process,
    subject_id: int,
    *,
    by: Any,
    at: datetime,
    cause: Any,
    caller: tuple[int, int] | None,
    batch: int | None,
    data: dict[str, Any],
) -> Run:
    about = subject(process.subject_kind)
    record = about.model._default_manager.filter(pk=subject_id).first()
    if record is None:
        raise Refused(_("The record is gone."))
    run = Run.objects.create(
        process=process,
        version_id=process.current_id or 0,
        subject_kind=process.subject_kind,
        subject_id=subject_id,
        title=str(record)[:200],
        is_single=process.is_single,
        state={},
        started_by=None if by is None or by.is_robot else by,
        started_at=at,
        moved_at=at,
        event_id=getattr(cause, "pk", None),
        caller_id=caller[0] if caller else None,
        caller_token=caller[1] if caller else None,
        batch_id=batch,
    )
    run.data = data
    doing = Doing(run, by=by, at=at, cause=cause)
    doing.event = doing.tell(facts.ProcessStarted(**doing.named()))
    doing.take(Start())
    doing.write()
    return run


def _is_held(process: Process, subject_id: int, at: datetime) -> bool:
    runs = Run.objects.filter(process=process).about(process.subject_kind, subject_id)
    if process.is_single and runs.active().exists():
        return True
    return (
        bool(process.pause_days)
        and runs.filter(started_at__gt=at - timedelta(days=process.pause_days or 0)).exists()
    )


def is_often_enough(process: Process, at: datetime) -> bool:
    """It began as often in the day, week or month before as it may; nothing is wrong with that."""
    if process.most_begun is None:
        return False
    return _has_begun(process, process.most_begun, at - timedelta(days=Span(process.most_begun_in).days))


def _is_over_cap(process: Process, at: datetime) -> bool:
    return process.daily_cap is not None and _has_begun(process, process.daily_cap, at - timedelta(days=1))


def _has_begun(process: Process, times: int, since: datetime) -> bool:
    """Counted one beginning at a time, so that two workers cannot both be the last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x70726F63, process.pk % 2**31])
    begun = Run.objects.filter(process=process, started_at__gte=since, caller=None)
    return begun.order_by()[:times].count() >= times


def pause(process: Process, why: str, *, at: datetime, by: Any = None) -> None:
    """Nothing new begins until somebody resumes it; whoever is responsible is told."""
    from processes.notices import tell_of_pause
    from users.models import User

    changed = Process.objects.filter(pk=process.pk, status=Status.ON).update(
        status=Status.PAUSED, why=why[:300]
    )
    if not changed:
        return
    process.status, process.why = Status.PAUSED, why[:300]
    who = by or User.objects.robot()
    facts_told = facts.ProcessSwitched(
        process_id=process.pk, process=process.name, status="paused", reason=why
    )
    from foundation.facts import tell

    tell(facts_told, by=who, at=at)
    tell_of_pause(process, at=at)


def note_circle(cause: Any, at: datetime) -> None:
    """Processes that set each other off: the run whose action led here has an incident that names them all."""
    from foundation.models import Event

    event = cause
    while event is not None and "run_id" not in event.payload:
        event = Event.objects.filter(pk=event.cause_id).first() if event.cause_id else None
    if event is None:
        return
    run_id = event.payload["run_id"]
    words = in_circle(cause)
    if not Incident.objects.filter(run=run_id, solved_at=None, cause=words).exists():
        Incident.objects.create(run_id=run_id, node="", cause=words, first_at=at, last_at=at)


def due_day(at: datetime) -> Any:
    return company_day(at)
