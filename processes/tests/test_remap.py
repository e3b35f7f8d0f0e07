"""Where a run stands, said in another version: watchers, races, joins and what somebody chose."""

from typing import Any

from processes.engine import advance as engine
from processes.engine.remap import CANCEL, LEAVE, Remapped, Versions, remap
from processes.graph.model import Flow, Graph, Kind
from processes.graph.outline import to_graph
from processes.tests.driving import Driven, drawn, node


def moved(driven: Driven, new: Graph, choices: dict[str, str] | None = None) -> Remapped:
    return remap(Versions(driven.graph, new), driven.state, choices or {})


def troubles(found: Remapped) -> list[tuple[str, str]]:
    return [(each.what, each.node) for each in found.troubles]


def standing(found: Remapped) -> list[str]:
    return sorted(each.node for each in found.state.tokens.values())


def watched(**watchers: bool) -> Graph:
    """A task with watchers by name, each of which interrupts or not."""
    nodes: dict[str, Any] = {
        name: node(Kind.WAIT, attached_to="work", interrupts=interrupts)
        for name, interrupts in watchers.items()
    }
    ways = "start>work work>end " + " ".join(f"{name}>end" for name in watchers)
    return drawn(ways, start=Kind.START, work=Kind.TASK, end=Kind.END, **nodes)


def test_a_watcher_that_stays_goes_on_one_that_has_gone_goes_and_a_new_one_begins() -> None:
    found = moved(Driven(watched(stays=True, goes=True)), watched(stays=True, comes=False))
    assert troubles(found) == []
    assert standing(found) == ["comes", "stays", "work"]
    assert [found.state.tokens[key].node for key in found.arriving] == ["comes"]
    assert list(found.gone.values()) == ["goes"]
    work = next(each for each in found.state.tokens.values() if each.node == "work")
    assert {each.watches for each in found.state.tokens.values() if each.node != "work"} == {work.key}


def test_a_watcher_that_has_come_already_does_not_begin_again() -> None:
    graph = watched(reminder=False)
    driven = Driven(graph)
    driven.do(engine.Happen(driven.at("reminder")))
    assert standing(moved(driven, graph)) == ["work"]


def test_with_the_step_they_watch_its_watchers_go() -> None:
    new = drawn("start>other other>end", start=Kind.START, other=Kind.TASK, end=Kind.END)
    driven = Driven(watched(one=True, two=False))
    assert troubles(moved(driven, new)) == [("gone", "work")]
    found = moved(driven, new, {"work": "other"})
    assert standing(found) == ["other"]
    assert sorted(found.gone.values()) == ["one", "two"]
    assert not found.arriving, "a task put in the place of a task keeps its work"


def racing(*waits: str) -> Graph:
    ways = "start>race " + " ".join(f"race>{each} {each}>end" for each in waits)
    named = dict.fromkeys(waits, Kind.WAIT)
    return drawn(ways, start=Kind.START, race=Kind.RACE, end=Kind.END, **named)


def test_a_race_goes_on_while_one_of_its_waits_is_there_and_new_ones_join_it() -> None:
    found = moved(Driven(racing("a", "b")), racing("b", "c"))
    assert standing(found) == ["b", "c"]
    assert len({each.race for each in found.state.tokens.values()}) == 1
    assert [found.state.tokens[key].node for key in found.arriving] == ["c"]
    after = engine.advance(racing("b", "c"), found.state, engine.Finish(found.arriving[0]))[0]
    assert after.is_over


def test_a_race_of_which_nothing_is_left_is_one_token_wherever_it_goes() -> None:
    new = drawn("start>work work>end", start=Kind.START, work=Kind.TASK, end=Kind.END)
    found = moved(Driven(racing("a", "b")), new, {"a": "work", "b": "work"})
    assert standing(found) == ["work"]
    assert len(found.arriving) == 1


def test_leaving_wins_over_cancelling_and_both_over_nothing() -> None:
    new = drawn("start>work work>end", start=Kind.START, work=Kind.TASK, end=Kind.END)
    driven = Driven(drawn("start>gone gone>end", start=Kind.START, gone=Kind.TASK, end=Kind.END))
    assert moved(driven, new, {"gone": CANCEL}).is_cancelled
    assert troubles(moved(driven, new, {"gone": LEAVE})) == [("left", "gone")]
    assert troubles(moved(driven, new)) == [("gone", "gone")]


