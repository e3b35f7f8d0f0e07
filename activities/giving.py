"""Many tasks to other owners in a few statements: what `task.reassign` would write."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from activities.due import due_by
from activities.facts.tasks import TaskReassigned
from activities.models import Task
from activities.models.task_parts import TaskPassage
from foundation.copying import copy_rows
from foundation.telling import tell_many
from users.models import User

GIVE = """
    UPDATE activities_task AS task
    SET owner_id = given.owner_id, due_by = given.due_by, snoozed_until = NULL, version = task.version + 1,
        team_ids = ARRAY(SELECT DISTINCT unnest(task.team_ids || given.owner_id) ORDER BY 1)
    FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS given (id, owner_id, due_by)
    WHERE task.id = given.id
"""


def give_tasks(owners: Mapping[int, int], *, by: Any, at: datetime) -> dict[int, str]:
    """Open tasks ({task: person}) to other people; those before keep seeing them, and a day due stays the same day.
    {task: why not} for those refused."""
    people = User.objects.in_bulk(set(owners.values()))
    refused: dict[int, str] = {}
    with transaction.atomic():
        held = Task.objects.select_for_update(of=("self",)).select_related("owner").filter(pk__in=owners)
        given: list[tuple[Task, User]] = []
        for task in held.order_by("pk"):
            owner = people[owners[task.pk]]
            if not owner.is_active or owner.is_robot:
                words = {"name": owner.name}
                refused[task.pk] = _("%(name)s no longer works here. Choose somebody else.") % words
            elif not task.is_open:
                refused[task.pk] = _("The task is closed: reopen it to change it.")
            elif task.owner_id != owner.pk:
                given.append((task, owner))
        told = [(_told(task, owner), at) for task, owner in given]
        _write(given, at)
        tell_many(told, by=by)
    return refused


def _told(task: Task, owner: User) -> TaskReassigned:
    named = task.named() | {"owner_id": owner.pk}
    return TaskReassigned(from_id=task.owner_id, from_name=task.owner.name, to_name=owner.name, **named)


def _write(given: list[tuple[Task, User]], at: datetime) -> None:
    keys = [task.pk for task, _owner in given]
    ends = [due_by(task.due_on, task.due_at, owner.time_zone) for task, owner in given]
    with connection.cursor() as cursor:
        cursor.execute(GIVE, [keys, [owner.pk for _task, owner in given], ends])
    standing = TaskPassage.objects.filter(task__in=keys, until=None)
    standing.update(until=Greatest(F("since"), at, output_field=DateTimeField()))
    rows = ((task.pk, task.state, owner.pk, at) for task, owner in given)
    copy_rows(TaskPassage, ("task_id", "state", "owner_id", "since"), rows)
