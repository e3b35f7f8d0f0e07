"""S2: everything steps change of their own, in one statement: runs, work, timers, subscriptions, history, incidents."""

import json
from collections.abc import Sequence
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

    def forget_gone(self) -> None:
        """What a token wanted that came and went within this step is not written at all."""
        for name in ("work", "subscriptions", "incidents"):
            setattr(self, name, [row for row in getattr(self, name) if row["token"] not in self.gone])
        self.jobs = [row for row in self.jobs if row["run_id"] is not None or row["token"] not in self.gone]


@dataclass(frozen=True, slots=True)
class Written:
    """A step ready to be written: the run as it is to be, its state, what else changes and the job it was taken for."""

    run: Run
    state: dict[str, Any]
    changes: Changes
    event_id: int | None
    fence: Fence | None


# Data-modifying parts of one statement all see the tables as they were before it, so that what is added is never
# among what is taken away; tokens never share a key. Only the parts that have something to do are sent: planning all
# of them would cost more than carrying most steps out. For the same reason steps of one transaction share a statement.
STEPS = """step AS (
    SELECT * FROM jsonb_to_recordset(%(steps)s) AS step(run bigint, process bigint, subject_kind text,
        subject_id bigint, status text, state jsonb, data jsonb, result text, is_over boolean,
        gone int[], event_id bigint, job bigint, owner text, attempt int))"""
FENCE = """fence AS (
    DELETE FROM processes_job AS job USING step
    WHERE job.id = step.job AND job.owner = step.owner AND job.attempt = step.attempt RETURNING job.id)"""
PARTS = {
    "run": """run AS (
        UPDATE processes_run AS run SET status = step.status, state = step.state, data = step.data,
            result = step.result, revision = run.revision + 1, moved_at = %(at)s,
            ended_at = CASE WHEN step.is_over THEN %(at)s END
        FROM step WHERE run.id = step.run)""",
    "jobs_gone": """jobs_gone AS (
        DELETE FROM processes_job AS job USING step WHERE job.run_id = step.run
            AND job.id IS DISTINCT FROM step.job AND (job.token = ANY(step.gone) OR step.is_over))""",
    "subscriptions_gone": """subscriptions_gone AS (
        DELETE FROM processes_subscription AS heard USING step
        WHERE heard.run_id = step.run AND (heard.token = ANY(step.gone) OR step.is_over))""",
    "incidents_gone": """incidents_gone AS (
        UPDATE processes_incident AS incident SET solved_at = %(at)s, solution = 'gone' FROM step
        WHERE incident.run_id = step.run AND incident.solved_at IS NULL
            AND (incident.token = ANY(step.gone) OR step.is_over))""",
    "work_gone": """work_gone AS (
        UPDATE processes_workitem AS item SET state = 'withdrawn' FROM step
        WHERE item.run_id = step.run AND item.state IN ('open', 'later')
            AND (item.token = ANY(step.gone) OR step.is_over) AND item.id IS DISTINCT FROM %(done_id)s)""",
    "arrivals_gone": """arrivals_gone AS (
        DELETE FROM processes_arrival AS arrival USING step WHERE arrival.run_id = step.run AND step.is_over)""",
    "done": """work_done AS (
        UPDATE processes_workitem SET state = 'done', outcome = %(outcome)s, comment = %(comment)s,
            answers = %(answers)s, checked = %(checked)s, done_at = %(at)s, done_by_id = %(actor_id)s
        WHERE id = %(done_id)s AND state = 'open'
            AND (assignee_id = %(actor_id)s OR assignee_id IS NULL AND role = ANY(%(roles)s))
        RETURNING id)""",
    "work": """new_work AS (
        INSERT INTO processes_workitem (run_id, token, node, kind, name, subject_kind, subject_id, place, assignee_id,
            role, instead_of_id, side, state, outcome, comment, answers, checked, is_told, opened_at, due_at, nudges)
        SELECT step.run, token, node, kind, name, step.subject_kind, step.subject_id, place, assignee_id,
            role, instead_of_id, side, new.state, '', '', '{}', '[]', false, %(at)s, due_at, 0
        FROM jsonb_to_recordset(%(work)s) AS new(run bigint, token int, node text, kind text, name text,
            place smallint, assignee_id bigint, role text, instead_of_id bigint, side text, state text,
            due_at timestamptz) JOIN step ON step.run = new.run)""",
    "jobs": """new_jobs AS (
        INSERT INTO processes_job (run_id, token, kind, data, due_at, attempt, owner)
        SELECT coalesce(run_id, run), token, kind, data, coalesce(due_at, clock_timestamp()), 0, ''
        FROM jsonb_to_recordset(%(jobs)s)
            AS new(run bigint, run_id bigint, token int, kind text, data jsonb, due_at timestamptz))""",
    "subscriptions": """new_subscriptions AS (
        INSERT INTO processes_subscription (run_id, token, fact, subject_kind, subject_id, "when")
        SELECT run, token, fact, subject_kind, subject_id, "when" FROM jsonb_to_recordset(%(subscriptions)s)
            AS new(run bigint, token int, fact text, subject_kind text, subject_id bigint, "when" jsonb))""",
    "incidents": """new_incidents AS (
        INSERT INTO processes_incident (run_id, token, node, cause, count, first_at, last_at, solution)
        SELECT run, token, node, cause, 1, %(at)s, %(at)s, ''
        FROM jsonb_to_recordset(%(incidents)s) AS new(run bigint, token int, node text, cause text)
        ON CONFLICT (run_id, token) WHERE solved_at IS NULL DO UPDATE
            SET count = processes_incident.count + 1, last_at = excluded.last_at, cause = excluded.cause)""",
    "log": """new_log AS (
        INSERT INTO processes_steplog
            (run_id, process_id, at, node, what, note, actor_id, actor_name, seconds, event_id)
        SELECT step.run, step.process, %(at)s, node, what, note, %(actor_id)s, %(actor_name)s, seconds, step.event_id
        FROM jsonb_to_recordset(%(log)s) AS new(run bigint, node text, what text, note text, seconds int)
            JOIN step ON step.run = new.run)""",
}
ADDED = ("work", "jobs", "subscriptions", "incidents", "log")


