"""Who hands over to whom, and who ticks off many cases in one go."""

from array import array
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from processes.mining.log import NOBODY, Log, Trace

SECONDS = 10  # from one case to the next
LEAST = 5  # cases


@dataclass(frozen=True)
class HandOver:
    source: str
    target: str
    count: int


@dataclass(frozen=True)
class HandOvers:
    """`per_case` hand-overs on average; `back`: how often a case came straight back to whom it came from.

    `steps` is how many steps name somebody: where few do, the rest means little.
    """

    count: int
    per_case: float
    back: int
    steps: int
    people: int
    pairs: list[HandOver]


@dataclass(frozen=True)
class Bulk:
    """`runs` in which one person did this in at least LEAST cases, each within SECONDS of the one before.

    `steps` in these runs, of `of` in all; `most` cases in one run; `people` by their steps.
    """

    activity: str
    runs: int
    steps: int
    of: int
    share: float
    most: int
    people: dict[str, int]


class People:
    """Gathers hand-overs."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.pairs: Counter[tuple[int, int]] = Counter()
        self.back = self.cases = self.steps = 0
        self.people: set[int] = set()

    def add(self, trace: Trace) -> None:
        known = [step.resource for step in trace.steps if step.resource != NOBODY]
        self.cases += 1
        self.steps += len(known)
        self.people.update(known)
        self.pairs.update((one, two) for one, two in pairwise(known) if one != two)
        self.back += sum(
            one == three != two for one, two, three in zip(known, known[1:], known[2:], strict=False)
        )

    def found(self) -> HandOvers:
        pairs = [
            HandOver(self.log.person(one), self.log.person(two), count)
            for (one, two), count in self.pairs.items()
        ]
        pairs.sort(key=lambda each: (-each.count, each.source, each.target))
        count = sum(self.pairs.values())
        per_case = count / self.cases if self.cases else 0.0
        return HandOvers(count, per_case, self.back, self.steps, len(self.people), pairs)


class Bulks:
    """Gathers who completed what and when; a log that knows only days tells nothing of seconds."""

    def __init__(self, log: Log, *, seconds: int = SECONDS, least: int = LEAST) -> None:
        self.log, self.least, self.gap = log, least, seconds * 1000
        self.done: dict[tuple[int, int], tuple[array[int], array[int]]] = {}
        self.entered: Counter[int] = Counter()

    def add(self, trace: Trace) -> None:
        for step in trace.steps:
            self.entered[step.activity] += 1
            if step.completed is None or step.resource == NOBODY:
                continue
            pair = (step.activity, step.resource)
            if pair not in self.done:
                self.done[pair] = (array("q"), array("i"))
            moments, cases = self.done[pair]
            moments.append(step.completed)
            cases.append(trace.place)

    def found(self) -> list[Bulk]:
        if self.log.knows_only_days:
            return []
        runs: dict[int, list[tuple[int, int, int]]] = {}
        for (activity, resource), (moments, cases) in self.done.items():
            for steps, distinct in self._runs(sorted(zip(moments, cases, strict=True))):
                runs.setdefault(activity, []).append((resource, steps, distinct))
        bulks = [self._bulk(activity, found) for activity, found in runs.items()]
        return sorted(bulks, key=lambda each: (-each.steps, each.activity))

    def _runs(self, done: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """(steps, cases) of each run of enough cases."""
        runs: list[tuple[int, int]] = []
        begin = 0
        for place in range(1, len(done) + 1):
            if place < len(done) and done[place][0] - done[place - 1][0] <= self.gap:
                continue
            distinct = len({case for _at, case in done[begin:place]})
            if distinct >= self.least:
                runs.append((place - begin, distinct))
            begin = place
        return runs

    def _bulk(self, activity: int, runs: list[tuple[int, int, int]]) -> Bulk:
        people: Counter[str] = Counter()
        for resource, steps, _distinct in runs:
            people[self.log.person(resource)] += steps
        steps = sum(people.values())
        return Bulk(
            self.log.name(activity),
            len(runs),
            steps,
            self.entered[activity],
            steps / self.entered[activity],
            max(distinct for _resource, _steps, distinct in runs),
            dict(sorted(people.items(), key=lambda pair: (-pair[1], pair[0]))),
        )
