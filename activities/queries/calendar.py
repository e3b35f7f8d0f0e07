"""What stands on a calendar in a range of days: meetings, tasks due, absences, holidays and hours nobody works.

Everything is said by the reader's clock. A range is at most 62 days and a thousand rows; eight statements at most.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from activities.due import at_local
from activities.free_busy import HALF_DAY, absences_of
from activities.models import MeetingState, Occurrence, Task
from activities.queries import moments
from activities.series import DAY, wall
from foundation.working_time import Reason, working_time_between
from users.calendars import calendar_of

LONGEST = timedelta(days=62)
MOST = 1_000
MEETING, TASK, AWAY, HOLIDAY, CLOSED = "meeting", "task", "absence", "holiday", "closed"
ICONS = {MEETING: "users", TASK: "checkbox", AWAY: "plane", HOLIDAY: "confetti"}


@dataclass(frozen=True)
class Entry:
    """One thing on a calendar; `first`…`last` where it is days, `starts`…`ends` on the reader's wall otherwise."""

    kind: str
    key: str
    title: str
    url: str = ""
    first: date | None = None
    last: date | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    is_series: bool = False
    is_private: bool = False  # busy, and the reader may not see what with
    is_held: bool = False
    move_url: str = ""
    version: int = 0
    occurrence: int = 0
    note: str = ""

    @property
    def days(self) -> tuple[date, date]:
        if self.first is not None:
            return self.first, self.last or self.first
        assert self.starts is not None
        ends = self.ends or self.starts
        last = (ends - timedelta(microseconds=1)).date() if ends > self.starts else self.starts.date()
        return self.starts.date(), last

    @property
    def icon(self) -> str:
        return ICONS.get(self.kind, "point")

    def as_event(self) -> dict[str, Any]:
        """As FullCalendar reads it: wall-clock times without an offset, an end of days that is not counted."""
        event: dict[str, Any] = {
            "id": self.key,
            "title": self.title,
            "allDay": self.first is not None,
            "classNames": [
                f"on-{self.kind}",
                *(["on-busy"] if self.is_private else []),
                *(["on-held"] if self.is_held else []),
            ],
            "editable": bool(self.move_url),
            "extendedProps": {
                "kind": self.kind,
                "moveUrl": self.move_url,
                "version": self.version,
                "occurrence": self.occurrence,
                "isSeries": self.is_series,
                "note": self.note,
            },
        }
        if self.first is not None:
            event |= {"start": self.first.isoformat(), "end": ((self.last or self.first) + DAY).isoformat()}
        else:
            assert self.starts is not None
            event["start"] = self.starts.isoformat()
            if self.ends:
                event["end"] = self.ends.isoformat()
        if self.url:
            event["url"] = self.url
        if self.kind == TASK:
            event["durationEditable"] = False
        return event


@dataclass(frozen=True)
class Closed:
    """Time nobody asks for work in: whole days, or hours of a day on the reader's wall."""

    first: date | None = None
    starts: datetime | None = None
    ends: datetime | None = None

    def as_event(self) -> dict[str, Any]:
        if self.first is not None:
            span: dict[str, Any] = {
                "start": self.first.isoformat(), "end": (self.first + DAY).isoformat(), "allDay": True
            }  # fmt: skip
        else:
            assert self.starts is not None
            assert self.ends is not None
            span = {"start": self.starts.isoformat(), "end": self.ends.isoformat()}
        return {**span, "display": "background", "classNames": ["on-closed"]}


@dataclass
class Range:
    """The days asked for, the person whose calendar it is, and who reads it."""

    reader: Any
    person: Any
    since: date
    until: date  # counted
    entries: list[Entry] = field(default_factory=list)
    closed: list[Closed] = field(default_factory=list)

    @property
    def is_own(self) -> bool:
        return bool(self.reader.pk == self.person.pk)

    def moments(self) -> tuple[datetime, datetime]:
        zone = self.reader.time_zone
        return at_local(self.since, time(), zone), at_local(self.until + DAY, time(), zone)

    def touches(self, entry: Entry) -> bool:
        first, last = entry.days
        return first <= self.until and last >= self.since


def read(reader: Any, person: Any, since: date, until: date) -> Range:
    """Everything of those days, in order."""
    asked = Range(reader, person, since, min(until, since + LONGEST - DAY))
    found = [*_meetings(asked), *_tasks(asked), *_absences(asked), *_working(asked)]
    asked.entries = sorted((each for each in found if asked.touches(each)), key=_order)
    return asked


def _order(entry: Entry) -> tuple[Any, ...]:
    first, _last = entry.days
    return first, entry.starts or datetime.combine(first, time.min), entry.starts is not None, entry.key


