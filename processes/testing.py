"""Builders for tests: a process of blocks that is on, and time that passes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import F
from django.utils import timezone

from foundation.drain import drain
from processes import operations
from processes.models import Job, Process, Run, WorkItem
from processes.running import jobs
from users.models import User


def block(kind: str, name: Any = "", **said: Any) -> dict[str, Any]:
    """A block of an outline, with a key of its own; `name` is a text."""
    return {"id": str(uuid4()), "kind": kind, "name": name or kind, **said}


def make_process(
    blocks: Sequence[dict[str, Any]],
    *,
    starts: Sequence[dict[str, Any]] = ({"button": True},),
    name: str = "Approval",
    subject_kind: str = "deal",
    by: Any = None,
    at: datetime | None = None,
    **fields: Any,
) -> Process:
    """A published process."""
    who, moment = by or User.objects.robot(), at or timezone.now()
    process = operations.create(
        name=name,
        subject_kind=subject_kind,
        outline={"blocks": list(blocks)},
        starts=starts,
        by=who,
        at=moment,
        **fields,
    )
    operations.publish(process, by=who, at=moment)
    return process


def settle() -> None:
    """Deliver every fact and do every job that is due, until nothing is."""
    while drain() + jobs.drain():
        pass


def pass_time_until(moment: datetime) -> int:
    """Do every job due by a moment as though it had come, in the order of their moments; how many."""
    done = 0
    while (due := Job.objects.filter(due_at__lte=moment).order_by("due_at", "pk").first()) is not None:
        at = due.due_at
        Job.objects.filter(pk=due.pk).update(owner="test", attempt=F("attempt") + 1)
        due.refresh_from_db()
        done += jobs.carry_out(due, at=at)
    return done


def open_work(run: Run) -> list[str]:
    """The names of what waits for people."""
    return list(WorkItem.objects.filter(run=run, state="open").order_by("pk").values_list("name", flat=True))
