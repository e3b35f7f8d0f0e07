"""The company's day. Moments are UTC; a day is the company's and never shifts."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings


def company_day(moment: datetime) -> date:
    """The date in the company's time zone at that moment."""
    return moment.astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).date()


def noon_of(day: date) -> datetime:
    """A moment for a day without an hour: noon of the company's zone, the same date nearly everywhere on Earth."""
    return datetime.combine(day, time(12), ZoneInfo(settings.COMPANY_TIME_ZONE))
