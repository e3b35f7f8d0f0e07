"""When work comes again: RRULEs of RFC 5545 on days. Pure arithmetic, no database.

A rule counts from the first day of its series, on the wall calendar of whoever does the work; the time of day is kept
beside it, so that no change of clocks moves it. Rules are bounded: at most daily, nothing further than fifty years.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from foundation.errors import Refused

LONGEST_RULE = 200
MOST_TIMES = 1_000
HORIZON = timedelta(days=50 * 366)
LONGEST_INTERVAL = {"DAILY": 366, "WEEKLY": 104, "MONTHLY": 60, "YEARLY": 10}
ORDER = (
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYSETPOS",
    "WKST",
)  # fmt: skip
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(T\d{6}Z?)?", re.ASCII)


def checked(rule: str) -> str:
    """The rule as it is kept: capitals, parts in one order. Refused when it is no rule or asks for too much."""
    parts = parts_of(rule)
    frequency = parts.get("FREQ", "")
    if frequency not in LONGEST_INTERVAL:
        raise Refused(_("Work repeats by days, weeks, months or years."))
    if "COUNT" in parts and "UNTIL" in parts:
        raise Refused(_("Say either how many times or until when, not both."))
    _in_range(parts, "COUNT", MOST_TIMES)
    _in_range(parts, "INTERVAL", LONGEST_INTERVAL[frequency])
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    if "UNTIL" in parts:
        parts["UNTIL"] = f"{_until(parts['UNTIL']):%Y%m%d}"
    kept = ";".join(f"{name}={parts[name]}" for name in ORDER if name in parts)
    try:
        never = next(_days(parts | {"INTERVAL": "1"}, date(2024, 1, 1), date(2024, 1, 1)), None) is None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as trouble:
        raise _not_a_rule() from trouble
    if never and not parts.get("UNTIL"):
        raise Refused(_("This repetition never comes."))
    return kept


def next_day(
    rule: str, *, first: date, after: date, is_wanted: Callable[[date], bool] = lambda day: True
) -> date | None:
    """The first wanted day of the series strictly after a day; None where the series has ended by then.

    `first` is the day the series counts from. Days that are not wanted count among the times all the same.
    """
    parts = parts_of(rule)
    times = int(parts.pop("COUNT", MOST_TIMES * 366))
    days = islice(_days(parts, first, after), times)
    return next((day for day in days if day > after and is_wanted(day)), None)


def upcoming(rule: str, *, first: date, after: date, most: int) -> list[date]:
    """The next few days of the series after a day, for people to see what they chose."""
    found: list[date] = []
    while len(found) < most:
        day = next_day(rule, first=first, after=found[-1] if found else after)
        if day is None:
            break
        found.append(day)
    return found


def parts_of(rule: str) -> dict[str, str]:
    """The named parts of a rule. Refused when it is not written as one."""
    text = rule.strip().upper().removeprefix("RRULE:")
    if not text or len(text) > LONGEST_RULE or not re.fullmatch(r"[A-Z0-9=;,+\-]+", text):
        raise _not_a_rule()
    pairs = [part.split("=") for part in text.strip(";").split(";")]
    if any(len(pair) != 2 or pair[0] not in ORDER or not pair[1] for pair in pairs):
        raise _not_a_rule()
    parts = dict(pairs)
    if len(parts) != len(pairs):
        raise _not_a_rule()
    return parts


def ends_on(parts: dict[str, str]) -> date | None:
    return _until(parts["UNTIL"]) if "UNTIL" in parts else None


def _days(parts: dict[str, str], first: date, after: date) -> Iterator[date]:
    """Days of the series in order, no further than the horizon, without regard to COUNT."""
    said = ends_on(parts)
    try:
        horizon = max(first, after) + HORIZON
    except OverflowError:
        horizon = date.max
    last = min(said or date.max, horizon)
    bare = ";".join(f"{name}={value}" for name, value in parts.items() if name not in {"COUNT", "UNTIL"})
    rule = rrulestr(f"{bare};UNTIL={last:%Y%m%d}", dtstart=datetime.combine(first, datetime.min.time()))
    return (moment.date() for moment in rule)


def _in_range(parts: dict[str, str], name: str, most: int) -> None:
    if name in parts and not (
        parts[name].isdigit() and len(parts[name]) < 6 and 1 <= int(parts[name]) <= most
    ):
        said = _("%(name)s must be a number from 1 to %(most)d.")
        raise Refused(said % {"name": name, "most": most})


def _until(said: str) -> date:
    found = UNTIL.fullmatch(said)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else date.fromisoformat(said)
    except ValueError as trouble:
        raise _not_a_rule() from trouble


def _not_a_rule() -> Refused:
    return Refused(_("This is not a rule of repetition. An example: FREQ=MONTHLY;BYDAY=-1FR"))
