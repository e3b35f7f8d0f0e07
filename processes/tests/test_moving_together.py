"""Moves while people work and workers share them: real transactions on several connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from deals.testing import make_deal
from foundation.errors import Refused
from processes import operations, working
from processes.models import MovedRun, Process, Run, StepLog, WorkItem
from processes.moving import batches
from processes.testing import block, make_process
from processes.tests.conftest import OWNER
from processes.tests.moving import move_all, publish_again
from users.testing import Cast, make_cast

RUNS = 24


def _under_way(cast: Cast) -> Process:
    first, then = block("task", "First", who=OWNER), block("task", "Then", who=OWNER)
    process = make_process([first, then], by=cast.admin)
    for number in range(RUNS):
        deal = make_deal(f"Deal {number}", owner=cast.salesperson)
        operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())
    publish_again(process, [first | {"name": "First of all"}, block("task", "Between", who=OWNER), then])
    return process


def _at_once(*deeds: Callable[[], Any]) -> list[Any]:
    ready = Barrier(len(deeds))

    def do(deed: Callable[[], Any]) -> Any:
        try:
            ready.wait()
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


@pytest.mark.django_db(transaction=True)
def test_people_finish_work_while_two_workers_move_the_runs_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 0)
    monkeypatch.setattr(batches, "BATCH", 5)
    cast = make_cast()
    process = _under_way(cast)
    move = move_all(process, cast.admin)
    items = list(WorkItem.objects.filter(state="open").order_by("-pk"))

    def work() -> int:
        done = 0
        for item in items:
            try:
                working.finish(item, by=cast.salesperson, at=timezone.now())
                done += 1
            except Refused:
                continue
        return done

    finished = _at_once(work, batches.carry_on_all, batches.carry_on_all)[0]
    batches.carry_on_all()
    move.refresh_from_db()
    assert (move.state, finished) == ("done", RUNS)
    assert set(MovedRun.objects.values_list("outcome", flat=True)) <= {"moved"}
    for run in Run.objects.all():
        assert run.version_id == process.current_id
        assert StepLog.objects.filter(run_id=run.pk, what="moved").count() == 1
        # Moved before the work was done it goes by the new version, after that it stood at “Then” already.
        assert WorkItem.objects.filter(run=run, state="open").count() == 1
        assert len(run.state["tokens"]) == 1


@pytest.mark.django_db(transaction=True)
def test_an_undo_and_people_at_work_never_both_have_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 5)
    cast = make_cast()
    process = _under_way(cast)
    move = move_all(process, cast.admin)
    items = list(WorkItem.objects.filter(state="open").order_by("-pk"))

    def work() -> None:
        for item in items:
            working.finish(item, by=cast.salesperson, at=timezone.now())

    _at_once(work, lambda: batches.undo(move, by=cast.admin, at=timezone.now()))
    move.refresh_from_db()
    assert move.state == "undone"
    for row in MovedRun.objects.select_related("run"):
        names = set(WorkItem.objects.filter(run=row.run, state="open").values_list("name", flat=True))
        is_back = row.outcome == "undone"
        assert row.run.version_id == (row.version_id if is_back else process.current_id)
        assert names == ({"Then"} if is_back else {"Between"})
