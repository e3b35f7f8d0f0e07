"""What a run was before it was moved: kept with the move, and put back where it took no step since."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from processes.models import Incident, Job, MovedRun, Run, StepLog, Subscription, WorkItem
from processes.moving.plan import number_of

SNAPSHOT = """
    SELECT
        (SELECT coalesce(jsonb_agg(to_jsonb(row)), '[]') FROM processes_job AS row WHERE run_id = %(run)s),
        (SELECT coalesce(jsonb_agg(to_jsonb(row)), '[]') FROM processes_subscription AS row WHERE run_id = %(run)s),
        (SELECT coalesce(jsonb_agg(to_jsonb(row) - 'answers' - 'checked'), '[]') FROM processes_workitem AS row
            WHERE run_id = %(run)s AND state IN ('open', 'later')),
        (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'node', node)), '[]') FROM processes_incident
            WHERE run_id = %(run)s AND solved_at IS NULL)
"""
ROWS = ("jobs", "subscriptions", "work", "incidents")


def snapshot(run: Run) -> dict[str, list[dict[str, Any]]]:
    """Its timers, subscriptions, open work and incidents, in one statement."""
    from json import loads

    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT, {"run": run.pk})
        found = cursor.fetchone()
    return {
        name: loads(rows) if isinstance(rows, str) else rows for name, rows in zip(ROWS, found, strict=True)
    }


def keys(rows: Iterable[dict[str, Any]]) -> set[int]:
    return {row["id"] for row in rows}


def why_not(moved: MovedRun, run: Run | None) -> str:
    """Why a run cannot be put back; empty where it can."""
    if run is None or not run.is_active:
        return _("It has ended since.")
    if moved.before is None and moved.revision == run.revision:
        return _("It did something at once that cannot be taken back, or too long ago.")
    if moved.before is None or moved.revision != run.revision:
        return _("It has taken a step since.")
    return ""


def put_back(moved: MovedRun, run: Run, *, by: Any, at: datetime) -> None:
    """The run, locked, as it was: state, version, timers, subscriptions, work. What came meanwhile stays."""
    before: dict[str, Any] = moved.before or {}
    made = {name: set(before["after"][name]) - keys(before[name]) for name in ROWS}
    lost = {name: [row for row in before[name] if row["id"] not in before["after"][name]] for name in ROWS}
    Job.objects.filter(run=run, pk__in=made["jobs"]).delete()
    Job.objects.bulk_create(_job(run, row) for row in lost["jobs"])
    Subscription.objects.filter(run=run, pk__in=made["subscriptions"]).delete()
    Subscription.objects.bulk_create(
        Subscription(**{name: value for name, value in row.items() if name != "id"})
        for row in lost["subscriptions"]
    )
    WorkItem.objects.filter(run=run, pk__in=made["work"]).update(state="withdrawn")
    for row in before["work"]:
        as_it_was = {name: row[name] for name in ("node", "name", "side", "due_at", "state")}
        WorkItem.objects.filter(pk=row["id"], state__in=["open", "later", "withdrawn"]).update(**as_it_was)
    Incident.objects.filter(run=run, pk__in=made["incidents"]).update(solved_at=at, solution="gone")
    for row in before["incidents"]:
        Incident.objects.filter(pk=row["id"]).update(node=row["node"], solved_at=None, solution="")
    _write(moved, run, before["state"], by=by, at=at)


def _job(run: Run, row: dict[str, Any]) -> Job:
    return Job(
        run=run,
        token=row["token"],
        kind=row["kind"],
        data=row["data"],
        due_at=parse_datetime(row["due_at"]) or row["due_at"],
    )


def _write(moved: MovedRun, run: Run, state: Any, *, by: Any, at: datetime) -> None:
    run.state, run.version_id, run.revision = state, moved.version_id, run.revision + 1
    run.save(update_fields=["state", "version", "revision"])
    StepLog.objects.create(
        run_id=run.pk, process_id=run.process_id, at=at, node="", what="moved", note=f"→ {number_of(moved.version_id)}",
        actor_id=by.pk, actor_name=by.get_full_name(),
    )  # fmt: skip
