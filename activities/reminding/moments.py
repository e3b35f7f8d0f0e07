"""When a reminder is due. Pure arithmetic, but for asking whose days are worked."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from activities.due import at_local, day_there
from activities.models import Absence
from foundation.working_time import Calendar, Reason
from users.calendars import calendars_of

MORNING = time(9)
DAY_MINUTES = 24 * 60
BACK = 31  # days to look back for a working one
OFFSETS = (
    (0, _("when it is due")),
    (15, _("15 minutes before")),
    (60, _("an hour before")),
    (DAY_MINUTES, _("a day before")),
)
Works = Callable[[date], bool]


def remind_at(
    due_on: date | None, due_at: datetime | None, minutes: int, time_zone: str, works: Works
) -> datetime | None:
    """So many minutes before a moment. For something due as a day: at 09:00 of the wall clock there, whole days
    before counted as days; where the person does not work on that day, on their last working day before it."""
    if due_at is not None:
        return due_at - timedelta(minutes=minutes)
    if due_on is None:
        return None
    days, rest = divmod(minutes, DAY_MINUTES)
    first = due_on - timedelta(days=min(days, (due_on - date.min).days))
    day = first
    for _each in range(BACK):
        if works(day) or day == date.min:
            break
        day -= timedelta(days=1)
    else:
        day = first
    return at_local(day, MORNING, time_zone) - timedelta(minutes=rest)


def offered(due_on: date | None, due_at: datetime | None, person: Any, at: datetime) -> list[tuple[int, Any]]:
    """The offsets a form proposes: only those whose moment is still to come; for a day, only whole days."""
    works = working_days([person], at)[person.pk]
    found = []
    for minutes, label in OFFSETS:
        moment = remind_at(due_on, due_at, minutes, person.time_zone, works)
        if moment is not None and moment > at and (due_at is not None or minutes % DAY_MINUTES == 0):
            found.append((minutes, label))
    return found


def working_days(people: Sequence[Any], at: datetime) -> dict[int, Works]:
    """Whether each person works on a day: by their calendar, and not absent. Four statements for all of them."""
    calendars = calendars_of(people)
    absent: dict[int, list[tuple[date, date]]] = defaultdict(list)
    since = (at - timedelta(days=2 * BACK)).date()
    rows = Absence.objects.filter(person_id__in=[person.pk for person in people], ends_on__gte=since)
    for person, first, last in rows.order_by().values_list("person_id", "starts_on", "ends_on"):
        absent[person].append((first, last))
    return {person.pk: _works(calendars[person.pk], absent[person.pk]) for person in people}


def _works(calendar: Calendar, absent: Sequence[tuple[date, date]]) -> Works:
    def works(day: date) -> bool:
        if any(first <= day <= last for first, last in absent):
            return False
        return calendar.reason(day) in {Reason.HOURS, Reason.SPECIAL}

    return works


def away(people: Any, at: datetime) -> dict[int, datetime]:
    """Who of these people is absent on their day of now, and the morning they are back: for users.presence."""
    days = (at - timedelta(days=1)).date(), (at + timedelta(days=1)).date()
    rows = Absence.objects.filter(person_id__in=list(people), starts_on__lte=days[1], ends_on__gte=days[0])
    back: dict[int, datetime] = {}
    for row in rows.select_related("person").order_by("ends_on"):
        zone = row.person.time_zone
        if row.starts_on <= day_there(at, zone) <= row.ends_on:
            back[row.person_id] = at_local(row.ends_on + timedelta(days=1), time(8), zone)
    return back
