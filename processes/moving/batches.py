"""Moves of many runs: the rows of a move are the truth, each run is a transaction of its own.

A row and what became of its run commit together under the lock of both, so a worker that is killed leaves its run
undone and whoever comes next takes it up; nothing is done twice. Several may work at one move.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from foundation.errors import LOST_SERVER, Forbidden, Refused
from foundation.facts import tell
from processes import facts
from processes.engine.advance import Endless
from processes.engine.remap import CANCEL, LEAVE
from processes.models import MovedRun, MoveState, Process, Run, Version, VersionMove
from processes.moving import carrying, keeping
from processes.moving.plan import TIMES, Plan
from processes.repairing import REPAIR, runs_to_repair
from processes.running import reading
from users.models import User

logger = logging.getLogger(__name__)
AT_ONCE = 30  # as many are done while whoever asked waits for the page
BATCH = 100
PATIENCE = 4.0  # seconds a worker gives to moves before it looks after timers again
KEPT_FOR = timedelta(days=30)
Outcome = MovedRun.Outcome
Deed = Callable[..., None]


def begin(process: Process, plan: Plan, *, by: Any, at: datetime, runs: Any = None) -> VersionMove:
    """Move every run of these versions that this person may put right, or those of `runs` alone.

    A few are moved at once, more by a worker. Refused while another move of the process is under way, for a node the
    version has not, and where there is nothing to move.
    """
    to = Version.objects.filter(process=process, pk=plan.to).first()
    if to is None or plan.to != process.current_id:
        raise Refused(_("Runs are moved to the version that is current. Look at it again."))
    if not by.may(REPAIR):
        raise Forbidden(REPAIR)
    _refuse_what_is_not_there(plan)
    wanted = runs_to_repair(by, process) if runs is None else runs
    wanted = wanted.active().filter(version__in=plan.sources).exclude(version=to).order_by("pk")
    try:
        with transaction.atomic():
            move = VersionMove.objects.create(
                process=process, to=to, sources=sorted(plan.sources), choices=dict(plan.choices), by=by, begun_at=at,
                times=dict(plan.times), again=sorted(plan.again),
            )  # fmt: skip
            move.total = _add_rows(move, wanted)
            if not move.total:
                raise Refused(_("No run of these versions is under way any more."))
            move.save(update_fields=["total"])
    except IntegrityError as trouble:
        raise Refused(
            _("Runs of this process are being moved just now. Wait until that is done.")
        ) from trouble
    if move.total <= AT_ONCE:
        carry_on(move)
    return move


def undo(move: VersionMove, *, by: Any, at: datetime) -> None:
    """Put back every run that took no step since. Refused while it is under way, twice, and after thirty days.

    For whoever moved them, and for those who may put every run right.
    """
    if by.pk != move.by_id and not by.reach(REPAIR).everybody:
        raise Forbidden(REPAIR)
    try:
        with transaction.atomic():
            held = VersionMove.objects.select_for_update().get(pk=move.pk)
            if held.state != MoveState.DONE:
                raise Refused(_("This is under way, or has been undone already."))
            if held.ended_at is not None and at - held.ended_at > KEPT_FOR:
                raise Refused(_("This was more than thirty days ago. Move the runs once more instead."))
            held.state, held.undone_by, held.undone_at = MoveState.UNDOING, by, at
            held.save(update_fields=["state", "undone_by", "undone_at"])
    except IntegrityError as trouble:
        raise Refused(
            _("Runs of this process are being moved just now. Wait until that is done.")
        ) from trouble
    move.refresh_from_db()
    if move.total <= AT_ONCE:
        carry_on(move)


def carry_on_all() -> int:
    """Go on with every move that is under way, for some seconds; how many runs were looked at."""
    under_way = VersionMove.objects.filter(state__in=[MoveState.RUNNING, MoveState.UNDOING])
    until = monotonic() + PATIENCE
    return sum(carry_on(each, until=until) for each in under_way.order_by("pk"))


def carry_on(move: VersionMove, *, until: float | None = None) -> int:
    """The rows still to come, each in its own transaction; ends the move after the last."""
    is_undo = move.state == MoveState.UNDOING
    person = move.undone_by if is_undo else move.by
    by = User.objects.with_policy().get(pk=person.pk if person else move.by_id)
    waiting, deed = (Outcome.MOVED, _put_back) if is_undo else (Outcome.WAITING, _move)
    plan, last, done = Plan.of(move), 0, 0
    with override(by.language):
        while until is None or monotonic() < until:
            rows = MovedRun.objects.filter(move=move, outcome=waiting, pk__gt=last).order_by("pk")
            keys = list(rows.values_list("pk", flat=True)[:BATCH])
            if not keys:
                _end(move, waiting, by=by)
                break
            for key in keys:
                done += _one(key, waiting, deed, plan, by)
            last = keys[-1]
    move.refresh_from_db()
    return done


def forget(at: datetime) -> int:
    """What runs were is kept until they take a step, at most for thirty days."""
    kept = MovedRun.objects.filter(before__isnull=False)
    is_needless = Q(moved_at__lt=at - KEPT_FOR) | ~Q(run__revision=F("revision"))
    return kept.filter(is_needless).order_by().update(before=None)


def _refuse_what_is_not_there(plan: Plan) -> None:
    nodes = reading.graph_of(plan.to).nodes
    if any(each not in nodes and each not in (LEAVE, CANCEL) for each in plan.choices.values()):
        raise Refused(_("The step that was chosen is not in the new version. Look at it again."))
    if any(each not in TIMES for each in plan.times.values()):
        raise Refused(_("Say whether the old time stays, or from when the new one counts."))


def _add_rows(move: VersionMove, wanted: Any) -> int:
    """A row for each run, in one statement."""
    runs, values = wanted.values_list("pk", "version_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO processes_movedrun (move_id, run_id, version_id, outcome, reason)
            SELECT %s, run_id, version_id, 'waiting', '' FROM ({runs}) AS runs (run_id, version_id) ORDER BY run_id
            """,  # noqa: S608 - our own queryset
            [move.pk, *values],
        )
        return int(cursor.rowcount)


