"""Days as a person reads them, the same in every room: “Mar 4”, and the year only when it is another one.

Dates without a reader beside them, such as those of mails and the administration, follow crm/formats.
"""

from datetime import date, timedelta
from functools import lru_cache

from babel.dates import format_skeleton
from django.utils.text import capfirst
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

DAY = timedelta(days=1)


def short_day(day: date, today: date) -> str:
    """“Mar 4”, or “Mar 4, 2024”."""
    return _said(day, "MMMd" if day.year == today.year else "yMMMd", get_language() or "en")


def day_text(day: date | None, today: date) -> str:
    """“today”, “tomorrow”, else the short day; nothing for no day."""
    if day is None:
        return ""
    if day == today:
        return _("today")
    if day == today + DAY:
        return _("tomorrow")
    return short_day(day, today)


def day_heading(day: date, today: date) -> str:
    """Above a day of a timeline: “Today”, “Yesterday”, “Wed, Mar 4”, “Mar 4, 2024”."""
    if day == today:
        return _("Today")
    if day == today - DAY:
        return _("Yesterday")
    if day.year != today.year:
        return short_day(day, today)
    return capfirst(_said(day, "MMMEd", get_language() or "en"))


@lru_cache(maxsize=10_000)
def _said(day: date, skeleton: str, language: str) -> str:
    return format_skeleton(skeleton, day, locale=to_locale(language))
