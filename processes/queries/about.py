"""Processes of one record: what waits for whom, since when, on whose side; and what can be begun."""

from typing import Any

from django.utils import timezone

from processes.models import Process, Run, RunStatus, WorkItem
from processes.queries import subjects, words
from processes.queries.process_list import where
from processes.querysets import role_keys
from processes.run_selection import repairable
from processes.working import NUDGE_PAUSE

MOST = 10
MOST_STARTABLE = 20


def page_of(kind: str, key: int, person: Any) -> dict[str, Any]:
    """Of a record the person sees: its runs under way and those of what belongs to it, and the last that ended. Four
    statements, one more for each kind that belongs to it, and for each whose owners are asked about."""
    now = timezone.now()
    latest = Run.objects.filter(subjects.belonging_to(kind, key, person)).select_related("process")
    latest = latest.order_by("-started_at", "-pk")
    runs = list(latest.defer("process__outline", "process__graph", "process__drawing", "data")[:MOST])
    keys = [run.pk for run in runs if run.is_active]
    work = list(
        WorkItem.objects.open().filter(run__in=keys).select_related("assignee").order_by("due_at", "pk")
    )
    roles = words.role_names(each.role for each in work if each.assignee_id is None)
    mine = role_keys(person)
    waiting: dict[int, list[dict[str, Any]]] = {}
    for each in work:
        waiting.setdefault(each.run_id, []).append(_row(each, roles, mine, person, now))
    return {
        "running": [
            _running(run, waiting.get(run.pk, []), own=run.subject_kind == kind)
            for run in runs
            if run.is_active
        ],
        "ended": [_ended(run) for run in runs if run.subject_kind == kind and not run.is_active][:3],
        "may_nudge": person.may("processes.nudge"),
        "may_repair": _may_give(runs, person),
    }


def startable(kind: str, person: Any) -> list[Process]:
    """Those with a button for this person on records of the kind. One statement."""
    if not person.may("processes.start"):
        return []
    found = Process.objects.visible_to(person).startable_by(person, kind).only("pk", "name")
    return list(found.order_by("-priority", "name", "pk")[:MOST_STARTABLE])


def _may_give(runs: list[Run], person: Any) -> set[int]:
    """Runs under way whose work the person may hand on though it is somebody else's."""
    return repairable([run for run in runs if run.is_active], person)


def _running(run: Run, work: list[dict[str, Any]], *, own: bool) -> dict[str, Any]:
    return {
        "pk": run.pk,
        "process": run.process.name,
        "title": "" if own else run.title,
        "url": run.get_absolute_url(),
        "work": work,
        "where": "" if work else where(run.state, run.version_id),
        "since": words.moment_text(run.moved_at),
    }


def _ended(run: Run) -> dict[str, Any]:
    result = run.result if run.result not in ("done", "cancelled") else ""
    return {
        "process": run.process.name,
        "url": run.get_absolute_url(),
        "when": words.moment_text(run.ended_at),
        "word": result or RunStatus(run.status).label,
    }


def _row(item: WorkItem, roles: dict[str, str], mine: list[str], person: Any, now: Any) -> dict[str, Any]:
    is_mine = item.is_with(person, mine)
    return {
        "pk": item.pk,
        "name": item.name,
        "url": item.get_absolute_url(),
        "who": words.holder_text(item.assignee.name if item.assignee else None, item.role, roles),
        "is_mine": is_mine,
        "may_be_nudged": not is_mine and (item.nudged_at is None or now - item.nudged_at >= NUDGE_PAUSE),
        "since": words.moment_text(item.opened_at),
        "waited": words.lasted(now - item.opened_at),
        "side": words.SIDES[item.side],
        "is_clients": item.side == "client",
        "due": words.due_mark(item.due_at, now),
    }
