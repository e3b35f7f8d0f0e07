"""Edits of an outline. Each gives back a new outline and leaves the old one as it was; raises Refused in a sentence.

An edit may leave what to_graph refuses (a repeat that does not yet say how long, a block after an end): people build
step by step, and the outline is judged when it is published.
"""

from copy import deepcopy
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.graph.blocks import (
    BRANCHING,
    KINDS,
    NESTED,
    ROWS,
    Block,
    Outline,
    Place,
    find,
    rows_of,
    title_of,
    walk,
)

__all__ = [
    "Place",
    "add_block",
    "add_branch",
    "blank",
    "block_of",
    "change_block",
    "change_branch",
    "duplicate_block",
    "find",
    "move_block",
    "move_branch",
    "new_block",
    "place_of",
    "remove_block",
    "remove_branch",
    "walk",
]

WAYS_TO_REPEAT = frozenset({"until", "times", "each"})
DIRECTIONS = {"up": -1, "down": 1}


def blank() -> Outline:
    return {"blocks": []}


def new_block(kind: str) -> Block:
    """A block of this kind with what it cannot be without, and the most usual settings."""
    if kind not in KINDS:
        raise Refused(_("“%(kind)s” is not a kind of block.") % {"kind": kind})
    block: Block = {"id": _new_id(), "kind": kind, "name": ""}
    block |= deepcopy(_USUAL.get(kind, {}))
    if kind in BRANCHING:
        block["branches"] = [_new_branch(kind) for _number in range(1 if kind == "choice" else 2)]
    return block | {slot: [] for slot in ROWS.get(kind, ())}


def add_block(outline: Outline, place: Place, kind: str) -> tuple[Outline, str]:
    """The outline with a new block at the place, and the block's id."""
    changed, block = deepcopy(outline), new_block(kind)
    _put(changed, place, block)
    return changed, block["id"]


def change_block(outline: Outline, block_id: str, changes: dict[str, Any]) -> Outline:
    """Set what the block says about itself; None takes a setting away. What is within it has edits of its own."""
    changed = deepcopy(outline)
    block = block_of(changed, block_id)
    if wrong := changes.keys() & (NESTED | {"id", "kind"}):
        raise Refused(
            _("“%(field)s” of “%(name)s” is not changed this way.")
            % {"field": min(wrong), "name": title_of(block)}
        )
    if block["kind"] == "repeat" and (chosen := changes.keys() & WAYS_TO_REPEAT):
        # Another way to repeat takes the place of the one before.
        for other in WAYS_TO_REPEAT - chosen:
            block.pop(other, None)
    _set(block, changes)
    return changed


def remove_block(outline: Outline, block_id: str) -> Outline:
    """The outline without the block and all within it. Refused while a way back leads to any of that."""
    changed = deepcopy(outline)
    block = block_of(changed, block_id)
    gone = {block_id, *(each["id"] for each, _depth, _place in _within(block))}
    _refuse_while_led_to(changed, gone)
    container, slot, position = place_of(changed, block_id)
    del _row(changed, container, slot)[position]
    return changed


def move_block(outline: Outline, block_id: str, to: str | Place) -> Outline:
    """`to`: "up" or "down" in its row, or a place, whose position counts without the block itself."""
    changed = deepcopy(outline)
    block = block_of(changed, block_id)
    container, slot, position = place_of(changed, block_id)
    row = _row(changed, container, slot)
    if isinstance(to, str):
        if to not in DIRECTIONS:
            raise Refused(_("A block is moved up, down or to a place."))
        target: Place = (container, slot, position + DIRECTIONS[to])
        if not 0 <= target[2] < len(row):
            return changed
    else:
        target = to
    if target[0] is not None and find({"blocks": [block]}, target[0]) is not None:
        raise Refused(_("“%(name)s” cannot be put into itself.") % {"name": title_of(block)})
    del row[position]
    _put(changed, target, block)
    return changed


def duplicate_block(outline: Outline, block_id: str) -> tuple[Outline, str]:
    """The outline with a copy of the block, and all within it, right after it; and the copy's id."""
    changed = deepcopy(outline)
    copy = _with_new_ids(block_of(changed, block_id))
    container, slot, position = place_of(changed, block_id)
    _row(changed, container, slot).insert(position + 1, copy)
    return changed, copy["id"]


def add_branch(outline: Outline, block_id: str, name: str = "") -> tuple[Outline, str]:
    """The outline with one more branch at the end of the block's branches, and the branch's id."""
    changed = deepcopy(outline)
    block = _branching(changed, block_id)
    branch = _new_branch(block["kind"]) | {"name": name}
    block["branches"].append(branch)
    return changed, branch["id"]


def change_branch(outline: Outline, branch_id: str, changes: dict[str, Any]) -> Outline:
    """Set a branch's name, and `when` of a choice's or `wait` of a race's."""
    changed = deepcopy(outline)
    _block, branch = _branch_of(changed, branch_id)
    if changes.keys() & {"id", "blocks"}:
        raise Refused(_("What is within a branch has edits of its own."))
    _set(branch, changes)
    return changed


