"""A process drawn: its steps as cards with lines between them, marked by where a run stands or how long each takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from processes.bpmn.diagram import Box, Diagram
from processes.canvas.places import completed, kept_diagram
from processes.graph.model import Graph, Kind, Node
from processes.models import Version
from processes.queries.words import KIND_WORDS
from processes.running.reading import graph_of

ROUND = frozenset({Kind.START, Kind.END})
SHARP = frozenset({Kind.CHOICE, Kind.SPLIT, Kind.JOIN, Kind.RACE})
FRAMES = frozenset({Kind.SCOPE, Kind.EACH})
LETTERS, LINES, EDGE = 17, 3, 24.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shape ready for the template. `lines`: (x, y, words) of its name."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    css: str
    title: str
    lines: tuple[tuple[float, float, str], ...]


def drawing_of(version_id: int, marks: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The template's words for a drawing. `marks`: by the key of a node its class and a sentence that says why."""
    graph, diagram = graph_of(version_id), diagram_of(version_id)
    boxes = {key: shape.box for key, shape in diagram.shapes.items() if key in graph.nodes}
    if not boxes:
        return {"shapes": [], "ways": [], "view": ""}
    left, top = min(each.x for each in boxes.values()), min(each.y for each in boxes.values())
    right = max(each.x + each.width for each in boxes.values())
    bottom = max(each.y + each.height for each in boxes.values())
    # Frames first, so that what is inside them lies on top.
    keys = sorted(boxes, key=lambda key: graph.nodes[key].kind not in FRAMES)
    return {
        "shapes": [_shape(graph.nodes[key], boxes[key], *marks.get(key, ("", ""))) for key in keys],
        "ways": [
            " ".join(f"{x:g},{y:g}" for x, y in line.points)
            for key, line in diagram.lines.items()
            if key in _flows(graph)
        ],
        "view": f"{left - EDGE:g} {top - EDGE:g} {right - left + 2 * EDGE:g} {bottom - top + 3 * EDGE:g}",
        "width": round(right - left + 2 * EDGE),
    }


@lru_cache(maxsize=200)
def diagram_of(version_id: int) -> Diagram:
    """As it was drawn where it came from a drawing, else laid out; a version never changes."""
    drawing = Version.objects.values_list("drawing", flat=True).get(pk=version_id)
    return completed(graph_of(version_id), kept_diagram(drawing))


def _flows(graph: Graph) -> frozenset[str]:
    return frozenset(flow.key for flow in graph.flows)


def shape_kind(node: Node) -> str:
    """How it is drawn: round, sharp, card, frame or watch."""
    if node.attached_to is not None:
        return "watch"
    if node.kind in FRAMES:
        return "frame"
    return "round" if node.kind in ROUND else "sharp" if node.kind in SHARP else "card"


def _shape(node: Node, box: Box, css: str, why: str) -> Drawn:
    kind = shape_kind(node)
    if kind == "card" and box.width < 60:
        kind = "round"  # a step that a file drew as an event
    title = node.name or str(KIND_WORDS.get(node.kind, ""))
    said = ": ".join(each for each in (title, why) if each)
    return Drawn(kind, box.x, box.y, box.width, box.height, css, said, tuple(_lines(node, box, kind)))


def _lines(node: Node, box: Box, kind: str) -> list[tuple[float, float, str]]:
    """The name in at most three lines: inside a card, under everything that is too small for words."""
    letters = min(LETTERS, int(box.width / 7)) if kind == "card" else LETTERS
    words = _wrapped(node.name, letters)
    if kind == "frame":
        return [(box.x + 8, box.y + 18, node.name)]
    middle = box.x + box.width / 2
    first = box.y + box.height / 2 - (len(words) - 1) * 8 + 5 if kind == "card" else box.y + box.height + 16
    return [(middle, first + 16 * at, line) for at, line in enumerate(words)]


def _wrapped(name: str, letters: int) -> list[str]:
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + len(word) < letters:
            lines[-1] += f" {word}"
        else:
            lines.append(word if len(word) <= letters + 2 else f"{word[: letters + 1]}…")
    return [*lines[: LINES - 1], f"{lines[LINES - 1]}…"] if len(lines) > LINES else lines
