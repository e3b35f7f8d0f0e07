"""The same for runs chosen on a list: each by its own verb; those that refuse stay as they were and say why."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.automation import all_subjects
from foundation.errors import Refused
from processes import working
from processes.models import Run, WorkItem
from processes.querysets import role_keys
from processes.repairing import REPAIR

MOST = 200


class Skipped(NamedTuple):
    run: Run
    why: str


class Chosen(NamedTuple):
    """Runs something may be done to, with the open work it is done to; and those left out."""

    able: list[Run]
    skipped: list[Skipped]
    work: dict[int, list[WorkItem]]


def repairable(runs: Sequence[Run], person: Any) -> set[int]:
    """Those the person may put right: by the owners of their records. A statement for each kind of record."""
    reach = person.reach(REPAIR)
    if reach.everybody:
        return {run.pk for run in runs}
    found: set[int] = set()
    for kind in {run.subject_kind for run in runs} if not reach.is_empty else ():
        about = all_subjects().get(kind)
        if about is None or not about.of_owner:
            continue
        of_kind = [run for run in runs if run.subject_kind == kind]
        rows = about.model._default_manager.filter(
            pk__in={run.subject_id for run in of_kind}, **{f"{about.of_owner}__in": list(reach.people)}
        )
        seen = set(rows.order_by().values_list("pk", flat=True))
        found |= {run.pk for run in of_kind if run.subject_id in seen}
    return found


def chosen_for(way: str, runs: Sequence[Run], person: Any, now: datetime) -> Chosen:
    """What of the runs a verb can be done to, before it is."""
    may_repair = repairable(runs, person)
    open_work = WorkItem.objects.open().filter(run__in=[run.pk for run in runs]).select_related("assignee")
    work: dict[int, list[WorkItem]] = {run.pk: [] for run in runs}
    mine = role_keys(person)
    for item in open_work.order_by("pk"):
        if way == "give" and not (item.run_id in may_repair or item.is_with(person, mine)):
            continue
        if way == "nudge" and item.is_with(person, mine):
            continue
        work[item.run_id].append(item)
    able, skipped = [], []
    for run in runs:
        if why := _why_not(way, run, may_repair, work[run.pk], now):
            skipped.append(Skipped(run, why))
        else:
            able.append(run)
    return Chosen(able, skipped, work)


def cancel_each(chosen: Chosen, *, reason: str, by: Any, at: datetime) -> tuple[int, list[Skipped]]:
    return _each(chosen, lambda run: working.cancel(run, reason, by=by, at=at))


def nudge_each(chosen: Chosen, *, text: str, by: Any, at: datetime) -> tuple[int, list[Skipped]]:
    def nudge(run: Run) -> None:
        for item in chosen.work[run.pk]:
            working.nudge(item, by=by, at=at, text=text)

    return _each(chosen, nudge)


def give_each(chosen: Chosen, to: Any, *, reason: str, by: Any, at: datetime) -> tuple[int, list[Skipped]]:
    def give(run: Run) -> None:
        for item in chosen.work[run.pk]:
            working.delegate(item, to, by=by, at=at, reason=reason)

    return _each(chosen, give)


def _why_not(way: str, run: Run, may_repair: set[int], work: list[WorkItem], now: datetime) -> str:
    if not run.is_active:
        return _("it is over")
    if way == "cancel":
        return "" if run.pk in may_repair else _("you may not cancel it")
    if not work:
        return _("nothing of it waits for others") if way == "nudge" else _("nothing of it is yours to give")
    if way == "nudge" and all(_rests(item, now) for item in work):
        return _("they were reminded a short while ago")
    return ""


def _rests(item: WorkItem, now: datetime) -> bool:
    return item.nudged_at is not None and now - item.nudged_at < working.NUDGE_PAUSE


def _each(chosen: Chosen, verb: Callable[[Run], None]) -> tuple[int, list[Skipped]]:
    """One order, so that two of these never wait in a ring."""
    done, skipped = 0, []
    with transaction.atomic():
        for run in sorted(chosen.able, key=lambda each: each.pk):
            try:
                with transaction.atomic():
                    verb(run)
                done += 1
            except Refused as refusal:
                skipped.append(Skipped(run, refusal.message))
    return done, skipped
