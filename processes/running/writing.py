"""S2: everything a step changes of its own, in one statement: run, work, timers, subscriptions, history, incidents."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from processes.models import Run


class LostLease(Exception):
    """Somebody else has this job by now, or has done it: the step is rolled back."""


class NotHeld(Exception):
    """The work is not this person's to do any more: the step is rolled back."""


@dataclass(frozen=True, slots=True)
class Fence:
    """The job a step carries out: deleted with it, and only by who holds it."""

    job: int
    owner: str
    attempt: int


@dataclass
class Changes:
    """What a step wants written. Rows are dicts of columns; `gone` are tokens whose work, timers and the rest go, and
    the marks beside it say which of these any of them can have.

    `done` is the piece of work that somebody did: id, their roles, outcome, comment, answers, checked.
    """

    work: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    subscriptions: list[dict[str, Any]] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    gone_timed: bool = False
    gone_heard: bool = False
    gone_troubled: bool = False
    gone_worked: bool = False
    done: dict[str, Any] | None = None


# Data-modifying parts of one statement all see the tables as they were before it, so that what is added is never
# among what is taken away; tokens never share a key. Only the parts that have something to do are sent: planning all
# of them would cost more than carrying most steps out.
FENCE = """fence AS (
    DELETE FROM processes_job WHERE id = %(job)s AND owner = %(owner)s AND attempt = %(attempt)s RETURNING id)"""
PARTS = {
    "run": """run AS (
        UPDATE processes_run SET status = %(status)s, state = %(state)s, data = %(data)s, result = %(result)s,
            revision = revision + 1, moved_at = %(at)s, ended_at = %(ended_at)s
        WHERE id = %(run)s)""",
    "jobs_gone": """jobs_gone AS (
        DELETE FROM processes_job WHERE run_id = %(run)s AND id IS DISTINCT FROM %(job)s
            AND (token = ANY(%(gone)s) OR %(is_over)s))""",
    "subscriptions_gone": """subscriptions_gone AS (
        DELETE FROM processes_subscription WHERE run_id = %(run)s AND (token = ANY(%(gone)s) OR %(is_over)s))""",
    "incidents_gone": """incidents_gone AS (
        UPDATE processes_incident SET solved_at = %(at)s, solution = 'gone'
        WHERE run_id = %(run)s AND solved_at IS NULL AND (token = ANY(%(gone)s) OR %(is_over)s))""",
    "work_gone": """work_gone AS (
        UPDATE processes_workitem SET state = 'withdrawn'
        WHERE run_id = %(run)s AND state IN ('open', 'later') AND (token = ANY(%(gone)s) OR %(is_over)s)
            AND id IS DISTINCT FROM %(done_id)s)""",
    "done": """work_done AS (
        UPDATE processes_workitem SET state = 'done', outcome = %(outcome)s, comment = %(comment)s,
            answers = %(answers)s, checked = %(checked)s, done_at = %(at)s, done_by_id = %(actor_id)s
        WHERE id = %(done_id)s AND state = 'open'
            AND (assignee_id = %(actor_id)s OR assignee_id IS NULL AND role = ANY(%(roles)s))
        RETURNING id)""",
    "work": """new_work AS (
        INSERT INTO processes_workitem (run_id, token, node, kind, name, subject_kind, subject_id, place, assignee_id,
            role, instead_of_id, side, state, outcome, comment, answers, checked, is_told, opened_at, due_at, nudges)
        SELECT %(run)s, token, node, kind, name, %(subject_kind)s, %(subject_id)s, place, assignee_id,
            role, instead_of_id, side, state, '', '', '{}', '[]', false, %(at)s, due_at, 0
        FROM jsonb_to_recordset(%(work)s) AS new(token int, node text, kind text, name text, place smallint,
            assignee_id bigint, role text, instead_of_id bigint, side text, state text, due_at timestamptz))""",
    "jobs": """new_jobs AS (
        INSERT INTO processes_job (run_id, token, kind, data, due_at, attempt, owner)
        SELECT coalesce(run_id, %(run)s), token, kind, data, coalesce(due_at, clock_timestamp()), 0, ''
        FROM jsonb_to_recordset(%(jobs)s)
            AS new(run_id bigint, token int, kind text, data jsonb, due_at timestamptz))""",
    "subscriptions": """new_subscriptions AS (
        INSERT INTO processes_subscription (run_id, token, fact, subject_kind, subject_id, "when")
        SELECT %(run)s, token, fact, subject_kind, subject_id, "when" FROM jsonb_to_recordset(%(subscriptions)s)
            AS new(token int, fact text, subject_kind text, subject_id bigint, "when" jsonb))""",
    "incidents": """new_incidents AS (
        INSERT INTO processes_incident (run_id, token, node, cause, count, first_at, last_at, solution)
        SELECT %(run)s, token, node, cause, 1, %(at)s, %(at)s, ''
        FROM jsonb_to_recordset(%(incidents)s) AS new(token int, node text, cause text)
        ON CONFLICT (run_id, token) WHERE solved_at IS NULL DO UPDATE
            SET count = processes_incident.count + 1, last_at = excluded.last_at, cause = excluded.cause)""",
    "log": """new_log AS (
        INSERT INTO processes_steplog
            (run_id, process_id, at, node, what, note, actor_id, actor_name, seconds, event_id)
        SELECT %(run)s, %(process)s, %(at)s, node, what, note, %(actor_id)s, %(actor_name)s, seconds, %(event_id)s
        FROM jsonb_to_recordset(%(log)s) AS new(node text, what text, note text, seconds int))""",
}


