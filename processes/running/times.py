"""When: durations in working or calendar time, counted from a moment by somebody's calendar."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from foundation.errors import Refused
from foundation.working_time import Calendar, add_working_days, add_working_time
from users.calendars import calendar_of
from users.models import User

PLAIN = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}


Calendars = Callable[[], Calendar]


def calendar_for(person: User | None) -> Calendars:
    """The person's working calendar, without one the company's: read when it is first needed, which plain hours
    never do."""
    known: list[Calendar] = []

    def calendar() -> Calendar:
        if not known:
            known.append(calendar_of(person if person is not None else User.objects.robot()))
        return known[0]

    return calendar


def after(
    moment: datetime, duration: Mapping[str, Any], calendar: Calendars, *, back: bool = False
) -> datetime:
    """The moment a duration later, or earlier with `back` or a negative amount.

    `{"amount": 2, "unit": "working_days"}`: minutes, hours, days, working_hours, working_days. A working day later
    is the same hour on the next day that is worked, or the end of its hours where those are over by then.
    """
    amount, unit = duration["amount"] * (-1 if back else 1), duration["unit"]
    if unit in PLAIN:
        return moment + PLAIN[unit] * amount
    if unit == "working_hours":
        return add_working_time(moment, timedelta(hours=amount), calendar()).moment
    if unit == "working_days":
        zone = ZoneInfo(calendar().time_zone)
        local = moment.astimezone(zone)
        day = add_working_days(local.date(), int(amount), calendar())
        return datetime.combine(day, local.timetz().replace(tzinfo=None), zone)
    raise Refused(_("“%(unit)s” is no unit of time.") % {"unit": unit})


def from_field(value: date | datetime, duration: Mapping[str, Any], calendar: Calendars) -> datetime:
    """So long after the value of a field; a day counts from the moment it begins in the calendar's zone."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(9), ZoneInfo(calendar().time_zone))
    return after(value, duration, calendar) if duration.get("amount") else value
