"""Open work as the planner needs it: summed into piles for many people, task by task for one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from activities.capacity import FAR
from activities.load import Pile

# Days are counted from today. What has no estimate takes the usual time, unless its open subtasks are the work.
WORK = """
    SELECT task.id, task.owner_id AS person, task.due_by, task.priority, task.estimate IS NULL AS is_usual,
        due.place AS due,
        CASE WHEN task.starts_on > %(today)s THEN least(task.starts_on - %(today)s, due.place) ELSE 0 END AS starts,
        task.due_by <= %(at)s AS is_late,
        CASE WHEN task.estimate IS NOT NULL THEN task.estimate
             WHEN EXISTS (SELECT 1 FROM activities_task part WHERE part.parent_id = task.id
                          AND part.parent_id IS NOT NULL AND part.closed_at IS NULL) THEN 0
             ELSE %(usual)s END AS minutes
    FROM activities_task task
    CROSS JOIN LATERAL (SELECT CASE WHEN task.due_by IS NULL THEN NULL ELSE least(greatest(coalesce(
        task.due_on, (task.due_at AT TIME ZONE (SELECT time_zone FROM users_user WHERE id = task.owner_id))::date)
        - %(today)s, 0), %(last)s) END AS place) AS due
    WHERE task.closed_at IS NULL AND task.state <> 'review' AND {those}
"""
# Materialized, so that a task's days and minutes are reckoned once and not in every sum.
PILES = """
    SELECT * FROM (WITH work AS MATERIALIZED ({work})
        SELECT person, starts, due, is_late, sum(minutes)::bigint, count(*), sum(is_usual::int)
        FROM work GROUP BY person, starts, due, is_late) AS piles
"""
TASKS = """
    SELECT id, starts, due, minutes, is_usual, is_late FROM ({work}) AS work ORDER BY due_by NULLS LAST, priority, id
"""
OF_PEOPLE = "task.owner_id = ANY(%(people)s::bigint[])"
BY_KEY = "task.id = ANY(%(tasks)s::bigint[])"


class TaskWork(NamedTuple):
    """A task as work: `due` is None where it is not dated."""

    key: int
    starts: int
    due: int | None
    minutes: int
    is_usual: bool
    is_late: bool


@dataclass(slots=True)
class Work:
    """What one person has to do. `late` is part of the piles, `undated` is not; `usual` counts tasks not estimated."""

    piles: list[Pile] = field(default_factory=list)
    late: int = 0
    late_tasks: int = 0
    undated: int = 0
    undated_tasks: int = 0
    usual: int = 0


def work_of(people: Sequence[int], today: date, at: datetime) -> dict[int, Work]:
    """The piles of each person, by their key. One statement."""
    found = {key: Work() for key in people}
    rows = _rows(PILES, OF_PEOPLE, today, at, people=list(people))
    for person, starts, due, is_late, minutes, tasks, usual in rows:
        work = found[person]
        work.usual += usual
        if due is None:
            work.undated += minutes
            work.undated_tasks += tasks
        else:
            work.piles.append((starts, due, minutes))
            if is_late:  # a pile beside that of today's: on a single day two piles are as good as one
                work.late += minutes
                work.late_tasks += tasks
    return found


def tasks_of(person: int, today: date, at: datetime) -> list[TaskWork]:
    """Each task of a person in the order they are done in. One statement."""
    return [TaskWork(*row) for row in _rows(TASKS, OF_PEOPLE, today, at, people=[person])]


def tasks_by_key(keys: Sequence[int], today: date, at: datetime) -> dict[int, TaskWork]:
    """Those of the tasks that are work still. One statement."""
    return {row[0]: TaskWork(*row) for row in _rows(TASKS, BY_KEY, today, at, tasks=list(keys))}


def _rows(statement: str, those: str, today: date, at: datetime, **values: Any) -> list[Any]:
    values |= {"today": today, "at": at, "last": FAR - 1, "usual": settings.DEFAULT_TASK_MINUTES}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(work=WORK.format(those=those)), values)
        return cursor.fetchall()
