"""When a series takes place: an RRULE of RFC 5545 counted in days, at one wall-clock time of one zone. Pure arithmetic.

A series keeps its hour over a change of clocks. Where the clock skips that hour it is read by the offset before the
gap, of a repeated hour the first is meant, as RFC 5545 (3.3.5) says. All-day meetings run from midnight to midnight
of their zone, so that the day they name is the same day for everybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from activities.due import at_local
from activities.repeats import DAYS, checked, ends_on, parts_of
from foundation.errors import Refused

AHEAD = timedelta(days=366)  # how far a series is laid out: a daily one has 366 rows to come, none has more
LONGEST = timedelta(days=14)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One time of a series, in UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a meeting says about when. `starts_at` is its first time."""

    starts_at: datetime
    ends_at: datetime
    time_zone: str
    is_all_day: bool = False
    repeat: str = ""

    @property
    def first_day(self) -> date:
        return wall(self.starts_at, self.time_zone).date()

    def slot_on(self, day: date) -> Slot:
        """Its time on a day: the same hour on the wall, as long as the first one; whole days for all-day ones."""
        if self.is_all_day:
            days = wall(self.ends_at, self.time_zone).date() - self.first_day
            return Slot(
                at_local(day, time(), self.time_zone), at_local(day + max(days, DAY), time(), self.time_zone)
            )
        starts = at_local(day, wall(self.starts_at, self.time_zone).time(), self.time_zone)
        return Slot(starts, starts + (self.ends_at - self.starts_at))

    def slots(self, *, after: date | None, until: date) -> Iterator[Slot]:
        """Its times on days after one day up to and including another."""
        days = days_of(self.repeat, self.first_day, until) if self.repeat else iter([self.first_day])
        return (self.slot_on(day) for day in days if after is None or day > after)


def wall(moment: datetime, time_zone: str) -> datetime:
    """What a clock there shows, without its zone."""
    return moment.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)


def whole_days(first: date, last: date, time_zone: str) -> tuple[datetime, datetime]:
    """From the midnight a day begins with to the midnight another ends with, there."""
    return at_local(first, time(), time_zone), at_local(last + DAY, time(), time_zone)


def days_of(rule: str, first: date, until: date) -> Iterator[date]:
    """The days of a rule counted from its first, in order, up to and including a day."""
    parts = parts_of(rule)
    count = int(parts.pop("COUNT", 0)) or None
    last = min(until, ends_on(parts) or until)
    if last < first:
        return iter(())
    # Counted on midnights without a zone, where every day has 24 hours; always bounded, so that it always ends.
    bare = ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")
    counted = rrulestr(f"{bare};UNTIL={last:%Y%m%d}", dtstart=datetime.combine(first, time()), ignoretz=True)
    return (each.date() for each in islice(counted, count))


def series_rule(rule: str, first: date) -> str:
    """The rule as it is kept. Refused where it cannot be counted or does not begin on its first day."""
    kept = checked(rule)
    until = ends_on(parts_of(kept))
    if until is not None and until < first:
        raise Refused(_("The series ends before it begins."))
    if next(days_of(kept, first, first), None) != first:
        raise Refused(_("The first time must be one of the days on which it repeats."))
    return kept


def ending(rule: str, last: date) -> str:
    """The same rule, over after a day."""
    parts = parts_of(rule)
    parts.pop("COUNT", None)
    return checked(_text(parts | {"UNTIL": f"{last:%Y%m%d}"}))


def going_on(rule: str, first: date, following: date) -> str:
    """What is left of a rule from a later day on: of ten times those not yet over."""
    parts = parts_of(rule)
    if "COUNT" not in parts:
        return rule
    over = sum(1 for day in days_of(rule, first, following) if day < following)
    return checked(_text(parts | {"COUNT": str(max(int(parts["COUNT"]) - over, 1))}))


def shifted(rule: str, days: int) -> str:
    """The rule of a series moved by so many days. Refused where that could mean several things."""
    parts = parts_of(rule)
    named = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    if not days or (parts["FREQ"] == "DAILY" and not named):
        return rule
    if parts["FREQ"] != "WEEKLY" or not all(day in DAYS for day in named):
        raise Refused(_("Change the days of this series in its form: moving it could mean several things."))
    if named:
        moved = sorted((DAYS.index(day) + days) % 7 for day in named)
        parts["BYDAY"] = ",".join(DAYS[each] for each in moved)
    return checked(_text(parts))


def _text(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())
