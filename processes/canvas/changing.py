"""Edits of a graph. Each gives back a new graph and leaves the old one as it was; raises Refused in a sentence.

An edit may leave what publishing refuses (a step nothing leads to, a way without a condition): people draw step by
step, and the graph is judged each time it is kept.
"""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.graph.blocks import settings_of
from processes.graph.editing import new_block
from processes.graph.model import Flow, Graph, Kind, Node

MOST_NODES, MOST_FLOWS = 1_000, 2_000
OUTCOMES = ("approved", "returned", "declined")
BODIES = frozenset({Kind.SCOPE, Kind.EACH})
# What a new node says, as the block of the outline it is like.
LIKE = {
    Kind.TASK: "task", Kind.APPROVAL: "approval", Kind.ACTION: "action", Kind.WAIT: "wait", Kind.CALL: "call",
    Kind.EACH: "repeat", Kind.END: "end",
}  # fmt: skip
ADDED = frozenset(Kind) - {Kind.START}


def add(graph: Graph, kind: str, at: str = "", line: str = "") -> tuple[Graph, str]:
    """The graph with a new node, and its key. `line`: the flow it is put into; `at`: the node it follows."""
    if kind not in {str(each) for each in ADDED}:
        raise Refused(_("“%(kind)s” is not a kind of step.") % {"kind": kind})
    if len(graph.nodes) + 3 > MOST_NODES:
        raise Refused(_("A process has at most %(most)d steps.") % {"most": MOST_NODES})
    flow = flow_at(graph, at, line)
    after = graph.nodes[flow.source] if flow else graph.nodes.get(at)
    if (at or line) and after is None:
        raise Refused(_("The place is no longer in the drawing."))
    if after is not None and flow is None and after.kind is Kind.END:
        raise Refused(_("Nothing follows an end."))
    key = str(uuid4())
    node = Node(key, Kind(kind), data=_usual(Kind(kind)), scope=after.scope if after else None)
    fresh = [node, *_body_of(node)]
    flows = [*graph.flows, *_flow_inside(fresh)]
    if flow is not None:
        flows = _put_into(flows, flow, node)
    elif after is not None:
        flows.append(_led(graph, after, key))
    return _made(_inserted(graph, fresh, after), flows), key


def connect(graph: Graph, source: str, target: str) -> tuple[Graph, str]:
    """The graph with a new flow, and its key."""
    one, other = _node(graph, source), _node(graph, target)
    if one.key == other.key:
        raise Refused(_("A step does not lead to itself."))
    if one.scope != other.scope:
        raise Refused(_("A line does not cross the frame of a stage or a repeat."))
    if one.kind is Kind.END:
        raise Refused(_("Nothing follows an end."))
    if other.kind is Kind.START:
        raise Refused(_("Nothing leads to the start."))
    if other.attached_to is not None:
        raise Refused(_("What watches a step begins by itself: nothing leads to it."))
    is_split = one.kind in (Kind.APPROVAL, Kind.CHOICE)
    if not is_split and any(flow.target == target for flow in graph.out_of(source)):
        raise Refused(_("There is such a line already."))
    flow = _led(graph, one, target)
    return _made(list(graph.nodes.values()), [*graph.flows, flow]), flow.key


def remove_flow(graph: Graph, key: str) -> Graph:
    kept = [flow for flow in graph.flows if flow.key != key]
    return _made(list(graph.nodes.values()), kept)


def remove(graph: Graph, key: str) -> Graph:
    """Without a node, all within it and what watches it. Where one way led on, the ways to it lead on."""
    node = _node(graph, key)
    if node.kind is Kind.START:
        raise Refused(_("The start stays: a process begins somewhere."))
    gone = _with_all_within(graph, key)
    out = [flow for flow in graph.out_of(key) if flow.target not in gone]
    flows = []
    for flow in graph.flows:
        if flow.target == key and flow.source not in gone and len(out) == 1:
            if flow.source != out[0].target:
                flows.append(replace(flow, target=out[0].target))
        elif flow.source not in gone and flow.target not in gone:
            flows.append(flow)
    return _made([each for each in graph.nodes.values() if each.key not in gone], flows)


