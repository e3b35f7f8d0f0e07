"""What is wrong with the shape of a graph is found by trying where a run may come to, and said in plain words."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from processes.engine import advance as engine
from processes.engine.state import State
from processes.graph import exploring
from processes.graph.model import Flow, Graph, Kind, Node
from processes.graph.outline import to_graph
from processes.graph.soundness import problems
from processes.tests.driving import drawn, node, possible, without_keys
from processes.tests.models import random_outline

TASK, WAIT, CHOICE, ACTION = Kind.TASK, Kind.WAIT, Kind.CHOICE, Kind.ACTION
SPLIT, JOIN, END, START = Kind.SPLIT, Kind.JOIN, Kind.END, Kind.START
MOST_TOKENS = 12


def said(graph: Graph) -> set[tuple[str | None, str]]:
    return {(each.node, each.code) for each in problems(graph)}


def test_a_graph_of_tasks_in_a_row_has_no_problem() -> None:
    assert problems(drawn("start>a a>b b>end", start=START, a=TASK, b=TASK, end=END)) == []


def test_what_no_way_leads_to_is_named() -> None:
    graph = drawn("start>a a>end b>end", start=START, a=TASK, b=Node("", TASK, "Sign"), end=END)
    (problem,) = problems(graph)
    assert (problem.code, problem.sentence) == ("unreachable", "“Sign” can never be reached.")


def test_a_process_without_an_end_is_named() -> None:
    assert said(drawn("start>a", start=START, a=TASK)) == {(None, "no_end"), ("a", "dead_end")}


def test_a_join_after_a_choice_can_never_complete() -> None:
    graph = drawn(
        "start>pick pick>a pick>b a>join b>join join>end",
        start=START, pick=CHOICE, a=TASK, b=TASK, join=JOIN, end=END,
    )  # fmt: skip
    assert said(graph) == {("join", "join_never")}


def test_a_join_that_one_branch_may_go_past_is_left_waiting() -> None:
    graph = drawn(
        "start>both both>a both>pick pick>join pick>out a>join join>end",
        start=START, both=SPLIT, pick=CHOICE, a=TASK, join=JOIN, out=END, end=END,
    )  # fmt: skip
    assert said(graph) == {("join", "left_behind")}


def test_a_join_that_goes_without_one_branch_when_that_was_declined_may_wait_for_ever() -> None:
    nodes = [
        Node("start", START),
        Node("both", SPLIT),
        Node("ask", Kind.APPROVAL),
        Node("a", TASK),
        Node("no", TASK),
    ]
    nodes += [Node("join", JOIN), Node("end", END)]
    flows = [
        Flow("1", "start", "both"), Flow("2", "both", "ask"), Flow("3", "both", "a"),
        Flow("4", "ask", "join", outcome="approved"), Flow("5", "ask", "no", outcome="declined"),
        Flow("6", "a", "join"), Flow("7", "join", "end"),
    ]  # fmt: skip
    assert said(Graph.of(nodes, flows)) == {("join", "join_stuck"), ("no", "dead_end")}


def test_a_loop_without_a_way_out_never_ends() -> None:
    graph = drawn("start>pick pick>end pick>a a>b b>a", start=START, pick=CHOICE, a=TASK, b=TASK, end=END)
    assert said(graph) == {(None, "never_ends")}


def test_a_loop_with_a_way_out_has_no_problem() -> None:
    graph = drawn("start>a a>pick pick>a pick>end", start=START, a=TASK, pick=CHOICE, end=END)
    assert said(graph) == set()


def test_a_loop_in_which_nothing_waits_is_named_by_its_choice() -> None:
    graph = drawn("start>a a>pick pick>a pick>end", start=START, a=ACTION, pick=CHOICE, end=END)
    assert ("pick", "spins") in said(graph) or ("a", "spins") in said(graph)


def test_a_loop_around_a_stage_that_may_be_empty_spins_and_around_a_task_in_it_does_not() -> None:
    def around(kind: Kind) -> Graph:
        return drawn(
            "start>stage stage>pick pick>stage pick>end in>a a>out",
            start=START, stage=Kind.SCOPE, pick=CHOICE, end=END, **{"in": node(START, scope="stage")},
            a=node(kind, scope="stage"), out=node(END, scope="stage"),
        )  # fmt: skip

    assert {code for _node, code in said(around(ACTION))} == {"spins"}
    assert said(around(TASK)) == set()


def test_a_join_stuck_within_a_stage_is_named_once() -> None:
    graph = drawn(
        "start>stage stage>end in>pick pick>a pick>b a>join b>join join>out",
        start=START, stage=Kind.SCOPE, end=END, **{"in": node(START, scope="stage")},
        pick=node(CHOICE, scope="stage"), a=node(TASK, scope="stage"), b=node(TASK, scope="stage"),
        join=node(JOIN, scope="stage"), out=node(END, scope="stage"),
    )  # fmt: skip
    assert said(graph) == {("join", "join_never")}


def test_an_attached_wait_that_interrupts_may_leave_a_join_waiting() -> None:
    graph = drawn(
        "start>both both>a both>b a>join b>join join>end late>out",
        start=START, both=SPLIT, a=TASK, b=TASK, join=JOIN, end=END, out=END,
        late=node(WAIT, attached_to="a"),
    )  # fmt: skip
    assert said(graph) == {("join", "left_behind")}


def test_an_attached_wait_that_only_reminds_leaves_nothing_waiting() -> None:
    graph = drawn(
        "start>both both>a both>b a>join b>join join>end late>remind remind>over",
        start=START, both=SPLIT, a=TASK, b=TASK, join=JOIN, end=END, over=END, remind=ACTION,
        late=node(WAIT, attached_to="a", interrupts=False),
    )  # fmt: skip
    assert said(graph) == set()


def test_work_begun_again_while_it_is_open_is_a_warning() -> None:
    graph = drawn(
        "start>both both>a both>b a>join b>join join>again again>both again>end",
        start=START, both=SPLIT, a=TASK, b=Kind.APPROVAL, join=node(JOIN, need="first"), again=CHOICE, end=END,
    )  # fmt: skip
    found = problems(graph)
    assert {each.code for each in found} == {"piles_up"}
    assert not any(each.is_error for each in found)


def test_what_is_too_large_to_try_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "MOST_STATES", 10)
    branches = [
        {"id": f"b{number}", "blocks": [{"id": f"c{number}", "kind": "choice", "else": [], "branches": [
            {"id": f"d{number}", "when": ["deal.amount", "gte", "1.00"], "blocks": []}]}]}
        for number in range(5)
    ]  # fmt: skip
    graph = to_graph({"blocks": [{"id": "all", "kind": "together", "branches": branches}]})
    assert said(graph) == {(None, "too_large")}


def test_no_random_outline_leaves_a_join_waiting_or_a_block_unreached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exploring, "MOST_STATES", 2_000)
    tried = 0
    for seed in range(300):
        found = {each.code for each in problems(to_graph(random_outline(seed))) if each.is_error}
        # A way back may go round for ever, and a repeat may hold nothing that waits: people may write that.
        assert found <= {"spins", "never_ends"}, seed
        tried += not found
    assert tried > 150


def test_a_random_graph_that_loses_the_flow_out_of_a_task_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "MOST_STATES", 2_000)
    tried = 0
    for seed in range(120):
        graph = to_graph(random_outline(seed))
        for flow in graph.flows:
            if graph.nodes[flow.source].kind is TASK and len(graph.out_of(flow.source)) == 1:
                left = [each for each in graph.flows if each is not flow]
                assert problems(Graph.of(graph.nodes.values(), left)), (seed, flow.key)
                tried += 1
                break
    assert tried > 60


def test_what_is_found_is_what_the_engine_comes_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of graphs in which a flow was led elsewhere: a run may be left without an end, exactly when that is told."""
    monkeypatch.setattr(exploring, "MOST_STATES", 500)
    sound = broken = 0
    for seed in range(900):
        graph = led_astray(seed)
        codes = {each.code for each in problems(graph)} if len(graph.nodes) <= 22 else {"too_large"}
        if codes & {"spins", "too_large", "piles_up"}:
            continue
        if (may_hang := hangs(graph)) is None:
            continue
        assert may_hang == bool(codes & {"join_never", "join_stuck", "left_behind", "never_ends"}), (
            seed,
            codes,
        )
        broken, sound = broken + may_hang, sound + (not may_hang)
    assert min(sound, broken) > 30


