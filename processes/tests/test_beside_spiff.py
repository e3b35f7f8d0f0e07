"""Random models: another engine of BPMN sees the same work at every step, wherever no join stands inside a loop."""

import os
from collections import Counter
from random import Random

import pytest

from processes.graph.model import Flow, Graph, Kind
from processes.graph.outline import to_graph
from processes.tests.driving import Driven
from processes.tests.models import plain_outline
from processes.tests.spiff import ASKED, Fell, Spiff

MODELS = int(os.environ.get("CRM_SPIFF_MODELS", "600"))
PARTS = 4
PATIENCE, LIMIT = 20, 40


@pytest.mark.parametrize("part", range(PARTS))
def test_spiffworkflow_and_the_engine_have_the_same_work_open_after_every_step(part: int) -> None:
    compared: Counter[Kind] = Counter()
    ended = fell = 0
    for seed in range(part, MODELS, PARTS):
        graph = to_graph(plain_outline(seed))
        if is_comparable(graph):
            try:
                ended += run_both(graph, seed)
            except Fell:
                fell += 1
            else:
                compared.update(node.kind for node in graph.nodes.values())
    assert ended >= MODELS // PARTS // 3
    assert fell <= ended // 20
    assert {Kind.TASK, Kind.APPROVAL, Kind.CHOICE, Kind.JOIN, Kind.SCOPE} <= compared.keys()


def is_comparable(graph: Graph) -> bool:
    """No join inside a loop, where theirs waits for a number of tokens, and no end of all inside a stage, which there
    ends the stage only."""
    for node in graph.nodes.values():
        if node.kind is Kind.JOIN and may_come_again(graph, node.key):
            return False
        if node.kind is Kind.END and node.data.get("is_whole") and node.scope is not None:
            return False
    return True


def may_come_again(graph: Graph, key: str | None) -> bool:
    """Whether a node can be come to twice: it can be reached from itself, or the stage it is in can."""
    while key is not None:
        seen: set[str] = set()
        ahead = [flow.target for flow in graph.out_of(key)]
        while ahead:
            at = ahead.pop()
            if at not in seen:
                seen.add(at)
                ahead.extend(flow.target for flow in graph.out_of(at))
        if key in seen:
            return True
        key = graph.nodes[key].scope
    return False


def run_both(graph: Graph, seed: int) -> bool:
    """Finishes open work in a random order with random answers; whether it came to an end."""
    random = Random(f"answers {seed}")
    ours, theirs = Driven(graph), Spiff(graph)
    for step in range(LIMIT):
        assert theirs.open == Counter(ours.nodes), (seed, step)
        assert theirs.is_over == (ours.result is not None), (seed, step)
        if theirs.is_over:
            return True
        node = random.choice(sorted(theirs.open))
        way = way_of(graph, node, random, is_impatient=step > PATIENCE)
        theirs.finish(node, way)
        if way is not None and graph.nodes[node].kind is Kind.APPROVAL:
            ours.finish(node, way.outcome)
        else:
            ours.finish(node, flow=way.key if way else None)
    return False


def way_of(graph: Graph, node: str, random: Random, *, is_impatient: bool) -> Flow | None:
    if graph.nodes[node].kind not in ASKED:
        return None
    ways = graph.out_of(node)
    if not is_impatient:
        return random.choice(ways)
    onward = [way for way in ways if way.outcome == "approved" or way.key.endswith((":else", ":done"))]
    return onward[-1] if onward else ways[0]
