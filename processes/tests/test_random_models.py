"""Random models: the engine and the reference interpreter see the same work at every step, and the same end."""

import os
from collections import Counter
from random import Random

import pytest

from processes.engine import advance as engine
from processes.graph.blocks import walk
from processes.graph.model import Graph
from processes.graph.outline import to_graph
from processes.tests.driving import Driven, outcomes_of
from processes.tests.models import KINDS, random_outline
from processes.tests.reference import Reference, Work

MODELS = int(os.environ.get("CRM_RANDOM_MODELS", "600"))
PARTS = 6
PATIENCE, LIMIT = 60, 160


@pytest.mark.parametrize("part", range(PARTS))
def test_engine_and_reference_agree_after_every_step(part: int) -> None:
    for seed in range(part, MODELS, PARTS):
        run_both(seed)


def test_random_models_hold_every_kind_of_block() -> None:
    seen: Counter[str] = Counter()
    deepest = 0
    for seed in range(100):
        for block, depth, _place in walk(random_outline(seed)):
            seen[block["kind"]] += 1
            deepest = max(deepest, depth)
    assert seen.keys() == {*KINDS, "end", "back"}
    assert deepest >= 4


def test_a_graph_reads_back_from_its_json_as_itself() -> None:
    for seed in range(60):
        graph = to_graph(random_outline(seed))
        again = Graph.from_json(graph.to_json())
        assert again.sha256 == graph.sha256


def run_both(seed: int) -> tuple[int, str]:
    """Finishes open work in a random order with random answers; gives back the number of steps and the result."""
    outline = random_outline(seed)
    random = Random(f"answers {seed}")
    driven, reference = Driven(to_graph(outline)), Reference(outline)
    reference.begin()
    steps = 0
    while True:
        assert_agreement(driven, reference, f"seed {seed}, step {steps}")
        if reference.result is not None:
            return steps, reference.result
        if steps == LIMIT:
            driven.do(engine.Cancel())
            assert (driven.open, driven.result) == ({}, "cancelled")
            return steps, "cancelled"
        steps += 1
        # Every step counts the open work of a name from the oldest: the same in both.
        names = sorted({each.name for each in reference.open})
        name = random.choice(names)
        alike = [each for each in reference.open if each.name == name]
        number = random.randrange(len(alike))
        answer_both(driven, reference, driven.by_name()[name][number], alike[number], random, steps)


def assert_agreement(driven: Driven, reference: Reference, when: str) -> None:
    wanted = Counter(each.name for each in reference.open)
    found = {name: len(tokens) for name, tokens in driven.by_name().items()}
    assert found == wanted, when
    assert driven.nodes == driven.standing(), when
    assert driven.result == reference.result, when
    if reference.result is not None:
        assert driven.results == [reference.result], when
        assert not +driven.scopes, when


def answer_both(
    driven: Driven, reference: Reference, token: int, work: Work, random: Random, steps: int
) -> None:
    is_impatient = steps > PATIENCE
    if work.kind == "each":
        count = work.answers[0] if work.answers else 0 if is_impatient else random.randint(0, 3)
        driven.do(engine.Spread(token, count))
        return reference.finish(work, count)
    if work.kind == "approval":
        assert sorted(outcomes_of(driven.graph, work.key)) == sorted(work.answers)
        outcome = "approved" if is_impatient else random.choice(["approved", *work.answers])
        driven.do(engine.Finish(token, outcome))
        return reference.finish(work, outcome)
    if work.kind in ("choice", "until"):
        flows = [flow.key for flow in driven.graph.out_of(work.key)]
        assert sorted(flows) == sorted(work.answers)
        last = work.answers[-1] if work.kind == "choice" else work.answers[0]
        flow = last if is_impatient else random.choice(work.answers)
        driven.do(engine.Finish(token, flow=flow))
        return reference.finish(work, flow)
    driven.do(engine.Finish(token))
    return reference.finish(work)