def led_astray(seed: int) -> Graph:
    graph, random = to_graph(random_outline(seed)), Random(seed)
    flows = list(graph.flows)
    number = random.randrange(len(flows))
    flow = flows[number]
    near = [each.key for each in graph.inside(graph.nodes[flow.source].scope) if each.kind is not START]
    flows[number] = replace(flow, target=random.choice(near))
    return Graph.of(graph.nodes.values(), flows)


def hangs(graph: Graph, most: int = 500) -> bool | None:
    """Whether the engine can come to a state from which no run ends; None where there is too much to try."""
    before: dict[Any, set[Any]] = {}
    over: set[Any] = set()
    ahead: list[tuple[Any, State]] = [("begin", State())]
    while ahead:
        name, state = ahead.pop()
        for command in possible(graph, state) if state.scopes else [engine.Start()]:
            try:
                following, _orders = engine.advance(graph, state, command)
            except engine.Endless:
                return None
            if len(following.tokens) > MOST_TOKENS:
                return None
            alike = "over" if following.is_over else without_keys(graph, following)
            if alike not in before and alike != "over":
                ahead.append((alike, following))
            before.setdefault(alike, set()).add(name)
        if len(before) > most:
            return None
    over, ways = {"over"}, ["over"]
    while ways:
        fresh = before.get(ways.pop(), set()) - over
        over |= fresh
        ways += fresh
    return not over >= before.keys()
