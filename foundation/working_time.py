"""Working time: which moments count, and how many of them lie between two others. Pure arithmetic, no database.

Hours are written as a wall clock shows them and counted as they really pass. Where the clock jumps forward, the
skipped time is worth nothing; where it goes back, the first pass is the one meant, so a shift across the jump is
an hour longer. In other words, a moment counts when the latest wall time reached so far lies within the hours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from django.utils.translation import gettext as _
from django.utils.translation import override, to_locale

from foundation.errors import Refused

# From local time to local time; an end at 00:00 is the end of the day.
Interval = tuple[time, time]
ZERO, DAY = timedelta(), timedelta(days=1)
HORIZON = timedelta(days=50 * 365)


class Reason(Enum):
    """Why a day counts as it does."""

    HOURS = "hours"  # the weekly hours
    DAY_OFF = "day_off"  # a weekday without hours
    SPECIAL = "special"  # a half day, or a day off that is worked
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """Hours of one date instead of the weekly ones; none on a holiday."""

    name: str
    intervals: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Seven weekdays of intervals, Monday first, and the dates that differ. Overlapping intervals count once."""

    name: str
    time_zone: str
    weekly: tuple[tuple[Interval, ...], ...]
    exceptions: Mapping[date, SpecialDay] = field(default_factory=dict)

    def reason(self, day: date) -> Reason:
        special = self.exceptions.get(day)
        if special:
            return Reason.SPECIAL if special.intervals else Reason.HOLIDAY
        return Reason.HOURS if self.weekly[day.weekday()] else Reason.DAY_OFF


