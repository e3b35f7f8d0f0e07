"""Telling what is due: rows are claimed in batches, and everything that follows from a batch is one transaction.

A reminder goes up to three steps: told; a mail where nobody answered; the head where nobody answered that either.
`next_at` says when the next one is due. The lock of a row lives as long as its transaction, so a killed worker's
rows are simply due again, and what it had written is not there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from activities.models import Occurrence, Reminder, Task
from activities.reminding import words
from users import sending
from users.heads import heads_of
from users.models import Notification, User
from users.notifications.telling import known, tell_people

BATCH = 1_000
REMINDER, UNANSWERED, ESCALATED, MEETING = (
    "task.reminder",
    "task.unanswered",
    "task.escalated",
    "meeting.reminder",
)

CLAIM = """
    SELECT id, task_id, occurrence_id, person_id, told_at, answered_at, mailed_at, escalated_at, clock_timestamp()
    FROM activities_reminder WHERE next_at <= clock_timestamp()
    ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
NOTE = """
    UPDATE activities_reminder AS r
    SET told_at = v.told, answered_at = v.answered, mailed_at = v.mailed, escalated_at = v.escalated, next_at = v.next
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
                %s::timestamptz[]) AS v (id, told, answered, mailed, escalated, next)
    WHERE r.id = v.id
"""


class Due(NamedTuple):
    pk: int
    task_id: int | None
    occurrence_id: int | None
    person_id: int
    told_at: datetime | None
    answered_at: datetime | None
    mailed_at: datetime | None
    escalated_at: datetime | None
    next_at: datetime | None = None


def tell_due(*, batches: int = 200) -> int:
    """Tell what is due, up to `batches` claims; how many reminders went a step on."""
    done = 0
    for _round in range(batches):
        n = _batch()
        done += n
        if n < BATCH:
            break
    return done


def _batch() -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [BATCH])
            claimed = cursor.fetchall()
        if not claimed:
            return 0
        now = claimed[0][-1]
        rows = [Due(*row[:-1]) for row in claimed]
        of_tasks, of_meetings = TaskRound(rows, now), MeetingRound(rows, now)
        people = known(of_tasks.hearers() | of_meetings.hearers())  # none of these kinds is grouped
        of_tasks.tell(people)
        of_meetings.tell(people)
        _note([*of_tasks.after(), *of_meetings.after()])
    return len(rows)


class TaskRound:
    """What is due about tasks, and the step each takes."""

    def __init__(self, rows: Sequence[Due], now: datetime) -> None:
        self.now = now
        self.rows = [row for row in rows if row.task_id is not None]
        self.tasks = Task.objects.only(
            "title", "owner_id", "author_id", "controller_id", "state", "closed_at", "due_on", "due_at", "due_by",
            "snoozed_until",
        ).in_bulk({row.task_id for row in self.rows}) if self.rows else {}  # fmt: skip
        told = [row for row in self.rows if row.told_at is not None]
        self.notes, leading = _told_of(told), _leading(told)
        self.steps = {
            row.pk: _step(row, self.tasks[row.task_id], self.notes, leading, now)  # type: ignore[index]
            for row in self.rows
        }
        owners = (
            list(User.objects.filter(pk__in={row.person_id for row in self.at("escalate")})) if told else []
        )
        self.heads = heads_of(owners)

    def at(self, step: str) -> list[Due]:
        return [row for row in self.rows if self.steps[row.pk] == step]

    def hearers(self) -> set[int]:
        about = [self.tasks[row.task_id] for row in self.at("escalate")]  # type: ignore[index]
        above = {
            *self.heads.values(),
            *(task.author_id for task in about),
            *(task.controller_id for task in about),
        }
        told = {row.person_id for step in ("tell", "mail", "escalate") for row in self.at(step)}
        return told | {key for key in above if key is not None}

    def tell(self, people: dict[int, User]) -> None:
        said = words.reminders(self.at("tell"), self.tasks, people, REMINDER)
        said += words.escalations(self.at("escalate"), self.tasks, people, self.heads, ESCALATED)
        tell_people(said, people, at=self.now)
        asked = [self.notes.get((row.person_id, row.task_id)) for row in self.at("mail")]
        sending.mail_again([note for note in asked if note], UNANSWERED, people, at=self.now)

    def after(self) -> list[Due]:
        return [_after(row, self.steps[row.pk], self.tasks[row.task_id], self.now) for row in self.rows]  # type: ignore[index]


