"""Reminders in the storm: many fall due while workers are killed and people change their clocks; then each is counted.

`python -m bench.storm.reminders N` measures instead: how long two worker processes need for N due at once.
"""

import json
import os
import subprocess
import sys
import time
from typing import Any

import django
from django.db import connection

ZONES = ("Pacific/Niue", "Asia/Kolkata", "Pacific/Kiritimati")
TASKS = """
    INSERT INTO activities_task (title, description, kind, priority, state, owner_id, author_id, team_ids, due_at,
        due_by, due_on, repeat, outcome, planned_at, search_text, version {more})
    SELECT 'Storm ' || n, '', 'todo', 2, 'new', person, person, ARRAY[person],
        CASE WHEN n %% 2 = 0 THEN now() + interval '9 days' END, now() + interval '9 days',
        CASE WHEN n %% 2 = 1 THEN (now() + interval '8 days')::date END, '', '', now(), 'storm ' || n, 1 {values}
    FROM (SELECT n, (%s::bigint[])[1 + n %% %s] AS person FROM generate_series(1, %s) AS n) AS each
"""
REMINDERS = """
    INSERT INTO activities_reminder (task_id, person_id, minutes, due_at, next_at)
    SELECT id, owner_id, 0, now(), now() + random() * %s * interval '1 second' FROM activities_task
    WHERE title LIKE 'Storm %%'
"""


def plan(n: int, *, over: float) -> None:
    """That many reminders, of a few people, falling due over so many seconds from now."""
    from users.models import User

    people = list(User.objects.active().order_by("pk").values_list("pk", flat=True))
    extra = _required_columns()
    more = "".join(f", {name}" for name in extra)
    values = "".join(f", {value}" for value in extra.values())
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # made-up tasks need no history
        cursor.execute(TASKS.format(more=more, values=values), [people, len(people), n])
        cursor.execute(REMINDERS, [over])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE activities_task, activities_reminder")


def disturb(turn: int) -> None:
    """Somebody's clock is another one from now on; the handler moves what was not told yet."""
    from django.db.models.functions import Now

    from activities.models import Reminder
    from users.models import User

    person = User.objects.active().order_by("pk")[turn % 3]
    person.settle(time_zone=ZONES[turn % len(ZONES)])
    # By the new clock a morning may be days away, and the storm ends before that.
    Reminder.objects.filter(person=person, told_at=None, next_at__isnull=False).update(next_at=Now())


def release() -> int:
    """What is left at the end is due now."""
    from django.db.models.functions import Now

    from activities.models import Reminder

    return Reminder.objects.filter(told_at=None, next_at__isnull=False).update(next_at=Now())


def counted() -> dict[str, Any]:
    """Told reminders and their notifications, one for one; and people whose unread number is wrong."""
    from users.notifications import counting

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE n = 0), count(*) FILTER (WHERE n > 1),"
            " count(*) FILTER (WHERE told_at IS NULL) FROM ("
            "  SELECT r.id, r.told_at, count(o.id) AS n FROM activities_reminder r"
            "  JOIN activities_task t ON t.id = r.task_id AND t.title LIKE 'Storm %'"
            "  LEFT JOIN users_notification o ON o.kind = 'task.reminder' AND o.subject_kind = 'task'"
            "    AND o.subject_id = r.task_id AND o.person_id = r.person_id GROUP BY r.id) AS each"
        )
        expected, lost, doubled, untold = cursor.fetchone()
    return {
        "expected": expected,
        "lost": lost,
        "doubled": doubled,
        "untold": untold,
        "wrong_counters": len(counting.recounted()),
    }


def holds(figures: dict[str, Any]) -> bool:
    wrong = ("lost", "doubled", "untold", "wrong_counters")
    return figures["expected"] > 0 and not any(figures[name] for name in wrong)


def _required_columns() -> dict[str, str]:
    """Columns a later version added to tasks, without a default in the database: empty text, 0 or false."""
    empty = {
        "text": "''",
        "character varying": "''",
        "boolean": "false",
        "integer": "0",
        "smallint": "0",
        "bigint": "0",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'activities_task'"
            " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
        )
        found = dict(cursor.fetchall())
    known = TASKS.split("(", 1)[1].split("{more}")[0].replace("\n", " ").split(",")
    return {name: empty[kind] for name, kind in found.items() if name not in {each.strip() for each in known}}


def measure(n: int) -> dict[str, Any]:
    """Seconds two worker processes need for so many reminders that are due at once."""
    from bench import databases

    name = databases.fresh("reminders")
    environment = databases.environment_for(name) | {"DJANGO_SETTINGS_MODULE": "crm.settings"}
    os.environ.update(environment)
    django.setup()
    from users.testing import make_cast, make_user

    make_cast()
    for number in range(200):
        make_user(f"Person{number} X")
    plan(n, over=0)
    words = "import django; django.setup(); from activities.reminding import tell_due\nwhile tell_due(): pass"
    begin, planned = time.monotonic(), os.times()
    workers = [subprocess.Popen([sys.executable, "-c", words], env=environment) for _each in range(2)]
    for each in workers:
        each.wait()
    spent = os.times()
    return {
        "reminders": n,
        "workers": 2,
        "seconds": round(time.monotonic() - begin, 1),
        "processor_seconds_of_workers": round(
            spent.children_user + spent.children_system - planned.children_user - planned.children_system, 1
        ),
        **counted(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
