"""The load open work puts on the days of people. Pure arithmetic in whole minutes, and the registry of other sources.

The rule, for one person:
- Days are counted from today: 0 is today. A task asks its estimate between the day it may begin, at the earliest
  today, and the day it is due; an overdue one today. Due over a year ahead counts as due in a year.
- Tasks of the same window make one pile. A pile is spread over the days of its window in proportion to what is left of
  their working time: by the end of a day so much of it is done, rounded down, as of the window's capacity has passed;
  so its last day takes up what rounding left. Within a pile tasks are done one after another.
- A window without any capacity (due today on a day off, or during a leave) puts its pile onto its last day with
  working hours; where it has none, onto the first such day after it.
- A task that waits for somebody counts; one handed in to be accepted does not; one not dated is listed apart.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any, NamedTuple

from activities.capacity import Capacity

# Minutes of work between two days, both counted: (starts, due, minutes). A plain tuple, for there are thousands.
Pile = tuple[int, int, int]


class Piece(NamedTuple):
    """One task of a pile; the order of pieces is the order they are done in."""

    key: int
    starts: int
    due: int
    minutes: int


class Weights:
    """A person's days as a spread needs them: `passed[n]` is the capacity of the first n days."""

    def __init__(self, capacity: Capacity) -> None:
        self.worked = capacity.worked
        self.last = len(capacity.minutes) - 1
        self.passed = list(accumulate(capacity.minutes, initial=0))

    def window(self, starts: int, due: int) -> tuple[int, int]:
        due = min(max(due, 0), self.last)
        return min(max(starts, 0), due), due

    def done_by(self, pile: Pile, day: int) -> int:
        """Minutes of the pile done by the end of a day."""
        starts, due = self.window(pile[0], pile[1])
        minutes, whole = pile[2], self.passed[due + 1] - self.passed[starts]
        if not whole:
            return minutes if day >= self.stand_in(starts, due) else 0
        if day < starts:
            return 0
        return minutes * (self.passed[min(day, due) + 1] - self.passed[starts]) // whole

    def stand_in(self, starts: int, due: int) -> int:
        """The day of a pile whose window has no capacity."""
        for day in range(due, starts - 1, -1):
            if self.worked[day]:
                return day
        return next((day for day in range(due + 1, self.last + 1) if self.worked[day]), due)


def loads(piles: Iterable[Pile], weights: Weights, first: int, ends: Sequence[int]) -> list[int]:
    """Minutes in each column. A column is the days after the one before it up to and with its end; the first column
    begins on day `first`. The same as asking `done_by` of each pile and column, in half the time."""
    found, passed, last = [0] * len(ends), weights.passed, weights.last
    columns = [(place, end, passed[end + 1]) for place, end in enumerate(ends)]
    for starts, due, minutes in piles:
        if due > last or starts > due:
            starts, due = weights.window(starts, due)
        base = passed[starts]
        whole = passed[due + 1] - base
        if not whole:
            _drop(minutes, weights.stand_in(starts, due), first, ends, found)
            continue
        if first > due:
            continue
        before = minutes * (passed[first] - base) // whole if first > starts else 0
        for place, end, upto in columns:
            if end >= due:
                found[place] += minutes - before
                break
            if end >= starts:
                done = minutes * (upto - base) // whole
                found[place] += done - before
                before = done
    return found


def shares(
    pieces: Iterable[Piece], weights: Weights, since: int, until: int, *, without_nothing: bool = True
) -> dict[int, int]:
    """Minutes of each task on the days from `since` to `until`, by its key. They sum up to `loads` of those days."""
    windows: dict[tuple[int, int], list[Piece]] = {}
    for piece in pieces:
        windows.setdefault(weights.window(piece.starts, piece.due), []).append(piece)
    found: dict[int, int] = {}
    for (starts, due), together in windows.items():
        pile = (starts, due, sum(piece.minutes for piece in together))
        before, after = weights.done_by(pile, since - 1), weights.done_by(pile, until)
        begins = 0
        for piece in together:
            ends = begins + piece.minutes
            found[piece.key] = max(0, min(ends, after) - max(begins, before))
            begins = ends
    return {key: minutes for key, minutes in found.items() if minutes or not without_nothing}


def _drop(minutes: int, day: int, first: int, ends: Sequence[int], found: list[int]) -> None:
    if day < first:
        return
    for place, end in enumerate(ends):
        if end >= day:
            found[place] += minutes
            return


class Expected(NamedTuple):
    """Load of one person on one day. What `is_expected` may still come to nothing: it is told beside the load and never
    counted with it. Without a title it is what the reader may not see."""

    person: int
    day: date
    minutes: int
    title: str = ""
    url: str = ""
    is_expected: bool = False
    why: str = ""


class OfRole(NamedTuple):
    """Load of whoever of a role takes it: `name` as people read it."""

    name: str
    day: date
    minutes: int
    is_expected: bool = False


@dataclass(frozen=True, slots=True)
class LoadSource:
    """Load that a later room knows of. `loads(people, since, until)` takes keys of people and two days, both counted,
    and returns what it is, summed as it likes, in one statement; `lines(person, since, until, reader)` the same of
    one person, each piece with words, in one statement. `loads` may name what waits for a role of these people."""

    key: str
    label: Any
    loads: Callable[[Sequence[int], date, date], Iterable[Expected | OfRole]]
    lines: Callable[[int, date, date, Any], Iterable[Expected]] | None = None


_sources: dict[str, LoadSource] = {}


def register_source(source: LoadSource) -> None:
    _sources[source.key] = source


def forget_source(key: str) -> None:
    _sources.pop(key, None)


def sources() -> list[LoadSource]:
    return [_sources[key] for key in sorted(_sources)]