class MeetingRound:
    """A meeting is told of once: it takes place whether anybody answers or not."""

    def __init__(self, rows: Sequence[Due], now: datetime) -> None:
        self.now = now
        self.rows = [row for row in rows if row.occurrence_id is not None]
        keys = {row.occurrence_id for row in self.rows}
        meetings = Occurrence.objects.select_related("meeting__room")
        self.occurrences = meetings.in_bulk(keys) if keys else {}
        self.wanted = [
            row
            for row in self.rows
            if row.told_at is None and _takes_place(self.occurrences[row.occurrence_id], row.person_id, now)  # type: ignore[index]
        ]

    def hearers(self) -> set[int]:
        return {row.person_id for row in self.wanted}

    def tell(self, people: dict[int, User]) -> None:
        tell_people(words.meetings(self.wanted, self.occurrences, people, MEETING), people, at=self.now)

    def after(self) -> list[Due]:
        told = {row.pk for row in self.wanted}
        return [row._replace(told_at=self.now if row.pk in told else row.told_at) for row in self.rows]


def _step(
    row: Due, task: Task, notes: dict[tuple[int, int | None], Notification], leading: set[int], now: datetime
) -> str:
    """What is to be done about a reminder now."""
    if task.closed_at is not None or (task.state == "review" and row.person_id == task.owner_id):
        return "drop"
    if task.snoozed_until is not None and task.snoozed_until > now:
        return "later"
    if row.told_at is None:
        return "tell"
    note = notes.get((row.person_id, row.task_id))
    is_read = note is not None and note.read_at is not None and note.read_at > note.at
    if row.answered_at is not None or is_read:
        return "answered"
    if row.pk not in leading:
        return "drop"
    if row.mailed_at is None:
        return "mail"
    return "escalate" if row.escalated_at is None and row.person_id == task.owner_id else "drop"


def _after(row: Due, step: str, task: Task, now: datetime) -> Due:
    """The row as it is once the step is done."""
    unanswered = now + timedelta(minutes=settings.REMINDER_MAIL_AFTER)
    match step:
        case "tell":
            return row._replace(told_at=now, next_at=unanswered)
        case "later":
            return row._replace(next_at=task.snoozed_until)
        case "answered":
            return row._replace(answered_at=row.answered_at or now)
        case "mail":
            past_due = (task.due_by or now) + timedelta(minutes=settings.REMINDER_ESCALATE_AFTER)
            is_owners = row.person_id == task.owner_id and row.escalated_at is None
            return row._replace(mailed_at=now, next_at=max(past_due, unanswered) if is_owners else None)
        case "escalate":
            return row._replace(escalated_at=now)
    return row


def _takes_place(occurrence: Occurrence, person_id: int, now: datetime) -> bool:
    is_planned = not occurrence.is_cancelled and occurrence.meeting.state == "planned"
    return is_planned and person_id in occurrence.people_ids and occurrence.ends_at > now


def _told_of(rows: Sequence[Due]) -> dict[tuple[int, int | None], Notification]:
    """The notification by which each of these was told: the newest of the person and the task."""
    if not rows:
        return {}
    found = Notification.objects.filter(
        kind=REMINDER,
        subject_kind="task",
        subject_id__in={row.task_id for row in rows},
        person_id__in={row.person_id for row in rows},
    )
    return {(note.person_id, note.subject_id): note for note in found.order_by("at", "pk")}


def _leading(rows: Sequence[Due]) -> set[int]:
    """Of several reminders of one thing only the one told last goes on, and none where one has reached the head."""
    if not rows:
        return set()
    found = Reminder.objects.filter(
        task_id__in={row.task_id for row in rows},
        person_id__in={row.person_id for row in rows},
        told_at__isnull=False,
    ).order_by("told_at", "pk")
    last: dict[tuple[int, int], int] = {}
    over = set()
    for pk, task, person, escalated in found.values_list("pk", "task_id", "person_id", "escalated_at"):
        last[task, person] = pk  # type: ignore[index]
        if escalated is not None:
            over.add((task, person))
    return {pk for key, pk in last.items() if key not in over}


def _note(rows: Sequence[Due]) -> None:
    columns: tuple[list[Any], ...] = (
        [row.pk for row in rows],
        [row.told_at for row in rows],
        [row.answered_at for row in rows],
        [row.mailed_at for row in rows],
        [row.escalated_at for row in rows],
        [row.next_at for row in rows],
    )
    with connection.cursor() as cursor:
        cursor.execute(NOTE, columns)