def move_branch(outline: Outline, branch_id: str, direction: str) -> Outline:
    """Up or down: the order in which the branches of a choice are tried."""
    changed = deepcopy(outline)
    block, branch = _branch_of(changed, branch_id)
    branches = block["branches"]
    here = branches.index(branch)
    there = here + DIRECTIONS.get(direction, 0)
    if 0 <= there < len(branches):
        branches.insert(there, branches.pop(here))
    return changed


def remove_branch(outline: Outline, branch_id: str) -> Outline:
    """The outline without the branch and all within it. A block that needs its branches keeps the least it needs."""
    changed = deepcopy(outline)
    block, branch = _branch_of(changed, branch_id)
    least = 1 if block["kind"] == "choice" else 2
    if len(block["branches"]) <= least:
        raise Refused(
            _("“%(name)s” needs at least %(least)d branches.") % {"name": title_of(block), "least": least}
        )
    inside = walk({"blocks": branch.get("blocks") or []})
    _refuse_while_led_to(changed, {each["id"] for each, _depth, _place in inside})
    block["branches"].remove(branch)
    return changed


def block_of(outline: Outline, block_id: str) -> Block:
    """The block of this id. Raises Refused where there is none."""
    if (block := find(outline, block_id)) is None:
        raise Refused(_("This block is no longer in the outline."))
    return block


def place_of(outline: Outline, block_id: str) -> Place:
    for block, _depth, place in walk(outline):
        if block["id"] == block_id:
            return place
    raise Refused(_("This block is no longer in the outline."))


_USUAL: dict[str, dict[str, Any]] = {
    "task": {"who": {"kind": "owner"}, "deadline": {"amount": 1, "unit": "working_days", "side": "us"}},
    "approval": {
        "who": {"kind": "head"},
        "rule": {"need": "one"},
        "deadline": {"amount": 1, "unit": "working_days", "side": "us"},
    },
    "action": {"action": "notify", "arguments": {}},
    "together": {"need": "all"},
    "wait": {"for": {"amount": 1, "unit": "working_days"}},
    "repeat": {"times": 2},
    "call": {"process": "", "is_waited_for": True},
    "end": {"result": "done"},
    "back": {"to": ""},
}


def _new_id() -> str:
    return str(uuid4())


def _new_branch(kind: str) -> dict[str, Any]:
    branch: dict[str, Any] = {"id": _new_id(), "name": "", "blocks": []}
    if kind == "choice":
        branch["when"] = {"all": []}
    if kind == "race":
        branch["wait"] = {"amount": 1, "unit": "working_days"}
    return branch


def _set(named: dict[str, Any], changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if value is None:
            named.pop(name, None)
        else:
            named[name] = deepcopy(value)


def _row(outline: Outline, container: str | None, slot: str) -> list[Block]:
    """The very list of blocks at a place, made where the outline left it out."""
    holder: dict[str, Any] = outline
    if container is not None:
        block = block_of(outline, container)
        if slot.startswith("branches:") and block["kind"] in BRANCHING:
            wanted = slot.removeprefix("branches:")
            for branch in block["branches"]:
                if branch["id"] == wanted:
                    return branch.setdefault("blocks", [])  # type: ignore[no-any-return]
        if slot not in ROWS.get(block["kind"], ()):
            raise Refused(_("“%(name)s” has no such place for blocks.") % {"name": title_of(block)})
        holder = block
    elif slot != "blocks":
        raise Refused(_("The outline has no such place for blocks."))
    return holder.setdefault(slot, [])  # type: ignore[no-any-return]


def _put(outline: Outline, place: Place, block: Block) -> None:
    container, slot, position = place
    row = _row(outline, container, slot)
    row.insert(max(0, min(position, len(row))), block)


def _within(block: Block) -> list[tuple[Block, int, Place]]:
    return [each for _slot, row in rows_of(block) for each in walk({"blocks": row})]


def _branching(outline: Outline, block_id: str) -> Block:
    block = block_of(outline, block_id)
    if block["kind"] not in BRANCHING:
        raise Refused(_("“%(name)s” has no branches.") % {"name": title_of(block)})
    return block


def _branch_of(outline: Outline, branch_id: str) -> tuple[Block, dict[str, Any]]:
    for block, _depth, _place in walk(outline):
        if block["kind"] in BRANCHING:
            for branch in block["branches"]:
                if branch["id"] == branch_id:
                    return block, branch
    raise Refused(_("This branch is no longer in the outline."))


def _refuse_while_led_to(outline: Outline, gone: set[str]) -> None:
    for block, _depth, _place in walk(outline):
        if block["kind"] == "back" and block.get("to") in gone and block["id"] not in gone:
            there = block_of(outline, block["to"])
            raise Refused(
                _("“%(back)s” leads back to “%(name)s”. Change that first.")
                % {"back": title_of(block), "name": title_of(there)}
            )


def _with_new_ids(block: Block) -> Block:
    """A copy with ids of its own; ways back within it lead to the copies."""
    copy = deepcopy(block)
    new: dict[str, str] = {}
    inside = [each for each, _depth, _place in walk({"blocks": [copy]})]
    for each in inside:
        if each["kind"] in BRANCHING:
            for branch in each["branches"]:
                branch["id"] = _new_id()
        old = each["id"]
        new[old] = each["id"] = _new_id()
    for each in inside:
        if each["kind"] == "back" and each.get("to") in new:
            each["to"] = new[each["to"]]
    return copy
