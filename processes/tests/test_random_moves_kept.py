"""Random models moved with real rows: after every step what is written fits where the run stands, to the end."""

import os
from random import Random
from typing import Any

from django.db.models import F
from django.utils import timezone

from deals.models import Deal
from deals.testing import make_deal
from foundation.errors import Refused
from processes import operations, working
from processes.engine.advance import Endless
from processes.engine.remap import CANCEL, LEAVE
from processes.engine.state import State
from processes.graph.blocks import walk
from processes.graph.model import Graph, Kind
from processes.graph.outline import to_graph
from processes.models import Incident, Job, Process, Run, Subscription, Version, VersionMove, WorkItem
from processes.moving import batches
from processes.moving.preview import preview
from processes.running import jobs, reading
from processes.tests.conftest import OWNER
from processes.tests.edits import edited
from processes.tests.models import random_outline
from processes.tests.moving import move_all, plan_of
from users.models import User
from users.testing import Cast

MODELS = int(os.environ.get("CRM_RANDOM_KEPT_MODELS", "60"))
STEPS, LIMIT = 8, 25
HOLDS, FAILS = ["deal.amount", "gte", "1.00"], ["deal.amount", "gte", "99999.00"]


def test_random_models_are_moved_with_all_their_work_and_carried_on(cast: Cast) -> None:
    deal = make_deal("Roses for the hall", owner=cast.salesperson, amount=7302)
    outcomes = [_one(seed, cast, deal) for seed in range(MODELS)]
    assert outcomes.count("moved") > MODELS // 3, outcomes
    assert not Incident.objects.exists()


def _one(seed: int, cast: Cast, deal: Deal) -> str:
    random, outline = Random(f"kept {seed}"), _possible(random_outline(seed))
    process = operations.create(name=f"Model {seed}", subject_kind="deal", by=cast.admin, at=timezone.now())
    _publish(process, to_graph(outline), cast.admin)
    run = operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())
    for _step in range(random.randrange(STEPS)):
        _go_on(run, random, cast)
    run.refresh_from_db()
    if not run.is_active:
        return "over"
    changed, graph = edited(outline, random, random.randint(1, 4))
    graph = to_graph(_possible(changed))
    _publish(process, graph, cast.admin)
    choices: dict[str, str] = {}
    for _round in range(4):
        for each in preview(
            Run.objects.filter(pk=run.pk), plan_of(process, choices=choices)
        ).questions.values():
            offered = [value for value, _label in each.options if value not in (LEAVE, CANCEL)]
            if offered and each.node not in choices:
                choices[each.node] = random.choice(offered)
    [verdict] = preview(Run.objects.filter(pk=run.pk), plan_of(process, choices=choices)).groups
    before = _written(run)
    times = {key: random.choice(["entered", "now"]) for key in graph.nodes}
    move = move_all(process, cast.admin, choices=choices, times=times)
    [row] = move.rows.all()  # type: ignore[attr-defined]
    if "round" in row.reason:
        return "endless"
    assert (row.outcome == "moved") == (verdict.verdict in ("fine", "timer")), (row.reason, verdict)
    if random.random() < 0.3:
        _undo(move, run, before, cast)
    for _step in range(LIMIT):
        if not _go_on(run, random, cast):
            break
    return str(row.outcome)


def _undo(move: VersionMove, run: Run, before: Any, cast: Cast) -> None:
    batches.undo(move, by=cast.admin, at=timezone.now())
    [row] = move.rows.all()  # type: ignore[attr-defined]
    run.refresh_from_db()
    if row.outcome == "undone":
        assert _written(run) == before
    else:
        assert row.outcome in ("kept", "left")


def _written(run: Run) -> list[Any]:
    run.refresh_from_db()
    work = WorkItem.objects.filter(run=run, state__in=["open", "later"]).order_by("pk")
    return [
        run.version_id,
        run.state,
        list(
            Job.objects.filter(run=run)
            .order_by("token", "kind", "due_at")
            .values_list("token", "kind", "due_at")
        ),
        list(work.values_list("pk", "token", "node", "name", "assignee", "due_at", "state")),
    ]