def _one(key: int, waiting: str, deed: Deed, plan: Plan, by: Any) -> bool:
    """One row and its run. What fails is left with a word about it, and never stops the others."""
    at = timezone.now()
    try:
        with transaction.atomic():
            row = _held(key, waiting)
            if row is None:
                return False
            deed(row, plan, by=by, at=at)
            return True
    except LOST_SERVER:
        raise
    except Refused as refusal:
        reason = refusal.message
    except Endless:
        reason = _("It would go round and round there without waiting for anything.")
    except Exception:
        logger.exception("Moving run of row %s failed", key)
        reason = _("Something failed; an administrator can see what.")
    with transaction.atomic():
        if (row := _held(key, waiting)) is not None:
            row.outcome, row.reason = (
                (Outcome.KEPT if waiting == Outcome.MOVED else Outcome.LEFT),
                reason[:500],
            )
            row.save(update_fields=["outcome", "reason"])
    return True


def _held(key: int, waiting: str) -> MovedRun | None:
    """The row, locked, where nobody else is at it and nobody was."""
    rows = MovedRun.objects.select_for_update(skip_locked=True)
    return rows.filter(pk=key, outcome=waiting).first()


def _move(row: MovedRun, plan: Plan, *, by: Any, at: datetime) -> None:
    run = reading.locked(row.run_id)
    assert run is not None  # its rows go with it
    result = carrying.carry_out(run, plan, by=by, at=at)
    row.outcome, row.reason, row.revision = result.outcome, result.reason[:500], result.revision
    row.before, row.moved_at = result.before, at
    row.save(update_fields=["outcome", "reason", "revision", "before", "moved_at"])


def _put_back(row: MovedRun, plan: Plan, *, by: Any, at: datetime) -> None:
    run = reading.locked(row.run_id)
    row.reason = keeping.why_not(row, run)
    if run is not None and not row.reason:
        keeping.put_back(row, run, by=by, at=at)
    row.outcome, row.before = (Outcome.KEPT if row.reason else Outcome.UNDONE), None
    row.save()


def _end(move: VersionMove, waiting: str, *, by: Any) -> None:
    """Once, by whoever did the last; rows that others hold just now are theirs to end."""
    with transaction.atomic():
        held = VersionMove.objects.select_for_update().select_related("process", "to").get(pk=move.pk)
        if not held.is_under_way or MovedRun.objects.filter(move=held, outcome=waiting).exists():
            return
        is_undo = held.state == MoveState.UNDOING
        held.state = MoveState.UNDONE if is_undo else MoveState.DONE
        held.ended_at = held.ended_at or timezone.now()
        held.save(update_fields=["state", "ended_at"])
        outcome = Outcome.UNDONE if is_undo else Outcome.MOVED
        told = facts.ProcessMoved(
            process_id=held.process_id, process=held.process.name, version=held.to.number, is_undo=is_undo,
            runs=MovedRun.objects.filter(move=held, outcome=outcome).count(),
        )  # fmt: skip
        tell(told, by=by, at=timezone.now())


def single(run: Run, plan: Plan, *, by: Any, at: datetime) -> VersionMove:
    """One run alone, for whoever may put it right."""
    return begin(run.process, plan, by=by, at=at, runs=Run.objects.filter(pk=run.pk))
