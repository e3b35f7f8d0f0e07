"""The same change to tasks chosen on a list: each by its own verb; those that refuse stay as they were and say why."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from activities.models import Task
from activities.operations import finish_task
from foundation.errors import Refused

MOST = 200


class Skipped(NamedTuple):
    task: Task
    why: str


def reached(tasks: Sequence[Task], person: Any, verb: str) -> tuple[list[Task], list[Skipped]]:
    """Those the person may change so, and why not the others."""
    able, skipped = [], []
    for task in tasks:
        if not person.reaches(task, verb):
            skipped.append(Skipped(task, _("you may not change it")))
        elif not task.is_open:
            skipped.append(Skipped(task, _("it is closed")))
        else:
            able.append(task)
    return able, skipped


def finish_each(
    tasks: Sequence[Task], *, outcome: str, no_next_step: str, by: Any, at: datetime
) -> tuple[int, list[Skipped]]:
    def finish(task: Task) -> None:
        finish_task(task, outcome=outcome, no_next_step=no_next_step, by=by, at=at, version=task.version)

    return _each(tasks, finish)


def move_each(
    tasks: Sequence[Task], due: dict[str, Any], *, by: Any, at: datetime
) -> tuple[int, list[Skipped]]:
    return _each(tasks, lambda task: task.change(due, by=by, at=at, version=task.version))


def give_each(tasks: Sequence[Task], owner: Any, *, by: Any, at: datetime) -> tuple[int, list[Skipped]]:
    return _each(tasks, lambda task: task.reassign(owner, by=by, at=at, version=task.version))


def _each(tasks: Sequence[Task], verb: Callable[[Task], None]) -> tuple[int, list[Skipped]]:
    done, skipped = 0, []
    with transaction.atomic():
        for task in sorted(
            tasks, key=lambda each: each.pk
        ):  # one order, so that two of these never wait in a ring
            try:
                with transaction.atomic():
                    verb(task)
                done += 1
            except Refused as refusal:
                skipped.append(Skipped(task, refusal.message))
    return done, skipped
