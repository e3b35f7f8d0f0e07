"""On which days an invoice repeats: RRULEs of RFC 5545, counted from a first day. Pure arithmetic, no database.

A month that is too short for its day takes its last one: from 31 January the next is 28 February, then 31 March. So a
day over 28 is kept as “the last of these days that the month has” (BYSETPOS).
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation.errors import Refused

DAYS, WEEKS, MONTHS, YEARS = "DAILY", "WEEKLY", "MONTHLY", "YEARLY"
UNITS = [
    (DAYS, gettext_lazy("days")),
    (WEEKS, gettext_lazy("weeks")),
    (MONTHS, gettext_lazy("months")),
    (YEARS, gettext_lazy("years")),
]
MOST = {DAYS: 366, WEEKS: 104, MONTHS: 60, YEARS: 10}
LAST = -1
SHORTEST = 28  # every month has so many days
HORIZON = timedelta(days=50 * 366)
# Only what can be said in plain words.
SHAPE = re.compile(
    r"FREQ=(?P<unit>DAILY|WEEKLY|MONTHLY|YEARLY)(?:;INTERVAL=(?P<every>[1-9]\d{0,2}))?"
    r"(?:;BYMONTH=(?P<month>[1-9]|1[0-2]))?"
    r"(?:;BYMONTHDAY=(?P<days>-1|[1-9]\d?(?:,[1-9]\d?){0,3})(?P<last>;BYSETPOS=-1)?)?"
)


class Rule(NamedTuple):
    """Every so many units; of months and years on a day, LAST for the last one; of years in a month."""

    every: int
    unit: str
    day: int | None = None
    month: int | None = None


def written(every: int, unit: str, first: date, day: int | None = None) -> str:
    """The RRULE; by months and years on the day of the first one unless another is said."""
    if unit not in MOST or not 1 <= every <= MOST[unit]:
        raise Refused(_("Say every how many days, weeks, months or years."))
    parts = [f"FREQ={unit}"] + ([f"INTERVAL={every}"] if every > 1 else [])
    if unit in (MONTHS, YEARS):
        day = first.day if day is None else day
        if day != LAST and not 1 <= day <= 31:
            raise Refused(_("A month has 31 days at most."))
        if unit == YEARS:
            parts.append(f"BYMONTH={first.month}")
        parts.append(f"BYMONTHDAY={day}" if day <= SHORTEST else f"BYMONTHDAY={_until(day)};BYSETPOS=-1")
    return ";".join(parts)


def read(rule: str) -> Rule:
    """Refused where it is none of those we write."""
    found = SHAPE.fullmatch(rule.strip().upper().removeprefix("RRULE:"))
    if found is None or (found["days"] is None) != (found["unit"] in (DAYS, WEEKS)):
        raise _no_rule(rule)
    every, unit = int(found["every"] or 1), found["unit"]
    days = [int(each) for each in (found["days"] or "").split(",") if each]
    day = days[-1] if days else None
    if (found["month"] is None) != (unit != YEARS) or (day is not None and day > 31):
        raise _no_rule(rule)
    if (day is not None and day > SHORTEST) != bool(found["last"]) or every > MOST[unit]:
        raise _no_rule(rule)
    if found["last"] and found["days"] != _until(day or 0):
        raise _no_rule(rule)
    if len(days) > 1 and not found["last"]:
        raise _no_rule(rule)
    return Rule(every, unit, day, int(found["month"]) if found["month"] else None)


def checked(rule: str) -> str:
    """As it is kept."""
    said = read(rule)
    month = said.month or 1
    first = date(2024, month, min(said.day, monthrange(2024, month)[1]) if said.day and said.day > 0 else 1)
    return written(said.every, said.unit, first, said.day)


def next_day(rule: str, *, first: date, since: date, last: date | None = None) -> date | None:
    """The first day of the series on or after a day; None where it ended before."""
    return next(days(rule, first=first, since=since, last=last), None)


def coming(rule: str, *, first: date, since: date, last: date | None, most: int) -> list[date]:
    return list(islice(days(rule, first=first, since=since, last=last), most))


def days(rule: str, *, first: date, since: date, last: date | None = None) -> Iterator[date]:
    """The days of the series from one day on, no further than fifty years."""
    end = min(last or date.max, max(first, since) + HORIZON)
    series = rrulestr(f"{rule};UNTIL={end:%Y%m%d}", dtstart=datetime.combine(first, time()))
    return (moment.date() for moment in series.xafter(datetime.combine(since, time()), inc=True))


def words(rule: str) -> str:
    """“every 2 months on the last day”."""
    every, unit, day, _month = read(rule)
    said = {
        DAYS: lambda: ngettext("every day", "every %(n)d days", every),
        WEEKS: lambda: ngettext("every week", "every %(n)d weeks", every),
        MONTHS: lambda: ngettext("every month", "every %(n)d months", every),
        YEARS: lambda: ngettext("every year", "every %(n)d years", every),
    }[unit]() % {"n": every}
    if unit != MONTHS or day is None:
        return said
    if day == LAST:
        return _("%(every)s on the last day") % {"every": said}
    return _("%(every)s on day %(day)d") % {"every": said, "day": day}


def _until(day: int) -> str:
    return ",".join(str(each) for each in range(SHORTEST, day + 1))


def _no_rule(rule: str) -> Refused:
    return Refused(_("“%(rule)s” is no rule of repetition.") % {"rule": rule[:80]})
