"""Two versions side by side, as the sentences people read: what is new, what is gone, what stayed."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from processes.editing import asking
from processes.editing.around import Around
from processes.editing.cards import slot_words, start_words
from processes.editing.choices import LABELS
from processes.graph.blocks import BRANCHING, rows_of
from processes.graph.model import Graph
from processes.sentences import sentence, wait_words

INDENT = "    "


@dataclass(frozen=True)
class Line:
    """`what`: same, new or gone."""

    what: str
    text: str


def lines_of(kept: Any, around: Around) -> list[str]:
    """What a version, or the draft, says, a line each."""
    said = [f"▸ {start_words(each, around)}" for each in kept.starts]
    if kept.outline is not None:
        return said + list(_lines(kept.outline["blocks"], around, 0))
    if kept.graph is None:
        return said
    nodes = Graph.from_json(kept.graph).nodes.values()
    return said + [words for node in nodes if (words := sentence(node, around.names))]


def _lines(blocks: list[dict[str, Any]], around: Around, depth: int) -> Any:
    for block in blocks:
        name = block.get("name") or LABELS[block["kind"]]
        words = sentence(block, around.names) if block["kind"] not in BRANCHING else ""
        yield f"{INDENT * depth}{name}: {words}" if words else f"{INDENT * depth}{name}"
        branches = {f"branches:{each['id']}": each for each in block.get("branches") or ()}
        for slot, inner in rows_of(block):
            if slot in branches:
                yield f"{INDENT * (depth + 1)}→ {_branch_words(branches[slot], around)}"
                yield from _lines(inner, around, depth + 2)
            elif inner:
                if heading := slot_words(slot)[0]:
                    yield f"{INDENT * (depth + 1)}→ {heading}"
                yield from _lines(inner, around, depth + (2 if heading else 1))


def _branch_words(branch: dict[str, Any], around: Around) -> str:
    said = [str(branch.get("name") or "")]
    if "when" in branch:
        said.append(asking.said(branch["when"], around.own_fields))
    if "wait" in branch:
        said.append(wait_words(branch["wait"], around.names))
    return ": ".join(each for each in said if each)


def compared(before: list[str], after: list[str]) -> list[Line]:
    found: list[Line] = []
    for what, first, last, begin, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            found += [Line("same", text) for text in after[begin:end]]
        else:
            found += [Line("gone", text) for text in before[first:last]]
            found += [Line("new", text) for text in after[begin:end]]
    return found
