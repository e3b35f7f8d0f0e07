"""What a click in the outline does at once, without a form: add, move, copy, take away. Each gives a new draft."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.graph import editing
from processes.graph.blocks import Block, Outline, Place
from processes.models import Process


@dataclass
class Done:
    """The draft after a click: what of it changed, which part to open, and what to say if it can be taken back."""

    changed: dict[str, Any] = field(default_factory=dict)
    opens: str = ""
    focus: str = ""
    undo: str = ""


def do(process: Process, what: str, key: str, more: str = "") -> Done:
    """Raises Refused for what cannot be done, in a sentence."""
    outline = process.outline or {"blocks": []}
    if what == "add":
        changed, block_id = editing.add_block(outline, place_read(key), more)
        return Done({"outline": changed}, **_next_to(editing.block_of(changed, block_id)))
    if what == "delete-start":
        if not key.isdigit() or int(key) >= len(process.starts):
            raise Refused(_("This beginning is no longer there."))
        kept = [each for number, each in enumerate(process.starts) if number != int(key)]
        return Done({"starts": kept}, undo=_("The beginning is taken away."))
    if what in DEEDS:
        return DEEDS[what](outline, key)
    raise Refused(_("Say what is to be done."))


def _next_to(block: Block) -> dict[str, str]:
    """Where to go on in a new block: its own form, or that of the first of its ways."""
    if block["kind"] == "together":
        return {"focus": block["id"]}
    return {"opens": block["branches"][0]["id"] if "branches" in block else block["id"]}


def place_read(text: str) -> Place:
    container, _slash, rest = text.partition("/")
    slot, _slash, position = rest.rpartition("/")
    if not slot or not position.isdigit():
        raise Refused(_("Say where the block belongs."))
    return (None if container == "-" else container, slot, int(position))


def _move(direction: str) -> Callable[[Outline, str], Done]:
    return lambda outline, key: Done({"outline": editing.move_block(outline, key, direction)}, focus=key)


def _duplicate(outline: Outline, key: str) -> Done:
    changed, copy = editing.duplicate_block(outline, key)
    return Done({"outline": changed}, focus=copy)


def _delete(outline: Outline, key: str) -> Done:
    changed = editing.remove_block(outline, key)
    return Done({"outline": changed}, undo=_("The step and all within it are taken away."))


def _add_branch(outline: Outline, key: str) -> Done:
    changed, branch = editing.add_branch(outline, key)
    kind = editing.block_of(outline, key)["kind"]
    return Done({"outline": changed}, opens=branch if kind != "together" else "", focus=branch)


def _move_branch(direction: str) -> Callable[[Outline, str], Done]:
    return lambda outline, key: Done({"outline": editing.move_branch(outline, key, direction)}, focus=key)


def _delete_branch(outline: Outline, key: str) -> Done:
    return Done({"outline": editing.remove_branch(outline, key)}, undo=_("The way is taken away."))


DEEDS: dict[str, Callable[[Outline, str], Done]] = {
    "up": _move("up"),
    "down": _move("down"),
    "duplicate": _duplicate,
    "delete": _delete,
    "add-branch": _add_branch,
    "branch-up": _move_branch("up"),
    "branch-down": _move_branch("down"),
    "delete-branch": _delete_branch,
}
