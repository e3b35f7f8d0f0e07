"""One step of a run: where engines commonly go wrong, each told by hand."""

import pytest

from processes.engine import advance as engine
from processes.engine.state import State
from processes.graph.model import Graph, Kind
from processes.graph.outline import to_graph
from processes.tests.driving import Driven, drawn, node

TASK, WAIT, CHOICE = Kind.TASK, Kind.WAIT, Kind.CHOICE
SPLIT, JOIN, END, START = Kind.SPLIT, Kind.JOIN, Kind.END, Kind.START


def looped(need: object) -> Graph:
    """Two tasks at once, a join, then a choice that goes round again or out."""
    return drawn(
        "start>both both>a both>b a>join b>join join>again again>both again>end",
        start=START, both=SPLIT, a=TASK, b=TASK, join=node(JOIN, need=need), again=CHOICE, end=END,
    )  # fmt: skip


def test_a_join_inside_a_loop_waits_for_both_flows_in_every_round() -> None:
    driven = Driven(looped("all"))
    for _round in range(3):
        driven.finish("a")
        assert driven.nodes == ["b"]
        driven.finish("b")
        assert driven.nodes == ["again"]
        driven.finish("again", flow="again>both")
        assert driven.nodes == ["a", "b"]
    assert driven.result is None


def test_two_tokens_over_one_flow_do_not_stand_for_two_flows() -> None:
    graph = drawn(
        "start>two two>a two>b two>c a>twice b>twice twice>join c>join join>end",
        start=START, two=SPLIT, a=TASK, b=TASK, c=TASK, twice=node(SPLIT), join=JOIN, end=END,
    )  # fmt: skip
    driven = Driven(graph)
    driven.finish("a")
    driven.finish("b")
    assert "end" not in driven.passed
    driven.finish("c")
    assert driven.passed.count("end") == 1
    assert driven.result is None, "the second token still waits for a second round"


def test_a_join_for_the_first_goes_on_once_and_swallows_the_late_one() -> None:
    driven = Driven(looped("first"))
    driven.finish("a")
    assert driven.nodes == ["again", "b"]
    driven.finish("b")
    assert driven.nodes == ["again"]
    driven.finish("again", flow="again>end")
    assert driven.results == [""]


def test_late_ones_of_several_rounds_are_each_swallowed_once() -> None:
    driven = Driven(looped("first"))
    for _round in range(3):
        driven.finish("a")
        driven.finish("again", flow="again>both")
    assert driven.nodes == ["a", "b", "b", "b", "b"]
    for _late in range(3):
        driven.finish("b")
    assert driven.nodes == ["a", "b"]
    driven.finish("b")
    assert driven.nodes == ["a", "again"]


def test_a_join_for_two_of_three_goes_on_with_the_second_of_them() -> None:
    graph = drawn(
        "start>all all>a all>b all>c a>join b>join c>join join>next next>end",
        start=START, all=SPLIT, a=TASK, b=TASK, c=TASK, join=node(JOIN, need=2), next=TASK, end=END,
    )  # fmt: skip
    driven = Driven(graph)
    driven.finish("c")
    assert driven.nodes == ["a", "b"]
    driven.finish("a")
    assert driven.nodes == ["b", "next"]
    driven.finish("next")
    assert driven.result is None, "somebody still works"
    driven.finish("b")
    assert driven.results == [""]


def test_the_first_of_a_race_takes_the_others_away() -> None:
    graph = drawn(
        "start>race race>soon race>late soon>a late>b a>end b>end",
        start=START, race=Kind.RACE, soon=WAIT, late=WAIT, a=TASK, b=TASK, end=END,
    )  # fmt: skip
    driven = Driven(graph)
    assert driven.nodes == ["late", "soon"]
    late = driven.at("late")
    orders = driven.do(engine.Finish(driven.at("soon")))
    assert engine.Leave(late, "late") in orders
    assert driven.nodes == ["a"]
    with pytest.raises(LookupError):
        driven.do(engine.Finish(late))


