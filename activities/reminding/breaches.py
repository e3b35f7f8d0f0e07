"""Deadlines that passed: noted once each, with whose side it is on, and told as a fact."""

from django.db import connection, transaction

from activities.facts.tasks import TaskBreached
from activities.models import Task
from foundation.telling import tell_many
from users.models import User

BATCH = 500
# Older ones are no news: they came in with an import, or nothing ran for a week.
CLAIM = """
    INSERT INTO activities_breach (task_id, due_by, side, person_id, told_at)
    SELECT id, due_by, CASE state WHEN 'review' THEN 'review' WHEN 'waiting' THEN 'waiting' ELSE 'owner' END,
           CASE state WHEN 'review' THEN controller_id ELSE owner_id END, clock_timestamp()
    FROM activities_task AS task
    WHERE closed_at IS NULL AND due_by <= clock_timestamp() AND due_by > clock_timestamp() - interval '7 days'
      AND due_by > planned_at
      AND NOT EXISTS (SELECT 1 FROM activities_breach b WHERE b.task_id = task.id AND b.due_by = task.due_by)
    ORDER BY due_by, id LIMIT %s
    ON CONFLICT (task_id, due_by) DO NOTHING
    RETURNING task_id, side, person_id, due_by
"""


def note_breaches(*, batches: int = 40) -> int:
    """Note what has become late since anybody looked, and tell of it; how many."""
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
            found = cursor.fetchall()
        if not found:
            return 0
        tasks = Task.objects.in_bulk([row[0] for row in found])
        names = dict(User.objects.filter(pk__in={row[2] for row in found}).values_list("pk", "name"))
        told = [
            (TaskBreached(side=side, person_id=person, person=names[person], **tasks[key].named()), due_by)
            for key, side, person, due_by in found
        ]
        tell_many(told, by=User.objects.robot())
    return len(found)
