"""When something is due. A day is a day everywhere and never shifts; a moment is a moment. Pure arithmetic.

A date-only due date is over when that day ends where the owner lives; only that moment depends on a time zone.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def due_by(due_on: date | None, due_at: datetime | None, time_zone: str) -> datetime | None:
    """The first moment at which it is late: the end of the owner's day, or the moment itself."""
    if due_at is not None:
        return due_at
    return end_of(due_on, time_zone) if due_on is not None else None


def end_of(day: date, time_zone: str) -> datetime:
    """The midnight after `day` on the wall there, in UTC; the first of two where the clock goes back over it."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone)).astimezone(UTC)


def day_there(moment: datetime, time_zone: str) -> date:
    """The day the wall calendar there shows at a moment."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def at_local(day: date, clock: time, time_zone: str) -> datetime:
    """A wall-clock time there as a moment in UTC. A time the clock skips is read as an hour later; of a repeated
    one the first is meant."""
    return datetime.combine(day, clock, ZoneInfo(time_zone)).astimezone(UTC)