def each_of(*, at_once: bool) -> Driven:
    graph = drawn(
        "start>each each>after after>end in>a a>b b>out",
        start=START, each=node(Kind.EACH, each="deal.contacts", at_once=at_once), after=TASK, end=END,
        **{"in": node(START, scope="each")}, a=node(TASK, scope="each"), b=node(TASK, scope="each"),
        out=node(END, scope="each"),
    )  # fmt: skip
    return Driven(graph)


def test_an_each_at_once_goes_on_when_the_last_of_them_is_done() -> None:
    driven = each_of(at_once=True)
    driven.do(engine.Spread(driven.at("each"), 3))
    assert driven.nodes == ["a", "a", "a"]
    driven.finish("a")
    driven.finish("b")
    assert driven.nodes == ["a", "a"]
    for _each in range(2):
        driven.finish("a")
        driven.finish("b")
    assert driven.nodes == ["after"]


def test_an_each_in_turn_begins_the_next_when_one_is_done() -> None:
    driven = each_of(at_once=False)
    driven.do(engine.Spread(driven.at("each"), 3))
    for _each in range(3):
        assert driven.nodes == ["a"]
        driven.finish("a")
        assert driven.nodes == ["b"]
        driven.finish("b")
    assert driven.nodes == ["after"]


@pytest.mark.parametrize("at_once", [True, False])
def test_an_each_of_nothing_goes_on_at_once(at_once: bool) -> None:
    driven = each_of(at_once=at_once)
    driven.do(engine.Spread(driven.at("each"), 0))
    assert driven.nodes == ["after"]


def test_an_each_of_a_thousand_things_that_wait_is_no_endless_loop() -> None:
    driven = each_of(at_once=False)
    driven.do(engine.Spread(driven.at("each"), 2_000))
    assert driven.nodes == ["a"]


def staged() -> Graph:
    return drawn(
        "start>stage stage>after after>end in>both both>a both>b a>out b>out",
        start=START, stage=Kind.SCOPE, after=TASK, end=END, **{"in": node(START, scope="stage")},
        both=node(SPLIT, scope="stage"), a=node(TASK, scope="stage"), b=node(TASK, scope="stage"),
        out=node(END, scope="stage"),
    )  # fmt: skip


def test_a_stage_is_done_when_nothing_is_left_in_it() -> None:
    driven = Driven(staged())
    assert driven.scopes["stage"] == 1
    driven.finish("a")
    assert driven.nodes == ["b"]
    driven.finish("b")
    assert driven.nodes == ["after"]
    assert driven.scopes["stage"] == 0


def test_a_whole_end_within_a_stage_ends_everything() -> None:
    graph = drawn(
        "start>both both>stage both>other stage>end other>end in>a a>over",
        start=START, both=SPLIT, stage=Kind.SCOPE, other=TASK, end=END, **{"in": node(START, scope="stage")},
        a=node(TASK, scope="stage"), over=node(END, scope="stage", is_whole=True, result="lost"),
    )  # fmt: skip
    driven = Driven(graph)
    other = driven.at("other")
    orders = driven.do(engine.Finish(driven.at("a")))
    assert engine.Leave(other, "other") in orders
    assert driven.results == ["lost"]
    assert (driven.nodes, driven.state.tokens, driven.state.scopes) == ([], {}, {})


def test_a_run_ends_with_what_its_last_end_said() -> None:
    graph = drawn(
        "start>both both>a both>b a>first b>second",
        start=START, both=SPLIT, a=TASK, b=TASK, first=node(END, result="first"),
        second=node(END, result="second"),
    )  # fmt: skip
    driven = Driven(graph)
    driven.finish("b")
    assert driven.result is None
    driven.finish("a")
    assert driven.results == ["first"]


def test_a_loop_in_which_nothing_waits_is_stopped() -> None:
    graph = drawn("start>a a>b b>a", start=START, a=SPLIT, b=SPLIT)
    with pytest.raises(engine.Endless):
        Driven(graph)


