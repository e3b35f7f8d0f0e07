"""Many runs taken away at once, in statements over all of them, as each one's cancelling would have left it."""

from datetime import datetime
from typing import Any

from django.db import connection

from processes.models import Batch, Job, Run

# Under way and untouched; one that another run waits for goes only with that other.
THOSE = """
    SELECT run.id FROM processes_run run
    WHERE run.batch_id = %(batch)s AND run.status = 'active' AND NOT EXISTS (
        SELECT 1 FROM processes_workitem work WHERE work.run_id = run.id
            AND (work.done_by_id IS NOT NULL OR work.role <> '' AND work.assignee_id IS NOT NULL))
    AND NOT EXISTS (
        SELECT 1 FROM processes_run caller JOIN processes_workitem work ON work.run_id = caller.id
        WHERE caller.id = run.caller_id AND caller.status = 'active'
            AND (work.done_by_id IS NOT NULL OR work.role <> '' AND work.assignee_id IS NOT NULL))
    ORDER BY run.id FOR UPDATE OF run
"""
# Parts of one statement see the tables as they were before it: the tokens told of are those that were there.
REVOKE = """
    WITH gone AS (
        UPDATE processes_run SET status = 'cancelled', result = 'cancelled', ended_at = %(at)s, moved_at = %(at)s,
            revision = revision + 1, state = (state - 'troubled') || %(over)s::jsonb
        WHERE id = ANY(%(keys)s)),
    jobs AS (DELETE FROM processes_job WHERE run_id = ANY(%(keys)s)),
    subscriptions AS (DELETE FROM processes_subscription WHERE run_id = ANY(%(keys)s)),
    arrivals AS (DELETE FROM processes_arrival WHERE run_id = ANY(%(keys)s)),
    messages AS (DELETE FROM processes_outmessage WHERE run_id = ANY(%(keys)s) AND state = 'waiting'),
    incidents AS (UPDATE processes_incident SET solved_at = %(at)s, solution = 'gone'
        WHERE run_id = ANY(%(keys)s) AND solved_at IS NULL),
    work AS (UPDATE processes_workitem SET state = 'withdrawn'
        WHERE run_id = ANY(%(keys)s) AND state IN ('open', 'later'))
    INSERT INTO processes_steplog (run_id, process_id, at, node, what, note, actor_id, actor_name)
    SELECT run.id, run.process_id, %(at)s, token ->> 'node', 'left', %(note)s, %(actor)s, %(name)s
    FROM processes_run run CROSS JOIN LATERAL jsonb_array_elements(run.state -> 'tokens') AS token
    WHERE run.id = ANY(%(keys)s)
"""
OVER = '{"tokens": [], "scopes": [], "result": "cancelled", "since": {}}'


def revoke_rows(batch: Batch, *, by: Any, at: datetime, note: str) -> tuple[list[Run], int]:
    """(runs taken away, beginnings that had not come yet). Four statements for any number. The caller has a
    transaction open."""
    never_begun = Job.objects.filter(
        kind=Job.Kind.START, process=batch.process_id, data__batch=batch.pk
    ).delete()[0]
    with connection.cursor() as cursor:
        cursor.execute(THOSE, {"batch": batch.pk})
        keys = [key for (key,) in cursor.fetchall()]
        said = {
            "keys": keys,
            "at": at,
            "over": OVER,
            "note": note,
            "actor": by.pk,
            "name": by.get_full_name(),
        }
        cursor.execute(REVOKE, said)
    return list(Run.objects.filter(pk__in=keys).defer("state", "data").order_by("pk")), never_begun
