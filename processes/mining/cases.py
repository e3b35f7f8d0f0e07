"""Cases as a whole: how long they last, how many come in a week, and which of them nobody will finish."""

from array import array
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from processes.mining.log import Log, Trace, moment_of
from processes.mining.spread import Deadline, Spread, percentile, spread_of, suggested_deadline

DAY = timedelta(days=1)
ENDS = 0.5  # an activity after which at least this share of its doings has nothing more ends a case


@dataclass(frozen=True)
class Zombie:
    """An open case older than 95 of 100 closed ones, with nothing done since it became so."""

    name: str
    last_activity: str
    began_at: str
    last_at: str
    seconds_open: float
    seconds_quiet: float


@dataclass(frozen=True)
class Cases:
    """`durations` of closed cases. `arrivals` by the Monday of their week. Closed: the last step is one of `ends`."""

    count: int
    closed: int
    open: int
    ends: list[str]
    first_at: str
    last_at: str
    durations: Spread
    arrivals: dict[str, int]
    per_week: float
    deadline: Deadline | None
    zombies: list[Zombie]


class Lives:
    """Gathers. `ends` names the activities that end a case; unsaid, those after which mostly nothing follows."""

    def __init__(self, log: Log, *, ends: Collection[str] | None = None, at: int | None = None) -> None:
        self.log, self.at = log, at
        self.named = ends
        self.first, self.last, self.final = array("q"), array("q"), array("i")
        self.is_open = array("b")
        self.entered: Counter[int] = Counter()

    def add(self, trace: Trace) -> None:
        self.first.append(trace.first)
        self.last.append(trace.last)
        self.final.append(trace.steps[-1].activity)
        self.is_open.append(any(step.completed is None for step in trace.steps))
        self.entered.update(trace.activities)

    def found(self) -> Cases:
        ends = self._ends()
        closed = [
            final in ends and not is_open for final, is_open in zip(self.final, self.is_open, strict=True)
        ]
        durations = [
            last - first
            for first, last, is_closed in zip(self.first, self.last, closed, strict=True)
            if is_closed
        ]
        arrivals = self._arrivals()
        spread = spread_of(durations)
        return Cases(
            len(self.first),
            len(durations),
            len(self.first) - len(durations),
            sorted(map(self.log.name, ends)),
            moment_of(min(self.first)).isoformat(),
            moment_of(max(self.last)).isoformat(),
            spread,
            arrivals,
            len(self.first) / len(arrivals),
            suggested_deadline(spread.p90),
            self._zombies(closed, durations),
        )

    def _ends(self) -> set[int]:
        if self.named is not None:
            places = self.log.activities.places
            return {places[each] for each in self.named if each in places}
        finals = Counter(each for each, is_open in zip(self.final, self.is_open, strict=True) if not is_open)
        return {each for each, count in finals.items() if count >= ENDS * self.entered[each]}

    def _arrivals(self) -> dict[str, int]:
        """Weeks without a case are told too."""
        weeks: Counter[str] = Counter()
        mondays = [moment_of(first).date() for first in (min(self.first), max(self.first))]
        monday, last = (day - DAY * day.weekday() for day in mondays)
        while monday <= last and len(weeks) < 5_000:
            weeks[monday.isoformat()] = 0
            monday += 7 * DAY
        for first in self.first:
            day = moment_of(first).date()
            weeks[(day - DAY * day.weekday()).isoformat()] += 1
        return dict(sorted(weeks.items()))

    def _zombies(self, closed: list[bool], durations: list[int]) -> list[Zombie]:
        if not durations:
            return []
        at = max(self.last) if self.at is None else self.at
        limit = percentile(sorted(durations), 0.95)
        zombies = [
            Zombie(
                self.log.cases[place],
                self.log.name(self.final[place]),
                moment_of(first).isoformat(),
                moment_of(last).isoformat(),
                (at - first) / 1000,
                (at - last) / 1000,
            )
            for place, (first, last) in enumerate(zip(self.first, self.last, strict=True))
            if not closed[place] and last <= first + limit < at
        ]
        return sorted(zombies, key=lambda each: (-each.seconds_open, each.name))