@dataclass(frozen=True, slots=True)
class Step:
    """What one day gave: the counted spans as moments in UTC, and their sum."""

    on: date
    intervals: Sequence[tuple[datetime, datetime]]
    amount: timedelta
    calendar: Calendar = field(repr=False, compare=False)

    @property
    def reason(self) -> Reason:
        return self.calendar.reason(self.on)

    def explained(self, language: str) -> str:
        """“Mon, Mar 4: 14:00–18:00 = 4:00 (Short Monday)” in a language, as the calendar's clock shows it."""
        special, zone = self.calendar.exceptions.get(self.on), ZoneInfo(self.calendar.time_zone)
        with override(language):
            day = format_skeleton("MMMEd", self.on, locale=to_locale(language))
            why = special.name if special else _("day off") if self.reason is Reason.DAY_OFF else ""
            if not self.intervals:
                closed = _("outside working hours")
                return f"{day}: {why or closed}"
            clock = [(opens.astimezone(zone), closes.astimezone(zone)) for opens, closes in self.intervals]
            spans = ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in clock)
            return f"{day}: {spans} = {hours_text(self.amount)}" + (f" ({why})" if why else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """A sum of working time, the UTC moment it ends at, and how it came about: one step a day, oldest first."""

    moment: datetime
    duration: timedelta
    steps: tuple[Step, ...]

    def explained(self, language: str) -> str:
        """One line a day, and the sum in hours and minutes."""
        lines = [step.explained(language) for step in self.steps]
        return "\n".join([*lines, f"= {hours_text(self.duration)}"])


def add_working_time(start: datetime, duration: timedelta, calendar: Calendar) -> Answer:
    """The first moment by which that much working time has passed since the start; before it, if negative.

    The start is aware; without a duration it is the answer. Refused where it would take over fifty years.
    """
    start, first, left = _in_utc(start), _local_day(start, calendar), abs(duration)
    direction = 1 if duration > ZERO else -1
    moment, steps = start, []
    days = islice(_days(calendar, first - direction * DAY, direction), HORIZON.days if left else 0)
    for day, spans in days:
        counted = []
        for opens, closes in spans[::direction]:
            opens, closes = (max(opens, start), closes) if duration > ZERO else (opens, min(closes, start))
            if opens < closes and left:
                spent = min(left, closes - opens)
                left -= spent
                counted.append((opens, opens + spent) if duration > ZERO else (closes - spent, closes))
        if counted or (day - first) * direction >= ZERO:
            steps.append(_step(day, counted[::direction], calendar))
        if not left:
            moment = counted[-1][1] if duration > ZERO else counted[-1][0]
            break
    if left:
        raise _beyond_horizon(calendar)
    return Answer(moment, duration, tuple(steps[::direction]))


def working_time_between(start: datetime, end: datetime, calendar: Calendar) -> Answer:
    """How much working time lies between two aware moments; negative when the end comes before the start.

    Refused over more than fifty years.
    """
    opens, closes = sorted([_in_utc(start), _in_utc(end)])
    first, last = _local_day(opens, calendar), _local_day(closes, calendar)
    steps = []
    if closes - opens > HORIZON:
        raise _beyond_horizon(calendar)
    # A day more on both sides: where clocks go back over midnight, a moment shows the day before its own.
    for day, spans in _days(calendar, first - DAY, 1):
        if day > last + DAY:
            break
        counted = [
            (max(start, opens), min(end, closes)) for start, end in spans if start < closes and opens < end
        ]
        if counted or first <= day <= last:
            steps.append(_step(day, counted, calendar))
    total = sum((step.amount for step in steps), ZERO)
    return Answer(_in_utc(end), total if _in_utc(start) <= _in_utc(end) else -total, tuple(steps))


def add_working_days(day: date, n: int, calendar: Calendar) -> date:
    """The n-th working day after the day, or before it if n is negative; the day itself for 0.

    Refused where it would take over fifty years.
    """
    direction = 1 if n > 0 else -1
    days = islice(_days(calendar, day + direction * DAY, direction), HORIZON.days)
    worked = (candidate for candidate, spans in days if spans)
    reached = next(islice(worked, abs(n) - 1, None), None) if n else day
    if reached is None:
        raise _beyond_horizon(calendar)
    return reached


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """How many working days to add to the start to reach the end: the start not counted, the end counted."""
    direction = 1 if end >= start else -1
    days = islice(_days(calendar, start, direction), 1, abs((end - start).days) + 1)
    return direction * sum(bool(spans) for _day, spans in days)


def hours_text(duration: timedelta) -> str:
    """“7:30”, hours and minutes; with seconds only where there are any."""
    minutes, seconds = divmod(abs(duration) // timedelta(seconds=1), 60)
    sign = "-" if duration < ZERO else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def _days(
    calendar: Calendar, first: date, direction: int
) -> Iterator[tuple[date, list[tuple[datetime, datetime]]]]:
    """Day after day from the first to the end of dates, each with its working spans in UTC, in order."""
    zone = ZoneInfo(calendar.time_zone)
    weekly = [_merged(intervals) for intervals in calendar.weekly]
    special = {day: _merged(special.intervals) for day, special in calendar.exceptions.items()}
    day = first
    try:
        while True:
            hours = special[day] if day in special else weekly[day.weekday()]
            midnight = _midnight(day, zone) if hours else None
            if midnight:
                yield day, [(midnight + opens, midnight + closes) for opens, closes in hours]
            else:
                yield day, _spans_with_jump(day, hours, zone)
            day += direction * DAY
    except OverflowError:
        return


def _merged(intervals: tuple[Interval, ...]) -> list[tuple[timedelta, timedelta]]:
    """Intervals as time since midnight, sorted, touching and overlapping ones made one."""
    merged: list[tuple[timedelta, timedelta]] = []
    spans = ((_since_midnight(starts), _since_midnight(ends) or DAY) for starts, ends in intervals)
    for starts, ends in sorted(spans):
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((starts, ends))
    return merged


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


@lru_cache(maxsize=20_000)
def _midnight(day: date, zone: ZoneInfo) -> datetime | None:
    """Where the day begins in UTC; None on the two days a year when the clock jumps."""
    begins = datetime.combine(day, time.min)
    edges = (edge.replace(tzinfo=zone, fold=fold) for edge in (begins, begins + DAY) for fold in (0, 1))
    offsets = {edge.utcoffset() or ZERO for edge in edges}
    return (begins - offsets.pop()).replace(tzinfo=UTC) if len(offsets) == 1 else None


def _spans_with_jump(
    day: date, hours: list[tuple[timedelta, timedelta]], zone: ZoneInfo
) -> list[tuple[datetime, datetime]]:
    begins = datetime.combine(day, time.min)
    spans = [(_instant(begins + opens, zone), _instant(begins + closes, zone)) for opens, closes in hours]
    return [(opens, closes) for opens, closes in spans if opens < closes]


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """When the clock first shows the wall time or, in a gap, jumps over it. In UTC."""
    before = wall.replace(tzinfo=zone)
    late, early = before.astimezone(UTC), before.replace(fold=1).astimezone(UTC)
    if late <= early:
        return late
    # In a gap (PEP 495) the two readings enclose the jump, which falls on a whole second.
    low, high = early.replace(microsecond=0), late.replace(microsecond=0) + timedelta(seconds=1)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        jumped = middle.astimezone(zone).utcoffset() != before.utcoffset()
        low, high = (low, middle) if jumped else (middle, high)
    return high


def _step(day: date, counted: list[tuple[datetime, datetime]], calendar: Calendar) -> Step:
    return Step(day, counted, sum((closes - opens for opens, closes in counted), ZERO), calendar)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("Working time is counted between moments with a time zone.")
    return moment.astimezone(UTC)


def _local_day(moment: datetime, calendar: Calendar) -> date:
    return moment.astimezone(ZoneInfo(calendar.time_zone)).date()


def _beyond_horizon(calendar: Calendar) -> Refused:
    known = {"name": calendar.name, "years": HORIZON.days // 365}
    said = _(
        "The working calendar “%(name)s” has too few working hours for this sum:"
        " it would take over %(years)d years."
    )
    return Refused(said % known)
