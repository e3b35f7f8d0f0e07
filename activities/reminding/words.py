"""How reminders and missed deadlines are said, to each person in their language and by their clock."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activities.due import day_there
from activities.models import Occurrence, Task
from users.models import User
from users.notifications.telling import Said


def reminders(rows: Sequence[Any], tasks: dict[int, Task], people: dict[int, User], kind: str) -> list[Said]:
    """“Call Ivan”, “Due today at 15:00”."""
    now = timezone.now()
    return [
        Said(
            person.pk,
            kind,
            tasks[row.task_id].title,
            due_text(tasks[row.task_id], person.time_zone, now),
            url_of(tasks[row.task_id]),
            ("task", row.task_id),
        )
        for person, row in _by_language(rows, people)
    ]


def escalations(
    rows: Sequence[Any],
    tasks: dict[int, Task],
    people: dict[int, User],
    heads: dict[int, int | None],
    kind: str,
) -> list[Said]:
    """To the owner's head, the controller and the author: who was reminded and has not answered."""
    found, now = [], timezone.now()
    for row in rows:
        task, owner = tasks[row.task_id], people.get(row.person_id)
        if owner is None:
            continue
        for key in sorted({heads.get(owner.pk), task.controller_id, task.author_id} - {None, owner.pk}):  # type: ignore[type-var]
            person = people.get(key)  # type: ignore[arg-type]
            if person is None:
                continue
            with translation.override(person.language):
                words = {"name": owner.name, "due": due_text(task, person.time_zone, now)}
                text = _("%(due)s. %(name)s was reminded twice and has not answered.") % words
                title = _("Not done: %(title)s") % {"title": task.title}
                found.append(Said(person.pk, kind, title, text, url_of(task), ("task", task.pk)))
    return found


def meetings(
    rows: Sequence[Any], occurrences: dict[int, Occurrence], people: dict[int, User], kind: str
) -> list[Said]:
    """“Meeting with Acme”, “Today at 15:00, Small room”."""
    now, found = timezone.now(), []
    for person, row in _by_language(rows, people):
        occurrence = occurrences[row.occurrence_id]
        meeting = occurrence.meeting
        if meeting.is_all_day:
            when = day_text(
                day_there(occurrence.starts_at, meeting.time_zone), day_there(now, person.time_zone)
            )
        else:
            when = moment_text(occurrence.starts_at, person.time_zone, now)
        place = str(meeting.room or "") or meeting.place
        text = f"{when}, {place}" if place else when
        url = reverse("activities:meeting", args=[meeting.pk])
        found.append(Said(person.pk, kind, meeting.title, text, url, ("meeting", meeting.pk)))
    return found


def due_text(task: Task, time_zone: str, now: datetime) -> str:
    """“Due today at 15:00”; a day is the same day for everybody."""
    if task.due_at is not None:
        return _("Due: %(when)s") % {"when": moment_text(task.due_at, time_zone, now)}
    if task.due_on is not None:
        return _("Due: %(when)s") % {"when": day_text(task.due_on, day_there(now, time_zone))}
    return ""


def moment_text(moment: datetime, time_zone: str, now: datetime) -> str:
    there = moment.astimezone(ZoneInfo(time_zone))
    clock = date_format(there, "TIME_FORMAT")
    return _("%(day)s at %(time)s") % {
        "day": day_text(there.date(), day_there(now, time_zone)),
        "time": clock,
    }


def day_text(day: date, today: date) -> str:
    match (day - today).days:
        case 0:
            return _("today")
        case 1:
            return _("tomorrow")
        case -1:
            return _("yesterday")
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


def url_of(task: Task) -> str:
    return reverse("activities:task", args=[task.pk])


def _by_language(rows: Sequence[Any], people: dict[int, User]) -> Iterator[tuple[User, Any]]:
    """Each row with its person, under their language; a language is switched to once."""
    known = [(people[row.person_id], row) for row in rows if row.person_id in people]
    for language in sorted({person.language for person, _row in known}):
        with translation.override(language):
            yield from ((person, row) for person, row in known if person.language == language)
