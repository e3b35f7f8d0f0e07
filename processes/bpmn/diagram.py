"""Where the shapes stand and the lines run: the diagram interchange of BPMN as plain values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from processes.bpmn.vocabulary import BPMNDI
from processes.bpmn.xml import Part


@dataclass(frozen=True, slots=True)
class Box:
    """In pixels, from the left upper corner."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Shape:
    box: Box
    label: Box | None = None
    is_expanded: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    points: tuple[tuple[float, float], ...]
    label: Box | None = None


@dataclass(frozen=True)
class Diagram:
    """Shapes and lines by the key of the node or flow, or the id of whatever else is drawn."""

    shapes: Mapping[str, Shape] = field(default_factory=dict)
    lines: Mapping[str, Line] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Part, keys: Mapping[str, str], others: Collection[str] = ()) -> "Diagram":
        """`keys`: our key of an element, where it is not its id. The first drawing of an element counts.
        `others`: ids of what is left out."""
        shapes: dict[str, Shape] = {}
        lines: dict[str, Line] = {}
        for part in drawn(root):
            element = part.get("bpmnElement").rpartition(":")[2]
            if element in others:
                continue
            key = keys.get(element, element)
            label = part.first("BPMNLabel")
            label_box = box_of(label) if label else None
            if part.local == "BPMNShape" and (box := box_of(part)) and key not in shapes:
                shapes[key] = Shape(box, label_box, part.get("isExpanded", "true") == "true")
            points = points_of(part)
            if part.local == "BPMNEdge" and len(points) > 1 and key not in lines:
                lines[key] = Line(points, label_box)
        return cls(shapes, lines)

    def to_json(self) -> dict[str, Any]:
        return {
            "shapes": {key: _shape_as_json(shape) for key, shape in self.shapes.items()},
            "lines": {
                key: {"points": [list(point) for point in line.points], "label": _as_list(line.label)}
                for key, line in self.lines.items()
            },
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Diagram":
        """Raises KeyError, TypeError or ValueError for what is no diagram."""
        shapes = {
            key: Shape(Box(*each["box"]), _as_box(each["label"]), bool(each["is_expanded"]))
            for key, each in said["shapes"].items()
        }
        lines = {
            key: Line(tuple((x, y) for x, y in each["points"]), _as_box(each["label"]))
            for key, each in said["lines"].items()
        }
        return cls(shapes, lines)


def drawn(root: Part) -> list[Part]:
    """All shapes and edges of the file."""
    diagrams = [each for each in root.parts if each.uri == BPMNDI and each.local == "BPMNDiagram"]
    planes = [plane for diagram in diagrams for plane in diagram.all("BPMNPlane")]
    return [each for plane in planes for each in plane.all("BPMNShape", "BPMNEdge")]


def box_of(part: Part) -> Box | None:
    bounds = next((each for each in part.parts if each.local == "Bounds"), None)
    if bounds is None:
        return None
    numbers = [_number(bounds.get(name)) for name in ("x", "y", "width", "height")]
    return Box(*numbers) if None not in numbers else None  # type: ignore[arg-type]


def points_of(part: Part) -> tuple[tuple[float, float], ...]:
    points = [
        (_number(each.get("x")), _number(each.get("y"))) for each in part.parts if each.local == "waypoint"
    ]
    return tuple((x, y) for x, y in points if x is not None and y is not None)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _shape_as_json(shape: Shape) -> dict[str, Any]:
    return {"box": _as_list(shape.box), "label": _as_list(shape.label), "is_expanded": shape.is_expanded}


def _as_list(box: Box | None) -> list[float] | None:
    return [box.x, box.y, box.width, box.height] if box else None


def _as_box(said: list[float] | None) -> Box | None:
    return Box(*said) if said else None
