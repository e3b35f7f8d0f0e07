"""Carrying out change-sets row by row: at once where they are small, by a worker where they are not.

The rows of the set are the truth: a batch and the outcomes of its rows commit together, so a worker that dies leaves
its batch undone and the next one takes it up; nothing is done twice.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from changes.models import ChangeSet, Outcome, ResultRow
from changes.notices import tell_of_end
from changes.recording import recording
from changes.restoring import counts, is_restored, make_known, restorer_of
from foundation.copying import copy_rows
from foundation.errors import Refused
from users.models import User

logger = logging.getLogger(__name__)

BATCH = 1_000
AT_ONCE = 200
ROW_COLUMNS = ("change_set_id", "record", "object_id", "title", "outcome", "reason", "fields")


class Result(NamedTuple):
    """What became of a row; `fields` are those in conflict."""

    row_id: int
    outcome: str = Outcome.DONE
    reason: str = ""
    fields: tuple[str, ...] = ()


# Does one batch, in a transaction of its own: (change-set, rows, by=, at=) → what became of each row.
Step = Callable[..., Sequence[Result]]
_steps: dict[str, Step] = {}


def register(work: str, step: Step) -> None:
    _steps[work] = step


def add_rows(change_set: ChangeSet, record: str, rows: Iterable[tuple[int, str]]) -> None:
    """The records (key, title) it is about."""
    copy_rows(
        ResultRow,
        ROW_COLUMNS,
        ((change_set.pk, record, key, title[:200], Outcome.TODO, "", []) for key, title in rows),
    )


def start(change_set: ChangeSet, *, by: Any, at: datetime) -> None:
    """Do it now when its rows are few, else have a worker do it; `total` says how many they are."""
    if change_set.total > AT_ONCE:
        transaction.on_commit(wake, robust=True)
        return
    while not _batch(change_set, by=by, at=at):
        pass


def wake() -> None:
    """Ask a worker to look; Redis being away loses nothing, since beat asks again within seconds."""
    from changes.tasks import run_due as task

    try:
        task.apply_async(retry=False)
    except Exception:  # any broker trouble is only a lost wake-up
        logger.warning("No worker could be woken; the next beat will.", exc_info=True)


def run_due(*, at: datetime) -> int:
    """Do what is due, a batch of one set after the other; how many batches were done."""
    tried: set[int] = set()
    done = 0
    while (pk := _claimed(tried, at=at)) is not None:
        if _run(pk, at=at):
            done += 1
        else:
            tried.add(pk)
    return done


def _claimed(tried: set[int], *, at: datetime) -> int | None:
    """A set that nobody works on; the attempt is counted before it is made, because it may end the worker."""
    with transaction.atomic():
        due = ChangeSet.objects.due().exclude(pk__in=tried).exclude(work="").order_by("pk")
        found = due.select_for_update(skip_locked=True).first()
        if found is None:
            return None
        if not found.attempt():
            reason = _("It was stopped: it ended its worker each time.")
            found.fail(reason, counts(found), by=found.by, at=at)
        return found.pk


def _run(pk: int, *, at: datetime) -> bool:
    """One batch of a set; False when it is finished, broke off or is another worker's."""
    by = None
    try:
        with transaction.atomic():
            held = ChangeSet.objects.due().filter(pk=pk).select_for_update(skip_locked=True).first()
            if held is None:
                return False
            by = User.objects.with_policy().get(pk=held.by_id)
            with override(by.language):
                is_finished = _batch(held, by=by, at=at)
                if is_finished:
                    tell_of_end(held, by=by, at=at)
            return not is_finished
    except Refused as refusal:
        reason = refusal.message
    except DatabaseError:
        logger.exception("A batch of change-set %s failed", pk)
        return False  # the server is away or rows are held: the set stays due, and the attempt is counted
    except Exception:
        logger.exception("Change-set %s broke off", pk)
        with override(by.language if by else "en"):
            reason = _(
                "It broke off. What was done until then can be undone; the administrators can see why."
            )
    with transaction.atomic():
        held = ChangeSet.objects.select_for_update().get(pk=pk)
        held.fail(reason, counts(held), by=held.by, at=at)
        tell_of_end(held, by=held.by, at=at)
    return False


def _batch(change_set: ChangeSet, *, by: Any, at: datetime) -> bool:
    """The next rows, and True once there are none left."""
    with transaction.atomic():
        waiting = ResultRow.objects.filter(change_set=change_set, outcome=Outcome.TODO).order_by("pk")
        rows = list(waiting[:BATCH])
        if not rows:
            change_set.finish(counts(change_set), by=by, at=at)
            return True
        for record in dict.fromkeys(row.record for row in rows if is_restored(row.record)):
            make_known(restorer_of(record), [row.object_id for row in rows if row.record == record])
        with recording(change_set):
            results = _steps[change_set.work](change_set, rows, by=by, at=at)
        _keep(change_set, rows, results)
        return False


def _keep(change_set: ChangeSet, rows: Sequence[ResultRow], results: Sequence[Result]) -> None:
    said = {result.row_id: result for result in results}
    done = [row.pk for row in rows if said[row.pk].outcome == Outcome.DONE]
    ResultRow.objects.filter(pk__in=done).update(outcome=Outcome.DONE)
    others = [row for row in rows if said[row.pk].outcome != Outcome.DONE]
    for row in others:
        _row, row.outcome, row.reason, fields = said[row.pk]
        row.fields = list(fields)
    ResultRow.objects.bulk_update(others, ["outcome", "reason", "fields"])
    conflicts = sum(row.outcome == Outcome.CONFLICT for row in others)
    change_set.count(done=len(done), skipped=len(others) - conflicts, conflicts=conflicts)