def together(*rows: list[dict[str, Any]], need: Any = "all", ids: str = "abc") -> Graph:
    branches = [{"id": f"way-{ids[place]}", "name": "", "blocks": row} for place, row in enumerate(rows)]
    both = {"id": "both", "kind": "together", "name": "Both", "need": need, "branches": branches}
    return to_graph({"blocks": [both, task("after")]})


def task(key: str) -> dict[str, Any]:
    return {"id": key, "kind": "task", "name": key}


def test_a_block_that_went_from_one_way_to_another_takes_no_token_with_it() -> None:
    driven = Driven(together([task("a"), task("moving")], [task("b")]))
    driven.finish("a")
    new = together([task("a")], [task("moving"), task("b")])
    assert ("branch", "moving") in troubles(moved(driven, new))


def test_who_has_come_over_a_way_is_not_taken_for_another_by_the_name_of_its_last_step() -> None:
    driven = Driven(together([task("a"), task("last")], [task("b")]))
    driven.finish("a")
    driven.finish("last")
    new = together([task("a")], [task("b"), task("last")])
    found = moved(driven, new)
    assert troubles(found) == []
    [waiting] = [each for each in found.state.tokens.values() if each.node == "both:join"]
    assert waiting.via == "a:next"


def test_a_join_that_fired_early_still_swallows_the_late_one_by_its_new_way() -> None:
    driven = Driven(together([task("a")], [task("b")], need="first"))
    driven.finish("a")
    new = together([task("a")], [task("b"), task("more")], need="first")
    found = moved(driven, new)
    assert found.state.scopes[0].owed == {"both:join": ("more:next",)}
    assert ("join", "both:join") in troubles(moved(driven, together([task("a")], [task("c")], ids="ac")))


def test_a_way_more_and_a_way_that_no_longer_ends_are_not_moved() -> None:
    driven = Driven(together([task("a")], [task("b")]))
    assert ("way", "both") in troubles(moved(driven, together([task("a")], [task("b")], [task("c")])))
    ends = {"id": "stop", "kind": "end", "name": "", "result": "over"}
    once = Driven(together([task("a")], [task("b"), ends]))
    assert ("way", "both") in troubles(moved(once, together([task("a")], [task("b")])))


def test_into_things_done_at_once_nothing_is_put_that_a_join_would_wait_for_in_vain() -> None:
    driven = Driven(to_graph({"blocks": [task("a"), task("after")]}))
    versions = Versions(driven.graph, together([task("a")], [task("b")]))
    assert [(each.what, each.node) for each in remap(versions, driven.state, {}).troubles] == [
        ("branch", "a")
    ]
    assert [each.key for each in versions.targets("a", {})] == ["both", "after"]
    found = remap(versions, driven.state, {"a": "both"})
    state, _orders = engine.advance(versions.new, found.state, engine.Arrive(found.arriving[0]))
    assert sorted(each.node for each in state.tokens.values()) == ["a", "b"]


def test_each_at_once_is_moved_with_every_round() -> None:
    def rounds(*inner: dict[str, Any]) -> Graph:
        block = {"id": "each", "kind": "repeat", "name": "", "each": "deal.contacts", "at_once": True}
        return to_graph({"blocks": [block | {"blocks": list(inner)}]})

    driven = Driven(rounds(task("one")))
    driven.do(engine.Spread(driven.at("each"), 3))
    driven.finish("one")
    found = moved(driven, rounds(task("one"), task("two")))
    assert standing(found) == ["each", "one", "one"]
    assert troubles(moved(driven, to_graph({"blocks": [task("one")]}))) == [("gone", "each")]
    found = moved(driven, to_graph({"blocks": [task("one")]}), {"each": "one"})
    assert (standing(found), len(found.state.scopes)) == (["one"], 1)


def test_a_node_of_another_kind_under_the_same_key_is_asked_about() -> None:
    driven = Driven(drawn("start>it it>end", start=Kind.START, it=Kind.TASK, end=Kind.END))
    new = Graph.of(
        drawn("start>it it>end", start=Kind.START, it=Kind.APPROVAL, end=Kind.END).nodes.values(),
        [Flow("start>it", "start", "it"), Flow("it>end", "it", "end")],
    )
    assert troubles(moved(driven, new)) == [("kind", "it")]
    found = moved(driven, new, {"it": "it"})
    assert (standing(found), len(found.arriving)) == (["it"], 1)