def write(
    run: Run,
    state: dict[str, Any],
    changes: Changes,
    *,
    by: Any,
    at: datetime,
    event_id: int | None,
    fence: Fence | None,
) -> None:
    """Write a step. Raises LostLease where the job it was taken for is no longer ours; the caller rolls back."""
    done = changes.done or {}
    values = {
        "run": run.pk,
        "process": run.process_id,
        "status": run.status,
        "state": _json(state),
        "data": _json(run.data),
        "result": run.result,
        "ended_at": run.ended_at,
        "is_over": run.ended_at is not None,
        "subject_kind": run.subject_kind,
        "subject_id": run.subject_id,
        "gone": sorted(changes.gone),
        "work": _json(changes.work),
        "jobs": _json(changes.jobs),
        "subscriptions": _json(changes.subscriptions),
        "incidents": _json(changes.incidents),
        "log": _json(changes.log),
        "actor_id": getattr(by, "pk", None),
        "actor_name": by.get_full_name() if by is not None else "",
        "event_id": event_id,
        "at": at,
        "done_id": done.get("id"),
        "roles": done.get("roles", []),
        "outcome": done.get("outcome", ""),
        "comment": done.get("comment", ""),
        "answers": _json(done.get("answers", {})),
        "checked": _json(done.get("checked", [])),
        "job": fence.job if fence else None,
        "owner": fence.owner if fence else "",
        "attempt": fence.attempt if fence else 0,
    }
    named = [PARTS[name] for name in _needed(changes, is_over=run.ended_at is not None)]
    whose = "(SELECT count(*) FROM work_done)" if done else "1"
    statement = f"WITH {', '.join([FENCE, *named])} SELECT (SELECT count(*) FROM fence), {whose}"  # noqa: S608 - our own
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        held, is_theirs = cursor.fetchone()
    if fence is not None and not held:
        raise LostLease
    if not is_theirs:
        raise NotHeld
    run.revision += 1


def _needed(changes: Changes, *, is_over: bool) -> list[str]:
    """The parts of the statement that have something to do."""
    added = [
        name
        for name in ("done", "work", "jobs", "subscriptions", "incidents", "log")
        if getattr(changes, name)
    ]
    of_tokens = {
        "jobs_gone": changes.gone_timed,
        "subscriptions_gone": changes.gone_heard,
        "incidents_gone": changes.gone_troubled,
        "work_gone": changes.gone_worked,
    }
    return ["run", *(name for name, gone in of_tokens.items() if is_over or gone), *added]


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder)
