"""What becomes of each kind of block in the graph, and what is refused, in which words."""

from typing import Any

import pytest

from foundation.errors import Refused
from processes.graph.model import Flow, Graph, Kind
from processes.graph.outline import to_graph, ways_back

WHEN = ["deal.amount", "gte", "100.00"]


def block(key: str, kind: str = "task", **said: Any) -> dict[str, Any]:
    return {"id": key, "kind": kind, "name": key.upper(), **said}


def graph_of(*blocks: dict[str, Any]) -> Graph:
    return to_graph({"blocks": list(blocks)})


def ways(graph: Graph) -> set[tuple[str, str]]:
    return {(flow.source, flow.target) for flow in graph.flows}


def flow(graph: Graph, source: str, target: str) -> Flow:
    return next(each for each in graph.flows if (each.source, each.target) == (source, target))


def branch(key: str, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": key, "name": "", "blocks": list(blocks), **more}


def test_an_empty_outline_is_a_process_that_ends_at_once() -> None:
    graph = graph_of()
    assert ways(graph) == {("start", "end")}
    assert graph.nodes["end"].data == {"result": "done"}


def test_blocks_in_a_row_follow_one_another_and_keep_what_they_say() -> None:
    graph = graph_of(block("a", who={"kind": "owner"}), block("b", "action", action="deal.win", arguments={}))
    assert ways(graph) == {("start", "a"), ("a", "b"), ("b", "end")}
    assert graph.nodes["a"].data == {"who": {"kind": "owner"}}
    assert (graph.nodes["b"].kind, graph.nodes["b"].name) == (Kind.ACTION, "B")


def test_the_graph_does_not_share_its_data_with_the_outline() -> None:
    outline = {"blocks": [block("a", who={"kind": "owner"})]}
    graph = to_graph(outline)
    outline["blocks"][0]["who"]["kind"] = "head"
    assert graph.nodes["a"].data["who"] == {"kind": "owner"}


def test_a_choice_goes_by_the_conditions_of_its_branches_and_else_past_them() -> None:
    graph = graph_of(block("c", "choice", branches=[branch("big", block("a"), when=WHEN)]), block("b"))
    assert ways(graph) == {("start", "c"), ("c", "a"), ("c", "b"), ("a", "b"), ("b", "end")}
    assert flow(graph, "c", "a").when == WHEN
    assert flow(graph, "c", "b").is_else


def test_an_approval_that_is_declined_ends_the_run_and_one_that_is_returned_goes_to_the_latest_task() -> None:
    graph = graph_of(block("early"), block("late"), block("ask", "approval"), block("after"))
    assert flow(graph, "ask", "after").outcome == "approved"
    assert flow(graph, "ask", "late").outcome == "returned"
    declined = flow(graph, "ask", "ask:declined")
    assert declined.outcome == "declined"
    assert graph.nodes["ask:declined"].data == {"result": "declined", "is_whole": True}


def test_an_approval_before_which_there_is_no_task_cannot_be_returned() -> None:
    graph = graph_of(block("ask", "approval"))
    assert {each.outcome for each in graph.out_of("ask")} == {"approved", "declined"}


def test_an_approval_is_not_returned_to_a_task_of_another_branch_or_stage() -> None:
    inside = block("s", "stage", blocks=[block("ask", "approval")])
    assert len(graph_of(block("a"), inside).out_of("ask")) == 2
    picked = block(
        "c", "choice", branches=[branch("x", block("a"), when=WHEN)], **{"else": [block("ask", "approval")]}
    )
    assert len(graph_of(picked).out_of("ask")) == 2


def test_what_is_done_after_a_return_leads_to_the_approval_again_and_after_a_decline_to_the_end() -> None:
    graph = graph_of(block("ask", "approval", returned=[block("fix")], declined=[block("tell")]))
    assert ("fix", "ask") in ways(graph)
    assert ("tell", "ask:declined") in ways(graph)


def test_things_done_at_once_come_together_in_a_join() -> None:
    graph = graph_of(block("t", "together", need="first", branches=[branch("x", block("a")), branch("y")]))
    assert ways(graph) == {("start", "t"), ("t", "a"), ("a", "t:join"), ("t", "t:join"), ("t:join", "end")}
    assert graph.nodes["t:join"].data == {"need": 1}


def test_a_branch_that_ends_the_run_is_not_waited_for() -> None:
    out = branch("x", block("w", "wait"), block("e", "end", result="late"))
    graph = graph_of(block("t", "together", branches=[out, branch("y", block("a"))]))
    assert graph.ways_into("t:join") == {"a:next"}
    assert graph.nodes["e"].data == {"result": "late", "is_whole": True}


def test_a_race_leads_to_a_wait_for_each_of_its_branches() -> None:
    soon, late = {"amount": 1, "unit": "hours"}, {"fact": "deal.moved"}
    graph = graph_of(
        block("r", "race", branches=[branch("x", block("a"), wait=soon), branch("y", wait=late)])
    )
    assert ways(graph) == {("start", "r"), ("r", "x"), ("r", "y"), ("x", "a"), ("a", "end"), ("y", "end")}
    assert (graph.nodes["x"].kind, graph.nodes["y"].data) == (Kind.WAIT, {"for": late})


def test_a_repeat_until_asks_after_each_round() -> None:
    graph = graph_of(block("r", "repeat", until=WHEN, blocks=[block("a")]))
    assert ways(graph) == {("start", "r:start"), ("r:start", "a"), ("a", "r"), ("r", "end"), ("r", "r:start")}
    assert flow(graph, "r", "end").when == WHEN
    assert flow(graph, "r", "r:start").is_else


@pytest.mark.parametrize(("said", "wanted"), [
    ({"times": 3}, {"times": 3, "at_once": False}),
    ({"each": "deal.contacts", "at_once": True}, {"each": "deal.contacts", "at_once": True}),
])  # fmt: skip
def test_other_repeats_and_stages_have_a_body_of_their_own(
    said: dict[str, Any], wanted: dict[str, Any]
) -> None:
    graph = graph_of(block("r", "repeat", blocks=[block("a")], **said))
    assert (graph.nodes["r"].kind, graph.nodes["r"].data) == (Kind.EACH, wanted)
    assert {each.key for each in graph.inside("r")} == {"r:start", "a", "r:end"}


def test_a_stage_keeps_its_goal_and_deadline() -> None:
    deadline = {"amount": 3, "unit": "working_days", "side": "us"}
    graph = graph_of(block("s", "stage", goal="Signed", deadline=deadline, blocks=[]))
    assert graph.nodes["s"].data == {"goal": "Signed", "deadline": deadline}


def test_a_way_back_leads_to_the_beginning_of_the_block_it_names() -> None:
    loop = block("r", "repeat", until=WHEN, blocks=[block("a")])
    no = block("c", "choice", branches=[branch("x", block("again", "back", to="r"), when=WHEN)])
    assert ("c", "r:start") in ways(graph_of(loop, no))


def test_the_ways_back_from_a_block_are_those_that_cross_nothing() -> None:
    stage = block("s", "stage", blocks=[block("in"), block("b", "back", to="in")])
    outline = {"blocks": [block("a"), stage, block("c")]}
    assert [each["id"] for each in ways_back(outline, "b")] == ["in"]
    assert [each["id"] for each in ways_back(outline, "c")] == ["a", "s"]


BAD = [
    ([block("a", "dance")], "“dance” is not a kind of block."),
    ([block("a"), block("a")], "Two blocks have the same id: a."),
    ([block("a:b")], "“A:B” has no usable id."),
    ([block("e", "end"), block("a")], "“A” is never reached: whatever stands before it ends or goes back."),
    ([block("b", "back", to="z")], "“B” leads back to nothing."),
    ([block("b", "back", to="b")], "“B” leads back to nothing."),
    ([block("c", "choice", branches=[branch("x", block("b", "back", to="a"), when=WHEN)]), block("a")],
     "“B” leads to “A”, which does not come before it."),
    ([block("a"), block("t", "together", branches=[branch("x", block("b", "back", to="a")), branch("y")])],
     "“B” cannot lead to “A”: the way would cross a stage, a repeat or things done at once."),
    ([block("a"), block("r", "repeat", times=2, blocks=[block("b", "back", to="a")])],
     "“B” cannot lead to “A”: the way would cross a stage, a repeat or things done at once."),
    ([block("s", "stage", blocks=[block("a")]), block("b", "back", to="a")],
     "“B” cannot lead to “A”: the way would cross a stage, a repeat or things done at once."),
    ([block("t", "together", branches=[branch("x")])], "“T” needs at least 2 branches."),
    ([block("t", "together", branches=[branch("x"), branch("y")], need=3)],
     "“T” waits for 3 branches, but only 2 come to their end."),
    ([block("t", "together", branches=[branch("x"), branch("y")], need="most")],
     "“T” waits for all its branches, for the first, or for a number of them."),
    ([block("r", "race", branches=[])], "“R” needs at least 2 branches."),
    ([block("c", "choice")], "“C” has no list of branches."),
    ([block("r", "repeat")],
     "Say how long “R” goes on: until something is so, a number of times, or for each of a list."),
    ([block("r", "repeat", times=0)], "“R” repeats between 1 and 1000 times."),
    ([block("r", "repeat", until=WHEN, blocks=[block("e", "end")])],
     "“R” never comes to a second round: what is in it ends or goes back."),
    (["task"], "This is no outline of a process: something in it is not a block."),
]  # fmt: skip


@pytest.mark.parametrize(("blocks", "sentence"), BAD)
def test_what_makes_no_process_is_refused_in_a_sentence(blocks: list[Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        to_graph({"blocks": blocks})
    assert refused.value.message == sentence


@pytest.mark.parametrize("outline", [None, [], {}, {"blocks": {}}])
def test_what_is_no_outline_is_refused(outline: Any) -> None:
    with pytest.raises(Refused):
        to_graph(outline)


def test_blocks_nested_without_end_are_refused() -> None:
    inner: list[Any] = []
    for number in range(50):
        inner = [block(f"s{number}", "stage", blocks=inner)]
    with pytest.raises(Refused, match="more than 30 deep"):
        to_graph({"blocks": inner})
