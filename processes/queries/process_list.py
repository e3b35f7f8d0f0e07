"""Processes with how each stands, of what the person may see; and the page of one."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.keyset import Page, keyset_page
from processes.engine.state import State
from processes.graph.model import Kind
from processes.models import Incident, Process, Run, RunStatus, Status, WorkItem
from processes.queries import batch, moving, subjects, words
from processes.queries.work_list import Chip
from processes.running import reading

MOST = 500
SIZE = 50
LATELY = timedelta(days=30)
RUN_FIELDS = (
    "pk", "title", "status", "result", "state", "version_id", "started_at", "moved_at", "ended_at", "started_by__name",
    "process__name",
)  # fmt: skip
FILTERS = [
    ("active", _("Under way"), "player-play"), ("late", _("Late"), "alert-circle"),
    ("incident", _("Cannot go on"), "alert-triangle"), ("ended", _("Ended"), "circle-check"),
    ("cancelled", _("Cancelled"), "circle-x"),
]  # fmt: skip


def rows(person: Any) -> list[dict[str, Any]]:
    """Those that stand still last. Four statements, however many processes there are."""
    found = Process.objects.visible_to(person).select_related("owner").defer("outline", "graph", "drawing")
    order = {Status.ON: 0, Status.PAUSED: 1, Status.DRAFT: 2, Status.OFF: 3}
    figures, labels = standing(person, timezone.now()), subjects.labels()
    shown = [
        {
            "process": each,
            "about": labels.get(each.subject_kind, each.subject_kind),
            "tag": words.STATUS_TAGS[Status(each.status)],
            **figures.of(each.pk),
        }
        for each in found.order_by("name", "pk")[:MOST]
    ]
    return sorted(shown, key=lambda row: order[row["process"].status])


class Standing:
    """Counts by process: runs under way, work that waits, of it late, incidents."""

    def __init__(
        self, runs: dict[int, int], work: dict[int, tuple[int, int]], incidents: dict[int, int]
    ) -> None:
        self._runs, self._work, self._incidents = runs, work, incidents

    def of(self, process: int) -> dict[str, int]:
        waiting, late = self._work.get(process, (0, 0))
        return {
            "runs": self._runs.get(process, 0),
            "work": waiting,
            "late": late,
            "incidents": self._incidents.get(process, 0),
        }


def standing(person: Any, now: datetime, **only: Any) -> Standing:
    """Of runs the person sees. `only` narrows runs, say to one process. Three statements."""
    seen = Run.objects.visible_to(person).active().filter(**only).order_by()
    runs = seen.values("process").annotate(n=Count("*")).values_list("process", "n")
    open_work = WorkItem.objects.open().filter(run__in=seen.values("pk")).order_by()
    late = Count("pk", filter=Q(due_at__lte=now))
    work = open_work.values("run__process").annotate(n=Count("*"), late=late)
    troubled = Incident.objects.filter(solved_at=None, run__in=seen.values("pk")).order_by()
    return Standing(
        dict(runs),
        {row["run__process"]: (row["n"], row["late"]) for row in work},
        Counter(troubled.values_list("run__process", flat=True)),
    )


def page_of(process: Process, person: Any, said: Any) -> dict[str, Any]:
    """What it is for, its steps, how it stands, and a page of its runs."""
    now = timezone.now()
    runs = narrowed(process, person, said.get("show", ""), now)
    page = runs_page(runs, said.get("cursor"), now)
    lately = Run.objects.visible_to(person).filter(process=process, started_at__gt=now - LATELY)
    return {
        "process": process,
        "about": subjects.labels().get(process.subject_kind, process.subject_kind),
        "tag": words.STATUS_TAGS[Status(process.status)],
        "steps": steps_of(process),
        "figures": standing(person, now, process=process).of(process.pk),
        "begun": lately.order_by().count(),
        "page": page,
        "chips": chips(said),
        "batches": batch.latest(process, person),
        "may_design": person.may("processes.design"),
        "may_repair": person.may("processes.repair"),
        "older": older_runs(process, person),
    }


def older_runs(process: Process, person: Any) -> dict[str, int] | None:
    """How many runs are still on older versions, for whoever may move them."""
    if (
        process.current is None
        or process.current.number == 1
        or not (person.may("processes.design") and person.may("processes.repair"))
    ):
        return None
    count = sum(moving.on_older_versions(process).values())
    return {"count": count, "number": process.current.number} if count else None


def steps_of(process: Process) -> list[dict[str, Any]]:
    """The steps of what is carried out now, in the order they are read, each as deep as it stands."""
    if process.current_id is None:
        return []
    graph = reading.graph_of(process.current_id)
    depths: dict[str | None, int] = {None: 0}
    found = []
    for node in graph.nodes.values():
        if node.kind in (Kind.SCOPE, Kind.EACH):
            depths[node.key] = depths.get(node.scope, 0) + 1
        if node.kind in words.SHOWN:
            found.append(
                {
                    "title": words.step_title(node),
                    "icon": words.KIND_ICONS[node.kind],
                    "kind": words.KIND_WORDS[node.kind] if node.name else "",
                    "depth": min(depths.get(node.scope, 0), 4),
                }
            )
    return found


def narrowed(process: Process, person: Any, show: str, now: datetime) -> Any:
    runs = Run.objects.visible_to(person).filter(process=process)
    match show:
        case "late":
            return runs.active().filter(
                Exists(WorkItem.objects.open().filter(run=OuterRef("pk"), due_at__lte=now))
            )
        case "incident":
            return runs.active().filter(Exists(Incident.objects.filter(run=OuterRef("pk"), solved_at=None)))
        case "active" | "ended" | "cancelled":
            return runs.filter(status=show)
    return runs


def chips(query: Any) -> list[Chip]:
    """One question at a time; asked again, it is taken away."""
    now = query.get("show", "")
    return [
        Chip(title, icon, "?" if name == now else f"?show={name}", name == now)
        for name, title, icon in FILTERS
    ]


def runs_page(runs: Any, cursor: str | None, now: datetime) -> Page:
    """Three statements: the runs, what of them waits for people, and whose roles these are."""
    page = keyset_page(runs.values(*RUN_FIELDS), order=("-started_at", "-pk"), cursor=cursor, size=SIZE)
    keys = [row["pk"] for row in page.rows if row["status"] == RunStatus.ACTIVE]
    open_work = WorkItem.objects.open().filter(run__in=keys).order_by("run", "due_at", "pk")
    waiting: dict[int, Any] = {}
    for row in open_work.values("run", "name", "assignee__name", "role", "due_at", "opened_at", "side"):
        waiting.setdefault(row["run"], row)
    roles = words.role_names(row["role"] for row in waiting.values() if not row["assignee__name"])
    return page._replace(rows=[_run(row, waiting.get(row["pk"]), roles, now) for row in page.rows])


def _run(
    row: dict[str, Any], waits: dict[str, Any] | None, roles: dict[str, str], now: datetime
) -> dict[str, Any]:
    is_active = row["status"] == RunStatus.ACTIVE
    status = RunStatus(row["status"])
    return {
        "pk": row["pk"],
        "process": row["process__name"],
        "url": reverse("processes:run", args=[row["pk"]]),
        "title": row["title"],
        "status": status.label,
        "tag": words.RUN_TAGS[status],
        "result": row["result"] if row["result"] not in ("done", "cancelled") else "",
        "where": waits["name"] if waits else where(row["state"], row["version_id"]) if is_active else "",
        "holder": words.holder_text(waits["assignee__name"], waits["role"], roles) if waits else "",
        "due": words.due_mark(waits["due_at"], now) if waits else None,
        "since": words.lasted(now - (waits["opened_at"] if waits else row["moved_at"])) if is_active else "",
        "side": str(words.SIDES[waits["side"]]) if waits and waits["side"] == "client" else "",
        "began": words.moment_text(row["started_at"]),
        "by": row["started_by__name"] or "",
        "took": words.lasted((row["ended_at"] or now) - row["started_at"]),
    }


def where(state: dict[str, Any], version: int) -> str:
    """The steps at which a run stands that waits for no person."""
    if not state:
        return ""
    nodes = reading.graph_of(version).nodes
    here = [nodes[each.node] for each in State.from_json(state).tokens.values() if each.node in nodes]
    titles = [
        words.step_title(node) for node in here if node.kind in words.SHOWN and node.kind is not Kind.SCOPE
    ]
    return ", ".join(dict.fromkeys(titles))
