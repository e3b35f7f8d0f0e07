"""Random models, edited at random while runs stand in them: moved, a run goes on as the second opinion says."""

import os
from collections import Counter
from random import Random
from typing import Any

import pytest

from processes.engine import advance as engine
from processes.engine.remap import Remapped, Versions, remap
from processes.graph.blocks import walk
from processes.graph.model import Graph, Kind
from processes.graph.outline import to_graph
from processes.tests.driving import Driven
from processes.tests.edits import edited
from processes.tests.models import random_outline
from processes.tests.reference import Reference, Work, comes_to_its_end
from processes.tests.test_random_models import LIMIT, answer_both, assert_agreement

MODELS = int(os.environ.get("CRM_RANDOM_MODELS", "600"))
PARTS = 6


@pytest.mark.parametrize("part", range(PARTS))
def test_a_moved_run_goes_on_as_the_reference_does_from_where_it_was_put(part: int) -> None:
    outcomes = Counter(_moved(seed) for seed in range(part, MODELS * 2, PARTS))
    assert outcomes["moved"] > outcomes.total() * 0.5, outcomes


def _moved(seed: int) -> str:
    try:
        return _move_one(seed)
    except (engine.Endless, RecursionError):
        return "endless"  # an edit has taken the last wait out of a loop: nobody could publish that


def _move_one(seed: int) -> str:
    outline, random = random_outline(seed), Random(f"move {seed}")
    driven, reference = _under_way(outline, random, random.randint(0, 25))
    if reference.result is not None:
        return "over"
    changed, graph = edited(outline, random, random.randint(1, 4))
    versions = Versions(driven.graph, graph)
    choices: dict[str, str] = {}
    found = remap(versions, driven.state, choices)
    for _round in range(6):
        asked = [each.node for each in found.troubles if each.what in ("gone", "kind", "scope", "branch")]
        if not asked:
            break
        for node in asked:
            offered = [each.key for each in versions.targets(node, choices)]
            offered = [key for key in offered if _is_block(changed, key)]
            if offered and node not in choices:
                choices[node] = random.choice(offered)
        found = remap(versions, driven.state, choices)
    if found.troubles:
        return "stranded"
    move_reference(reference, driven, found, changed)
    move_driven(driven, found, graph)
    if reference.result is not None:
        assert driven.result == reference.result
        return "moved"
    _to_the_end(driven, reference, random, f"seed {seed}")
    return "moved"


def _under_way(outline: dict[str, Any], random: Random, most: int) -> tuple[Driven, Reference]:
    """After so many steps, or, where it would be over by then, half as many."""
    while True:
        driven, reference = Driven(to_graph(outline)), Reference(outline)
        reference.begin()
        for steps in range(most):
            if reference.result is None:
                _answer(driven, reference, random, steps)
        if reference.result is None or not most:
            return driven, reference
        most //= 2


def _to_the_end(driven: Driven, reference: Reference, random: Random, name: str) -> None:
    for steps in range(LIMIT):
        assert_agreement(driven, reference, f"{name}, step {steps}")
        if reference.result is not None:
            return
        _answer(driven, reference, random, steps)
    driven.do(engine.Cancel())
    assert (driven.open, driven.result) == ({}, "cancelled")


def _answer(driven: Driven, reference: Reference, random: Random, steps: int) -> None:
    name = random.choice(sorted({each.name for each in reference.open}))
    alike = [each for each in reference.open if each.name == name]
    number = random.randrange(len(alike))
    answer_both(driven, reference, driven.by_name()[name][number], alike[number], random, steps)


def _is_block(outline: dict[str, Any], key: str) -> bool:
    return any(block["id"] == key for block, _depth, _place in walk(outline))


def move_driven(driven: Driven, found: Remapped, graph: Graph) -> None:
    """As the outside does it: what is gone goes, what is kept stays, what arrives is told to the engine."""
    for token, node in found.gone.items():
        driven.open.pop(token, None)
        driven.scopes[node] -= driven.graph.nodes[node].kind is Kind.SCOPE
    for token, (old, new) in found.kept.items():
        if token in driven.open:
            driven.open[token] = new
        is_scope = graph.nodes[new].kind is Kind.SCOPE
        driven.scopes[old] -= is_scope
        driven.scopes[new] += is_scope
    driven.graph, driven.state = graph, found.state
    for token in found.arriving:
        if token in driven.state.tokens and not driven.state.is_over:
            driven.do(engine.Arrive(token))


def move_reference(reference: Reference, driven: Driven, found: Remapped, outline: dict[str, Any]) -> None:
    """The same said of the second opinion, by names and paths alone."""
    old = {token: (node, driven.path(driven.state.tokens[token])) for token, node in driven.open.items()}
    works: dict[int, Work] = {}
    for name, tokens in driven.by_name().items():
        alike = [each for each in reference.open if each.name == name]
        works |= dict(zip(tokens, alike, strict=True))
    areas = _areas_of(reference, driven, works)
    before = driven.state
    asked_by = {key: before.tokens[scope.token].key for key, scope in before.scopes.items() if scope.token}
    learn(reference, outline)
    for area in {id(each): each for each in areas.values()}.values():
        if area.block is not None and area.block["id"] in reference.blocks:
            area.block = reference.blocks[area.block["id"]]
    for key, holder in asked_by.items():
        if key in found.state.scopes and holder in found.kept and key in areas:
            for each in areas[key].siblings or [areas[key]]:
                each.block = reference.blocks[found.kept[holder][1]]
    _forget(reference, found, works, areas, asked_by)
    for token, (_was, now) in found.kept.items():
        if token in works and token in old:
            _keep(reference, works[token], now)
    _meet_new(reference, found, areas)