def _meetings(asked: Range) -> list[Entry]:
    since, until = asked.moments()
    reader = asked.reader
    seen, changes = reader.reach("activities.view"), reader.reach("activities.change")
    rows = Occurrence.objects.filter(
        people_ids__contains=[asked.person.pk],
        is_cancelled=False,
        starts_at__lt=until + HALF_DAY,
        ends_at__gt=since - HALF_DAY,
    ).exclude(meeting__state=MeetingState.CANCELLED)
    found = []
    for row in rows.order_by("starts_at", "pk").values(
        "pk", "starts_at", "ends_at", "held_at", "meeting_id", "meeting__title", "meeting__team_ids",
        "meeting__is_all_day", "meeting__time_zone", "meeting__repeat", "meeting__owner_id", "meeting__author_id",
        "meeting__version", "meeting__place", "meeting__state", "room__name", "meeting__account__name",
    )[:MOST]:  # fmt: skip
        is_seen = asked.is_own or seen.covers(row["meeting__team_ids"])
        may = not changes.is_empty and row["meeting__author_id"] == reader.pk
        may = (may or changes.covers_person(row["meeting__owner_id"])) and row["held_at"] is None
        found.append(
            Entry(
                MEETING,
                f"meeting-{row['pk']}",
                row["meeting__title"] if is_seen else _("Busy"),
                url=f"{reverse('activities:meeting', args=[row['meeting_id']])}?occurrence={row['pk']}"
                if is_seen
                else "",
                is_series=bool(row["meeting__repeat"]),
                is_private=not is_seen,
                is_held=row["held_at"] is not None,
                move_url=reverse("activities:meeting_move", args=[row["meeting_id"]])
                if is_seen and may
                else "",
                version=row["meeting__version"],
                occurrence=row["pk"],
                note=_note(row) if is_seen else "",
                **_span(row, reader.time_zone),
            )
        )
    return found


def _note(row: Any) -> str:
    return ", ".join(
        row[name] for name in ("meeting__account__name", "room__name", "meeting__place") if row[name]
    )


def _span(row: Any, zone: str) -> dict[str, Any]:
    """Whole days as the meeting says them; moments by the reader's clock."""
    if row["meeting__is_all_day"]:
        first, last = moments.days_of(row["starts_at"], row["ends_at"], row["meeting__time_zone"])
        return {"first": first, "last": last}
    return {"starts": wall(row["starts_at"], zone), "ends": wall(row["ends_at"], zone)}


def _tasks(asked: Range) -> list[Entry]:
    since, until = asked.moments()
    changes = asked.reader.reach("activities.change")
    tasks = Task.objects.visible_to(asked.reader).open().filter(owner=asked.person)
    tasks = tasks.filter(due_by__gt=since - HALF_DAY, due_by__lte=until + HALF_DAY)
    return [
        Entry(
            TASK,
            f"task-{row['pk']}",
            row["title"],
            url=reverse("activities:task", args=[row["pk"]]),
            first=row["due_on"],
            starts=wall(row["due_at"], asked.reader.time_zone) if row["due_at"] else None,
            move_url=reverse("activities:task_due", args=[row["pk"]])
            if changes.covers(row["team_ids"])
            else "",
            version=row["version"],
            note=row["account__name"] or "",
        )
        for row in tasks.order_by("due_by", "pk").values(
            "pk", "title", "due_on", "due_at", "team_ids", "version", "account__name"
        )[:MOST]
    ]


def _absences(asked: Range) -> list[Entry]:
    """A colleague learns that somebody is away; why, only the person and who may note absences down."""
    knows = asked.is_own or asked.reader.reach("activities.absences").covers_person(asked.person.pk)
    return [
        Entry(
            AWAY,
            f"absence-{absence.pk}",
            moments.sentence(absence.get_kind_display()) if knows else _("Away"),
            url=reverse("activities:absences") if knows else "",
            first=absence.starts_on,
            last=absence.ends_on,
            note=_("%(name)s stands in") % {"name": absence.substitute.name} if absence.substitute else "",
        )
        for absence in absences_of([asked.person.pk], asked.since, asked.until)
    ]


def _working(asked: Range) -> list[Entry]:
    """Holidays by name; what lies outside the person's working hours goes to `closed`."""
    calendar, zone = calendar_of(asked.person), asked.reader.time_zone
    since, until = asked.moments()
    steps = working_time_between(since, until, calendar).steps
    open_spans = sorted(
        (wall(begins, zone), wall(stops, zone)) for step in steps for begins, stops in step.intervals
    )
    day = asked.since
    while day <= asked.until:
        asked.closed += _closed_on(day, [span for span in open_spans if _overlaps(span, day)])
        day += DAY
    return [
        Entry(HOLIDAY, f"holiday-{step.on}", calendar.exceptions[step.on].name, first=step.on)
        for step in steps
        if calendar.reason(step.on) is Reason.HOLIDAY
    ]


def _closed_on(day: date, spans: list[tuple[datetime, datetime]]) -> list[Closed]:
    if not spans:
        return [Closed(first=day)]
    begins, ends = datetime.combine(day, time()), datetime.combine(day + DAY, time())
    closed, reached = [], begins
    for opens, closes in spans:
        if opens > reached:
            closed.append(Closed(starts=reached, ends=min(opens, ends)))
        reached = max(reached, closes)
    if reached < ends:
        closed.append(Closed(starts=reached, ends=ends))
    return closed


def _overlaps(span: tuple[datetime, datetime], day: date) -> bool:
    return span[0] < datetime.combine(day + DAY, time()) and span[1] > datetime.combine(day, time())
