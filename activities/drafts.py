"""Many activities at once, with their history: the rows and facts that their verbs would have written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from activities.due import day_there, due_by
from activities.facts import meetings as meeting_facts
from activities.facts import records as record_facts
from activities.facts import tasks as task_facts
from activities.models import (
    Call,
    Meeting,
    MeetingState,
    Message,
    Note,
    Occurrence,
    Participant,
    Priority,
    Task,
    TaskKind,
    TaskPassage,
    TaskState,
)
from foundation.copying import copy_rows, new_keys
from foundation.facts import Fact
from foundation.search_text import normalised
from foundation.telling import tell_many

CLOSED = (TaskState.DONE, TaskState.CANCELLED)


@dataclass(kw_only=True, slots=True)
class Links:
    """What an activity is about; they belong together, which whoever drafts it has checked."""

    account: Any = None
    contact: Any = None
    deal: Any = None

    def keys(self) -> dict[str, Any]:
        return {
            "account_id": self.account.pk if self.account else None,
            "contact_id": self.contact.pk if self.contact else None,
            "deal_id": self.deal.pk if self.deal else None,
        }


@dataclass(kw_only=True, slots=True)
class TaskDraft:
    """A task to be. `path`: the states it entered and when, first to-do; only the last one may close it."""

    title: str
    owner: Any
    path: Sequence[tuple[str, datetime]]
    links: Links = field(default_factory=Links)
    description: str = ""
    kind: str = TaskKind.TODO
    priority: int = Priority.NORMAL
    due_on: date | None = None
    due_at: datetime | None = None
    estimate: int | None = None
    outcome: str = ""


@dataclass(kw_only=True, slots=True)
class MeetingDraft:
    """A meeting that takes place once. `people` are colleagues besides its owner, `contacts` and `others` guests."""

    title: str
    owner: Any
    starts_at: datetime
    ends_at: datetime
    planned_at: datetime
    state: str = MeetingState.PLANNED
    links: Links = field(default_factory=Links)
    place: str = ""
    agenda: str = ""
    outcome: str = ""
    room: Any = None
    people: Sequence[Any] = ()
    contacts: Sequence[Any] = ()
    others: Sequence[tuple[str, str]] = ()


@dataclass(kw_only=True, slots=True)
class CallDraft:
    author: Any
    at: datetime
    direction: str = "out"
    result: str = "reached"
    duration: int | None = None
    phone: str = ""
    note: str = ""
    links: Links = field(default_factory=Links)


@dataclass(kw_only=True, slots=True)
class NoteDraft:
    author: Any
    at: datetime
    text: str
    is_pinned: bool = False
    links: Links = field(default_factory=Links)


@dataclass(kw_only=True, slots=True)
class MessageDraft:
    author: Any
    at: datetime
    text: str
    subject: str = ""
    channel: str = "mail"
    direction: str = "out"
    links: Links = field(default_factory=Links)


def plan_tasks(drafts: Sequence[TaskDraft], *, by: Any) -> list[Task]:
    """Tasks with the states they went through; each fact at its own moment."""
    with transaction.atomic():
        keys = new_keys(Task, len(drafts))
        pairs = [(draft, _task(key, draft, by)) for key, draft in zip(keys, drafts, strict=True)]
        _copy(Task, [task for _draft, task in pairs])
        columns = ("task_id", "state", "owner_id", "since", "until")
        copy_rows(TaskPassage, columns, (row for pair in pairs for row in _passages(*pair)))
        tell_many((told for pair in pairs for told in _told_of_task(*pair)), by=by)
    return [task for _draft, task in pairs]


def plan_meetings(drafts: Sequence[MeetingDraft], *, by: Any) -> list[Meeting]:
    """Meetings that take place once, each with its occurrence and participants. Nobody is written to."""
    with transaction.atomic():
        keys = new_keys(Meeting, len(drafts))
        pairs = [(draft, _meeting(key, draft, by)) for key, draft in zip(keys, drafts, strict=True)]
        _copy(Meeting, [meeting for _draft, meeting in pairs])
        row_keys = new_keys(Occurrence, len(pairs))
        times = [_occurrence(key, *pair) for key, pair in zip(row_keys, pairs, strict=True)]
        _copy(Occurrence, times)
        guests = [guest for draft, meeting in pairs for guest in _guests(draft, meeting)]
        for key, guest in zip(new_keys(Participant, len(guests)), guests, strict=True):
            guest.pk = key
        _copy(Participant, guests)
        told = (each for pair, row in zip(pairs, times, strict=True) for each in _told_of_meeting(*pair, row))
        tell_many(told, by=by)
    return [meeting for _draft, meeting in pairs]


def log_calls(drafts: Sequence[CallDraft], *, by: Any) -> list[Call]:
    names = ("direction", "result", "duration", "phone", "note")
    with transaction.atomic():
        calls: list[Call] = _written(Call, drafts, names)
        tell_many(
            ((record_facts.CallLogged(duration=call.duration, **call.named()), call.at) for call in calls),
            by=by,
        )
    return calls


def add_notes(drafts: Sequence[NoteDraft], *, by: Any) -> list[Note]:
    with transaction.atomic():
        notes: list[Note] = _written(Note, drafts, ("text", "is_pinned"))
        tell_many(((record_facts.NoteAdded(**note.named()), note.at) for note in notes), by=by)
    return notes


def log_messages(drafts: Sequence[MessageDraft], *, by: Any) -> list[Message]:
    with transaction.atomic():
        messages: list[Message] = _written(Message, drafts, ("channel", "direction", "subject", "text"))
        tell_many(((record_facts.MessageLogged(**each.named()), each.at) for each in messages), by=by)
    return messages


def _copy(model: Any, rows: Sequence[Any]) -> None:
    columns = [column.attname for column in model._meta.concrete_fields]
    copy_rows(model, columns, ([getattr(row, column) for column in columns] for row in rows))


def _written(model: Any, drafts: Sequence[Any], names: Sequence[str]) -> list[Any]:
    rows = []
    for key, draft in zip(new_keys(model, len(drafts)), drafts, strict=True):
        said = {name: getattr(draft, name) for name in names}
        row = model(pk=key, author=draft.author, at=draft.at, **said, **draft.links.keys())
        vars(row)["team_ids"] = [draft.author.pk]
        rows.append(row)
    _copy(model, rows)
    return rows


def _task(key: int, draft: TaskDraft, by: Any) -> Task:
    state, entered_at = draft.path[-1]
    author = draft.owner if by.is_robot else by
    return Task(
        pk=key,
        title=draft.title,
        description=draft.description,
        kind=draft.kind,
        priority=draft.priority,
        state=state,
        owner=draft.owner,
        author=author,
        team_ids=sorted({draft.owner.pk, author.pk}),
        due_on=draft.due_on,
        due_at=draft.due_at,
        due_by=due_by(draft.due_on, draft.due_at, draft.owner.time_zone),
        estimate=draft.estimate,
        outcome=draft.outcome,
        planned_at=draft.path[0][1],
        closed_at=entered_at if state in CLOSED else None,
        search_text=normalised(draft.title),
        **draft.links.keys(),
    )


def _passages(draft: TaskDraft, task: Task) -> Iterator[tuple[Any, ...]]:
    ends: list[datetime | None] = [at for _state, at in draft.path[1:]]
    for (state, since), until in zip(draft.path, [*ends, None], strict=True):
        if state not in CLOSED:
            yield task.pk, state, task.owner_id, since, until


def _told_of_task(draft: TaskDraft, task: Task) -> Iterator[tuple[Fact, datetime]]:
    due = draft.due_on or (day_there(draft.due_at, draft.owner.time_zone) if draft.due_at else None)
    yield task_facts.TaskPlanned(owner=draft.owner.name, due_on=due, **task.named()), draft.path[0][1]
    before = draft.path[0][0]
    for state, at in draft.path[1:]:
        if state == TaskState.DONE:
            yield task_facts.TaskFinished(outcome=draft.outcome, **task.named()), at
        elif state == TaskState.CANCELLED:
            yield task_facts.TaskCancelled(reason=draft.outcome, **task.named()), at
        else:
            yield task_facts.TaskStateChanged(before=before, after=state, **task.named()), at
        before = state


def _meeting(key: int, draft: MeetingDraft, by: Any) -> Meeting:
    author = draft.owner if by.is_robot else by
    return Meeting(
        pk=key,
        title=draft.title,
        agenda=draft.agenda,
        place=draft.place,
        room=draft.room,
        state=draft.state,
        owner=draft.owner,
        author=author,
        team_ids=sorted({draft.owner.pk, author.pk, *(person.pk for person in draft.people)}),
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        time_zone=draft.owner.time_zone,
        outcome=draft.outcome,
        uid=uuid4(),
        planned_at=draft.planned_at,
        search_text=normalised(draft.title, draft.place),
        **draft.links.keys(),
    )


def _occurrence(key: int, draft: MeetingDraft, meeting: Meeting) -> Occurrence:
    return Occurrence(
        pk=key,
        meeting=meeting,
        original_at=draft.starts_at,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        is_cancelled=draft.state == MeetingState.CANCELLED,
        room=draft.room,
        people_ids=sorted({draft.owner.pk, *(person.pk for person in draft.people)}),
        held_at=draft.ends_at if draft.state == MeetingState.HELD else None,
        outcome=draft.outcome,
    )


def _guests(draft: MeetingDraft, meeting: Meeting) -> Iterator[Participant]:
    for person in {person.pk: person for person in (draft.owner, *draft.people)}.values():
        yield Participant(meeting=meeting, person=person, name=person.name, email=person.email or "")
    for contact in {each.pk: each for each in draft.contacts}.values():
        yield Participant(meeting=meeting, contact=contact, name=contact.name)
    for name, email in draft.others:
        yield Participant(meeting=meeting, name=name, email=email)


def _told_of_meeting(
    draft: MeetingDraft, meeting: Meeting, row: Occurrence
) -> Iterator[tuple[Fact, datetime]]:
    yield meeting_facts.MeetingPlanned(**meeting.named()), draft.planned_at
    if draft.state == MeetingState.HELD:
        yield meeting_facts.MeetingHeld(outcome=draft.outcome, **meeting.named(row)), draft.ends_at
    elif draft.state == MeetingState.CANCELLED:
        yield meeting_facts.MeetingCancelled(reason=draft.outcome, **meeting.named(row)), draft.starts_at
