"""Setting reminders, and moving them with what they are about.

A reminder not told yet is never lost: moved into the past it is told at once, while what it is about is still to
come. One that was told is told again only where the thing itself was moved; another clock repeats nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from activities.due import end_of
from activities.models import Occurrence, Reminder, Task
from activities.reminding.moments import remind_at, working_days

AHEAD = timedelta(days=60)  # how far ahead a series has reminders; the rest is set as the days come
MOST = 10

# All of one meeting, or of all of them: reminders of those who take part in what is still to come.
SET_FOR_MEETINGS = """
    INSERT INTO activities_reminder (occurrence_id, person_id, minutes, due_at, next_at)
    SELECT o.id, p.id, m.reminder, due.at, due.at
    FROM activities_occurrence o
    JOIN activities_meeting m ON m.id = o.meeting_id AND m.state = 'planned' AND m.reminder IS NOT NULL
    JOIN users_user p ON p.id = ANY(o.people_ids)
    CROSS JOIN LATERAL (SELECT o.starts_at - m.reminder * interval '1 minute') AS due (at)
    WHERE {which} NOT o.is_cancelled AND o.starts_at < %(until)s AND due.at > %(at)s
    ON CONFLICT (occurrence_id, person_id, minutes) WHERE occurrence_id IS NOT NULL DO UPDATE
    SET due_at = excluded.due_at, next_at = excluded.next_at, told_at = NULL, answered_at = NULL
    WHERE activities_reminder.due_at <> excluded.due_at
"""
DROP_FOR_MEETING = """
    DELETE FROM activities_reminder r USING activities_occurrence o, activities_meeting m
    WHERE o.meeting_id = %(meeting)s AND m.id = o.meeting_id AND r.occurrence_id = o.id AND r.told_at IS NULL
      AND (o.is_cancelled OR m.state <> 'planned' OR m.reminder IS DISTINCT FROM r.minutes
           OR NOT r.person_id = ANY(o.people_ids) OR o.starts_at - r.minutes * interval '1 minute' <> r.due_at)
"""


def set_reminders(task: Task, minutes: Sequence[int], person: Any, at: datetime) -> list[Reminder]:
    """The person is reminded of the task so many minutes before: these and no others. Past ones are left out."""
    wanted = sorted({int(each) for each in minutes if int(each) >= 0})[:MOST]
    with transaction.atomic():
        Task.objects.select_for_update(no_key=True).values_list("pk").get(pk=task.pk)
        mine = task.reminders.filter(person=person)  # type: ignore[attr-defined]
        mine.exclude(minutes__in=wanted).delete()
        kept = set(mine.values_list("minutes", flat=True))
        works = working_days([person], at)[person.pk]
        moments = {
            each: remind_at(task.due_on, task.due_at, each, person.time_zone, works)
            for each in wanted
            if each not in kept
        }
        return Reminder.objects.bulk_create(
            Reminder(task=task, person=person, minutes=each, due_at=moment, next_at=moment)
            for each, moment in moments.items()
            if moment is not None and moment > at and task.is_open
        )


def set_for_occurrence(occurrence: Occurrence, minutes: int, person: Any, at: datetime) -> Reminder | None:
    """One person and one time of a meeting; None where that moment is over."""
    moment = occurrence.starts_at - timedelta(minutes=minutes)
    if moment <= at:
        return None
    row, _is_new = Reminder.objects.update_or_create(
        occurrence=occurrence, person=person, minutes=minutes, defaults={"due_at": moment, "next_at": moment}
    )
    return row


def set_for_meeting(meeting_id: int, at: datetime) -> None:
    """Everybody who takes part, as the meeting says; two statements however many there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DROP_FOR_MEETING, {"meeting": meeting_id, "at": at})
        cursor.execute(
            SET_FOR_MEETINGS.format(which="m.id = %(meeting)s AND"),
            {"meeting": meeting_id, "at": at, "until": at + AHEAD},
        )


def set_coming(at: datetime) -> None:
    """Reminders of series whose times have come within sight."""
    with connection.cursor() as cursor:
        cursor.execute(
            SET_FOR_MEETINGS.format(which="o.starts_at > %(at)s AND m.repeat <> '' AND"),
            {"at": at, "until": at + AHEAD},
        )


