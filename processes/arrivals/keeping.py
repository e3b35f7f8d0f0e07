"""Keeps the arrivals of runs: looked at again once a run has moved, and once a day, because time passes too."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max, Q
from django.utils.dateparse import parse_datetime

from foundation.clock import company_day
from foundation.working_time import Calendar
from processes.arrivals.ahead import Coming, Known, look_ahead
from processes.arrivals.past import Past, read_past
from processes.arrivals.whose import Whose, whose
from processes.engine.state import State
from processes.graph.model import Graph
from processes.models import Arrival, Job, Outlook, Run
from processes.queries.words import step_title
from processes.running import times
from processes.running.reading import graph_of
from processes.running.values import PLACE

HORIZON = timedelta(days=21)
OVERLAP = timedelta(minutes=10)  # a step may be committed so long after its moment
MOST, BATCH = 2_000, 200
KEPT_SECONDS = 3_600
LOCK = 0x61727276
_past: dict[tuple[int, int], tuple[float, Past]] = {}


def refresh(at: datetime, *, limit: int = MOST) -> int:
    """Look ahead from runs that moved since, then from those not looked at today; how many. One at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (is_ours,) = cursor.fetchone()
        if not is_ours:
            return 0
        try:
            keys = _moved(limit)
            keys += [key for key in _of_yesterday(at, limit - len(keys)) if key not in set(keys)]
            for first in range(0, len(keys), BATCH):
                _look(keys[first : first + BATCH], at)
            return len(keys)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def forget_past() -> None:
    """For tests: what was learnt of processes is learnt again."""
    _past.clear()


def _moved(limit: int) -> list[int]:
    """Active runs with steps we have not seen, in the order they moved, so that the mark never passes one."""
    newest = Outlook.objects.aggregate(last=Max("moved_at"))["last"]
    unseen = Run.objects.active().filter(Q(outlook=None) | ~Q(outlook__revision=F("revision")))
    if newest is not None:
        unseen = unseen.filter(moved_at__gte=newest - OVERLAP)
    return list(unseen.order_by("moved_at", "pk").values_list("pk", flat=True)[:limit])


def _of_yesterday(at: datetime, limit: int) -> list[int]:
    zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
    midnight = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    old = Outlook.objects.filter(made_at__lt=midnight).order_by("made_at", "pk")
    return list(old.values_list("pk", flat=True)[: max(0, limit)])


def _look(keys: Sequence[int], at: datetime) -> None:
    runs = list(Run.objects.active().filter(pk__in=keys).select_related("process").order_by("pk"))
    graphs = {run.version_id: graph_of(run.version_id) for run in runs}
    named = {key for graph in graphs.values() for key in _named_in(graph)}
    people, timers = whose(runs, named), _timers(runs)
    calendar = times.calendar_for(None)()
    made: dict[int, list[Arrival]] = {}
    for run in runs:
        graph = graphs[run.version_id]
        since = {int(key): parse_datetime(said) or at for key, said in run.state.get("since", {}).items()}
        known = Known(_past_of(run, graph, calendar, at), calendar, since, timers[run.pk])
        kept = {name: each for name, each in run.state.items() if name not in ("since", "troubled")}
        coming = look_ahead(graph, State.from_json(kept), known, at, at + HORIZON)
        made[run.pk] = [row for each in coming for row in _rows(run, graph, each, people)]
    _write(runs, made, set(keys), at)


def _write(runs: Sequence[Run], made: dict[int, list[Arrival]], keys: set[int], at: datetime) -> None:
    """Only of runs that stand where they stood; others are seen again by their revision."""
    with transaction.atomic():
        still = Run.objects.active().filter(pk__in=made).select_for_update(no_key=True, skip_locked=True)
        revisions = dict(still.order_by("pk").values_list("pk", "revision"))
        kept = [run for run in runs if revisions.get(run.pk) == run.revision]
        Arrival.objects.filter(run__in=[run.pk for run in kept]).delete()
        Arrival.objects.bulk_create([row for run in kept for row in made[run.pk]])
        Outlook.objects.bulk_create(
            [Outlook(run=run, revision=run.revision, moved_at=run.moved_at, made_at=at) for run in kept],
            update_conflicts=True,
            unique_fields=["run"],
            update_fields=["revision", "moved_at", "made_at"],
        )
        Outlook.objects.filter(pk__in=keys - set(made)).delete()  # these are over


def _rows(run: Run, graph: Graph, coming: Coming, people: Whose) -> list[Arrival]:
    node = graph.nodes[coming.node]
    persons, role = people.of(node.data.get("who") or {}, run)
    said = {
        "run": run,
        "node": node.key,
        "kind": str(node.kind),
        "name": _plain(step_title(node)),
        "arrives_on": company_day(coming.at),
        "after": _plain(step_title(graph.nodes[coming.after])) if coming.after else "",
        "usual": coming.usual.duration if coming.usual else None,
        "basis": coming.usual.basis if coming.usual else Arrival.Basis.GUESS,
        "share": round(coming.share * 100),
    }
    if role:
        return [Arrival(role=role, **said)]
    return [Arrival(person_id=key, **said) for key in persons]


def _plain(name: str) -> str:
    """A step's name without what its record would fill in: that is not known yet."""
    return PLACE.sub("…", name)[:200]


def _past_of(run: Run, graph: Graph, calendar: Calendar, at: datetime) -> Past:
    """Read once an hour in each process: ninety days do not change in a minute."""
    key = (run.process_id, run.version_id)
    read_at, past = _past.get(key, (float("-inf"), Past()))
    if monotonic() - read_at > KEPT_SECONDS:
        past = read_past(run.process_id, graph, calendar, at)
        _past[key] = (monotonic(), past)
    return past


def _named_in(graph: Graph) -> set[int]:
    found: set[int] = set()
    for node in graph.nodes.values():
        who: Any = node.data.get("who") or {}
        found |= {who["id"]} if who.get("kind") == "person" else set(who.get("ids", ()))
    return found


def _timers(runs: Sequence[Run]) -> dict[int, dict[int, datetime]]:
    found: dict[int, dict[int, datetime]] = defaultdict(dict)
    waiting = Job.objects.filter(run__in=[run.pk for run in runs], kind=Job.Kind.TIMER).order_by("-due_at")
    for run, token, due in waiting.values_list("run", "token", "due_at"):
        if token is not None:
            found[run or 0][token] = due
    return found
