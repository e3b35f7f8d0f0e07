"""What the canvas is told: the draft as a graph, where everything stands, what stands against publishing it."""

from typing import Any

from django.utils.translation import gettext as _

from processes import operations
from processes.bpmn.diagram import Diagram
from processes.canvas.places import completed, kept_diagram
from processes.editing.around import Around
from processes.editing.cards import problems_of
from processes.graph.model import Graph, Kind, Node
from processes.models import Process
from processes.queries.drawing import shape_kind
from processes.queries.words import KIND_WORDS
from processes.sentences import sentence


def state_of(process: Process) -> dict[str, Any]:
    """Raises Refused where the outline makes no graph."""
    graph = operations.draft_graph(process)
    diagram = completed(graph, kept_diagram(process.drawing))
    found = problems_of(process)
    names = Around(process).names
    return {
        "revision": process.draft_revision,
        "outline": process.outline if process.graph is None else None,
        "graph": graph.to_json(),
        "diagram": plain(diagram, graph),
        "cards": {key: _card(node, names) for key, node in graph.nodes.items()},
        "problems": [
            {"node": _shown_at(graph, each.node), "sentence": str(each.sentence), "is_error": each.is_error}
            for each in found
        ],
    }


def plain(diagram: Diagram, graph: Graph) -> dict[str, Any]:
    """Places as the browser takes them and sends them back."""
    boxes = {key: diagram.shapes[key].box for key in graph.nodes}
    return {
        "shapes": {key: [box.x, box.y, box.width, box.height] for key, box in boxes.items()},
        "lines": {
            flow.key: [list(point) for point in diagram.lines[flow.key].points] for flow in graph.flows
        },
    }


def _shown_at(graph: Graph, key: str | None) -> str | None:
    return key if key in graph.nodes else None


def _card(node: Node, names: Any) -> dict[str, str]:
    return {
        "shape": shape_kind(node),
        "title": node.name or _title(node),
        "sentence": sentence(node, names),
    }


def _title(node: Node) -> str:
    words = {
        Kind.START: _("start"), Kind.END: _("end"), Kind.SPLIT: _("several things at once"),
        Kind.RACE: _("whichever comes first"),
    }  # fmt: skip
    return str(words.get(node.kind) or KIND_WORDS.get(node.kind, ""))
