"""Work done again: an activity repeated in one case, at once or after others came between."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from processes.mining.log import Log, Trace, timings


@dataclass(frozen=True)
class Repeated:
    """`again`: doings beyond the first of each case. Of these `at_once` come right after the same activity.

    `seconds` the doings beyond the first took, waiting and working; `most` doings in one case.
    """

    activity: str
    cases: int
    share: float
    again: int
    at_once: int
    most: int
    seconds: float


@dataclass(frozen=True)
class Loop:
    """From `source` to `target` and back to `source`."""

    source: str
    target: str
    count: int


@dataclass(frozen=True)
class Rework:
    """`cases` in which anything was done more than once; `again` doings beyond the first, of `steps` in all."""

    cases: int
    share: float
    again: int
    steps: int
    repeated: list[Repeated]
    loops: list[Loop]


class Reworks:
    """Gathers; `found` tells activities by the doings beyond the first."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.seen = self.with_rework = self.steps = 0
        self.cases: Counter[int] = Counter()
        self.again: Counter[int] = Counter()
        self.at_once: Counter[int] = Counter()
        self.most: Counter[int] = Counter()
        self.spent: Counter[int] = Counter()
        self.loops: Counter[tuple[int, int]] = Counter()

    def add(self, trace: Trace) -> None:
        self.seen += 1
        way = trace.activities
        self.steps += len(way)
        counts = Counter(way)
        if len(counts) == len(way):
            return
        self.with_rework += 1
        for activity, count in counts.items():
            if count > 1:
                self.cases[activity] += 1
                self.again[activity] += count - 1
                self.most[activity] = max(self.most[activity], count)
        self.at_once.update(first for first, second in pairwise(way) if first == second)
        self.loops.update(
            (one, two) for one, two, three in zip(way, way[1:], way[2:], strict=False) if one == three != two
        )
        self._spend(trace)

    def _spend(self, trace: Trace) -> None:
        met = set()
        for timing in timings(trace):
            if timing.step.activity in met:
                self.spent[timing.step.activity] += (timing.waiting or 0) + (timing.working or 0)
            met.add(timing.step.activity)

    def found(self) -> Rework:
        repeated = [
            Repeated(
                self.log.name(activity),
                self.cases[activity],
                self.cases[activity] / self.seen,
                again,
                self.at_once[activity],
                self.most[activity],
                self.spent[activity] / 1000,
            )
            for activity, again in self.again.items()
        ]
        loops = [
            Loop(self.log.name(one), self.log.name(two), count) for (one, two), count in self.loops.items()
        ]
        return Rework(
            self.with_rework,
            self.with_rework / self.seen if self.seen else 0.0,
            sum(self.again.values()),
            self.steps,
            sorted(repeated, key=lambda each: (-each.again, each.activity)),
            sorted(loops, key=lambda each: (-each.count, each.source, each.target)),
        )
