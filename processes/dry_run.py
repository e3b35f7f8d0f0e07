"""What a draft would have done: the facts of the last days heard by its beginnings, without doing anything.

Conditions are asked of the records as they are now, because what they were then is not kept field by field.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.automation import all_subjects, named, subject
from foundation.clock import company_day
from foundation.models import Event, EventSubject
from processes import operations, schedules
from processes.conditions import checking, closure, loading, query, reading
from processes.graph.model import Graph, Kind
from processes.models import Process
from processes.models.process import Span
from processes.questions import fields_of_graph
from processes.running import times
from users.heads import heads_of
from users.models import Role, User

MOST_FACTS, BATCH, SHOWN = 100_000, 1_000, 50
FORWARD = frozenset({Kind.START, Kind.ACTION, Kind.SPLIT, Kind.JOIN, Kind.SCOPE, Kind.EACH, Kind.CHOICE})


@dataclass
class Heard:
    """One beginning over the period. `now`: how many records it fits as they stand, where nothing was heard."""

    start: dict[str, Any]
    facts: int = 0
    fits: int = 0
    now: int | None = None
    words: str = ""


@dataclass
class Load:
    """The tasks somebody would have been given: in all, a day, and on the busiest day."""

    who: str
    tasks: int
    per_day: float
    most: int


@dataclass
class Record:
    pk: int
    title: str
    url: str
    on: date | None = None


@dataclass
class Trial:
    days: int
    heard: list[Heard] = field(default_factory=list)
    runs: int = 0
    records: int = 0
    shown: list[Record] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    is_cut: bool = False
    over_cap_on: list[date] = field(default_factory=list)
    waiting: list[Record] = field(default_factory=list)


Values = dict[str, Any]


def tried(process: Process, days: int, now: datetime) -> Trial:
    """Raises Refused for a draft, or a condition, that cannot be read."""
    return _Trying(process, days, now).trial()


class _Trying:
    def __init__(self, process: Process, days: int, now: datetime) -> None:
        self.process, self.days, self.now = process, days, now
        self.since = now - timedelta(days=days)
        self.kind = process.subject_kind
        self.rows = subject(self.kind).model._default_manager.all()
        self.zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
        self.graph = operations.draft_graph(process)
        self.left = MOST_FACTS
        self.begun: dict[int, date] = {}
        self.runs: list[tuple[int, date]] = []

    def trial(self) -> Trial:
        trial = Trial(self.days)
        moments: list[tuple[datetime, int]] = []
        for start in self.process.starts:
            heard = Heard(start)
            trial.heard.append(heard)
            if "fact" in start:
                moments += self._facts(start, heard)
                if not heard.facts:
                    heard.now = self._matching(start).count()
                    trial.waiting += self._titled(self._matching(start).order_by("pk")[:SHOWN])
            elif "button" not in start and "call" not in start:
                moments += self._scheduled(start, heard)
        for moment, key in sorted(moments):
            self._begin(key, company_day(moment))
        trial.is_cut = self.left <= 0
        trial.runs, trial.records = len(self.runs), len({key for key, _day in self.runs})
        trial.shown = self._shown()
        trial.loads = self._loads()
        trial.over_cap_on = self._over_cap()
        return trial

    def _begin(self, key: int, day: date) -> None:
        """One at a time: how long a run would last nobody knows, so a record counts once in the period."""
        last = self.begun.get(key)
        if last is not None and self.process.is_single:
            return
        pause = self.process.pause_days or 0
        if last is not None and (day - last).days < pause:
            return
        most, span = self.process.most_begun, Span(self.process.most_begun_in).days
        if most is not None and sum((day - each).days < span for _key, each in self.runs[-most:]) >= most:
            return
        self.begun[key] = day
        self.runs.append((key, day))

    # --- what the beginnings would have heard

    def _facts(self, start: dict[str, Any], heard: Heard) -> Iterator[tuple[datetime, int]]:
        found: list[tuple[datetime, int]] = []
        for batch in self._batches(start["fact"]):
            heard.facts += len(batch)
            keys = {key for _moment, key in batch}
            fitting = self._fitting(start, keys)
            fits = [(moment, key) for moment, key in batch if key in fitting]
            heard.fits += len(fits)
            found += fits
        return iter(found)

    def _batches(self, name: str) -> Iterator[list[tuple[datetime, int]]]:
        """(moment, record) of the facts of a name, oldest first, until enough were read."""
        events = Event.objects.filter(name=name, at__gt=self.since, at__lte=self.now).order_by("at", "pk")
        rows = events.values_list("pk", "at").iterator(chunk_size=BATCH)
        while self.left > 0 and (batch := list(islice(rows, min(BATCH, self.left)))):
            self.left -= len(batch)
            about = EventSubject.objects.filter(
                kind=self.kind,
                event_id__in=[pk for pk, _at in batch],
                at__gte=batch[0][1],
                at__lte=batch[-1][1],
            )
            keys = dict(about.order_by().values_list("event_id", "subject_id"))
            yield [(at, keys[pk]) for pk, at in batch if pk in keys]

    def _fitting(self, start: dict[str, Any], keys: set[int]) -> set[int]:
        """Those of the records, still there, of which the condition of a beginning holds now."""
        condition = self._condition(start)
        needed = loading.fields_needed(condition) if condition else {f"{self.kind}.owner": {}}
        known = loading.values_of_many(self.rows, keys, needed)
        if condition is None:
            return set(known)
        holds = closure.compile_closure(condition)
        return {key for key, values in known.items() if holds(values, self.now)}

    def _condition(self, start: dict[str, Any]) -> Any:
        if not start.get("when"):
            return None
        return checking.checked(reading.read(start["when"]), checking.fields_of(self.kind), self.zone)

    def _matching(self, start: dict[str, Any]) -> Any:
        condition = self._condition(start)
        return self.rows if condition is None else self.rows.filter(query.as_q(condition, self.now))

    def _scheduled(self, start: dict[str, Any], heard: Heard) -> list[tuple[datetime, int]]:
        rows, calendar = self._matching(start), times.calendar_for(None)
        found: list[tuple[datetime, int]] = []
        for moment in self._mornings(start.get("schedule") or ""):
            due = rows
            if start.get("field"):
                offset = start.get("offset") or {"amount": 0, "unit": "days"}
                days = schedules.days_for(offset, moment, calendar)
                due = rows.filter(schedules.on_days(named(start["field"]), days))  # type: ignore[arg-type]
            with timezone.override(self.zone):
                keys = list(due.order_by("pk").values_list("pk", flat=True)[: max(0, self.left)])
            self.left -= len(keys)
            heard.fits += len(keys)
            found += [(moment, key) for key in keys]
        return found

    def _mornings(self, rule: str) -> list[datetime]:
        first = self.since.astimezone(self.zone).replace(tzinfo=None)
        last = self.now.astimezone(self.zone).replace(tzinfo=None)
        begin = datetime.combine(date(first.year, 1, 1), schedules.MORNING)
        found = rrulestr(rule or "FREQ=DAILY", dtstart=begin).between(first, last, inc=True)
        return [each.replace(tzinfo=self.zone) for each in found]

    # --- what would have come of it

    def _titled(self, rows: Any) -> list[Record]:
        about = subject(self.kind)
        page = about.page or (lambda pk: "")
        return [Record(each.pk, about.title(each), page(each.pk)) for each in rows]

    def _shown(self) -> list[Record]:
        latest = list(dict(reversed(self.runs)).items())[:SHOWN]
        days = dict(latest)
        found = {each.pk: each for each in self._titled(self.rows.filter(pk__in=days))}
        for key, each in found.items():
            each.on = days[key]
        return [found[key] for key in days if key in found]

    def _over_cap(self) -> list[date]:
        cap = self.process.daily_cap
        counts = Counter(day for _key, day in self.runs)
        return sorted(day for day, count in counts.items() if cap is not None and count >= cap)[:10]

    def _loads(self) -> list[Load]:
        firsts = First(self.graph, self.kind, self.zone, self.now)
        given: Counter[tuple[str, date]] = Counter()
        for number in range(0, len(self.runs), BATCH):
            batch = self.runs[number : number + BATCH]
            known = firsts.of({key for key, _day in batch}, self.rows, self.process)
            for key, day in batch:
                given.update((who, day) for who in known.get(key, ()))
        loads = []
        for who in {who for who, _day in given}:
            counts = [count for (each, _day), count in given.items() if each == who]
            loads.append(Load(who, sum(counts), sum(counts) / self.days, max(counts)))
        return sorted(loads, key=lambda load: (-load.tasks, load.who))


class First:
    """Whose tasks come first for a record: those reached without waiting for anything."""

    def __init__(self, graph: Graph, kind: str, zone: ZoneInfo, now: datetime) -> None:
        self.graph, self.kind, self.zone, self.now = graph, kind, zone, now
        self.asked: dict[str, Any] = {}
        fields = {**checking.fields_of(kind), **fields_of_graph(graph, kind)}
        for flow in graph.flows:
            if flow.when:
                tree = reading.read(flow.when)
                self.asked[flow.key] = checking.checked(tree, fields, zone)
        self.holds = {key: closure.compile_closure(each) for key, each in self.asked.items()}
        self.roles = dict(Role.objects.values_list("key", "name"))

    def of(self, keys: set[int], rows: Any, process: Process) -> dict[int, list[str]]:
        """{record: [who, …]}, by name."""
        known: dict[int, Values] = {key: {} for key in keys}
        if self.asked:
            known = loading.values_of_many(rows, keys, loading.fields_needed(*self.asked.values()))
        whose = _Whose(keys, rows, self.kind, process, self.roles)
        start = self.graph.start_of(None).key
        return {
            key: [whose.name(node.data.get("who") or {}, key) for node in self._reached(start, values, set())]
            for key, values in known.items()
        }

    def _reached(self, key: str, values: Values, seen: set[str]) -> Iterator[Any]:
        if key in seen:
            return
        seen.add(key)
        node = self.graph.nodes[key]
        if node.kind in (Kind.TASK, Kind.APPROVAL):
            yield node
        if node.kind not in FORWARD:
            return
        if node.kind in (Kind.SCOPE, Kind.EACH):
            yield from self._reached(self.graph.start_of(key).key, values, seen)
            return
        flows = self.graph.out_of(key)
        if node.kind is Kind.CHOICE:
            flows = tuple(islice((flow for flow in flows if self._is_taken(flow, values)), 1))
        for flow in flows:
            yield from self._reached(flow.target, values, seen)

    def _is_taken(self, flow: Any, values: Values) -> bool:
        return flow.key not in self.holds or bool(self.holds[flow.key](values, self.now))


class _Whose:
    """Names for who is meant, for a batch of records: their owners and the owners' heads, asked for once."""

    def __init__(self, keys: set[int], rows: Any, kind: str, process: Process, roles: dict[str, str]) -> None:
        about = all_subjects().get(kind)
        self.owner: dict[int, int] = {}
        if about is not None and about.of_owner:
            self.owner = dict(rows.filter(pk__in=keys).order_by().values_list("pk", about.of_owner))
        self.roles, self.process = roles, process
        owners = list(User.objects.filter(pk__in={each for each in self.owner.values() if each}))
        self.heads = heads_of(owners)
        wanted = set(self.heads.values()) | {process.owner_id}
        self.names = {each.pk: each.name for each in owners}
        self.names |= dict(
            User.objects.filter(pk__in={each for each in wanted if each}).values_list("pk", "name")
        )

    def name(self, who: dict[str, Any], key: int) -> str:
        match who.get("kind"):
            case "person":
                return self._person(who.get("id"))
            case "owner":
                return self._person(self.owner.get(key))
            case "head":
                return self._person(self.heads.get(self.owner.get(key) or 0))
            case "role" | "least_busy" | "in_turn":
                return _("Role: %(role)s") % {"role": _(self.roles.get(who.get("key", ""), "?"))}
            case "people":
                return ", ".join(self._person(each) for each in who.get("ids") or ())
            case "department":
                return _("A department")
        return self._person(None)

    def _person(self, pk: int | None) -> str:
        """Who is missing is stood in for by whoever is responsible for the process."""
        if pk is not None and pk not in self.names:
            self.names |= dict(User.objects.filter(pk=pk).values_list("pk", "name"))
        found = self.names.get(pk or 0) or self.names.get(self.process.owner_id or 0)
        return found or str(_("nobody"))
