"""Runs nobody will finish, and work nobody will do: beyond what is usual of their process, or with nobody to do it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.keyset import Page, keyset_page
from processes.models import WorkItem
from processes.queries import words
from processes.queries.process_list import where
from processes.working import NUDGE_PAUSE
from users import standing_in
from users.models import Role
from users.presence import away

ENOUGH = 10  # finished runs, before anything is said to last too long
LEAST = timedelta(days=1)
SIZE = 50
YEAR = timedelta(days=365)

# Of the latest finished runs of each process: how long nineteen of twenty lasted, and stood at one step.
USUAL = """
    SELECT process.id, lasted.p95, coalesce(stayed.p95, 0)
    FROM processes_process AS process
    CROSS JOIN LATERAL (
        SELECT count(*) AS n,
            percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - started_at)) AS p95
        FROM (SELECT started_at, ended_at FROM processes_run
            WHERE process_id = process.id AND status = 'ended' AND started_at > %(since)s
            ORDER BY started_at DESC, id DESC LIMIT 2000) AS latest) AS lasted
    CROSS JOIN LATERAL (
        SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY log.seconds) AS p95
        FROM (SELECT id, started_at, ended_at FROM processes_run
            WHERE process_id = process.id AND status = 'ended' AND started_at > %(since)s
            ORDER BY started_at DESC, id DESC LIMIT 200) AS latest
        JOIN processes_steplog AS log ON log.run_id = latest.id
            AND log.at >= latest.started_at AND log.at <= latest.ended_at) AS stayed
    WHERE process.current_id IS NOT NULL AND lasted.n >= %(enough)s
