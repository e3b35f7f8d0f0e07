"""Moves not made yet: what they would do to the days of the people they concern."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from activities.capacity import FAR
from activities.due import day_there
from activities.models import Task
from activities.queries import planner_words as words
from activities.queries.planner_work import TaskWork, Work, tasks_by_key
from activities.replanning import Move
from users.models import User


@dataclass(frozen=True)
class DraftLine:
    """One move in words; `trouble` is why it cannot be made."""

    move: Move
    said: str
    title: str
    url: str
    owner: str
    owner_before: str
    day: str
    day_before: str
    trouble: str = ""


@dataclass(frozen=True)
class Shift:
    """A move as work: what leaves a person's pile, and what joins another's."""

    task: int
    minutes: int
    owner_before: int
    owner: int
    before: tuple[int, int | None]
    after: tuple[int, int | None]
    is_late: bool


@dataclass(frozen=True)
class Draft:
    lines: list[DraftLine] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    lost: int = 0

    @property
    def people(self) -> list[int]:
        return sorted({key for shift in self.shifts for key in (shift.owner_before, shift.owner)})

    @property
    def said(self) -> list[str]:
        return [line.said for line in self.lines]


EMPTY = Draft()


def read_draft(moves: Sequence[Move], reader: Any, today: date, at: datetime) -> Draft:
    """What the moves are about, as far as the reader sees it. Three statements, none without moves."""
    if not moves:
        return EMPTY
    keys = [move.task for move in moves]
    tasks = Task.objects.visible_to(reader).select_related("owner").filter(pk__in=keys).order_by("pk")
    found = {task.pk: task for task in tasks}
    work = tasks_by_key(keys, today, at)
    owners = User.objects.only("name", "is_active", "time_zone").in_bulk([move.owner for move in moves])
    reach = reader.reach("activities.plan")
    owners = {key: owner for key, owner in owners.items() if reach.covers_person(key)}
    lines, shifts = [], []
    for move in moves:
        task = found.get(move.task)
        if task is None:
            continue
        line, shift = _line(move, task, owners), _shift(move, task, work.get(task.pk), owners, today)
        lines.append(line)
        if shift is not None and not line.trouble:
            shifts.append(shift)
    return Draft(lines, shifts, len(moves) - len(lines))


def moved_work(work: Work, person: int, shifts: Iterable[Shift]) -> Work:
    """The person's work if the moves were made; the same object where none concerns them."""
    mine = [shift for shift in shifts if person in (shift.owner_before, shift.owner)]
    if not mine:
        return work
    moved = replace(work, piles=[])
    piles: dict[tuple[int, int], int] = {}
    for starts, due, minutes in work.piles:
        piles[starts, due] = piles.get((starts, due), 0) + minutes
    for shift in mine:
        if shift.owner_before == person:
            _put(moved, piles, shift, shift.before, -1)
        if shift.owner == person:
            _put(moved, piles, shift, shift.after, 1)
    moved.piles = [(*window, minutes) for window, minutes in piles.items()]
    return moved


def _put(
    work: Work, piles: dict[tuple[int, int], int], shift: Shift, window: tuple[int, int | None], sign: int
) -> None:
    """A task joins a person's work, or leaves it."""
    starts, due = window
    if due is None:
        work.undated += sign * shift.minutes
        work.undated_tasks += sign
        return
    piles[starts, due] = piles.get((starts, due), 0) + sign * shift.minutes
    if shift.is_late and window == shift.before:
        work.late += sign * shift.minutes
        work.late_tasks += sign


def _line(move: Move, task: Task, owners: dict[int, User]) -> DraftLine:
    owner = owners.get(move.owner, task.owner)
    before = day_of(task)
    return DraftLine(
        move=move,
        said=move.said(),
        title=task.title,
        url=task.get_absolute_url(),
        owner=owner.name if owner.pk != task.owner_id else "",
        owner_before=task.owner.name,
        day=words.long_day(move.day) if move.day and move.day != before else "",
        day_before=words.long_day(before) if before else _("not dated"),
        trouble=_trouble(move, task, owners),
    )


def _trouble(move: Move, task: Task, owners: dict[int, User]) -> str:
    if move.version != task.version:
        return _("It was changed meanwhile. Take it out of the plan and move it again.")
    if not task.is_open:
        return _("The task is closed.")
    if move.owner and move.owner not in owners:
        return _("You do not plan the work of whom it would go to.")
    if move.owner and not owners[move.owner].is_active:
        return _("%(name)s no longer works here. Choose somebody else.") % {"name": owners[move.owner].name}
    if move.day and task.starts_on and task.starts_on > move.day:
        return _("It may not begin before %(day)s.") % {"day": words.long_day(task.starts_on)}
    return ""


def _shift(
    move: Move, task: Task, work: TaskWork | None, owners: dict[int, User], today: date
) -> Shift | None:
    """None where the task asks no work: handed in to be accepted."""
    if work is None:
        return None
    due = min(max(0, (move.day - today).days), FAR - 1) if move.day else work.due
    begins = max(0, (task.starts_on - today).days) if task.starts_on else 0
    return Shift(
        task=task.pk,
        minutes=work.minutes,
        owner_before=task.owner_id,
        owner=move.owner or task.owner_id,
        before=(work.starts, work.due),
        after=(begins if due is None else min(begins, due), due),
        is_late=work.is_late,
    )


def day_of(task: Task) -> date | None:
    """The day it is due where its owner lives."""
    if task.due_at is not None:
        return day_there(task.due_at, task.owner.time_zone)
    return task.due_on
