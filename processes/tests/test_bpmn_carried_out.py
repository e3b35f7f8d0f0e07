"""A reference model of BPMN from its file to real rows: imported, filled in, published, and lived through."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deals.models import Deal
from deals.testing import make_deal
from foundation.errors import Refused
from processes import operations, working
from processes.bpmn.reading import read
from processes.graph.model import Graph, Kind
from processes.models import Run, StepLog
from processes.testing import open_work, pass_time_until
from processes.tests.bpmn_models import real
from users.models import Notification
from users.testing import Cast

OWNER = {"kind": "owner"}


@pytest.fixture
def run(cast: Cast) -> Run:
    file = read(real("C.9.1"))
    model = file.models[0]
    process = operations.import_graph(
        "Documents", filled_in(model.graph), file.extras_of(model), by=cast.admin, at=timezone.now()
    )
    process.starts = [{"button": True}]
    process.save(update_fields=["starts"])
    operations.publish(process, by=cast.admin, at=timezone.now())
    return operations.start(process, deal_of(cast).pk, by=cast.salesperson, at=timezone.now())


def deal_of(cast: Cast) -> Deal:
    return make_deal("Roses", owner=cast.salesperson)


def filled_in(graph: Graph) -> Graph:
    """What the drawing leaves open: how a mail is sent, and who calls."""

    def more(node: Any) -> dict[str, Any]:
        if node.kind is Kind.ACTION:
            return {"action": "notify", "arguments": {"who": OWNER, "text": node.name}}
        return {"who": OWNER} if node.kind is Kind.TASK else {}

    nodes = [replace(node, data={**node.data, **more(node)}) for node in graph.nodes.values()]
    return Graph.of(nodes, graph.flows)


def test_what_is_not_filled_in_is_not_published(cast: Cast) -> None:
    model = read(real("C.9.1")).models[0]
    process = operations.import_graph("Documents", model.graph, None, by=cast.admin, at=timezone.now())
    with pytest.raises(Refused):
        operations.publish(process, by=cast.admin, at=timezone.now())


def test_six_daily_reminders_and_then_the_call(cast: Cast, run: Run) -> None:
    told = lambda: sum(  # noqa: E731
        Notification.objects.filter(person=cast.salesperson, text="Send reminder email").values_list(
            "count", flat=True
        )
    )
    began = run.started_at
    for day in range(1, 7):
        pass_time_until(began + timedelta(days=day, minutes=1))
        assert (told(), open_work(run)) == (day, [])
    pass_time_until(began + timedelta(days=7, minutes=1))
    assert (told(), open_work(run)) == (6, ["Call customer"])
    assert not run.jobs.exists()
    working.finish(run.work.get(), by=cast.salesperson, at=began + timedelta(days=8))
    run.refresh_from_db()
    assert (run.status, run.result) == ("ended", "Answer received")
    assert StepLog.objects.filter(run_id=run.pk, node="SendTask_SendReminderEmail", what="done").count() == 6


def test_a_document_that_comes_on_the_third_day_ends_it(cast: Cast, run: Run) -> None:
    at = run.started_at + timedelta(days=3)
    pass_time_until(at)
    with pytest.raises(Refused, match="Nobody waits"):
        working.receive(run, "something else", by=cast.salesperson, at=at)
    working.receive(run, "MESSAGE_documentReceived", by=cast.salesperson, at=at)
    run.refresh_from_db()
    assert (run.status, run.result) == ("ended", "Document received")
    assert not run.jobs.exists()
    assert not run.subscriptions.exists()
