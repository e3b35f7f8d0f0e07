"""Working time of many stretches at once. Pure arithmetic, no database.

Each stretch is in working time of whoever worked in it. Of two stretches of one person at the same time both count
for their own task, and once for the sum: nobody worked twice as long because two tasks were in work.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from foundation.working_time import HORIZON, ZERO, Calendar, working_time_between


class Stretch(NamedTuple):
    """A time a task was in work with somebody; `until` is None while it still is."""

    task_id: int
    owner_id: int
    since: datetime
    until: datetime | None


@dataclass
class Worked:
    total: timedelta = ZERO
    by_task: dict[int, timedelta] = field(default_factory=lambda: defaultdict(timedelta))
    is_whole: bool = True  # False where some of it lies too far back to be counted


class Hours:
    """The working hours of one calendar within a period, read once and asked often."""

    def __init__(self, since: datetime, until: datetime, calendar: Calendar) -> None:
        answer = working_time_between(since, until, calendar)
        spans = sorted(span for step in answer.steps for span in step.intervals)
        self._spans = spans
        self._starts = [start for start, _end in spans]
        self._before = [ZERO, *accumulate((end - start for start, end in spans))]

    def between(self, since: datetime, until: datetime) -> timedelta:
        return self._until(until) - self._until(since)

    def _until(self, moment: datetime) -> timedelta:
        """Since the beginning of the period."""
        place = bisect_right(self._starts, moment)
        if place == 0:
            return ZERO
        start, end = self._spans[place - 1]
        return self._before[place - 1] + (min(end, moment) - start)


def summed(stretches: Iterable[Stretch], calendars: Mapping[int, Calendar], now: datetime) -> Worked:
    """Of each task and of all together, up to now."""
    of: dict[int, list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        ended = stretch._replace(until=min(stretch.until or now, now))
        if ended.until is not None and ended.since < ended.until:
            of[stretch.owner_id].append(ended)
    worked = Worked()
    for owner, theirs in of.items():
        last = max(each.until for each in theirs if each.until)
        first = min(each.since for each in theirs)
        if last - first > HORIZON:
            first, worked.is_whole = last - HORIZON, False
        hours = Hours(first, last, calendars[owner])
        reached = first
        for each in sorted(theirs, key=lambda stretch: stretch.since):
            since, until = max(each.since, first), max(each.until or now, first)
            worked.by_task[each.task_id] += hours.between(since, until)
            worked.total += hours.between(max(since, reached), max(until, reached))
            reached = max(reached, until)
    return worked
