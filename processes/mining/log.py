"""An event log kept compactly: columns of numbers, names written once. Moments are milliseconds of 1970 UTC.

A step is one doing of an activity in a case: what the file says about it (scheduled, started, completed) put together.
Steps of a case stand in the order of their last known moment; equal moments keep the order of the file.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

NOWHEN = -(2**63)  # a moment nobody wrote down
NOBODY = -1
DAY = 86_400_000
MOST_VALUES = 10_000  # an attribute with more values than this names each case and sorts none
MOST_ATTRIBUTES = 40


class Step(NamedTuple):
    """`activity` and `resource` are places in the log's names; NOBODY where no resource is known."""

    activity: int
    scheduled: int | None
    started: int | None
    completed: int | None
    moment: int
    resource: int
    cost: float
    is_skipped: bool

    @property
    def began(self) -> int:
        """When somebody began it; where only its end is known, that."""
        return self.moment if self.started is None else self.started


class Trace(NamedTuple):
    """One case. `place` is its number in the log."""

    place: int
    name: str
    steps: list[Step]

    @property
    def activities(self) -> tuple[int, ...]:
        return tuple(step.activity for step in self.steps)

    @property
    def first(self) -> int:
        """The earliest moment known of the case."""
        return min(
            moment
            for step in self.steps
            for moment in (step.scheduled, step.started, step.moment)
            if moment is not None
        )

    @property
    def last(self) -> int:
        return self.steps[-1].moment


class Timing(NamedTuple):
    """Milliseconds; None where the log cannot tell. `ready` is since when the step could have been done."""

    step: Step
    ready: int | None
    waiting: int | None
    working: int | None


def timings(trace: Trace) -> Iterator[Timing]:
    """A step is ready when it was scheduled, else when the step before it was done; then it waits until begun.

    Where a log knows only ends, all the time since the step before counts as waiting, and working is unknown.
    """
    before: int | None = None
    for step in trace.steps:
        ready = before if step.scheduled is None else step.scheduled
        waiting = None if ready is None else max(0, step.began - ready)
        working = None
        if step.started is not None and step.completed is not None:
            working = max(0, step.completed - step.started)
        yield Timing(step, ready, waiting, working)
        before = step.moment


@dataclass
class Names:
    """Texts, each kept once."""

    texts: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def place(self, text: str) -> int:
        found = self.places.get(text)
        if found is None:
            found = self.places[text] = len(self.texts)
            self.texts.append(text)
        return found


