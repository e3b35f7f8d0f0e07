"""What a person's calendar feed holds: their meetings, open tasks that are due, and absences. Six statements."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from activities import ics
from activities.models import Absence, Meeting, MeetingState, Occurrence, Task

BEFORE = timedelta(days=90)
MOST = 5_000


def written(person: Any, at: datetime) -> bytes:
    """The feed as iCalendar, in the person's language; the same bytes as long as nothing changes."""
    with translation.override(person.language):
        book = ics.calendar(f"{settings.COMPANY_NAME}: {person.name}")
        zones = set()
        for meeting in meetings_of(person, at):
            ics.add_meeting(book, meeting, meeting.feed_rows)
            zones.add(meeting.time_zone)
        for marked in [*_tasks(person, at), *_absences(person, at)]:
            ics.add_marked(book, marked)
    return ics.written(book, zones, since=(at - BEFORE).date().replace(month=1, day=1))


def meetings_of(person: Any, at: datetime) -> list[Any]:
    """Meetings with a time since three months ago; of a series only the times that differ are read."""
    recent = Occurrence.objects.filter(
        people_ids__contains=[person.pk], ends_at__gt=at - BEFORE, is_cancelled=False
    ).order_by()
    rows = Occurrence.objects.filter(Q(meeting__repeat="") | Q(is_cancelled=True) | Q(is_moved=True))
    meetings = Meeting.objects.filter(pk__in=recent.values("meeting_id")).exclude(
        state=MeetingState.CANCELLED
    )
    differing = Prefetch(
        "occurrences", rows.select_related("room").order_by("starts_at", "pk"), to_attr="feed_rows"
    )
    return list(meetings.select_related("room").prefetch_related(differing).order_by("pk")[:MOST])


def _tasks(person: Any, at: datetime) -> list[ics.Marked]:
    tasks = Task.objects.open().filter(owner=person, due_by__gt=at - BEFORE).order_by("due_by", "pk")
    return [
        ics.Marked(
            f"task-{row['pk']}@{ics.host()}",
            _("To do: %(title)s") % {"title": row["title"]},
            row["planned_at"],
            url=f"{settings.SITE_ADDRESS}{reverse('activities:task', args=[row['pk']])}",
            first=row["due_on"],
            starts_at=row["due_at"],
        )
        for row in tasks.values("pk", "title", "due_on", "due_at", "planned_at")[:MOST]
    ]


def _absences(person: Any, at: datetime) -> list[ics.Marked]:
    absences = Absence.objects.filter(person=person, ends_on__gt=(at - BEFORE).date()).order_by(
        "starts_on", "pk"
    )
    return [
        ics.Marked(
            f"absence-{absence.pk}@{ics.host()}",
            _("Away: %(kind)s") % {"kind": absence.get_kind_display()},
            person.joined_at,
            first=absence.starts_on,
            last=absence.ends_on,
            is_busy=True,
        )
        for absence in absences[:MOST]
    ]
