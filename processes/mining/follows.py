"""What directly follows what, how often, and how long cases wait on the way. And where they wait the most."""

from array import array
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from processes.mining.activities import Activity
from processes.mining.log import Log, Trace
from processes.mining.spread import Spread, spread_of

MOST_OF_IT = 0.5  # an arc is named instead of its activity when at least this share of the waiting is its own


@dataclass(frozen=True)
class Arc:
    """`waiting` from the end of `source` to the beginning of `target`; `cases` have it at least once."""

    source: str
    target: str
    count: int
    cases: int
    waiting: Spread


@dataclass(frozen=True)
class Bottleneck:
    """Where cases wait the most in total. `source` is empty where the waiting comes from several sides.

    `share` of all waiting in the log, 0 to 1. Whatever is named has the greatest total of its kind.
    """

    activity: str
    source: str
    waiting: Spread
    share: float


@dataclass(frozen=True)
class FollowsGraph:
    arcs: list[Arc]
    starts: dict[str, int]
    ends: dict[str, int]


class Follows:
    """Gathers; `found` tells arcs by count, starts and ends of cases."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.waits: dict[tuple[int, int], array[int]] = {}
        self.cases: Counter[tuple[int, int]] = Counter()
        self.starts: Counter[int] = Counter()
        self.ends: Counter[int] = Counter()

    def add(self, trace: Trace) -> None:
        met = set()
        steps = trace.steps
        self.starts[steps[0].activity] += 1
        self.ends[steps[-1].activity] += 1
        for before, after in pairwise(steps):
            pair = (before.activity, after.activity)
            met.add(pair)
            if pair not in self.waits:
                self.waits[pair] = array("q")
            self.waits[pair].append(max(0, after.began - before.moment))
        self.cases.update(met)

    def found(self) -> FollowsGraph:
        arcs = [
            Arc(
                self.log.name(source),
                self.log.name(target),
                len(waits),
                self.cases[source, target],
                spread_of(waits),
            )
            for (source, target), waits in self.waits.items()
        ]
        arcs.sort(key=lambda arc: (-arc.count, arc.source, arc.target))
        return FollowsGraph(arcs, self._named(self.starts), self._named(self.ends))

    def _named(self, counts: Counter[int]) -> dict[str, int]:
        named = {self.log.name(activity): count for activity, count in counts.items()}
        return dict(sorted(named.items(), key=lambda pair: (-pair[1], pair[0])))


def bottleneck_of(activities: list[Activity], arcs: list[Arc]) -> Bottleneck | None:
    """The activity before which cases wait the most in total; its one arc, where most of that comes over it."""
    total = sum(each.waiting.total for each in activities)
    if not total:
        return None
    worst = max(activities, key=lambda each: (each.waiting.total, each.name))
    into = [arc for arc in arcs if arc.target == worst.name]
    arc = max(into, key=lambda each: (each.waiting.total, each.source), default=None)
    share = worst.waiting.total / total
    if arc is not None and arc.waiting.total >= MOST_OF_IT * worst.waiting.total:
        return Bottleneck(worst.name, arc.source, arc.waiting, min(share, arc.waiting.total / total))
    return Bottleneck(worst.name, "", worst.waiting, share)