def replan_for(task: Task, at: datetime, *, from_owner: int | None = None) -> None:
    """After the task was moved, given away, closed or reopened. `from_owner`: whose reminders go to the new one."""
    with transaction.atomic():
        if from_owner is not None and from_owner != task.owner_id:
            _hand_over(task, from_owner)
        rows = list(
            task.reminders.select_for_update(of=("self",)).select_related("person").order_by("pk")  # type: ignore[attr-defined]
        )
        if not rows:
            return
        if not task.is_open or task.due_by is None:
            for row in rows:
                row.next_at = None
                row.answered_at = row.answered_at or (at if row.told_at else None)
        else:
            _replan(rows, {task.pk: task}, at, is_moved=True)
        Reminder.objects.bulk_update(rows, ["due_at", "told_at", "answered_at", "mailed_at", "next_at"])


def replan_person(person: Any, at: datetime) -> None:
    """Another clock, another calendar or an absence: what was not told yet is due by the new one."""
    with transaction.atomic():
        rows = list(
            Reminder.objects.filter(person=person, told_at__isnull=True, task__due_on__isnull=False)
            .filter(next_at__isnull=False)
            .select_for_update(of=("self",))
            .select_related("person")
            .order_by("pk")
        )
        tasks = Task.objects.in_bulk({row.task_id for row in rows})
        _replan(rows, tasks, at, is_moved=False)
        Reminder.objects.bulk_update(rows, ["due_at", "next_at"], batch_size=500)


def replan_zone(person: Any, at: datetime) -> None:
    """The person lives by another clock: their days end at another moment, and mornings begin at another one."""
    with transaction.atomic():
        mine = Task.objects.open().filter(owner=person, due_on__isnull=False)
        days = list(mine.order_by().values_list("due_on", flat=True).distinct())
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE activities_task SET due_by = ends.moment"
                " FROM unnest(%s::date[], %s::timestamptz[]) AS ends (day, moment)"
                " WHERE owner_id = %s AND closed_at IS NULL AND due_on = ends.day AND due_by <> ends.moment",
                [days, [end_of(day, person.time_zone) for day in days if day], person.pk],
            )
        replan_person(person, at)


def put_off(task_id: int, until: datetime, at: datetime) -> None:
    """Out of sight until then: what was told is answered, and the last of it is told again at that moment."""
    with transaction.atomic():
        rows = (
            Reminder.objects.filter(task=task_id).select_for_update().order_by("person_id", "-due_at", "-pk")
        )
        last: dict[int, Reminder] = {}
        for row in rows:
            told = row.told_at is not None
            if told and row.person_id not in last:
                last[row.person_id] = row
            elif told:
                row.answered_at, row.next_at = row.answered_at or at, None
                row.save(update_fields=["answered_at", "next_at"])
            elif row.next_at is not None and row.next_at < until:
                row.next_at = until
                row.save(update_fields=["next_at"])
        for row in last.values():
            row.told_at = row.answered_at = row.mailed_at = None
            row.next_at = until
            row.save(update_fields=["told_at", "answered_at", "mailed_at", "next_at"])


def _replan(rows: Iterable[Reminder], tasks: dict[int, Task], at: datetime, *, is_moved: bool) -> None:
    """New moments on rows that are locked; not saved."""
    rows = list(rows)
    works = working_days(list({row.person_id: row.person for row in rows}.values()), at)
    for row in rows:
        task = tasks[row.task_id]  # type: ignore[index]
        moment = remind_at(task.due_on, task.due_at, row.minutes, row.person.time_zone, works[row.person_id])
        if moment is None or (moment == row.due_at and row.next_at is not None):
            continue
        before, row.due_at = row.due_at, moment
        if row.told_at is None:
            is_over = task.due_by is not None and task.due_by <= at
            row.next_at = None if is_moved and is_over else max(moment, task.snoozed_until or moment)
        elif is_moved and moment > at and moment != before:
            row.told_at = row.answered_at = row.mailed_at = None
            row.next_at = moment


def _hand_over(task: Task, from_owner: int) -> None:
    """The reminders of the one before become those of the new owner, unless they have the same already."""
    theirs = task.reminders.filter(person_id=from_owner)  # type: ignore[attr-defined]
    has = task.reminders.filter(person_id=task.owner_id).values_list("minutes", flat=True)  # type: ignore[attr-defined]
    theirs.filter(minutes__in=list(has)).delete()
    theirs.update(
        person_id=task.owner_id, told_at=None, answered_at=None, mailed_at=None, next_at=F("due_at")
    )
