"""When colleagues have no time: meetings they take part in, absences, and hours outside work.

Everybody may know that a colleague is busy; what with, only who may see the meeting. Asked for many people at once:
one statement for meetings, one for absences, and those of the working calendars.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activities.models import Absence, MeetingState, Occurrence
from activities.series import DAY, wall
from foundation.working_time import working_time_between
from users.calendars import calendars_of

MOST_SPANS = 60  # of a series so many times are looked at before saving
MOST_WARNINGS = 6
HALF_DAY = timedelta(hours=26)  # nowhere is a day further from the same day in UTC

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Busy:
    """A stretch in which a person takes part in a meeting. `title` is empty where the reader may not see it."""

    person_id: int
    starts_at: datetime
    ends_at: datetime
    meeting_id: int
    title: str
    day: date | None = None  # the first day, where it lasts whole days
    last: date | None = None

    def at_times(self, zone: str) -> Span:
        """As moments; whole days are those of the person's own calendar on the wall."""
        if self.day is None or self.last is None:
            return self.starts_at, self.ends_at
        there = ZoneInfo(zone)
        first = datetime(self.day.year, self.day.month, self.day.day, tzinfo=there)
        after = self.last + DAY
        return first, datetime(after.year, after.month, after.day, tzinfo=there)


def busy_of(
    people: Iterable[int], since: datetime, until: datetime, *, reader: Any, without: int | None = None
) -> list[Busy]:
    """What keeps people busy, in order. `without` leaves out a meeting: the one being changed. One statement."""
    people = set(people)
    rows = (
        Occurrence.objects.filter(
            people_ids__overlap=sorted(people),
            is_cancelled=False,
            starts_at__lt=until + HALF_DAY,
            ends_at__gt=since - HALF_DAY,
        ).exclude(meeting=without)
        if people
        else Occurrence.objects.none()
    )
    reach = reader.reach("activities.view")
    found = []
    for row in rows.exclude(meeting__state=MeetingState.CANCELLED).order_by("starts_at", "pk").values(
        "people_ids", "starts_at", "ends_at", "meeting_id", "meeting__title", "meeting__team_ids",
        "meeting__is_all_day", "meeting__time_zone",
    ):  # fmt: skip
        day = last = None
        if row["meeting__is_all_day"]:
            day = wall(row["starts_at"], row["meeting__time_zone"]).date()
            last = wall(row["ends_at"], row["meeting__time_zone"]).date() - DAY
        title = row["meeting__title"] if reach.covers(row["meeting__team_ids"]) else ""
        for person in people & set(row["people_ids"]):
            found.append(Busy(person, row["starts_at"], row["ends_at"], row["meeting_id"], title, day, last))
    return found


def absences_of(people: Iterable[int], first: date, last: date) -> list[Absence]:
    rows = Absence.objects.filter(person__in=list(people), starts_on__lte=last, ends_on__gte=first)
    return list(rows.select_related("person", "substitute").order_by("starts_on", "pk"))


def warnings(
    people: Sequence[Any], spans: Sequence[Span], *, reader: Any, without: int | None = None,
    is_all_day: bool = False,
) -> list[str]:  # fmt: skip
    """What speaks against these times, in words: who is busy, away, or not at work then. Nothing is refused by it."""
    spans = sorted(spans)[:MOST_SPANS]
    if not spans or not people:
        return []
    since, until = spans[0][0], max(ends for _starts, ends in spans)
    keys = [person.pk for person in people]
    calendars = calendars_of(people)
    meetings = busy_of(keys, since, until, reader=reader, without=without)
    away = absences_of(keys, (since - HALF_DAY).date(), (until + HALF_DAY).date())
    said: list[str] = []
    for person in people:
        for starts, ends in spans:
            first, last = _days(starts, ends, person.time_zone)
            absence = next(
                (a for a in away if a.person_id == person.pk and a.starts_on <= last and a.ends_on >= first),
                None,
            )
            if absence is not None:
                said.append(_is_away(person, absence))
                continue
            said += _busy_then(person, starts, ends, meetings)
            if not is_all_day and not _is_at_work(starts, ends, calendars[person.pk]):
                said.append(_outside(person, starts))
    return list(dict.fromkeys(said))[:MOST_WARNINGS]


def _busy_then(person: Any, starts: datetime, ends: datetime, meetings: Iterable[Busy]) -> list[str]:
    said = []
    for busy in meetings:
        begins, stops = busy.at_times(person.time_zone)
        if busy.person_id == person.pk and begins < ends and starts < stops:
            words = {"name": person.name, "when": span_text(begins, stops), "title": busy.title}
            said.append(
                _("%(name)s is busy %(when)s: %(title)s") % words
                if busy.title
                else _("%(name)s is busy %(when)s") % words
            )
    return said


def span_text(starts: datetime, ends: datetime) -> str:
    """“Nov 23, 14:00–15:00” by the reader's clock."""
    first, last = timezone.localtime(starts), timezone.localtime(ends)
    day = date_format(first, "MONTH_DAY_FORMAT")
    if first.date() == last.date():
        return f"{day}, {first:%H:%M}–{last:%H:%M}"
    return f"{day}, {first:%H:%M} – {date_format(last, 'MONTH_DAY_FORMAT')}, {last:%H:%M}"


def _is_away(person: Any, absence: Absence) -> str:
    words = {
        "name": person.name,
        "kind": absence.get_kind_display(),
        "until": date_format(absence.ends_on, "DATE_FORMAT"),
        "substitute": absence.substitute.name if absence.substitute else "",
    }
    if absence.substitute:
        return _("%(name)s is away (%(kind)s) until %(until)s; %(substitute)s stands in") % words
    return _("%(name)s is away (%(kind)s) until %(until)s") % words


def _is_at_work(starts: datetime, ends: datetime, calendar: Any) -> bool:
    return bool(working_time_between(starts, ends, calendar).duration == ends - starts)


def _outside(person: Any, starts: datetime) -> str:
    there = starts.astimezone(ZoneInfo(person.time_zone))
    day = date_format(there, "MONTH_DAY_FORMAT")
    words = {"name": person.name, "day": day, "time": f"{there:%H:%M}"}
    return _("%(name)s is not at work all of that time: it is %(day)s, %(time)s there") % words


def _days(starts: datetime, ends: datetime, zone: str) -> tuple[date, date]:
    return wall(starts, zone).date(), wall(ends - timedelta(microseconds=1), zone).date()