def write(steps: Sequence[Written], *, by: Any, at: datetime) -> None:
    """Write steps of as many runs. Raises LostLease where a job one was taken for is no longer ours, NotHeld where
    the work was not theirs to finish; the caller rolls back."""
    done = next((each.changes.done for each in steps if each.changes.done), None) or {}
    values = {
        "steps": _json([_row(each) for each in steps]),
        **{name: _json(_rows(steps, name)) for name in ADDED},
        "actor_id": getattr(by, "pk", None),
        "actor_name": by.get_full_name() if by is not None else "",
        "at": at,
        "done_id": done.get("id"),
        "roles": done.get("roles", []),
        "outcome": done.get("outcome", ""),
        "comment": done.get("comment", ""),
        "answers": _json(done.get("answers", {})),
        "checked": _json(done.get("checked", [])),
    }
    named = [PARTS[name] for name in _needed(steps)]
    whose = "(SELECT count(*) FROM work_done)" if done else "1"
    statement = f"WITH {', '.join([STEPS, FENCE, *named])} SELECT (SELECT count(*) FROM fence), {whose}"  # noqa: S608 - our own
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        held, is_theirs = cursor.fetchone()
    if held != sum(each.fence is not None for each in steps):
        raise LostLease
    if not is_theirs:
        raise NotHeld
    for each in steps:
        each.run.revision += 1


def _row(step: Written) -> dict[str, Any]:
    run, fence = step.run, step.fence
    return {
        "run": run.pk,
        "process": run.process_id,
        "subject_kind": run.subject_kind,
        "subject_id": run.subject_id,
        "status": run.status,
        "state": step.state,
        "data": run.data,
        "result": run.result,
        "is_over": run.ended_at is not None,
        "gone": sorted(step.changes.gone),
        "event_id": step.event_id,
        "job": fence.job if fence else None,
        "owner": fence.owner if fence else "",
        "attempt": fence.attempt if fence else 0,
    }


def _rows(steps: Sequence[Written], name: str) -> list[dict[str, Any]]:
    return [{"run": each.run.pk, **row} for each in steps for row in getattr(each.changes, name)]


def _needed(steps: Sequence[Written]) -> list[str]:
    """The parts of the statement that have something to do."""
    is_over = any(each.run.ended_at is not None for each in steps)
    changes = [each.changes for each in steps]
    added = [name for name in ("done", *ADDED) if any(getattr(each, name) for each in changes)]
    of_tokens = {
        "jobs_gone": any(each.gone_timed for each in changes),
        "subscriptions_gone": any(each.gone_heard for each in changes),
        "incidents_gone": any(each.gone_troubled for each in changes),
        "work_gone": any(each.gone_worked for each in changes),
    }
    gone = [name for name, is_gone in of_tokens.items() if is_over or is_gone]
    return ["run", *gone, *(["arrivals_gone"] if is_over else []), *added]


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder)