@dataclass
class Log:
    """Cases and their steps. `events` counts what the file holds, before starts and ends became one step."""

    activities: Names = field(default_factory=Names)
    resources: Names = field(default_factory=Names)
    cases: list[str] = field(default_factory=list)
    bounds: "array[int]" = field(default_factory=lambda: array("q", [0]))
    activity: "array[int]" = field(default_factory=lambda: array("i"))
    resource: "array[int]" = field(default_factory=lambda: array("i"))
    scheduled: "array[int]" = field(default_factory=lambda: array("q"))
    started: "array[int]" = field(default_factory=lambda: array("q"))
    completed: "array[int]" = field(default_factory=lambda: array("q"))
    cost: "array[float]" = field(default_factory=lambda: array("d"))
    skipped: "array[int]" = field(default_factory=lambda: array("b"))
    attributes: dict[str, tuple[Names, "array[int]"]] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    events: int = 0
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.cases)

    @property
    def steps(self) -> int:
        return len(self.activity)

    def name(self, activity: int) -> str:
        return self.activities.texts[activity]

    def person(self, resource: int) -> str:
        return "" if resource == NOBODY else self.resources.texts[resource]

    def trace(self, place: int) -> Trace:
        begin, end = self.bounds[place], self.bounds[place + 1]
        columns = zip(
            self.activity[begin:end],
            self.scheduled[begin:end],
            self.started[begin:end],
            self.completed[begin:end],
            self.resource[begin:end],
            self.cost[begin:end],
            self.skipped[begin:end],
            strict=True,
        )
        return Trace(place, self.cases[place], [_step(*column) for column in columns])

    def traces(self) -> Iterator[Trace]:
        return map(self.trace, range(len(self.cases)))

    def add(self, name: str, steps: Iterable[Step], attributes: Mapping[str, str] | None = None) -> None:
        """A case with its steps, which need not be in order. A case without steps has nothing to say: left out."""
        ordered = sorted(steps, key=lambda step: step.moment)
        if not ordered:
            return
        for step in ordered:
            self.activity.append(step.activity)
            self.resource.append(step.resource)
            self.scheduled.append(NOWHEN if step.scheduled is None else step.scheduled)
            self.started.append(NOWHEN if step.started is None else step.started)
            self.completed.append(NOWHEN if step.completed is None else step.completed)
            self.cost.append(step.cost)
            self.skipped.append(step.is_skipped)
        self.cases.append(name)
        self.bounds.append(len(self.activity))
        self._keep(attributes or {})

    def _keep(self, attributes: Mapping[str, str]) -> None:
        for key, value in attributes.items():
            if key in self.dropped:
                continue
            if key not in self.attributes:
                if len(self.attributes) == MOST_ATTRIBUTES:
                    self.dropped.add(key)
                    continue
                self.attributes[key] = (Names(), array("i"))
            names, column = self.attributes[key]
            column.extend([-1] * (len(self.cases) - 1 - len(column)))
            column.append(names.place(value))
            if len(names.texts) > MOST_VALUES:
                self.dropped.add(key)
                del self.attributes[key]

    def attribute(self, key: str, place: int) -> str | None:
        """What the log says about a case; None where it says nothing."""
        names, column = self.attributes.get(key, (None, ()))
        if names is None or place >= len(column) or column[place] < 0:
            return None
        return names.texts[column[place]]

    @property
    def first(self) -> int:
        known = [min((m for m in column if m != NOWHEN), default=None) for column in self._moments]
        return min(moment for moment in known if moment is not None)

    @property
    def last(self) -> int:
        return max(max(column) for column in self._moments)

    @property
    def _moments(self) -> "tuple[array[int], ...]":
        return self.scheduled, self.started, self.completed

    @property
    def knows_only_days(self) -> bool:
        """Whether every moment is a midnight, so that seconds and hours mean nothing here."""
        return all(moment % DAY == 0 for column in self._moments for moment in column if moment != NOWHEN)

    def kept(self, asked: Callable[[Trace], bool]) -> "Log":
        """The cases of which this holds; `events` is then the number of their steps."""
        return self._copied((trace, trace.steps) for trace in self.traces() if asked(trace))

    def within(self, first: datetime, last: datetime) -> "Log":
        """The cases that began from the first moment on and before the last."""
        begin, end = milliseconds(first), milliseconds(last)
        return self.kept(lambda trace: begin <= trace.first < end)

    def having(self, key: str, value: str) -> "Log":
        """The cases of which the log says this."""
        return self.kept(lambda trace: self.attribute(key, trace.place) == value)

    def through(self, activity: str) -> "Log":
        """The cases in which this was done at least once."""
        wanted = self.activities.places.get(activity)
        return self.kept(lambda trace: any(step.activity == wanted for step in trace.steps))

    def only(self, activities: Iterable[str]) -> "Log":
        """All cases with nothing but these activities left in them."""
        wanted = {self.activities.places.get(each) for each in activities}
        return self._copied(
            (trace, [step for step in trace.steps if step.activity in wanted]) for trace in self.traces()
        )

    def _copied(self, traces: Iterable[tuple[Trace, list[Step]]]) -> "Log":
        copy = Log(self.activities, self.resources, notes=list(self.notes))
        for trace, steps in traces:
            said = {key: self.attribute(key, trace.place) for key in self.attributes}
            copy.add(trace.name, steps, {key: value for key, value in said.items() if value is not None})
        copy.events = copy.steps
        return copy


def milliseconds(moment: datetime) -> int:
    """Of an aware moment; one without a zone is taken as UTC."""
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def moment_of(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _step(
    activity: int, scheduled: int, started: int, completed: int, resource: int, cost: float, skipped: int
) -> Step:
    begun = None if started == NOWHEN else started
    planned = None if scheduled == NOWHEN else scheduled
    done = None if completed == NOWHEN else completed
    moment = max(started, scheduled) if done is None else completed
    return Step(activity, planned, begun, done, moment, resource, cost, bool(skipped))
