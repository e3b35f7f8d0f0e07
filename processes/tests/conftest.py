from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from deals.models import Deal
from deals.testing import make_deal
from processes import operations
from processes.models import Process, Run, WorkItem
from processes.moving import plan
from processes.running import reading
from users.testing import Cast

HEAD = {"kind": "head"}
OWNER = {"kind": "owner"}


@pytest.fixture(autouse=True)
def unread_graphs() -> None:
    """What a process has kept of published versions belongs to another test's database."""
    for kept in (reading.graph_of, reading.starts_of, plan.versions_of, plan.number_of):
        kept.cache_clear()


@pytest.fixture
def quagmire(cast: Cast) -> Deal:
    return make_deal("Quagmire drainage", owner=cast.salesperson, amount=7302)


@pytest.fixture
def begun(cast: Cast, quagmire: Deal) -> Callable[[Process], Run]:
    """`begun(process)`: a run of it about the deal, begun by its owner."""

    def begin(process: Process, by: Any = None) -> Run:
        return operations.start(process, quagmire.pk, by=by or cast.salesperson, at=timezone.now())

    return begin


@pytest.fixture
def work_of() -> Callable[[Run], WorkItem]:
    return lambda run: WorkItem.objects.get(run=run, state="open")
