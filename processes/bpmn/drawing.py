"""Puts a diagram into a file: what is drawn already stays as it is unless it moved."""

from collections.abc import Collection, Mapping

from processes.bpmn.diagram import Box, Diagram, Line, Shape, box_of, drawn, points_of
from processes.bpmn.layout import layout
from processes.bpmn.vocabulary import BODIES, BPMNDI, DC, DI
from processes.bpmn.xml import Part
from processes.graph.model import Graph


def draw(
    root: Part,
    process: Part,
    graph: Graph,
    elements: Mapping[str, str],
    kept: Diagram,
    *,
    gone: set[str],
    fresh: set[str],
) -> None:
    """`elements`: the id of the element each node and flow is written as. `gone`: ids no longer in the file, `fresh`:
    ids that were not in it before. What the file left undrawn stays so, unless it drew nothing of the process."""
    _forget(root, gone)
    keys = {element: key for key, element in elements.items()}
    present = {part.get("bpmnElement").rpartition(":")[2]: part for part in reversed(drawn(root))}
    for element, part in present.items():
        _move(part, kept, keys.get(element, element))
    is_drawn = any(element in present for element in elements.values())
    wanted = [each for each in elements.values() if each not in present and (each in fresh or not is_drawn)]
    if not wanted:
        return
    plane = _plane(root, process, keys)
    complete = _completed(graph, elements, kept)
    taken = {each.get("id") for each in root.inside()}
    for element in wanted:
        key = keys[element]
        said = {"id": _free(f"{element}_di", taken), "bpmnElement": element}
        if key in complete.shapes:
            is_stage = key in graph.nodes and graph.nodes[key].kind in BODIES
            plane.children.append(_shape(plane.new("BPMNShape", said), root, complete.shapes[key], is_stage))
        elif key in complete.lines:
            plane.children.append(_edge(plane.new("BPMNEdge", said), root, complete.lines[key]))


def _completed(graph: Graph, elements: Mapping[str, str], kept: Diagram) -> Diagram:
    """The kept places, and for what has none those of a layout, below all that is drawn."""
    missing_shape = any(key in elements and key not in kept.shapes for key in graph.nodes)
    missing_line = any(flow.key in elements and flow.key not in kept.lines for flow in graph.flows)
    if not missing_shape and not missing_line:
        return kept
    fresh = layout(graph)
    if not fresh.shapes:
        return kept
    if not any(key in kept.shapes for key in graph.nodes):
        return Diagram({**fresh.shapes, **kept.shapes}, {**fresh.lines, **kept.lines})
    below = max(shape.box.y + shape.box.height for shape in kept.shapes.values()) + 40
    shapes = {key: _lowered(shape, below) for key, shape in fresh.shapes.items()} | dict(kept.shapes)
    lines = dict(kept.lines)
    for flow in graph.flows:
        if flow.key not in lines:
            lines[flow.key] = _between(shapes[flow.source].box, shapes[flow.target].box)
    return Diagram(shapes, lines)


def _lowered(shape: Shape, by: float) -> Shape:
    box = shape.box
    return Shape(Box(box.x, box.y + by, box.width, box.height), None, shape.is_expanded)


def _between(source: Box, target: Box) -> Line:
    """A line at right angles between two shapes whose places somebody else chose."""
    begin = (source.x + source.width, source.y + source.height / 2)
    end = (target.x, target.y + target.height / 2)
    turn = begin[0] + 20 if end[0] < begin[0] + 40 else (begin[0] + end[0]) / 2
    return Line((begin, (turn, begin[1]), (turn, end[1]), end))


def _plane(root: Part, process: Part, elements: Collection[str]) -> Part:
    """The plane the process is drawn on, or a new one for a process that is on none."""
    diagrams = [each for each in root.parts if each.uri == BPMNDI and each.local == "BPMNDiagram"]
    for plane in (plane for diagram in diagrams for plane in diagram.all("BPMNPlane")):
        if any(each.get("bpmnElement").rpartition(":")[2] in elements for each in plane.parts):
            return plane
    prefix = _prefix(root, BPMNDI, "bpmndi")
    taken = {each.get("id") for each in root.inside()}
    diagram = Part(f"{prefix}BPMNDiagram", BPMNDI, {"id": _free("BPMNDiagram_1", taken)})
    plane = diagram.new("BPMNPlane", {"id": _free("BPMNPlane_1", taken), "bpmnElement": process.get("id")})
    diagram.children.append(plane)
    root.children.append(diagram)
    return plane


def _free(identifier: str, taken: set[str]) -> str:
    while identifier in taken:
        identifier += "_"
    return identifier


def _forget(root: Part, gone: set[str]) -> None:
    if not gone:
        return
    for diagram in root.parts:
        if diagram.uri == BPMNDI:
            for plane in diagram.all("BPMNPlane"):
                plane.children = [
                    each
                    for each in plane.children
                    if isinstance(each, str) or each.get("bpmnElement").rpartition(":")[2] not in gone
                ]


def _move(part: Part, kept: Diagram, key: str) -> None:
    """Writes new numbers where the kept diagram says others than the file."""
    if part.local == "BPMNShape" and key in kept.shapes:
        shape = kept.shapes[key]
        if box_of(part) != shape.box:
            _set_box(part, shape.box)
        _move_label(part, shape.label)
    if part.local == "BPMNEdge" and key in kept.lines:
        line = kept.lines[key]
        if points_of(part) != line.points:
            waypoint = next(each for each in part.parts if each.local == "waypoint")
            first = next(at for at, each in enumerate(part.children) if each is waypoint)
            rest = [each for each in part.children if isinstance(each, str) or each.local != "waypoint"]
            rest[first:first] = [_point(waypoint, x, y) for x, y in line.points]
            part.children = rest
        _move_label(part, line.label)


def _move_label(part: Part, box: Box | None) -> None:
    label = part.first("BPMNLabel")
    if label is not None and box is not None and box_of(label) not in (box, None):
        _set_box(label, box)


def _set_box(part: Part, box: Box) -> None:
    bounds = next((each for each in part.parts if each.local == "Bounds"), None)
    if bounds is not None:
        bounds.attributes |= _numbers(box)


def _numbers(box: Box) -> dict[str, str]:
    return {name: _plain(getattr(box, name)) for name in ("x", "y", "width", "height")}


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def _shape(part: Part, root: Part, shape: Shape, is_stage: bool) -> Part:
    if is_stage:
        part.attributes["isExpanded"] = "true" if shape.is_expanded else "false"
    part.children.append(Part(f"{_prefix(root, DC, 'dc')}Bounds", DC, _numbers(shape.box)))
    return part


def _edge(part: Part, root: Part, line: Line) -> Part:
    waypoint = Part(f"{_prefix(root, DI, 'di')}waypoint", DI)
    part.children += [_point(waypoint, x, y) for x, y in line.points]
    return part


def _point(like: Part, x: float, y: float) -> Part:
    return Part(like.name, like.uri, {"x": _plain(x), "y": _plain(y)})


def _prefix(root: Part, uri: str, wanted: str) -> str:
    """The prefix the file has for a namespace, with its colon; declared at the root where there is none."""
    for name, value in root.attributes.items():
        if value == uri and name == "xmlns":
            return ""
        if value == uri and name.startswith("xmlns:"):
            return f"{name[6:]}:"
    while f"xmlns:{wanted}" in root.attributes:
        wanted += "_"
    root.attributes[f"xmlns:{wanted}"] = uri
    return f"{wanted}:"
