"""Several tasks given to other people and other days at once: all of them or none, and back again."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Self

from django.db import transaction
from django.utils.translation import gettext as _

from activities.models import Task
from activities.models.task import next_due
from foundation.errors import Refused
from users.models import User

MOST = 40
DAY = "%Y%m%d"


class Move(NamedTuple):
    """Of a task to a person and a day; 0 and None leave them as they are. `version` is the one the mover saw."""

    task: int
    owner: int
    day: date | None
    version: int

    def said(self) -> str:
        """As addresses carry it: 12.7.20261125.3"""
        day = self.day.strftime(DAY) if self.day else "0"
        return f"{self.task}.{self.owner}.{day}.{self.version}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None where somebody made it up."""
        try:
            task, owner, day, version = text[:60].split(".")
            on = None if day == "0" else datetime.strptime(day, DAY).date()  # noqa: DTZ007 (a day has no zone)
            move = cls(int(task), int(owner), on, int(version))
        except ValueError:
            return None
        fits = all(0 <= key < 2**63 for key in (move.task, move.owner)) and 0 < move.version < 2**31
        return move if fits and move.task and (move.owner or move.day) else None


class Before(NamedTuple):
    """What a moved task was, and the version the move left it at."""

    task: int
    owner: int
    due_on: date | None
    due_at: datetime | None
    version: int


def read_moves(said: Sequence[str]) -> list[Move]:
    """The last move of each task, in the order said; at most forty."""
    found = {move.task: move for move in map(Move.read, said) if move is not None}
    return list(found.values())[-MOST:]


def replan(moves: Sequence[Move], *, by: Any, at: datetime) -> list[Before]:
    """Carry out all of the moves. Refused, naming each task that cannot be moved any more, with nothing half-done."""
    owners = User.objects.in_bulk([move.owner for move in moves if move.owner])
    done, troubles = [], []
    with transaction.atomic():
        for move in sorted(moves):
            task = Task.objects.visible_to(by).filter(pk=move.task).first()
            if task is None:
                troubles.append(_("One of the tasks is no longer there for you to see."))
                continue
            try:
                done.append(_carried_out(task, move, owners, by, at))
            except Refused as refusal:
                troubles.append(f"“{task.title}”: {refusal.message}")
        if troubles:
            raise Refused(" ".join(troubles))
    return done


def take_back(done: Sequence[Before], *, by: Any, at: datetime) -> None:
    """Everything back as it was before. Refused where somebody changed one of the tasks since."""
    owners = User.objects.in_bulk([before.owner for before in done])
    troubles = []
    with transaction.atomic():
        for before in done:
            task = Task.objects.visible_to(by).filter(pk=before.task).first()
            if task is None:
                troubles.append(_("One of the tasks is no longer there for you to see."))
                continue
            try:
                task = task.locked(before.version)
                _give(task, owners.get(before.owner), by, at)
                _put_off(task, {"due_on": before.due_on, "due_at": before.due_at}, by, at)
            except Refused as refusal:
                troubles.append(f"“{task.title}”: {refusal.message}")
        if troubles:
            raise Refused(" ".join(troubles))


def _carried_out(task: Task, move: Move, owners: dict[int, User], by: Any, at: datetime) -> Before:
    task = task.locked(move.version)
    if not task.is_open:
        raise Refused(_("The task is closed: reopen it to change it."))
    before = Before(task.pk, task.owner_id, task.due_on, task.due_at, 0)
    if move.owner:
        _give(task, owners.get(move.owner), by, at)
    if move.day is not None:
        _put_off(task, next_due(task, move.day), by, at)
    return before._replace(version=task.version)


def _give(task: Task, owner: User | None, by: Any, at: datetime) -> None:
    if owner is None or not by.reach("activities.plan").covers_person(owner.pk):
        raise Refused(_("You do not plan the work of whom it would go to."))
    if owner.pk == task.owner_id:
        return
    if not by.reaches(task, "activities.assign"):
        raise Refused(_("You may not give it to somebody else."))
    task.reassign(owner, by=by, at=at)


def _put_off(task: Task, due: dict[str, Any], by: Any, at: datetime) -> None:
    if all(getattr(task, name) == value for name, value in due.items()):
        return
    if not by.reaches(task, "activities.change"):
        raise Refused(_("You may not change it."))
    task.change(due, by=by, at=at)
