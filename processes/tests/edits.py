"""Random edits of an outline, as somebody makes them in the editor; the same seed gives the same."""

from random import Random
from typing import Any

from foundation.errors import Refused
from processes.graph import editing
from processes.graph.blocks import rows_of, walk
from processes.graph.model import Graph
from processes.graph.outline import to_graph

NEW = ("task", "approval", "action", "wait", "stage", "together", "choice", "repeat", "race")


def edited(outline: dict[str, Any], random: Random, count: int) -> tuple[dict[str, Any], Graph]:
    """The outline after some edits that leave it one that can be published, and its graph."""
    graph = to_graph(outline)
    for _number in range(count):
        try:
            changed = _edit(outline, random)
            graph = to_graph(changed)
        except (Refused, ValueError):
            continue
        outline = changed
    return outline, graph


def _edit(outline: dict[str, Any], random: Random) -> dict[str, Any]:
    block = random.choice([each for each, _depth, _place in walk(outline)] or [{"id": "", "kind": ""}])
    match random.choice(["rename", "add", "add", "remove", "remove", "move", "up", "branch", "cut"]):
        case "rename":
            return editing.change_block(outline, block["id"], {"name": f"Renamed {random.randrange(99)}"})
        case "add":
            changed, key = editing.add_block(outline, _place(outline, random), random.choice(NEW))
            return _called(changed, key, random)
        case "remove":
            return editing.remove_block(outline, block["id"])
        case "move":
            return editing.move_block(outline, block["id"], _place(outline, random))
        case "up":
            return editing.move_block(outline, block["id"], random.choice(["up", "down"]))
        case "branch":
            changed, key = editing.add_branch(outline, block["id"])
            return _with_known_ids(changed, {key: f"added-{random.randrange(10**9)}"})
        case _cut:
            branches = block.get("branches") or [{"id": ""}]
            return editing.remove_branch(outline, random.choice(branches)["id"])


def _place(outline: dict[str, Any], random: Random) -> tuple[str | None, str, int]:
    rows: list[tuple[str | None, str, int]] = [(None, "blocks", len(outline["blocks"]))]
    for block, _depth, _place in walk(outline):
        rows += [(block["id"], slot, len(row)) for slot, row in rows_of(block)]
    container, slot, length = random.choice(rows)
    return container, slot, random.randint(0, length)


def _called(outline: dict[str, Any], key: str, random: Random) -> dict[str, Any]:
    """Its keys come from the seed, so that a failure can be seen again."""
    block = editing.block_of(outline, key)
    names = {key: f"new-{random.randrange(10**9)}"}
    for branch in block.get("branches", ()):
        names[branch["id"]] = f"new-{random.randrange(10**9)}"
    return _with_known_ids(outline, names)


def _with_known_ids(said: Any, names: dict[str, str]) -> Any:
    if isinstance(said, dict):
        return {name: _with_known_ids(value, names) for name, value in said.items()}
    if isinstance(said, list):
        return [_with_known_ids(each, names) for each in said]
    return names.get(said, said) if isinstance(said, str) else said
