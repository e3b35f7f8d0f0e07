"""The blocks an outline is made of: their kinds, the slots in which they hold others, and walking through them.

An outline is {"blocks": [block, ...]}. A place in it is (container, slot, position): the id of the block that holds
the row, or None for the outline itself; which of its rows ("blocks", "declined", "returned", "else" or
"branches:<branch id>"); and how many blocks of the row come before.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Refused

Block = dict[str, Any]
Outline = dict[str, Any]
Place = tuple[str | None, str, int]

KINDS = {
    "task": gettext_lazy("Person's task"),
    "approval": gettext_lazy("Approval"),
    "action": gettext_lazy("Automatic action"),
    "choice": gettext_lazy("Choice"),
    "together": gettext_lazy("All at once"),
    "race": gettext_lazy("Whichever comes first"),
    "wait": gettext_lazy("Wait"),
    "repeat": gettext_lazy("Repeat"),
    "stage": gettext_lazy("Stage"),
    "call": gettext_lazy("Another process"),
    "end": gettext_lazy("End"),
    "back": gettext_lazy("Back"),
}
ROWS = {
    "approval": ("declined", "returned"),
    "choice": ("else",),
    "repeat": ("blocks",),
    "stage": ("blocks",),
}
BRANCHING = frozenset({"choice", "together", "race"})
NESTED = frozenset({"blocks", "branches", "declined", "returned", "else"})
DEEPEST = 30


def rows_of(block: Block) -> Iterator[tuple[str, list[Block]]]:
    """The rows of blocks a block holds, by slot, in the order they are read."""
    if block["kind"] in BRANCHING:
        for branch in block.get("branches") or []:
            yield f"branches:{branch['id']}", branch.get("blocks") or []
    for slot in ROWS.get(block["kind"], ()):
        yield slot, block.get(slot) or []


def walk(outline: Outline) -> Iterator[tuple[Block, int, Place]]:
    """Every block with its depth (0 at the top) and its place, in the order they are read."""
    yield from _walk_row(outline.get("blocks") or [], 0, None, "blocks")


def _walk_row(
    row: list[Block], depth: int, container: str | None, slot: str
) -> Iterator[tuple[Block, int, Place]]:
    for position, block in enumerate(row):
        yield block, depth, (container, slot, position)
        for inner, blocks in rows_of(block):
            yield from _walk_row(blocks, depth + 1, block["id"], inner)


def find(outline: Outline, block_id: str) -> Block | None:
    """The block of this id, the very one that stands in the outline."""
    return next((block for block, _depth, _place in walk(outline) if block["id"] == block_id), None)


def title_of(block: Block) -> str:
    """How a block is called in a sentence: its name, or what it is."""
    return str(block.get("name") or KINDS.get(str(block.get("kind")), block.get("kind") or ""))


def settings_of(block: Block) -> dict[str, Any]:
    """What a block says about itself, without its id, kind, name and the blocks within it."""
    left_out = NESTED | {"id", "kind", "name"}
    return {name: value for name, value in block.items() if name not in left_out}


def refuse_misshapen(outline: Any) -> None:
    """Raises Refused for what is no outline at all: no rows, an unknown kind, an id missing or used twice."""
    if not isinstance(outline, dict) or not isinstance(outline.get("blocks"), list):
        raise Refused(_("This is no outline of a process: it has no list of blocks."))
    _refuse_row(outline["blocks"], set(), 0)


def _refuse_row(row: Any, seen: set[str], depth: int) -> None:
    if not isinstance(row, list):
        raise Refused(_("This is no outline of a process: a row of blocks is not a list."))
    if depth > DEEPEST:
        raise Refused(_("Blocks stand more than %(most)d deep in one another.") % {"most": DEEPEST})
    for block in row:
        _refuse_block(block, seen, depth)


def _refuse_block(block: Any, seen: set[str], depth: int) -> None:
    if not isinstance(block, dict) or not isinstance(block.get("kind"), str):
        raise Refused(_("This is no outline of a process: something in it is not a block."))
    if block["kind"] not in KINDS:
        raise Refused(_("“%(kind)s” is not a kind of block.") % {"kind": block["kind"]})
    _refuse_id(block, seen)
    if block["kind"] in BRANCHING:
        branches = block.get("branches")
        if not isinstance(branches, list) or not all(isinstance(each, dict) for each in branches):
            raise Refused(_("“%(name)s” has no list of branches.") % {"name": title_of(block)})
        for branch in branches:
            _refuse_id(branch, seen)
            _refuse_row(branch.get("blocks", []), seen, depth + 1)
    for slot in ROWS.get(block["kind"], ()):
        _refuse_row(block.get(slot, []), seen, depth + 1)


def _refuse_id(named: dict[str, Any], seen: set[str]) -> None:
    key = named.get("id")
    # A colon would meet the keys of the helper nodes; the two words are the process's own start and end.
    if not isinstance(key, str) or not key or ":" in key or key in ("start", "end"):
        raise Refused(_("“%(name)s” has no usable id.") % {"name": title_of(named)})
    if key in seen:
        raise Refused(_("Two blocks have the same id: %(id)s.") % {"id": key})
    seen.add(key)
