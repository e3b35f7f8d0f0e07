"""Runs of processes in the storm: every move of some deals begins one, and each plans two tasks, a wait between them.

One worker now and then sleeps past its lease, another's clock is an hour ahead; neither may lose or double a task.
"""

import os
import random
import time
from datetime import timedelta
from typing import Any

from django.db import connection

LEASE = timedelta(seconds=4)
FEW = 4  # deals whose moves begin runs
TITLE = "Storm"


def set_scene() -> None:
    """A process that is on; it begins with each move of a few deals, several at a time."""
    from processes.testing import block, make_process

    task = {"action": "task.plan", "arguments": {"title": TITLE, "due_in": 1}}
    make_process(
        [
            block("action", **task),
            block("wait", **{"for": {"field": "deal.opened_at"}}),
            block("action", **task),
        ],
        name="Storm",
        starts=[{"fact": "deal.moved", "when": ["deal.amount", "lt", f"{100 + FEW}.00"]}],
        is_single=False,
        daily_cap=None,
    )


def disturb_worker() -> None:
    """In a worker: the habits its environment asks for. Called when the storm's app is ready."""
    from processes.running import jobs as draining

    draining.LEASE = LEASE
    if os.environ.get("STORM_SLEEPS"):
        carry_out = draining._carry_out_together

        def slowly(jobs: Any) -> int:
            if random.random() < 0.05:
                time.sleep((LEASE + timedelta(seconds=1)).total_seconds())
            return carry_out(jobs)

        draining._carry_out_together = slowly
    if os.environ.get("STORM_AHEAD"):
        from django.utils import timezone

        now = timezone.now
        timezone.now = lambda: now() + timedelta(hours=1)


def finish() -> int:
    """The workers are dead: what they had claimed is due now, and all of it is done; how many jobs."""
    from foundation.drain import drain
    from processes.models import Job
    from processes.running import jobs

    done = 0
    while True:
        Job.objects.update(due_at=_long_ago())
        now = jobs.drain() + drain()
        done += now
        if not now:
            return done


def _long_ago() -> Any:
    from django.db.models.functions import Now

    return Now() - timedelta(hours=2)


def counted() -> dict[str, Any]:
    """How many runs and tasks there must be, by the moves that were told, and how many there are."""
    runs = _one(
        "SELECT count(*) FROM foundation_event AS told JOIN deals_deal AS deal"
        " ON deal.id = (told.payload ->> 'deal_id')::bigint WHERE told.name = 'deal.moved' AND deal.amount < %s",
        100 + FEW,
    )
    made = _one("SELECT count(*) FROM processes_run")
    tasks = _one("SELECT count(*) FROM activities_task WHERE title = %s", TITLE)
    twice = "SELECT count(*) FROM (SELECT FROM processes_run GROUP BY event_id HAVING count(*) > 1) AS begun_twice"
    return {
        "effects_expected": 2 * runs,
        "effects": tasks,
        "runs": made,
        "lost": 2 * runs - tasks,
        "doubled": _one(twice) + max(0, tasks - 2 * runs),
        "open": _one("SELECT count(*) FROM processes_run WHERE status = 'active'"),
        "incidents": _one("SELECT count(*) FROM processes_incident WHERE solved_at IS NULL"),
    }


def holds(figures: dict[str, Any]) -> bool:
    return figures["effects_expected"] > 0 and not any(
        figures[name] for name in ("lost", "doubled", "open", "incidents")
    )


def _one(query: str, *values: int | str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return int(cursor.fetchone()[0])
