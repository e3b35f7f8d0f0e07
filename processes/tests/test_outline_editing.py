"""Every edit of an outline gives a new one and leaves the old one as it was."""

from copy import deepcopy
from random import Random
from typing import Any

import pytest

from foundation.errors import Refused
from processes.graph import editing
from processes.graph.blocks import KINDS, refuse_misshapen
from processes.graph.outline import to_graph
from processes.tests.models import random_outline


def made() -> dict[str, Any]:
    """A task, a choice with one branch that goes back to it, and a stage with a task."""
    back = {"id": "back", "kind": "back", "name": "Again", "to": "a"}
    branch = {"id": "x", "name": "Small", "when": ["deal.amount", "lt", "1.00"], "blocks": [back]}
    return {"blocks": [
        {"id": "a", "kind": "task", "name": "A"},
        {"id": "c", "kind": "choice", "name": "C", "branches": [branch], "else": []},
        {"id": "s", "kind": "stage", "name": "S", "blocks": [{"id": "b", "kind": "task", "name": "B"}]},
    ]}  # fmt: skip


def ids(outline: dict[str, Any]) -> list[str]:
    return [block["id"] for block, _depth, _place in editing.walk(outline)]


def test_blocks_are_walked_in_reading_order_with_depth_and_place() -> None:
    assert [(block["id"], depth, place) for block, depth, place in editing.walk(made())] == [
        ("a", 0, (None, "blocks", 0)),
        ("c", 0, (None, "blocks", 1)),
        ("back", 1, ("c", "branches:x", 0)),
        ("s", 0, (None, "blocks", 2)),
        ("b", 1, ("s", "blocks", 0)),
    ]


@pytest.mark.parametrize("place", [
    (None, "blocks", 0), ("s", "blocks", 1), ("c", "else", 0), ("c", "branches:x", 0), (None, "blocks", 99),
])  # fmt: skip
def test_a_block_is_added_where_it_is_wanted(place: editing.Place) -> None:
    outline, key = editing.add_block(made(), place, "task")
    container, slot, position = editing.place_of(outline, key)
    assert (container, slot) == place[:2]
    assert position == min(place[2], 3)
    assert len(key) == 36


@pytest.mark.parametrize("kind", [each for each in KINDS if each != "back"])
def test_a_new_block_of_any_kind_makes_a_process(kind: str) -> None:
    outline, _key = editing.add_block(editing.blank(), (None, "blocks", 0), kind)
    assert to_graph(outline)


@pytest.mark.parametrize(
    "place", [("a", "blocks", 0), ("c", "branches:none", 0), (None, "else", 0), ("gone", "blocks", 0)]
)
def test_a_block_is_not_added_where_no_blocks_stand(place: editing.Place) -> None:
    with pytest.raises(Refused):
        editing.add_block(made(), place, "task")


def test_a_setting_is_changed_and_with_none_taken_away() -> None:
    outline = editing.change_block(made(), "a", {"name": "Call", "instructions": "Soon"})
    assert editing.block_of(outline, "a") == {
        "id": "a",
        "kind": "task",
        "name": "Call",
        "instructions": "Soon",
    }
    outline = editing.change_block(outline, "a", {"instructions": None})
    assert "instructions" not in editing.block_of(outline, "a")


def test_another_way_to_repeat_takes_the_place_of_the_one_before() -> None:
    outline, key = editing.add_block(editing.blank(), (None, "blocks", 0), "repeat")
    outline = editing.change_block(outline, key, {"until": ["deal.state", "is", "won"]})
    assert "times" not in editing.block_of(outline, key)


@pytest.mark.parametrize("name", ["id", "kind", "blocks", "branches"])
def test_what_a_block_is_and_holds_is_not_changed_as_a_setting(name: str) -> None:
    with pytest.raises(Refused):
        editing.change_block(made(), "a", {name: "x"})


