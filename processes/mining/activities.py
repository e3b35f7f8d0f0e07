"""For each activity: how often it was entered, how long it waited and was worked on."""

from array import array
from collections import Counter
from dataclasses import dataclass

from processes.mining.log import Log, Trace, timings
from processes.mining.spread import Deadline, Spread, spread_of, suggested_deadline

SECONDS = 5  # quicker than anybody reads
NEARLY = 0.95  # what is called always
ENOUGH = 10  # times, before anything is called always


@dataclass(frozen=True)
class Activity:
    """`whole` is waiting and working together; `share` of it in that of all activities, 0 to 1.

    `in_seconds`: nearly always done within seconds, so nobody decides anything. `missing`: share of cases without it.
    """

    name: str
    entered: int
    cases: int
    open: int
    skipped: int
    waiting: Spread
    working: Spread
    whole: Spread
    share: float
    cost: float
    missing: float
    in_seconds: bool
    deadline: Deadline | None

    @property
    def is_always_skipped(self) -> bool:
        """Told as skipped nearly every time it came up."""
        return self.entered >= ENOUGH and self.skipped >= NEARLY * self.entered

    @property
    def is_nearly_never_done(self) -> bool:
        return self.missing >= NEARLY


class Activities:
    """Gathers; `found` tells them by the time they take in total."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.waiting: dict[int, array[int]] = {}
        self.working: dict[int, array[int]] = {}
        self.whole: dict[int, array[int]] = {}
        self.entered: Counter[int] = Counter()
        self.cases: Counter[int] = Counter()
        self.open: Counter[int] = Counter()
        self.skipped: Counter[int] = Counter()
        self.cost: Counter[int] = Counter()
        self.seen = 0

    def add(self, trace: Trace) -> None:
        self.seen += 1
        self.cases.update(set(trace.activities))
        for step, _ready, waiting, working in timings(trace):
            activity = step.activity
            if activity not in self.entered:
                self.waiting[activity], self.working[activity] = array("q"), array("q")
                self.whole[activity] = array("q")
            self.entered[activity] += 1
            self.open[activity] += step.completed is None
            self.skipped[activity] += step.is_skipped
            if step.cost:
                self.cost[activity] += step.cost  # type: ignore[assignment]
            if waiting is not None:
                self.waiting[activity].append(waiting)
            if working is not None:
                self.working[activity].append(working)
            if step.completed is not None and not step.is_skipped and (waiting, working) != (None, None):
                self.whole[activity].append((waiting or 0) + (working or 0))

    def found(self) -> list[Activity]:
        total = sum(map(sum, self.whole.values()))
        tells_seconds = not self.log.knows_only_days
        activities = [self._activity(each, total, tells_seconds) for each in self.entered]
        return sorted(activities, key=lambda each: (-each.whole.total, -each.entered, each.name))

    def _activity(self, activity: int, total: int, tells_seconds: bool) -> Activity:
        waiting, working, whole = (
            spread_of(column[activity]) for column in (self.waiting, self.working, self.whole)
        )
        own = self.working[activity] or self.waiting[activity]
        quick = sum(1 for each in own if each <= SECONDS * 1000)
        return Activity(
            self.log.name(activity),
            self.entered[activity],
            self.cases[activity],
            self.open[activity],
            self.skipped[activity],
            waiting,
            working,
            whole,
            sum(self.whole[activity]) / total if total else 0.0,
            float(self.cost[activity]),
            1 - self.cases[activity] / self.seen,
            tells_seconds and len(own) >= ENOUGH and quick >= NEARLY * len(own),
            suggested_deadline(whole.p90) if whole.count >= ENOUGH else None,
        )
