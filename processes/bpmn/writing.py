"""Graphs as BPMN 2.0 XML with a drawing.

The file a graph came from, if any, is written again with every letter that still holds; only what was changed is said
anew. Reading is the judge: what was written is read, and where that gives another node or flow than it should, the
element is said anew, and then said in our own extension beside it, until reading gives the graph.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.bpmn import ours
from processes.bpmn.diagram import Diagram
from processes.bpmn.drawing import draw
from processes.bpmn.patching import Patch, is_identifier
from processes.bpmn.reading import Model, model_of
from processes.bpmn.vocabulary import BPMNDI, DC, DI, MODEL, XSI
from processes.bpmn.xml import Part, indented, parse, serialized
from processes.graph.model import Flow, Graph, Node

MOST_ROUNDS = 6
SAID_OF_A_FLOW = ("when", "is_else", "outcome", "name")


@dataclass
class Changes:
    """`anew`: ids of elements to say anew. `words`: what to say beside an element, by the key of node or flow."""

    anew: set[str] = field(default_factory=set)
    words: dict[str, dict[str, Any]] = field(default_factory=dict)


def write(graph: Graph, extras: Mapping[str, Any] | None = None, *, key: str = "", name: str = "") -> bytes:
    """UTF-8. `extras` as reading gave them, or {"diagram": …} alone; `key` and `name` for a process that has none.

    Raises Refused where the extras are no file of ours, or reading would give another graph than this.
    """
    extras = extras or {}
    changes = Changes()
    for _round in range(MOST_ROUNDS):
        root, process = _file(extras, key, name)
        before = model_of(root, process)
        patch = Patch(root, process, graph, before, changes.anew)
        patch.apply()
        for each, words in changes.words.items():
            ours.say(patch.part_of(each), words)
        again = _read_again(root, process.get("id"))
        if not _learn(changes, graph, before, again, patch):
            kept = _kept_diagram(extras, before)
            draw(root, process, graph, patch.elements, kept, gone=patch.gone, fresh=patch.fresh)
            return serialized(root if extras.get("xml") else indented(root))
    raise Refused(_("The process cannot be said in BPMN so that reading it gives the same process."))


def _read_again(root: Part, process: str) -> Model:
    """From the letters as they will be sent, because XML cannot say every character."""
    sent = parse(serialized(root))
    return model_of(sent, _process_of(sent, process))


def is_same(one: Graph, other: Graph) -> bool:
    """The same nodes, and the same flows out of each in the same order; between sources the order says nothing."""
    return one.nodes == other.nodes and all(one.out_of(key) == other.out_of(key) for key in one.nodes)


def _file(extras: Mapping[str, Any], key: str, name: str) -> tuple[Part, Part]:
    if not extras.get("xml"):
        return _new_file(key, name)
    root = parse(str(extras.get("xml", "")).encode())
    return root, _process_of(root, str(extras.get("process", "")))


def _process_of(root: Part, key: str) -> Part:
    for process in root.all("process"):
        if process.get("id") == key:
            return process
    raise Refused(_("The kept file does not hold the process it was kept for."))


def _kept_diagram(extras: Mapping[str, Any], before: Model) -> Diagram:
    try:
        if extras.get("diagram"):
            return Diagram.from_json(extras["diagram"])
        return before.diagram if extras.get("xml") else Diagram()
    except (KeyError, TypeError, ValueError):
        raise Refused(_("The kept drawing cannot be read.")) from None


def _new_file(key: str, name: str) -> tuple[Part, Part]:
    namespaces = {"bpmn": MODEL, "bpmndi": BPMNDI, "dc": DC, "di": DI, "xsi": XSI}
    root = Part("bpmn:definitions", MODEL, {f"xmlns:{prefix}": uri for prefix, uri in namespaces.items()})
    root.attributes |= {"id": "Definitions_1", "targetNamespace": "urn:romashka:processes"}
    process = root.new("process", {"id": key if is_identifier(key) else "Process_1"})
    if name:
        process.attributes["name"] = name
    process.attributes["isExecutable"] = "true"
    root.children.append(process)
    return root, process


def _learn(changes: Changes, graph: Graph, before: Model, again: Model, patch: Patch) -> bool:
    """Notes what reading got wrong; False where it got everything right. A change is tried in words of BPMN first."""
    wrong_nodes = [
        key
        for key in {**graph.nodes, **again.graph.nodes}
        if graph.nodes.get(key) != again.graph.nodes.get(key)
    ]
    flows = {flow.key: flow for flow in graph.flows}
    read = {flow.key: flow for flow in again.graph.flows}
    wrong_flows = [key for key in {**flows, **read} if flows.get(key) != read.get(key)]
    for key in [*wrong_nodes, *wrong_flows]:
        old = before.owners.get(key)
        around = _owner_around(graph, before, again, key)
        if old in patch.standing or around in patch.standing:
            changes.anew |= {each for each in (old, around) if each in patch.standing and each}
        elif key in graph.nodes and key in again.graph.nodes:
            _say_of_node(changes, graph.nodes[key], again.graph.nodes[key])
        elif key in flows and key in read and _is_same_way(flows[key], read[key]):
            _say_of_flow(changes, flows[key], read[key])
        else:
            _say_plainly(changes, graph, again, key, patch)
    if wrong_nodes or wrong_flows:
        return True
    return not is_same(graph, again.graph) and _refuse()


def _owner_around(graph: Graph, before: Model, again: Model, key: str) -> str | None:
    """The element a node stands in, where reading did not find the node there: a loop around one step, say."""
    node, read = graph.nodes.get(key), again.graph.nodes.get(key)
    if node is None or node.scope is None or (read is not None and read.scope == node.scope):
        return None
    return before.owners.get(node.scope)


def _is_same_way(one: Flow, other: Flow) -> bool:
    return (one.source, one.target) == (other.source, other.target)


def _say_of_node(changes: Changes, node: Node, read: Node) -> None:
    words = changes.words.setdefault(node.key, {})
    if node.kind is not read.kind:
        words["kind"] = str(node.kind)
    if node.name != read.name:
        words["name"] = node.name
    lost = [key for key in read.data if key not in node.data]
    said = {key: value for key, value in node.data.items() if key not in read.data or read.data[key] != value}
    if said or "data" in words:
        words["data"] = {**words.get("data", {}), **said}
    if lost or "without" in words:
        words["without"] = sorted({*words.get("without", []), *lost})


def _say_of_flow(changes: Changes, flow: Flow, read: Flow) -> None:
    words = changes.words.setdefault(flow.key, {})
    for name in SAID_OF_A_FLOW:
        if getattr(flow, name) != getattr(read, name):
            words[name] = getattr(flow, name)


def _say_plainly(changes: Changes, graph: Graph, again: Model, key: str, patch: Patch) -> None:
    """Reading added something to an element, or left its flows elsewhere: it is exactly one node."""
    element = again.owners.get(key)
    owners = [each for each in graph.nodes if element and patch.elements.get(each) == element]
    flow = next((each for each in graph.flows if each.key == key), None)
    for each in [flow.source] if flow and not owners else owners:
        changes.words.setdefault(each, {})["plain"] = True


def _refuse() -> bool:
    raise Refused(_("The order of the flows cannot be kept in BPMN."))
