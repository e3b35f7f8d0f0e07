"""Where everything stands: what was placed keeps its place, what is new finds one beside what leads to it."""

from collections.abc import Mapping
from typing import Any

from processes.bpmn.diagram import Box, Diagram, Line, Shape
from processes.bpmn.layout import EVENT, GAP_X, GAP_Y, HEADING, PADDING, SIZES, TASK, layout
from processes.graph.model import Graph, Kind

NEAR = 6.0  # how far from a shape a line may begin and still be said to begin there
BODIES = frozenset({Kind.SCOPE, Kind.EACH})


def kept_diagram(drawing: Mapping[str, Any] | None) -> Diagram:
    """What a drawing says of places; empty where it says nothing that can be read."""
    try:
        return Diagram.from_json((drawing or {})["diagram"])
    except (KeyError, TypeError, ValueError):
        return Diagram()


def completed(graph: Graph, kept: Diagram) -> Diagram:
    """Every node and flow with a place. Laid out where nothing of it was placed; shapes of other things stay."""
    if not any(key in kept.shapes for key in graph.nodes):
        fresh = layout(graph)
        return Diagram({**kept.shapes, **fresh.shapes}, {**kept.lines, **fresh.lines})
    placing = _Placing(graph, dict(kept.shapes))
    placing.place_all()
    lines = {key: line for key, line in kept.lines.items() if not _is_flow(graph, key)}
    for flow in graph.flows:
        ends = placing.box(flow.source), placing.box(flow.target)
        old = kept.lines.get(flow.key)
        lines[flow.key] = old if old is not None and _holds(old, *ends) else Line(between(*ends))
    return Diagram(placing.shapes, lines)


def between(source: Box, target: Box) -> tuple[tuple[float, float], ...]:
    """A line at right angles between two shapes."""
    begin = (source.x + source.width, source.y + source.height / 2)
    end = (target.x, target.y + target.height / 2)
    if end[0] < begin[0]:
        return _around(source, target)
    if begin[1] == end[1]:
        return (begin, end)
    turn = (begin[0] + end[0]) / 2
    return (begin, (turn, begin[1]), (turn, end[1]), end)


def _around(source: Box, target: Box) -> tuple[tuple[float, float], ...]:
    """Back to the left: below both."""
    begin = (source.x + source.width / 2, source.y + source.height)
    end = (target.x + target.width / 2, target.y + target.height)
    low = max(begin[1], end[1]) + GAP_Y / 2
    return (begin, (begin[0], low), (end[0], low), end)


def _is_flow(graph: Graph, key: str) -> bool:
    return key in graph._flows


def _holds(line: Line, source: Box, target: Box) -> bool:
    return _touches(line.points[0], source) and _touches(line.points[-1], target)


def _touches(point: tuple[float, float], box: Box) -> bool:
    x, y = point
    is_level = box.x - NEAR <= x <= box.x + box.width + NEAR
    return is_level and box.y - NEAR <= y <= box.y + box.height + NEAR


class _Placing:
    def __init__(self, graph: Graph, shapes: dict[str, Shape]) -> None:
        self.graph, self.shapes = graph, shapes

    def box(self, key: str) -> Box:
        return self.shapes[key].box

    def place_all(self) -> None:
        """Outer scopes first, so that what is within knows where; frames grow around what was put into them."""
        waiting = [key for key in self.graph.nodes if key not in self.shapes]
        while waiting:
            ready = [key for key in waiting if self._is_known(key)]
            for key in ready or waiting[:1]:
                self._place(key)
            waiting = [key for key in waiting if key not in self.shapes]
        for key in reversed(list(self.graph.nodes)):
            if self.graph.nodes[key].kind in BODIES and self.shapes[key].is_expanded:
                self._grow(key)

    def _is_known(self, key: str) -> bool:
        node = self.graph.nodes[key]
        if node.scope is not None and node.scope not in self.shapes:
            return False
        return node.attached_to in self.shapes or any(
            flow.source in self.shapes for flow in self.graph.into(key)
        )

    def _place(self, key: str) -> None:
        node = self.graph.nodes[key]
        width, height = self._size(key)
        if node.attached_to in self.shapes:
            host = self.box(node.attached_to)
            box = Box(host.x + 20, host.y + host.height - EVENT[1] / 2, *EVENT)
            self.shapes[key] = Shape(box)
            return
        source = next((f.source for f in self.graph.into(key) if f.source in self.shapes), None)
        if source is not None:
            beside = self.box(source)
            x, y = beside.x + beside.width + GAP_X, beside.y + beside.height / 2 - height / 2
            self._make_room(key, Box(x, y, width, height))
        elif node.scope is not None and node.scope in self.shapes:
            frame = self.box(node.scope)
            x, y = frame.x + PADDING, frame.y + HEADING + PADDING
        else:
            boxes = [shape.box for shape in self.shapes.values()]
            x, y = min(each.x for each in boxes), max(each.y + each.height for each in boxes) + GAP_Y
        self.shapes[key] = Shape(self._free(key, Box(x, y, width, height)))

    def _size(self, key: str) -> tuple[float, float]:
        node = self.graph.nodes[key]
        if node.kind not in BODIES:
            return SIZES.get(node.kind, TASK)
        inside = max(1, len(self.graph.inside(key)))
        return (PADDING * 2 + inside * (EVENT[0] + GAP_X) - GAP_X, HEADING + PADDING * 2 + EVENT[1])

    def _beside(self, key: str) -> list[str]:
        scope = self.graph.nodes[key].scope
        return [each.key for each in self.graph.inside(scope) if each.key in self.shapes and each.key != key]

    def _make_room(self, key: str, wanted: Box) -> None:
        """What the new shape leads to moves right, and all that stands right of that with it."""
        ahead = [self.box(f.target) for f in self.graph.out_of(key) if f.target in self.shapes]
        ahead = [each for each in ahead if each.x >= wanted.x - GAP_X]
        if not ahead:
            return
        left = min(each.x for each in ahead)
        by = wanted.x + wanted.width + GAP_X - left
        if by <= 0:
            return
        for other in self._beside(key):
            if self.box(other).x >= left:
                self._shift(other, by)

    def _shift(self, key: str, by: float) -> None:
        shape = self.shapes[key]
        self.shapes[key] = moved(shape, by, 0)
        for each in self.graph.inside(key):
            if each.key in self.shapes:
                self._shift(each.key, by)

    def _free(self, key: str, box: Box) -> Box:
        """Lower until nothing of the same scope is under it."""
        others = [self.box(each) for each in self._beside(key)]
        while hit := next((each for each in others if each.overlaps(box)), None):
            box = Box(box.x, hit.y + hit.height + GAP_Y, box.width, box.height)
        return box

    def _grow(self, key: str) -> None:
        inner = [self.box(each.key) for each in self.graph.inside(key)]
        frame = self.box(key)
        if not inner:
            return
        left = min(frame.x, *(each.x - PADDING / 2 for each in inner))
        top = min(frame.y, *(each.y - HEADING for each in inner))
        right = max(frame.x + frame.width, *(each.x + each.width + PADDING / 2 for each in inner))
        bottom = max(frame.y + frame.height, *(each.y + each.height + PADDING / 2 for each in inner))
        shape = self.shapes[key]
        self.shapes[key] = Shape(Box(left, top, right - left, bottom - top), shape.label, shape.is_expanded)


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    box, label = shape.box, shape.label
    there = Box(box.x + dx, box.y + dy, box.width, box.height)
    beside = Box(label.x + dx, label.y + dy, label.width, label.height) if label else None
    return Shape(there, beside, shape.is_expanded)
