"""When, as a person reads it."""

from datetime import date, datetime, timedelta
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from activities.series import DAY, wall

LONGEST = timedelta(days=7)


def locale() -> str:
    return to_locale(get_language() or "en")


def first_weekday() -> int:
    """0 is Monday, as the company's country begins its week."""
    try:
        return Locale.parse(f"{locale().split('_')[0]}_{settings.COMPANY_COUNTRY}").first_week_day
    except (UnknownLocaleError, ValueError):
        return 0


def day_text(day: date, today: date) -> str:
    """“today”, “tomorrow”, “Mon, Nov 23”, with the year where it is another one."""
    if day == today:
        return _("today")
    if day == today + DAY:
        return _("tomorrow")
    return format_skeleton("MMMEd" if day.year == today.year else "yMMMEd", day, locale=locale())


def days_of(starts: datetime, ends: datetime, zone: str) -> tuple[date, date]:
    """First and last day of whole days, by the zone they were said in: the same days for everybody."""
    return wall(starts, zone).date(), wall(ends, zone).date() - DAY


def when_text(starts: datetime, ends: datetime, *, zone: str, is_all_day: bool, today: date) -> str:
    """“tomorrow, 10:00–11:00” by the reader's clock; “Mon, Nov 23 – Tue, Nov 24” of whole days."""
    if is_all_day:
        first, last = days_of(starts, ends, zone)
        said = day_text(first, today)
        return said if first == last else f"{said} – {day_text(last, today)}"
    begins, stops = timezone.localtime(starts), timezone.localtime(ends)
    said = f"{day_text(begins.date(), today)}, {begins:%H:%M}–"
    if begins.date() == stops.date():
        return f"{said}{stops:%H:%M}"
    return f"{said}{day_text(stops.date(), today)}, {stops:%H:%M}"


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def may_change(person: Any, meeting: Any) -> bool:
    """Its organiser, who planned it for them, and their heads. Being invited is not enough."""
    reach = person.reach("activities.change")
    return reach.covers_person(meeting.owner_id) or (not reach.is_empty and meeting.author_id == person.pk)
