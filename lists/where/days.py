"""Days meant by “last 30 days” or “this quarter”, from the day it is asked on. Both ends are counted; None is open."""

from datetime import date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)
Span = tuple[date | None, date | None]


def span(op: str, values: tuple[date | int | str, ...], today: date) -> Span:
    """`last 7` are today and the six days before it, `next 7` today and the six after it; `older 7` is whatever
    came more than seven days before today. Weeks begin on Monday."""
    match op, values:
        case "on", (date() as day,):
            return day, day
        case "before", (date() as day,):
            return None, day - DAY
        case "after", (date() as day,):
            return day + DAY, None
        case "between", (date() as first, date() as last):
            return first, last
        case "last", (int() as n,):
            return today - (n - 1) * DAY, today
        case "next", (int() as n,):
            return today, today + (n - 1) * DAY
        case "older", (int() as n,):
            return None, today - (n + 1) * DAY
        case "this", (str() as unit,):
            return _this(unit, today)
    raise ValueError(op)


def begins(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day in a zone."""
    return datetime.combine(day, time(0), zone)


def _this(unit: str, today: date) -> Span:
    if unit == "week":
        first = today - today.weekday() * DAY
        return first, first + 6 * DAY
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = (today.month - 1) // months * months + 1
    first = today.replace(month=month, day=1)
    after = first.replace(year=first.year + (month + months > 12), month=(month + months - 1) % 12 + 1)
    return first, after - DAY