def _publish(process: Process, graph: Graph, by: User) -> None:
    """Without asking whether anybody would publish that."""
    number = process.versions.count() + 1  # type: ignore[attr-defined]
    process.current = Version.objects.create(
        process=process, number=number, graph=graph.to_json(), sha256=graph.sha256, published_by=by,
        published_at=timezone.now(),
    )  # fmt: skip
    process.status, process.is_single = "on", False
    process.save()


def _possible(outline: dict[str, Any]) -> dict[str, Any]:
    """With somebody to do it, and nothing that waits for anything but people and the clock."""
    for block, _depth, _place in walk(outline):
        if block["kind"] in ("action", "call"):
            block["kind"] = "wait"
        if block["kind"] == "wait":
            block["for"] = block.get("for") or {"amount": 1, "unit": "hours"}
        if block["kind"] in ("task", "approval"):
            block["who"] = OWNER
            block.setdefault("deadline", {"amount": 2, "unit": "days"})
        if "until" in block:
            block["until"] = HOLDS
        for place, branch in enumerate(block.get("branches", ())):
            if block["kind"] == "choice":
                branch["when"] = HOLDS if (place + len(branch["id"])) % 3 else FAILS
        if "each" in block:
            del block["each"]
            block["times"] = 2
    return outline


def _go_on(run: Run, random: Random, cast: Cast) -> bool:
    """One thing that a person or the clock does; then everything written fits."""
    work = list(WorkItem.objects.filter(run=run, state="open").order_by("pk"))
    due = list(Job.objects.filter(run=run, kind="timer").order_by("due_at", "pk"))
    if not work and not due:
        run.refresh_from_db()
        assert not run.is_active
        return False
    try:
        if (chosen := random.choice([*work, *due])) in work:
            _finish(chosen, random, cast)
        else:
            Job.objects.filter(pk=chosen.pk).update(owner="test", attempt=F("attempt") + 1)
            chosen.refresh_from_db()
            assert jobs.carry_out(chosen, at=chosen.due_at)
    except Endless:
        return False  # an edit has taken the last wait out of a loop
    except Refused as refusal:
        if "go round" not in refusal.message:
            raise
        return False
    _assert_whole(run)
    return True


def _finish(item: Any, random: Random, cast: Cast) -> None:
    said: dict[str, Any] = {}
    if item.kind == "approval":
        graph = reading.graph_of(item.run.version_id)
        said = {"outcome": random.choice(["approved", *[each.outcome for each in graph.out_of(item.node)]])}
        said["comment"] = "No."
    working.finish(item, by=cast.salesperson, at=timezone.now(), **said)


def _assert_whole(run: Run) -> None:
    run.refresh_from_db()
    kept = {key: value for key, value in run.state.items() if key not in ("since", "troubled")}
    state, graph = State.from_json(kept), reading.graph_of(run.version_id)
    if not run.is_active:
        assert not state.tokens
        assert not Job.objects.filter(run=run).exists()
        return
    here = {key: token.node for key, token in state.tokens.items()}
    at = lambda *kinds: {key: node for key, node in here.items() if graph.nodes[node].kind in kinds}  # noqa: E731
    work = WorkItem.objects.filter(run=run, state="open")
    assert dict(work.values_list("token", "node")) == at(Kind.TASK, Kind.APPROVAL)
    assert work.count() == len(at(Kind.TASK, Kind.APPROVAL))
    timers = Job.objects.filter(run=run, kind="timer").values_list("token", flat=True)
    assert sorted(timers) == sorted(at(Kind.WAIT))
    late = Job.objects.filter(run=run).exclude(kind="timer").values_list("token", flat=True)
    assert set(late) <= set(at(Kind.TASK, Kind.APPROVAL, Kind.SCOPE))
    assert not at(Kind.START, Kind.END, Kind.SPLIT, Kind.RACE, Kind.CHOICE, Kind.ACTION)
    assert not Subscription.objects.filter(run=run).exists()
    holders = {scope.token for scope in state.scopes.values() if scope.token}
    assert holders == set(at(Kind.SCOPE, Kind.EACH))