def learn(reference: Reference, outline: dict[str, Any]) -> None:
    before = {key: block for key, block in reference.blocks.items() if block["kind"] == "together"}
    reference.row, reference.around, reference.blocks = outline["blocks"], {}, {}
    reference._learn(reference.row, None, "")
    reference.changed = {  # type: ignore[attr-defined]
        key: block for key, block in before.items() if _coming(block) != _coming(reference.blocks.get(key))
    }


def _coming(block: dict[str, Any] | None) -> list[tuple[str, bool]]:
    return (
        sorted((each["id"], comes_to_its_end(each["blocks"])) for each in block["branches"]) if block else []
    )


def _areas_of(reference: Reference, driven: Driven, works: dict[int, Work]) -> dict[int, Any]:
    """Scope key → area, found by the paths of work within it."""
    found: dict[int, Any] = {0: reference.root}
    for token, work in works.items():
        scope, area = driven.state.tokens[token].scope, work.area
        while scope:
            found[scope] = area
            scope, area = driven.state.tokens[driven.state.scopes[scope].token or 0].scope, area.outer
    return found


def _forget(
    reference: Reference,
    found: Remapped,
    works: dict[int, Work],
    areas: dict[int, Any],
    asked_by: dict[int, int],
) -> None:
    raced = {id(each) for token in found.kept if token in works for each in works[token].rivals}
    for token in found.gone:
        work = works.get(token)
        if work is None:
            continue
        reference.open.remove(work)
        if id(work) in raced or any(other in reference.open for other in work.rivals):
            work.area.walkers -= 1  # a rival goes on, or goes too and is counted then
            for other in work.rivals:
                other.rivals = [each for each in other.rivals if each is not work]
        else:
            work.area.walkers -= 1
    for key, holder in asked_by.items():
        if holder in found.gone and key in areas:
            for each in areas[key].siblings or [areas[key]]:
                each.walkers = -1
            areas[key].outer.walkers -= areas[key].walkers == -1 and key == _first(asked_by, holder, areas)


def _first(asked_by: dict[int, int], holder: int, areas: dict[int, Any]) -> int:
    return min(key for key, each in asked_by.items() if each == holder and key in areas)


def _keep(reference: Reference, work: Work, node: str) -> None:
    if work.kind == "race":
        race, branch = next(
            (block, branch)
            for block in reference.blocks.values()
            if block["kind"] == "race"
            for branch in block["branches"]
            if branch["id"] == node
        )
        work.block, work.branch = race, branch
        return
    block = reference.blocks[node]
    work.key, work.block = node, block
    work.answers = _answers(reference, block)


def _answers(reference: Reference, block: dict[str, Any]) -> tuple[Any, ...]:
    key = block["id"]
    match block["kind"]:
        case "approval":
            can_return = block["returned"] or reference._latest_task(block) is not None
            return ("approved", "declined", "returned") if can_return else ("approved", "declined")
        case "choice":
            return (*(each["id"] for each in block["branches"]), f"{key}:else")
        case "repeat" if "until" in block:
            return (f"{key}:done", f"{key}:again")
        case "repeat" if "times" in block:
            return (block["times"],)
    return ()


def _meet_new(reference: Reference, found: Remapped, areas: dict[int, Any]) -> None:
    for area in {id(each): each for each in areas.values()}.values():
        for key in reference.changed:  # type: ignore[attr-defined]
            block = reference.blocks.get(key)
            if block and not any(
                _is_in(block, each) and each.area.is_within(area) for each in reference.open
            ):
                area.arrivals.pop(key, None)
        _ask_joins_again(reference, area)
    for key in found.arriving:
        token = found.state.tokens[key]
        if key in found.kept:
            continue
        area = areas[token.scope]
        if token.race is not None:
            _add_racer(reference, token.node, area)
            continue
        area.walkers += 1
        block = reference.blocks[token.node]
        if block["kind"] == "repeat" and "until" in block:
            reference._ask(Work(block["id"], "until", block, area, _answers(reference, block)))
        else:
            reference._meet(block, area)
        reference._settle(area)


def _ask_joins_again(reference: Reference, area: Any) -> None:
    """A branch that no longer comes to its end is not waited for any more."""
    for key, block in reference.changed.items():  # type: ignore[attr-defined]
        now = reference.blocks.get(key)
        if now is None or now["need"] != "all" or not (arrived := area.arrivals.get(key)):
            continue
        here = sum(1 for count in arrived.values() if count == max(arrived.values()))
        was = sum(comes for _branch, comes in _coming(block))
        if here < was and here == sum(comes for _branch, comes in _coming(now)):
            area.walkers -= here - 1
            reference._go_on(now, area)


def _is_in(block: dict[str, Any], work: Work) -> bool:
    inside = {each["id"] for each, _depth, _place in walk({"blocks": [block]})}
    return work.block["id"] in inside


def _add_racer(reference: Reference, node: str, area: Any) -> None:
    race, branch = next(
        (block, branch)
        for block in reference.blocks.values()
        if block["kind"] == "race"
        for branch in block["branches"]
        if branch["id"] == node
    )
    area.walkers += 1
    work = Work(branch["id"], "race", race, area, branch=branch)
    racing = [
        each for each in reference.open if each.kind == "race" and each.block is race and each.area is area
    ]
    for each in racing:
        each.rivals = [*each.rivals, work]
    work.rivals = racing
    reference._ask(work)
