"""What is done on the canvas to a draft, as the one who does it sees it: one change, kept at once."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes import operations
from processes.bpmn.diagram import Diagram
from processes.bpmn.layout import layout
from processes.canvas import changing
from processes.canvas.forms import block_of
from processes.canvas.places import completed, kept_diagram
from processes.canvas.reading import read_diagram, read_graph
from processes.editing.parts import branch_of
from processes.graph import editing
from processes.graph.blocks import ROWS, Block, Outline, Place, find
from processes.graph.model import Graph
from processes.graph.outline import to_graph
from processes.models import Process

# Kinds of the palette as an outline calls them.
AS_BLOCKS = {
    "task": "task", "approval": "approval", "action": "action", "wait": "wait", "choice": "choice",
    "split": "together", "race": "race", "scope": "stage", "each": "repeat", "call": "call", "end": "end",
}  # fmt: skip


class LeavesOutline(Refused):
    """What is asked for fits no outline: it has to be said that it may be left."""


def keep_all(process: Process, said: dict[str, Any], *, by: Any, at: datetime) -> None:
    """The whole draft as the browser has it: after something was moved, taken back or done again."""
    outline, told = said.get("outline"), {"revision": _revision(said), "by": by, "at": at}
    if outline is not None:
        if (process.drawing or {}).get("xml"):
            raise Refused(
                _("This process was drawn and does not fit an outline. It is changed on its drawing.")
            )
        graph = to_graph(outline)
        drawing = _drawn(process, graph, said.get("diagram"))
        operations.edit(process, outline=outline, drawing=drawing, **told)
        return
    if process.graph is None and said.get("leave") is not True:
        raise LeavesOutline(_leaving())
    graph = read_graph(said.get("graph"), operations.draft_graph(process))
    drawing = _drawn(process, graph, said.get("diagram"))
    operations.edit(process, graph=graph.to_json(), drawing=drawing, **told)


def do(process: Process, said: dict[str, Any], *, by: Any, at: datetime) -> str:
    """Add, connect, delete, arrange. Gives back the key to go on at."""
    what, told = said.get("do"), {"revision": _revision(said), "by": by, "at": at}
    if what == "arrange":
        kept = {key: value for key, value in (process.drawing or {}).items() if key != "diagram"}
        others = _without(operations.draft_graph(process), kept_diagram(process.drawing))
        fresh = completed(operations.draft_graph(process), others)
        drawing = {**kept, "diagram": fresh.to_json()} if kept else None
        operations.edit(process, drawing=drawing, **told)
        return ""
    if process.graph is None and (done := _in_outline(process.outline or {"blocks": []}, said)) is not None:
        outline, key = done
        to_graph(outline)
        operations.edit(process, outline=outline, **told)
        return key
    if process.graph is None and said.get("leave") is not True:
        raise LeavesOutline(_leaving())
    graph, key = _in_graph(operations.draft_graph(process), said)
    drawing = process.drawing
    if (drawing or {}).get("diagram"):
        places = completed(graph, kept_diagram(drawing))
        drawing = {**(drawing or {}), "diagram": places.to_json()}
    operations.edit(process, graph=graph.to_json(), drawing=drawing, **told)
    return key


def _in_graph(graph: Graph, said: dict[str, Any]) -> tuple[Graph, str]:
    match said.get("do"):
        case "add":
            return changing.add(graph, _word(said, "kind"), _word(said, "key"), _word(said, "line"))
        case "connect":
            return changing.connect(graph, _word(said, "source"), _word(said, "target"))
        case "delete":
            if line := _word(said, "line"):
                return changing.remove_flow(graph, line), ""
            return changing.remove(graph, _word(said, "key")), ""
    raise Refused(_("Say what is to be done."))


def _in_outline(outline: Outline, said: dict[str, Any]) -> tuple[Outline, str] | None:
    """The outline after it, and the key to go on at; None for what only a graph can hold."""
    match said.get("do"):
        case "add":
            kind = AS_BLOCKS.get(_word(said, "kind"))
            place = place_at(outline, _word(said, "key"), _word(said, "line"))
            return editing.add_block(outline, place, kind) if kind and place else None
        case "delete":
            return None if said.get("line") else _taken_away(outline, _word(said, "key"))
        case "connect":
            return None
    raise Refused(_("Say what is to be done."))


def _taken_away(outline: Outline, key: str) -> tuple[Outline, str] | None:
    if find(outline, key) is not None:
        return editing.remove_block(outline, key), ""
    if (found := branch_of(outline, key)) is not None and found[0]["kind"] == "race":
        return editing.remove_branch(outline, key), ""
    if key in to_graph(outline).nodes:
        raise Refused(_("This belongs to another step and goes when that is taken away."))
    return None


def place_at(outline: Outline, at: str, line: str = "") -> Place | None:
    """Where in an outline a flow or a node of its graph says a step belongs; None where it says none."""
    flow = changing.flow_at(to_graph(outline), at, line)
    if flow is None:
        return None
    key, _colon, rest = flow.key.partition(":")
    if key == "start":
        return (None, "blocks", 0)
    try:
        block = find(outline, block_of(outline, key))
    except Http404:
        return None
    if block is None:
        return _in_branch(outline, key, rest)
    return _after(outline, block, rest)


def _in_branch(outline: Outline, branch: str, rest: str) -> Place | None:
    found = branch_of(outline, branch)
    if found is None or (found[0]["kind"] == "race" and not rest):
        return None
    blocks = found[1].get("blocks") or []
    return (found[0]["id"], f"branches:{branch}", len(blocks) if rest == "in" else 0)


def _after(outline: Outline, block: Block, rest: str) -> Place | None:
    if rest in ROWS.get(block["kind"], ()):
        return (block["id"], rest, 0)
    if rest == "start:next":
        return (block["id"], "blocks", 0)
    if rest in ("next", "approved", "join:next", "done"):
        container, slot, position = editing.place_of(outline, block["id"])
        return (container, slot, position + 1)
    if rest == "again":
        return (block["id"], "blocks", len(block.get("blocks") or []))
    return None


def _drawn(process: Process, graph: Graph, said: Any) -> dict[str, Any] | None:
    """The drawing with new places; nothing is written down where nothing was moved from its layout."""
    places = completed(graph, read_diagram(said, graph, kept_diagram(process.drawing)))
    kept = {key: value for key, value in (process.drawing or {}).items() if key != "diagram"}
    if not kept and places.shapes == layout(graph).shapes:
        return None
    return {**kept, "diagram": _without_gone(process, graph, places).to_json()}


def _without_gone(process: Process, graph: Graph, places: Diagram) -> Diagram:
    before = Graph.from_json(process.graph) if process.graph is not None else to_graph(process.outline or {})
    gone = before.nodes.keys() - graph.nodes.keys()
    gone |= {flow.key for flow in before.flows} - {flow.key for flow in graph.flows}
    return Diagram(
        {key: shape for key, shape in places.shapes.items() if key not in gone},
        {key: line for key, line in places.lines.items() if key not in gone},
    )


def _without(graph: Graph, diagram: Diagram) -> Diagram:
    """The diagram without the places of the process's own nodes and flows; other things of a file stay."""
    flows = {flow.key for flow in graph.flows}
    return Diagram(
        {key: shape for key, shape in diagram.shapes.items() if key not in graph.nodes},
        {key: line for key, line in diagram.lines.items() if key not in flows},
    )


def _revision(said: dict[str, Any]) -> int:
    number = said.get("revision")
    return number if isinstance(number, int) and not isinstance(number, bool) else -1


def _word(said: dict[str, Any], name: str) -> str:
    word = said.get(name, "")
    if not isinstance(word, str) or len(word) > 400:
        raise Refused(_("Say what is to be done."))
    return word


def _leaving() -> str:
    return _("This fits no outline. If you go on, the process is changed only on its drawing.")
