"""From when until when a condition on a day or a moment holds. The end is not counted; None is open."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from processes.conditions.tree import MOMENT, Asked

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)  # the finest the database keeps
Span = tuple[Any, Any]


def span(asked: Asked, now: datetime, zone: ZoneInfo) -> Span:
    """As days for a field of days, as moments in UTC for a field of moments.

    `in_last 7` are today and the six days before it, `in_next 7` today and the six after it; `older 7` is what came
    more than seven days before today.
    """
    first, last = _ends(asked, now, zone)
    if asked.field.kind == MOMENT:
        return _begins(first, zone), _ends_at(last, zone)
    return first, None if last is None else last + DAY


def _ends(asked: Asked, now: datetime, zone: ZoneInfo) -> Span:
    """The first and the last, both counted."""
    today = now.astimezone(zone).date()
    value: Any = asked.values[0]
    match asked.op:
        case "gte":
            return value, None
        case "gt":
            return _after(value), None
        case "lte":
            return None, value
        case "lt":
            return None, _before(value)
        case "between":
            return value, asked.values[1]
        case "in_last":
            return today - (value - 1) * DAY, today
        case "in_next":
            return today, today + (value - 1) * DAY
        case "older":
            return None, today - (value + 1) * DAY
        case "later":
            return today + (value + 1) * DAY, None
    return value, value


def _after(value: date) -> date:
    return value + (TICK if isinstance(value, datetime) else DAY)


def _before(value: date) -> date:
    return value - (TICK if isinstance(value, datetime) else DAY)


def _begins(value: date | None, zone: ZoneInfo) -> datetime | None:
    """In UTC, because two clocks of different zones never show the same time where one of them is put back."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), zone).astimezone(UTC)


def _ends_at(value: date | None, zone: ZoneInfo) -> datetime | None:
    if value is None:
        return None
    return value + TICK if isinstance(value, datetime) else _begins(value + DAY, zone)