def change_node(graph: Graph, key: str, changes: dict[str, Any]) -> Graph:
    """Set what a node says; `name` is its name, None takes a setting away."""
    node = _node(graph, key)
    data = dict(node.data)
    for word, value in changes.items():
        if value is None:
            data.pop(word, None)
        elif word != "name":
            data[word] = value
    changed = replace(node, data=data, name=changes.get("name", node.name))
    nodes = [changed if each.key == key else each for each in graph.nodes.values()]
    return _made(nodes, list(graph.flows))


def change_flow(graph: Graph, key: str, changes: dict[str, Any]) -> Graph:
    """Set the name, condition, outcome of a flow, or make it the one taken otherwise; no other is then."""
    flow = next((each for each in graph.flows if each.key == key), None)
    if flow is None:
        raise Refused(_("This line is no longer in the drawing."))
    changed = replace(flow, **changes)
    flows = [changed if each.key == key else each for each in graph.flows]
    if changed.is_else:
        flows = [
            replace(each, is_else=False, when=each.when or {"all": []})
            if each.source == flow.source and each.is_else and each.key != key
            else each
            for each in flows
        ]
    return _made(list(graph.nodes.values()), flows)


def flow_at(graph: Graph, at: str, line: str = "") -> Flow | None:
    """The flow meant: of this key, or the only one out of a node, or the only one into an end."""
    if line:
        return next((flow for flow in graph.flows if flow.key == line), None)
    node = graph.nodes.get(at)
    if node is None:
        return None
    ways = graph.into(at) if node.kind is Kind.END else graph.out_of(at)
    return ways[0] if len(ways) == 1 and node.kind is not Kind.SPLIT else None


def _usual(kind: Kind) -> dict[str, Any]:
    if kind is Kind.JOIN:
        return {"need": "all"}
    return settings_of(new_block(LIKE[kind])) if kind in LIKE else {}


def _body_of(node: Node) -> list[Node]:
    if node.kind not in BODIES:
        return []
    return [Node(str(uuid4()), kind, scope=node.key) for kind in (Kind.START, Kind.END)]


def _flow_inside(fresh: list[Node]) -> list[Flow]:
    return [Flow(str(uuid4()), fresh[1].key, fresh[2].key)] if len(fresh) == 3 else []


def _put_into(flows: list[Flow], flow: Flow, node: Node) -> list[Flow]:
    """The flow now leads to the node, and a new one from there to where it led."""
    found = []
    for each in flows:
        if each.key != flow.key:
            found.append(each)
            continue
        found.append(replace(each, target=node.key))
        if node.kind is not Kind.END:
            found.append(_more(node, Flow(str(uuid4()), node.key, flow.target), ()))
    return found


def _led(graph: Graph, source: Node, target: str) -> Flow:
    return _more(source, Flow(str(uuid4()), source.key, target), graph.out_of(source.key))


def _more(source: Node, flow: Flow, others: tuple[Flow, ...]) -> Flow:
    """What a flow out of such a node says before anybody has said more."""
    if source.kind is Kind.APPROVAL:
        taken = {each.outcome for each in others}
        free = next((each for each in OUTCOMES if each not in taken), "")
        if not free:
            raise Refused(
                _("An approval leads on when approved, returned and declined: all three are there.")
            )
        return replace(flow, outcome=free)
    if source.kind is Kind.CHOICE:
        has_else = any(each.is_else for each in others)
        return replace(flow, is_else=not has_else, when={"all": []} if has_else else None)
    return flow


def _inserted(graph: Graph, fresh: list[Node], after: Node | None) -> list[Node]:
    nodes = list(graph.nodes.values())
    at = nodes.index(after) + 1 if after is not None else len(nodes)
    return [*nodes[:at], *fresh, *nodes[at:]]


def _with_all_within(graph: Graph, key: str) -> set[str]:
    gone, ahead = set(), [key]
    while ahead:
        each = ahead.pop()
        if each not in gone:
            gone.add(each)
            ahead += [other.key for other in (*graph.inside(each), *graph.watchers_of(each))]
    return gone


def _node(graph: Graph, key: str) -> Node:
    if key not in graph.nodes:
        raise Refused(_("This step is no longer in the drawing."))
    return graph.nodes[key]


def _made(nodes: list[Node], flows: list[Flow]) -> Graph:
    if len(flows) > MOST_FLOWS:
        raise Refused(_("A process has at most %(most)d lines.") % {"most": MOST_FLOWS})
    return Graph.of(nodes, flows)
