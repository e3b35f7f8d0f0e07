"""Timers, retries and starts that are due. The lease is `due_at`; Celery only wakes this.

A claim pushes `due_at` forward, counts the attempt and notes the owner, all by the database's clock. The step that
does the job deletes the row by id, owner and attempt, so that of two who believe they hold it one is rolled back.
"""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.errors import LOST_SERVER, Refused
from processes import batches
from processes.engine.advance import Endless, Finish
from processes.graph.model import Kind
from processes.models import Incident, Job, Process
from processes.running import acting, deadlines, ordering, reading, starting
from processes.running.doing import Doing
from processes.running.step import Over, step
from processes.running.values import read_ahead
from processes.running.writing import Fence, LostLease
from users.models import User

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
BATCH = 100
TOGETHER = 25  # jobs a transaction: a commit waits for the disk, and most jobs are over in less
MAX_ATTEMPTS = 8

CLAIM = """
    UPDATE processes_job SET due_at = clock_timestamp() + %s, attempt = attempt + 1, owner = %s
    WHERE id = ANY(ARRAY(
        SELECT id FROM processes_job WHERE due_at <= clock_timestamp()
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING id, run_id, process_id, token, kind, data, due_at, attempt, owner
"""


def drain(*, batches: int = 1_000) -> int:
    """Do what is due, a hundred at a time; how many jobs were done. Safe beside any number of others."""
    owner, done = str(uuid4()), 0
    for _round in range(batches):
        claimed = claim(owner)
        if not claimed:
            break
        for first in range(0, len(claimed), TOGETHER):
            done += _carry_out_together(claimed[first : first + TOGETHER])
    return done


def claim(owner: str, *, lease: timedelta = LEASE, limit: int = BATCH) -> list[Job]:
    """Jobs that are due, ours for the lease; the oldest first."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [lease, owner, limit])  # type: ignore[list-item]  # the driver does take intervals
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    jobs = [Job(**row | {"data": json.loads(row["data"])}) for row in rows]
    return sorted(jobs, key=lambda job: job.pk)


def _carry_out_together(jobs: Sequence[Job]) -> int:
    """Several jobs in one transaction; where one cannot be done, each is tried again in one of its own."""
    if any(job.run_id is None for job in jobs):
        return sum(carry_out(job) for job in jobs)
    robot, at = User.objects.robot(), timezone.now()
    try:
        with transaction.atomic():
            runs = reading.all_locked({job.run_id or 0 for job in jobs})
            if any(job.run_id not in runs or not runs[job.run_id].is_active for job in jobs):
                raise LostLease
            is_once_each = len(runs) == len(jobs)
            steps = {run.pk: Doing(run, by=robot, at=at) for run in runs.values()} if is_once_each else {}
            read_ahead(list(steps.values()))
            earlier: list[Doing] = []
            for job in jobs:
                doing = steps.get(job.run_id or 0) or Doing(runs[job.run_id or 0], by=robot, at=at)
                doing.fence = Fence(job.pk, job.owner, job.attempt)
                doing.earlier = earlier
                _do(doing, job)
                if not is_once_each:
                    doing.write()
                    continue
                doing.finish()
                earlier.append(doing)
            if earlier:
                earlier[-1].settle()
        return len(jobs)
    except LOST_SERVER:
        raise
    except Exception:  # whichever it was: alone it is told apart, and the others are done
        return sum(carry_out(job) for job in jobs)


def carry_out(job: Job, *, at: datetime | None = None) -> bool:
    """One job, in one transaction with its deletion. False where it was somebody else's, or has to be tried again."""
    robot, at = User.objects.robot(), at or timezone.now()
    try:
        if job.run_id is None:
            _start(job, robot, at)
            return True
        fence = Fence(job.pk, job.owner, job.attempt)
        with step(job.run_id, by=robot, at=at, fence=fence) as doing:
            _do(doing, job)
        return True
    except LostLease:
        return False
    except Over:
        return _drop(job)
    except LOST_SERVER:
        raise
    except Exception as trouble:
        logger.exception("Job %s failed", job.pk)
        if isinstance(trouble, Refused | Endless) or job.attempt >= MAX_ATTEMPTS:
            _give_up(job, trouble, at)
        return False


def _do(doing: Doing, job: Job) -> None:
    token = doing.state.tokens.get(job.token or 0)
    if token is None:
        return  # what it was for has gone by in the same moment
    node = doing.graph.nodes[token.node]
    match job.kind:
        case Job.Kind.RETRY:
            acting.act(doing, token.key, node, attempt=int(job.data.get("attempt", 0)))
            while doing.ahead:
                doing.take(doing.ahead.popleft())
        case Job.Kind.RESUME:
            doing.take(Finish(token.key, outcome=job.data.get("result", "")))
        case Job.Kind.WARN | Job.Kind.LATE:
            deadlines.come(doing, job, node)
        case Job.Kind.TIMER if node.kind is Kind.WAIT:
            _end_wait(doing, job)


def _end_wait(doing: Doing, job: Job) -> None:
    token = doing.state.tokens[job.token or 0]
    node = doing.graph.nodes[token.node]
    if job.data.get("again"):  # the field it depends on may have changed
        due = ordering.due_of(doing, node.data["for"])
        Job.objects.filter(run=doing.run, token=token.key, kind=Job.Kind.TIMER).exclude(pk=job.pk).delete()
        if due is None or due > doing.at:
            if due is not None:
                ordering._job(doing, token.key, "timer", due, {})
            return
    left = job.data.get("left") or 0
    ordering.finish_wait(doing, token.key, node, again=left > 0)
    command = doing.ahead.pop()
    doing.take(command)
    if left > 0 and not doing.state.is_over:
        doing.changes.gone.discard(token.key)
        due = ordering.due_of(doing, node.data["for"])
        if due is not None:
            ordering._job(doing, token.key, "timer", due, {"left": left - 1})


def _start(job: Job, robot: User, at: datetime) -> None:
    with transaction.atomic():
        held = Job.objects.filter(pk=job.pk, owner=job.owner, attempt=job.attempt).delete()[0]
        if not held:
            raise LostLease
        batch = job.data.get("batch")
        if batches.is_over(batch):
            return
        process = Process.objects.get(pk=job.process_id or 0)
        starting.begin(process, job.data["subject_id"], by=robot, at=at, batch=batch)


def _drop(job: Job) -> bool:
    return bool(Job.objects.filter(pk=job.pk, owner=job.owner, attempt=job.attempt).delete()[0])


def _give_up(job: Job, trouble: Exception, at: datetime) -> None:
    """The job goes; where it belonged to a run, an incident stays in its place."""
    with transaction.atomic():
        if not _drop(job) or job.run_id is None:
            return
        words = (
            _("It goes round and round without waiting for anything.")
            if isinstance(trouble, Endless)
            else ordering.said(trouble)
        )
        Incident.objects.update_or_create(
            run_id=job.run_id,
            token=job.token,
            solved_at=None,
            defaults={"cause": words, "last_at": at},
            create_defaults={"node": "", "cause": words, "first_at": at, "last_at": at},
        )


def oldest_due_seconds() -> float:
    """How long the oldest due job has been waiting, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp() - min(due_at)) FROM processes_job")
        (seconds,) = cursor.fetchone()
    return max(0.0, float(seconds or 0))