"""


class Usual(NamedTuple):
    """Of a process: nineteen of twenty runs end within `lasts`, and move on within `stays`."""

    lasts: timedelta
    stays: timedelta


def usual(now: datetime) -> dict[int, Usual]:
    """By process; of those with enough finished runs. One statement over at most 2,000 runs of each."""
    with connection.cursor() as cursor:
        cursor.execute(USUAL, {"since": now - YEAR, "enough": ENOUGH})
        rows = cursor.fetchall()
    spans = {key: [max(LEAST, timedelta(seconds=float(each))) for each in rest] for key, *rest in rows}
    return {key: Usual(*both) for key, both in spans.items()}


def stuck_runs(runs: Any, limits: dict[int, Usual], now: datetime) -> Any:
    """Of these runs, those open longer than is usual that have not moved for longer than is usual either."""
    beyond = Q(pk__in=[])
    for process, limit in limits.items():
        beyond |= Q(process=process, started_at__lt=now - limit.lasts, moved_at__lt=now - limit.stays)
    return runs.active().filter(beyond)


def dead_work(work: Any, now: datetime) -> Any:
    """Of this work, what nobody will do: the person has left, or is away and nobody stands in; the role is empty."""
    held = WorkItem.objects.open().filter(assignee__isnull=False).order_by()
    people = set(held.values_list("assignee", flat=True).distinct())
    gone = set(away(people, now)) if people else set()
    alone = gone - set(standing_in.substitutes(gone, now)) if gone else set()
    manned = Role.objects.annotate(n=Count("people", filter=Q(people__is_active=True))).filter(n__gt=0)
    keys = list(manned.order_by().values_list("key", flat=True))
    nobody = Q(assignee__isnull=True) & ~Q(role__in=keys)
    return work.open().filter(Q(assignee__is_active=False) | Q(assignee__in=alone) | nobody)


class Row(NamedTuple):
    """A row of either list. `work`: what may be reminded of and given away; `is_rested`: whether it may be by now."""

    run: int
    run_url: str
    title: str
    process: str
    process_url: str
    why: str
    where: str
    holder: str
    since: str
    work: int | None
    work_url: str
    is_rested: bool


RUN_FIELDS = ("pk", "title", "process", "process__name", "state", "version_id", "started_at", "moved_at")
WORK_FIELDS = (
    "pk", "name", "run", "run__title", "run__process", "run__process__name", "assignee", "assignee__name",
    "assignee__is_active", "role", "opened_at", "nudged_at",
)  # fmt: skip


def runs_page(runs: Any, limits: dict[int, Usual], cursor: str | None, now: datetime) -> Page:
    """Those that have stood longest first. Three statements."""
    page = keyset_page(runs.values(*RUN_FIELDS), order=("moved_at", "pk"), cursor=cursor, size=SIZE)
    keys = [row["pk"] for row in page.rows]
    open_work = WorkItem.objects.open().filter(run__in=keys).order_by("run", "due_at", "pk")
    waiting: dict[int, Any] = {}
    for row in open_work.values("pk", "run", "name", "assignee__name", "role", "nudged_at"):
        waiting.setdefault(row["run"], row)
    roles = words.role_names(row["role"] for row in waiting.values() if not row["assignee__name"])
    found = [_run_row(row, waiting.get(row["pk"]), limits[row["process"]], roles, now) for row in page.rows]
    return page._replace(rows=found)


def _run_row(
    row: dict[str, Any], work: dict[str, Any] | None, limit: Usual, roles: dict[str, str], now: datetime
) -> Row:
    said = {
        "open": words.lasted(now - row["started_at"]),
        "usual": words.lasted(limit.lasts),
        "still": words.lasted(now - row["moved_at"]),
    }
    return Row(
        run=row["pk"],
        run_url=reverse("processes:run", args=[row["pk"]]),
        title=row["title"],
        process=row["process__name"],
        process_url=reverse("processes:process", args=[row["process"]]),
        why=_("Open for %(open)s, where nineteen of twenty end within %(usual)s; not moved for %(still)s.")
        % said,
        where=work["name"] if work else where(row["state"], row["version_id"]),
        holder=words.holder_text(work["assignee__name"], work["role"], roles) if work else "",
        since=words.moment_text(row["moved_at"]),
        work=work["pk"] if work else None,
        work_url=reverse("processes:work", args=[work["pk"]]) if work else "",
        is_rested=work is not None and _is_rested(work, now),
    )


def work_page(work: Any, cursor: str | None, now: datetime) -> Page:
    """The oldest first. Two statements."""
    page = keyset_page(work.values(*WORK_FIELDS), order=("opened_at", "pk"), cursor=cursor, size=SIZE)
    roles = words.role_names(row["role"] for row in page.rows if row["assignee"] is None)
    return page._replace(rows=[_work_row(row, roles, now) for row in page.rows])


def _work_row(row: dict[str, Any], roles: dict[str, str], now: datetime) -> Row:
    holder = words.holder_text(row["assignee__name"], row["role"], roles)
    if row["assignee"] is None:
        why = _("Nobody who works here has the role “%(role)s”.") % {
            "role": roles.get(row["role"], row["role"])
        }
    elif not row["assignee__is_active"]:
        why = _("%(name)s no longer works here.") % {"name": holder}
    else:
        why = _("%(name)s is away, and nobody stands in.") % {"name": holder}
    return Row(
        run=row["run"],
        run_url=reverse("processes:run", args=[row["run"]]),
        title=row["run__title"],
        process=row["run__process__name"],
        process_url=reverse("processes:process", args=[row["run__process"]]),
        why=why,
        where=row["name"],
        holder=holder,
        since=words.moment_text(row["opened_at"]),
        work=row["pk"],
        work_url=reverse("processes:work", args=[row["pk"]]),
        is_rested=bool(row["assignee__is_active"]) and _is_rested(row, now),
    )


def _is_rested(row: dict[str, Any], now: datetime) -> bool:
    return row["nudged_at"] is None or now - row["nudged_at"] >= NUDGE_PAUSE


def counted(runs: Any, limits: dict[int, Usual], now: datetime) -> dict[int, tuple[int, int]]:
    """By process, (runs that stand still, work nobody will do); for whoever is responsible."""
    still = stuck_runs(runs, limits, now).order_by().values("process").annotate(n=Count("pk"))
    dead = dead_work(WorkItem.objects.filter(run__in=runs.values("pk")), now).order_by()
    found = {row["process"]: (row["n"], 0) for row in still}
    for row in dead.values("run__process").annotate(n=Count("pk")):
        found[row["run__process"]] = (found.get(row["run__process"], (0, 0))[0], row["n"])
    return found