def test_a_block_goes_with_all_within_it() -> None:
    assert ids(editing.remove_block(made(), "c")) == ["a", "s", "b"]


def test_a_block_something_leads_back_to_stays() -> None:
    with pytest.raises(Refused, match="“Again” leads back to “A”"):
        editing.remove_block(made(), "a")


def test_a_block_moves_up_and_down_in_its_row_and_no_further() -> None:
    assert ids(editing.move_block(made(), "s", "up")) == ["a", "s", "b", "c", "back"]
    assert ids(editing.move_block(made(), "a", "down")) == ["c", "back", "a", "s", "b"]
    assert editing.move_block(made(), "a", "up") == made()


def test_a_block_moves_into_another_row_but_never_into_itself() -> None:
    assert ids(editing.move_block(made(), "a", ("s", "blocks", 1))) == ["c", "back", "s", "b", "a"]
    with pytest.raises(Refused, match="cannot be put into itself"):
        editing.move_block(made(), "s", ("s", "blocks", 0))


def test_a_copy_stands_after_its_original_with_ids_of_its_own_and_ways_back_to_itself() -> None:
    row = [
        {"id": "in", "kind": "task", "name": ""},
        {"id": "to", "kind": "back", "name": "", "to": "in"},
        {"id": "out", "kind": "back", "name": "", "to": "a"},
    ]
    outline = editing.change_block(made(), "s", {})
    editing.block_of(outline, "s")["blocks"] = row
    outline, key = editing.duplicate_block(outline, "s")
    copy = editing.block_of(outline, key)
    assert editing.place_of(outline, key) == (None, "blocks", 3)
    assert len(set(ids(outline))) == len(ids(outline))
    assert [each.get("to") for each in copy["blocks"]] == [None, copy["blocks"][0]["id"], "a"]


def test_branches_are_added_changed_moved_and_removed() -> None:
    outline, key = editing.add_branch(made(), "c", "Big")
    assert [each["name"] for each in editing.block_of(outline, "c")["branches"]] == ["Small", "Big"]
    outline = editing.change_branch(outline, key, {"when": ["deal.amount", "gte", "9.00"]})
    outline = editing.move_branch(outline, key, "up")
    assert [each["name"] for each in editing.block_of(outline, "c")["branches"]] == ["Big", "Small"]
    outline = editing.remove_branch(outline, "x")
    with pytest.raises(Refused, match="at least 1 branch"):
        editing.remove_branch(outline, key)
    assert "back" not in ids(outline)


def test_a_block_without_branches_gets_none() -> None:
    with pytest.raises(Refused, match="“A” has no branches"):
        editing.add_branch(made(), "a")


def test_any_row_of_edits_keeps_the_shape_and_leaves_the_old_outline_alone() -> None:
    edits = 0
    for seed in range(60):
        random, outline = Random(seed), random_outline(seed)
        for _edit in range(12):
            before = deepcopy(outline)
            try:
                after = edited(outline, random)
            except Refused:
                after = outline
            else:
                edits += 1
            assert outline == before
            refuse_misshapen(after)
            outline = after
    assert edits > 400


def edited(outline: dict[str, Any], random: Random) -> dict[str, Any]:
    blocks = [block for block, _depth, _place in editing.walk(outline)]
    places = [place for _block, _depth, place in editing.walk(outline)] or [(None, "blocks", 0)]
    key = random.choice(blocks)["id"] if blocks else "none"
    match random.randrange(7):
        case 0:
            return editing.add_block(outline, random.choice(places), random.choice(list(KINDS)))[0]
        case 1:
            return editing.remove_block(outline, key)
        case 2:
            return editing.move_block(outline, key, random.choice(["up", "down"]))
        case 3:
            return editing.move_block(outline, key, random.choice(places))
        case 4:
            return editing.duplicate_block(outline, key)[0]
        case 5:
            return editing.add_branch(outline, key)[0]
        case _change:
            return editing.change_block(outline, key, {"name": "Renamed"})
