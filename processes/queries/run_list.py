"""The finder of runs: what the address asks for, a page of rows ready to be shown, and what can be asked."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.automation import all_subjects
from processes.graph.model import Kind
from processes.models import Incident, Process, Run, RunStatus, WorkItem
from processes.queries import words
from processes.querysets import role_keys
from processes.running import reading
from users.models import User

QUIET_DAYS = (3, 7, 30, 90)
MOST_PROCESSES, MOST_PEOPLE, LONGEST = 500, 1_000, 100
CHIPS = [
    ("late", gettext_lazy("Late"), "alert-circle"),
    ("incident", gettext_lazy("Cannot go on"), "alert-triangle"),
    ("waits", gettext_lazy("Wait for people"), "users"),
]
PEOPLES = frozenset({Kind.TASK, Kind.APPROVAL})


class Asked(NamedTuple):
    """What the address says, as far as it is understood; what it does not mean narrows nothing."""

    process: Process | None
    status: str
    version: int | None
    node: str
    whose: str
    quiet: int | None
    late: bool
    incident: bool
    waits: bool
    kind: str
    text: str
    batch: int | None

    @property
    def is_narrowed(self) -> bool:
        return any(self)


def runs_url(**said: Any) -> str:
    """The finder, asked so: where the numbers of other pages lead."""
    return f"{reverse('processes:runs')}?{urlencode(said)}"


def asked(person: Any, said: Any) -> Asked:
    """One statement where a process is named."""
    key = number(said.get("process"))
    process = None
    if key is not None:
        seen = Process.objects.visible_to(person).defer("outline", "graph", "drawing")
        process = seen.filter(pk=key).first()
    quiet = number(said.get("quiet"))
    return Asked(
        process=process,
        status=said.get("status", "") if said.get("status") in RunStatus.values else "",
        version=number(said.get("version")) if process else None,
        node=said.get("node", "")[:80] if process else "",
        whose=said.get("whose", "")[:20],
        quiet=quiet if quiet in QUIET_DAYS else None,
        late=bool(said.get("late")),
        incident=bool(said.get("incident")),
        waits=bool(said.get("waits")),
        kind=said.get("kind", "") if said.get("kind") in all_subjects() else "",
        text=" ".join(said.get("q", "").split())[:LONGEST].replace("\x00", ""),
        batch=number(said.get("batch")),
    )


def narrowed(person: Any, asks: Asked, now: datetime) -> Any:
    """The runs the person sees and asks for."""
    runs = Run.objects.visible_to(person)
    if asks.process is not None:
        runs = runs.filter(process=asks.process)
    if asks.status:
        runs = runs.filter(status=asks.status)
    if asks.version is not None:
        runs = runs.filter(version__number=asks.version)
    if asks.batch is not None:
        runs = runs.filter(batch=asks.batch)
    if asks.kind:
        runs = runs.filter(subject_kind=asks.kind)
    if asks.text:
        runs = runs.filter(title__icontains=asks.text)
    if asks.quiet is not None:
        runs = runs.active().filter(moved_at__lt=now - timedelta(days=asks.quiet))
    if asks.incident:
        runs = runs.active().filter(Exists(Incident.objects.filter(run=OuterRef("pk"), solved_at=None)))
    return _by_work(_at_node(runs, asks), person, asks, now)


def _at_node(runs: Any, asks: Asked) -> Any:
    if not asks.node or asks.process is None:
        return runs
    node = next((each for each in nodes_of(asks.process) if each.key == asks.node), None)
    if node is not None and node.kind in PEOPLES:
        return runs.active().filter(
            Exists(WorkItem.objects.open().filter(run=OuterRef("pk"), node=asks.node))
        )
    return runs.active().filter(state__tokens__contains=[{"node": asks.node}])


def _by_work(runs: Any, person: Any, asks: Asked, now: datetime) -> Any:
    """By what waits for people: whose it is, and whether it is late."""
    work = WorkItem.objects.open().filter(run=OuterRef("pk"))
    if asks.whose == "me":
        work = work.filter(assignee=person.pk)
    elif asks.whose == "roles":
        work = work.filter(assignee=None, role__in=role_keys(person))
    elif asks.whose == "nobody":
        work = work.filter(assignee=None)
    elif (key := number(asks.whose)) is not None:
        work = work.filter(assignee=key)
    elif not (asks.late or asks.waits):
        return runs
    if asks.late:
        work = work.filter(due_at__lte=now)
    return runs.active().filter(Exists(work))


def choices(person: Any, asks: Asked) -> dict[str, Any]:
    """What the selects offer: (value, words, is chosen); of people those the person answers for. Two statements, three
    where a process is chosen."""
    processes = Process.objects.visible_to(person).order_by("name", "pk").values_list("pk", "name")
    people = User.objects.active().filter(is_robot=False).order_by("sort_key", "pk")
    reach = person.reach("processes.repair")
    if not reach.everybody:
        people = people.filter(pk__in=reach.people - {person.pk})
    whose = [("me", _("Me")), ("roles", _("My roles")), ("nobody", _("Nobody yet"))]
    whose += [(str(key), name) for key, name in people.values_list("pk", "name")[:MOST_PEOPLE]]
    found = {
        "process": _offered(processes[:MOST_PROCESSES], asks.process.pk if asks.process else None),
        "status": _offered(RunStatus.choices, asks.status),
        "kind": _offered(
            [(each.kind, each.label) for each in all_subjects().values() if each.page], asks.kind
        ),
        "whose": _offered(whose, asks.whose),
        "quiet": _offered([(days, _("%(n)s days") % {"n": days}) for days in QUIET_DAYS], asks.quiet),
    }
    if asks.process is not None:
        numbers = asks.process.versions.order_by("-number").values_list("number", flat=True)  # type: ignore[attr-defined]
        found["version"] = _offered([(each, each) for each in numbers[:100]], asks.version)
        steps = [(node.key, words.step_title(node)) for node in nodes_of(asks.process)]
        found["node"] = _offered(steps, asks.node)
    return found


class Toggle(NamedTuple):
    name: str
    title: Any
    icon: str
    url: str
    is_on: bool


def chips(said: Any) -> list[Toggle]:
    """Each with the rest of the address kept."""
    return [
        Toggle(name, title, icon, _toggled(said, name), bool(said.get(name))) for name, title, icon in CHIPS
    ]


def nodes_of(process: Process) -> list[Any]:
    """The steps at which a run may wait, of what is carried out now."""
    if process.current_id is None:
        return []
    nodes = reading.graph_of(process.current_id).nodes.values()
    return [node for node in nodes if node.kind in words.SHOWN and node.kind not in (Kind.SCOPE, Kind.CHOICE)]


def number(said: Any) -> int | None:
    text = str(said or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _offered(pairs: Any, chosen: Any) -> list[tuple[str, Any, bool]]:
    return [(str(value), label, str(value) == str(chosen or "")) for value, label in pairs]


def _toggled(said: Any, name: str) -> str:
    query = said.copy()
    was = query.pop(name, None)
    query.pop("cursor", None)
    if not was:
        query[name] = "1"
    return f"?{query.urlencode()}"
