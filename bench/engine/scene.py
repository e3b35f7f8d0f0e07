"""The records that runs are about, and the processes that are measured."""

from collections.abc import Sequence
from typing import Any

BATCH = 5_000


def set_up(count: int) -> list[int]:
    """A company with so many deals, whose keys are returned, and statistics the planner can trust."""
    from django.db import connection
    from django.utils import timezone

    from deals.models import Deal
    from deals.testing import make_deal
    from users.testing import make_cast

    cast = make_cast()
    first = make_deal("Deal", owner=cast.salesperson, amount=1_000, at=timezone.now())
    fields = {
        field.attname: getattr(first, field.attname)
        for field in Deal._meta.concrete_fields
        if field.attname != "id"
    }
    Deal.objects.bulk_create((Deal(**fields) for _each in range(count - 1)), batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return list(Deal.objects.order_by("pk").values_list("pk", flat=True))


def wait(minutes: int = 1) -> dict[str, Any]:
    from processes.testing import block

    return block("wait", **{"for": {"amount": minutes, "unit": "minutes"}})


def process(blocks: Sequence[dict[str, Any]], name: str) -> Any:
    """A process that is on, without a cap."""
    from processes.testing import make_process

    return make_process(blocks, name=name, daily_cap=None, is_single=False)


def put_at(process: Any, keys: Sequence[int], node_kind: str, *, due: bool) -> None:
    """Runs as they stand at their first node of a kind, written at once; with a timer that is due."""
    from django.utils import timezone

    from processes.models import Job, Run
    from processes.running.reading import graph_of

    at = timezone.now()
    node = next(each for each in graph_of(process.current_id).nodes.values() if each.kind == node_kind)
    state = {
        "tokens": [{"key": 1, "node": node.key}],
        "scopes": [{"key": 0}],
        "next": 2,
        "last": "",
        "result": None,
        "since": {"1": at.isoformat()},
    }
    common = {
        "process": process,
        "version_id": process.current_id,
        "subject_kind": "deal",
        "is_single": False,
    }
    runs = Run.objects.bulk_create(
        (
            Run(**common, subject_id=key, title="Deal", state=state, started_at=at, moved_at=at)
            for key in keys
        ),
        batch_size=BATCH,
    )
    if due:
        Job.objects.bulk_create(
            (Job(run=run, token=1, kind="timer", due_at=at) for run in runs), batch_size=BATCH
        )
