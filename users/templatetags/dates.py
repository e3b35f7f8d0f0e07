"""`{{ deal.closed_on|short_day }}` and `{{ day|day_heading }}`: users.dates for templates.

A moment is said as the day it was where the reader is.
"""

from datetime import date, datetime

from django import template
from django.utils import timezone

from users import dates

register = template.Library()


@register.filter
def short_day(when: date | datetime | None) -> str:
    return dates.short_day(_day(when), timezone.localdate()) if when else ""


@register.filter
def day_heading(day: date) -> str:
    return dates.day_heading(day, timezone.localdate())


def _day(when: date | datetime) -> date:
    return timezone.localtime(when).date() if isinstance(when, datetime) else when
