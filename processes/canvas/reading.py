"""What a browser sends back is read word by word: nothing of it is believed."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.bpmn.diagram import Box, Diagram, Line, Shape
from processes.canvas.changing import MOST_FLOWS, MOST_NODES, OUTCOMES
from processes.canvas.places import moved
from processes.graph.model import Flow, Graph, Kind, Node

LONGEST, LONGEST_KEY, LONGEST_NAME, MOST_DATA = 2_000_000, 300, 300, 20_000
FARTHEST, MOST_POINTS = 100_000.0, 100
NODE_WORDS = frozenset({"key", "kind", "name", "data", "scope", "attached_to"})
FLOW_WORDS = frozenset({"key", "source", "target", "when", "is_else", "outcome", "name"})
_DEADLINE = {"deadline", "instructions", "who"}
# What reading BPMN says of a step beside what our own forms say.
KEPT_WORDS = frozenset({"element", "message", "performer", "refused", "repeat", "result", "signal", "starts"})
DATA_WORDS: dict[Kind, frozenset[str]] = {
    Kind.START: frozenset(),
    Kind.END: frozenset({"result", "is_whole"}),
    Kind.TASK: frozenset({*_DEADLINE, "checklist", "fields", "steps"}),
    Kind.APPROVAL: frozenset({*_DEADLINE, "rule"}),
    Kind.ACTION: frozenset({"action", "arguments"}),
    Kind.WAIT: frozenset({"for", "interrupts"}),
    Kind.CALL: frozenset({"process", "is_waited_for"}),
    Kind.CHOICE: frozenset({"until"}),
    Kind.SPLIT: frozenset({"need"}),
    Kind.JOIN: frozenset({"need"}),
    Kind.RACE: frozenset(),
    Kind.SCOPE: frozenset({"goal", "deadline"}),
    Kind.EACH: frozenset({"times", "each", "at_once"}),
}


def said_in(body: bytes) -> dict[str, Any]:
    """The JSON of a request. Refused for anything else."""
    if len(body) > LONGEST:
        raise Refused(_("This drawing is too large."))
    try:
        said = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise _strange() from None
    if not isinstance(said, dict) or "\\u0000" in json.dumps(said):
        raise _strange()
    return said


def read_graph(said: Any, before: Graph) -> Graph:
    """`before`: the draft as it is kept. What a node of it says is believed; of others only known words are."""
    if not isinstance(said, dict) or set(said) != {"nodes", "flows"}:
        raise _strange()
    nodes, flows = said["nodes"], said["flows"]
    if not isinstance(nodes, list) or not isinstance(flows, list):
        raise _strange()
    if len(nodes) > MOST_NODES:
        raise Refused(_("A process has at most %(most)d steps.") % {"most": MOST_NODES})
    if len(flows) > MOST_FLOWS:
        raise Refused(_("A process has at most %(most)d lines.") % {"most": MOST_FLOWS})
    read = [_node(each, before) for each in nodes]
    led = [_flow(each) for each in flows]
    _refuse_loose(read, led)
    try:
        return Graph.of(read, led)
    except ValueError:
        raise Refused(_("Every stage and the process itself begin in exactly one place.")) from None


def read_diagram(said: Any, graph: Graph, before: Diagram) -> Diagram:
    """New places for the nodes and flows of the graph; labels go with their shapes, other things stay."""
    if not isinstance(said, dict) or not said.keys() <= {"shapes", "lines"}:
        raise _strange()
    shapes, lines = said.get("shapes", {}), said.get("lines", {})
    if not isinstance(shapes, dict) or not isinstance(lines, dict):
        raise _strange()
    known = {flow.key for flow in graph.flows}
    if not shapes.keys() <= graph.nodes.keys() or not lines.keys() <= known:
        raise Refused(_("The drawing places something that is not in the process."))
    return Diagram(
        {**before.shapes, **{key: _shape(box, before.shapes.get(key)) for key, box in shapes.items()}},
        {**before.lines, **{key: _line(points, before.lines.get(key)) for key, points in lines.items()}},
    )


def _node(said: Any, before: Graph) -> Node:
    if not isinstance(said, dict) or not said.keys() <= NODE_WORDS:
        raise _strange()
    key, kind, data = said.get("key"), said.get("kind"), said.get("data", {})
    if kind not in {str(each) for each in Kind}:
        raise Refused(_("“%(kind)s” is not a kind of step.") % {"kind": str(kind)[:40]})
    if not isinstance(data, dict):
        raise _strange()
    scope, host = said.get("scope"), said.get("attached_to")
    for each in (scope, host):
        if each is not None:
            _text(each, LONGEST_KEY)
    _text(key, LONGEST_KEY, least=1)
    old = before.nodes.get(str(key))
    if old is None or old.data != data:
        _refuse_data(Kind(kind), data, old)
    is_kept_name = old is not None and old.name == said.get("name")
    name = old.name if old is not None and is_kept_name else _text(said.get("name", ""), LONGEST_NAME)
    return Node(str(key), Kind(kind), name, data, scope, host)


def _refuse_data(kind: Kind, data: dict[str, Any], old: Node | None) -> None:
    allowed = (
        DATA_WORDS[kind] | KEPT_WORDS | (set(old.data) if old is not None and old.kind is kind else set())
    )
    if unknown := data.keys() - allowed:
        raise Refused(_("A step of this kind says nothing about “%(word)s”.") % {"word": min(unknown)[:40]})
    if len(json.dumps(data, ensure_ascii=False)) > MOST_DATA:
        raise Refused(_("One of the steps says too much."))


def _flow(said: Any) -> Flow:
    if not isinstance(said, dict) or not said.keys() <= FLOW_WORDS:
        raise _strange()
    key, source, target = (
        _text(said.get(word), LONGEST_KEY, least=1) for word in ("key", "source", "target")
    )
    when, outcome, is_else = said.get("when"), said.get("outcome", ""), said.get("is_else", False)
    if when is not None and not isinstance(when, dict | list):
        raise _strange()
    if len(json.dumps(when)) > MOST_DATA:
        raise Refused(_("One of the conditions says too much."))
    if outcome not in ("", *OUTCOMES) or not isinstance(is_else, bool):
        raise _strange()
    return Flow(key, source, target, when, is_else, outcome, _text(said.get("name", ""), LONGEST_NAME))


def _refuse_loose(nodes: list[Node], flows: list[Flow]) -> None:
    """What Graph.of would refuse too, in the words of who draws."""
    by_key = {node.key: node for node in nodes}
    if len(by_key) != len(nodes) or len({flow.key for flow in flows}) != len(flows):
        raise Refused(_("Two things in the drawing have the same key."))
    for flow in flows:
        ends = by_key.get(flow.source), by_key.get(flow.target)
        if ends[0] is None or ends[1] is None:
            raise Refused(_("A line leads to nowhere."))
        if ends[0].scope != ends[1].scope:
            raise Refused(_("A line does not cross the frame of a stage or a repeat."))
    for node in nodes:
        _refuse_strange_place(node, by_key)


def _refuse_strange_place(node: Node, by_key: Mapping[str, Node]) -> None:
    host = by_key.get(node.attached_to) if node.attached_to is not None else None
    if node.attached_to is not None and (host is None or host.scope != node.scope or host is node):
        raise Refused(_("Something watches a step that is not there."))
    seen, scope = {node.key}, node.scope
    while scope is not None:
        frame = by_key.get(scope)
        if frame is None or scope in seen or frame.kind not in (Kind.SCOPE, Kind.EACH):
            raise Refused(_("A step stands in a stage that is not there."))
        seen.add(scope)
        scope = frame.scope


def _shape(said: Any, old: Shape | None) -> Shape:
    x, y, width, height = _numbers(said, 4)
    if not (1 <= width <= FARTHEST and 1 <= height <= FARTHEST):
        raise _strange()
    box = Box(x, y, width, height)
    if old is None:
        return Shape(box)
    label = moved(old, x - old.box.x, y - old.box.y).label
    return Shape(box, label, old.is_expanded)


def _line(said: Any, old: Line | None) -> Line:
    if not isinstance(said, list) or not 2 <= len(said) <= MOST_POINTS:
        raise _strange()
    points = tuple((x, y) for x, y in (_numbers(each, 2) for each in said))
    return old if old is not None and old.points == points else Line(points)


def _numbers(said: Any, count: int) -> list[float]:
    if not isinstance(said, list) or len(said) != count:
        raise _strange()
    for each in said:
        is_number = isinstance(each, int | float) and not isinstance(each, bool)
        if not is_number or not isfinite(each) or abs(each) > FARTHEST:
            raise Refused(_("Something stands too far out to be drawn."))
    return [float(each) for each in said]


def _text(said: Any, longest: int, least: int = 0) -> str:
    if not isinstance(said, str) or not least <= len(said) <= longest:
        raise _strange()
    return said


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _strange() -> Refused:
    return Refused(_("What the browser sent is no drawing. Open the page again."))