def watched(*, interrupts: bool) -> Driven:
    graph = drawn(
        "start>a a>end late>remind remind>end",
        start=START, a=TASK, late=node(WAIT, attached_to="a", interrupts=interrupts), remind=TASK, end=END,
    )  # fmt: skip
    return Driven(graph)


def test_an_attached_wait_takes_away_what_it_watches() -> None:
    driven = watched(interrupts=True)
    assert driven.nodes == ["a", "late"]
    task = driven.at("a")
    orders = driven.do(engine.Happen(driven.at("late")))
    assert engine.Leave(task, "a") in orders
    assert driven.nodes == ["remind"]


def test_an_attached_wait_that_does_not_interrupt_lets_the_work_go_on() -> None:
    driven = watched(interrupts=False)
    driven.do(engine.Happen(driven.at("late")))
    assert driven.nodes == ["a", "remind"]
    driven.finish("remind")
    assert driven.result is None
    driven.finish("a")
    assert driven.results == [""]


def test_an_attached_wait_may_happen_again_and_again() -> None:
    driven = watched(interrupts=False)
    for times in range(1, 4):
        driven.do(engine.Happen(driven.at("late"), again=True))
        assert driven.nodes == ["a", "late", *["remind"] * times]


def test_an_attached_wait_goes_with_the_work_it_watches() -> None:
    driven = watched(interrupts=True)
    late = driven.at("late")
    orders = driven.do(engine.Finish(driven.at("a")))
    assert engine.Leave(late, "late") in orders
    assert driven.results == [""]


def test_a_wait_on_a_stage_takes_away_all_that_is_open_in_it() -> None:
    graph = drawn(
        "start>stage stage>end late>after after>end in>a a>out",
        start=START, stage=Kind.SCOPE, late=node(WAIT, attached_to="stage"), after=TASK, end=END,
        **{"in": node(START, scope="stage")}, a=node(TASK, scope="stage"), out=node(END, scope="stage"),
    )  # fmt: skip
    driven = Driven(graph)
    assert driven.nodes == ["a", "late"]
    driven.do(engine.Happen(driven.at("late")))
    assert driven.nodes == ["after"]
    assert driven.scopes["stage"] == 0


def test_cancelling_takes_away_everything_that_is_open() -> None:
    driven = Driven(staged())
    driven.do(engine.Cancel())
    assert (driven.nodes, driven.results) == ([], ["cancelled"])


def test_a_token_is_placed_only_within_its_own_scope() -> None:
    driven = Driven(staged())
    driven.do(engine.Place(driven.at("a"), "b"))
    assert driven.nodes == ["b", "b"]
    with pytest.raises(ValueError, match="different scopes"):
        engine.advance(driven.graph, driven.state, engine.Place(driven.at("b"), "after"))


def test_a_command_leaves_the_state_it_was_given_as_it_was() -> None:
    graph = staged()
    before, _orders = engine.advance(graph, State(), engine.Start())
    kept = before.to_json()
    token = before.at("a")[0].key
    after, _orders = engine.advance(graph, before, engine.Finish(token))
    assert before.to_json() == kept != after.to_json()
    assert State.from_json(after.to_json()) == after


def test_branches_that_may_be_left_in_several_ways_come_together_before_their_join() -> None:
    branches = [
        {"id": "left", "blocks": [{"id": "pick", "kind": "choice", "else": [], "branches": [
            {"id": "big", "when": ["deal.amount", "gte", "1.00"], "blocks": [{"id": "a", "kind": "task"}]}
        ]}]},
        {"id": "right", "blocks": [{"id": "b", "kind": "task"}]},
    ]  # fmt: skip
    outline = {"blocks": [{"id": "both", "kind": "together", "need": "all", "branches": branches}]}
    driven = Driven(to_graph(outline))
    driven.finish("pick", flow="pick:else")
    assert driven.nodes == ["b"]
    driven.finish("b")
    assert driven.results == ["done"]
