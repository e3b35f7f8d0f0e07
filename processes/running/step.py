"""A step: the run locked, one thing that happened, everything that follows, written and committed as one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.engine.advance import Endless
from processes.models import Incident
from processes.running import reading
from processes.running.doing import Doing
from processes.running.writing import Fence


@contextmanager
def step(
    run_id: int, *, by: Any, at: datetime, cause: Any = None, fence: Fence | None = None
) -> Iterator[Doing]:
    """`with step(run_id, by=…, at=…) as doing: doing.take(Finish(token))`: locks, yields, writes, commits.

    Raises Refused where the run is over, and LostLease where the job is somebody else's by now.
    """
    with transaction.atomic():
        run = reading.locked(run_id)
        if run is None or not run.is_active:
            raise Over(_("This process is over by now."))
        doing = Doing(run, by=by, at=at, cause=cause, fence=fence)
        yield doing
        doing.write()


class Over(Refused):
    """The run has ended: nothing of it can be done any more."""


def guarded(run_id: int, token: int | None, node: str, at: datetime, act: Callable[[], None]) -> None:
    """Take a step; a loop in which nothing waits takes it back and leaves an incident instead."""
    try:
        act()
    except Endless as endless:
        words = _("It goes round and round without waiting for anything, here: %(node)s.") % {
            "node": str(endless)
        }
        Incident.objects.create(run_id=run_id, token=token, node=node, cause=words, first_at=at, last_at=at)
        raise Refused(words) from endless
