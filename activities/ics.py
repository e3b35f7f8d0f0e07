"""Meetings, tasks and absences as iCalendar (RFC 5545), for feeds and invitations. No database.

A series is one VEVENT with its rule, days left out, and one more VEVENT for each time that differs. Times are written
as the wall shows them, with the zone beside them, so that every reader counts the series as we lay it out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, Timezone, vCalAddress, vRecur, vText

from activities.due import end_of
from activities.repeats import ends_on, parts_of
from activities.series import DAY, wall

PRODUCT = "-//Romashka CRM//Calendar//EN"
ANSWERS = {"none": "NEEDS-ACTION", "yes": "ACCEPTED", "maybe": "TENTATIVE", "no": "DECLINED"}
YEARS_AHEAD = 10


@dataclass(frozen=True)
class Marked:
    """A day or a moment to be shown: a task due, an absence. Both ends of days are counted."""

    uid: str
    title: str
    made_at: datetime
    url: str = ""
    first: date | None = None
    last: date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_busy: bool = False


def calendar(name: str, *, method: str = "PUBLISH") -> Calendar:
    book = Calendar()
    book.add("prodid", PRODUCT)
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", method)
    if name:
        book.add("x-wr-calname", name)
    return book


def add_meeting(
    book: Calendar,
    meeting: Any,
    rows: Sequence[Any],
    *,
    guests: Iterable[Any] = (),
    is_cancelled: bool | None = None,
) -> None:
    """A meeting with its times: of a series, `rows` are at least those cancelled or moved.

    `guests` are named only in invitations: a feed may be read by a stranger who came by its address.
    """
    if is_cancelled is None:
        is_cancelled = meeting.state == "cancelled"
    said: dict[str, Any] = {"guests": list(guests), "is_cancelled": is_cancelled}
    if not meeting.repeat:
        for row in rows:
            if not row.is_cancelled or is_cancelled:
                book.add_component(_event(meeting, row.starts_at, row.ends_at, **said))
        return
    master = _event(meeting, meeting.starts_at, meeting.ends_at, **said)
    master.add("rrule", vRecur.from_ical(_rule(meeting)))
    left_out = [_original(meeting, row) for row in rows if row.is_cancelled]
    if left_out and not is_cancelled:
        master.add("exdate", left_out, parameters={"VALUE": "DATE"} if meeting.is_all_day else {})
    book.add_component(master)
    for row in rows:
        if row.is_moved and not row.is_cancelled:
            other = _event(meeting, row.starts_at, row.ends_at, room=row.room, **said)
            other.add("recurrence-id", _original(meeting, row))
            book.add_component(other)


def add_marked(book: Calendar, marked: Marked) -> None:
    event = Event()
    event.add("uid", marked.uid)
    event.add("dtstamp", marked.made_at.astimezone(UTC))
    event.add("summary", marked.title)
    if marked.first is not None:
        event.add("dtstart", marked.first)
        event.add("dtend", (marked.last or marked.first) + DAY)
    else:
        assert marked.starts_at is not None
        event.add("dtstart", marked.starts_at.astimezone(UTC))
        event.add("dtend", (marked.ends_at or marked.starts_at + timedelta(minutes=30)).astimezone(UTC))
    event.add("transp", "OPAQUE" if marked.is_busy else "TRANSPARENT")
    if marked.url:
        event.add("url", marked.url)
    book.add_component(event)


def written(book: Calendar, zones: Iterable[str], *, since: date) -> bytes:
    """The calendar with the zones it names, as it goes over the wire."""
    for zone in sorted(set(zones) - {"UTC"}):
        book.subcomponents.insert(0, _zone(zone, since.year))
    return bytes(book.to_ical())


@lru_cache(maxsize=200)
def _zone(name: str, year: int) -> Timezone:
    return Timezone.from_tzid(name, first_date=date(year - 1, 1, 1), last_date=date(year + YEARS_AHEAD, 1, 1))


def _event(
    meeting: Any,
    starts: datetime,
    ends: datetime,
    *,
    guests: list[Any],
    is_cancelled: bool,
    room: Any = None,
) -> Event:
    event = Event()
    event.add("uid", f"{meeting.uid}@{host()}")
    event.add("dtstamp", meeting.planned_at.astimezone(UTC))
    event.add("sequence", meeting.sequence)
    event.add("summary", meeting.title)
    zone = meeting.time_zone
    for name, moment in (("dtstart", starts), ("dtend", ends)):
        event.add(name, wall(moment, zone).date() if meeting.is_all_day else _zoned(moment, zone))
    if place := ", ".join(str(each) for each in (room or meeting.room, meeting.place) if each):
        event.add("location", place)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if guests:
        if meeting.agenda:
            event.add("description", meeting.agenda)
        event.add(
            "organizer", _address(meeting.owner.name, meeting.owner.email or settings.DEFAULT_FROM_EMAIL)
        )
        for guest in guests:
            event.add("attendee", _attendee(guest), encode=False)
    else:
        event.add("url", f"{settings.SITE_ADDRESS}{meeting.get_absolute_url()}")
    return event


def _attendee(guest: Any) -> vCalAddress:
    address = _address(guest.name, guest.email)
    address.params["PARTSTAT"] = vText(ANSWERS[guest.answer])
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["RSVP"] = vText("TRUE")
    return address


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name.replace('"', ""))
    return address


def _rule(meeting: Any) -> str:
    """UNTIL as RFC 5545 asks for: a day for whole days, otherwise the moment that day ends, in UTC."""
    parts = dict(parts_of(meeting.repeat))
    until = ends_on(parts)
    if until is not None and not meeting.is_all_day:
        parts["UNTIL"] = f"{end_of(until, meeting.time_zone) - timedelta(seconds=1):%Y%m%dT%H%M%SZ}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _original(meeting: Any, row: Any) -> date | datetime:
    """When the series has it, by the hour the series names: on a day whose clock skips it, that hour all the same."""
    day = wall(row.original_at, meeting.time_zone).date()
    if meeting.is_all_day:
        return day
    clock = wall(meeting.starts_at, meeting.time_zone).time()
    return datetime.combine(day, clock, _zone_info(meeting.time_zone))


def _zoned(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(_zone_info(zone))


def _zone_info(zone: str) -> Any:
    return UTC if zone == "UTC" else ZoneInfo(zone)


def host() -> str:
    return settings.SITE_ADDRESS.split("//", 1)[-1].split("/", 1)[0].split(":", 1)[0] or "romashka"
