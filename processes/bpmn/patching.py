"""Puts a graph into the file it came from: what did not change stands as it was, letter for letter."""

import re
from collections.abc import Iterator

from processes.bpmn import ours
from processes.bpmn.elements import LEADING, rewrite, tag_of, write_condition
from processes.bpmn.reading import Model
from processes.bpmn.vocabulary import FLOW_NODES, MODEL
from processes.bpmn.wording import as_outcome, text_of
from processes.bpmn.xml import Part, is_writable
from processes.graph.model import Flow, Graph, Kind

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}", re.ASCII)
LAST = {
    "association",
    "group",
    "textAnnotation",
    "resourceRole",
    "performer",
    "humanPerformer",
    "potentialOwner",
} | {
    "correlationSubscription",
    "supports",
}  # what the schema puts behind the steps
EVENT_WORDS = ("for", "repeat", "starts", "is_whole", "refused")
REFERRING = {"association", "dataInputAssociation", "dataOutputAssociation", "messageFlow"}


def is_identifier(key: str) -> bool:
    """Whether XML lets it be an id."""
    return bool(IDENTIFIER.fullmatch(key))


class Patch:
    """One attempt. `elements`: the id each node and flow is written as. `standing`: ids of elements left as they were.
    `gone`: ids of elements taken out. `fresh`: ids that were not in the file."""

    def __init__(self, root: Part, process: Part, graph: Graph, before: Model, anew: set[str]) -> None:
        self.root, self.process, self.graph, self.before = root, process, graph, before
        self.parts = {
            part.get("id"): part for part in process.inside() if part.uri == MODEL and part.get("id")
        }
        self.taken = {part.get("id") for part in root.inside()}
        self.groups: dict[str, list[str]] = {}
        for key in before.graph.nodes:
            self.groups.setdefault(before.owners[key], []).append(key)
        self.standing = {
            owner
            for owner, keys in self.groups.items()
            if owner not in anew and all(key in graph.nodes for key in keys)
        }
        self.standing -= set(self._named_anew_where_we_said_more())
        self.elements: dict[str, str] = {}
        self.gone: set[str] = set()
        self.fresh: set[str] = set()
        self.holders = {id(child): each for each in process.inside() for child in each.parts}
        self.flows_before = {flow.key: flow for flow in before.graph.flows}
        self.anew = anew

    def apply(self) -> None:
        if self.graph == self.before.graph and not self.anew:
            self.elements = dict(self._elements_before())
            return
        self._name_elements()
        self._remove_nodes()
        for key in self.graph.nodes:
            self._write_node(key)
        self._write_flows()
        self._write_defaults()
        self._lead_in_and_out()
        self._remove_what_dangles()

    def _named_anew_where_we_said_more(self) -> Iterator[str]:
        """What we said beside an element may have been about its name."""
        for owner, key in [(owner, key) for owner, keys in self.groups.items() for key in keys]:
            node = self.graph.nodes.get(key)
            is_named_anew = node is not None and node.name != self.before.graph.nodes[key].name
            if is_named_anew and owner in self.parts and ours.said(self.parts[owner]):
                yield owner

    def part_of(self, key: str) -> Part:
        return self.parts[self.elements[key]]

    def _elements_before(self) -> Iterator[tuple[str, str]]:
        """The key each element stands for: that of its main node, or of its flow."""
        for owner, keys in self.groups.items():
            if owner in self.parts and self.parts[owner].local in FLOW_NODES:
                yield self._main(owner, keys), owner
        for flow in self.before.graph.flows:
            owner = self.before.owners[flow.key]
            if owner in self.parts and self.parts[owner].local == "sequenceFlow":
                yield flow.key, owner

    def _main(self, owner: str, keys: list[str]) -> str:
        own = ours.key_of(self.parts[owner])
        return own if own in keys else keys[0]

    def _name_elements(self) -> None:
        """Main nodes keep the id of their element; what has none gets one, its key where XML allows that."""
        known = dict(self._elements_before())
        standing = {key for owner in self.standing for key in self.groups[owner]}
        for key in [*self.graph.nodes, *(flow.key for flow in self.graph.flows)]:
            if key in known:
                self.elements[key] = known[key]
            elif key not in standing and not self._is_implied(key):
                self.elements[key] = self._identifier(key)

    def _is_implied(self, key: str) -> bool:
        """Whether a flow is one that reading adds by itself to an element that stands."""
        flow = self.flows_before.get(key)
        return flow is not None and self.before.owners[key] in self.standing

    def _identifier(self, key: str) -> str:
        wanted = key if is_identifier(key) else "n_" + re.sub(r"[^A-Za-z0-9_.-]", "_", key)[:100]
        found, count = wanted, 1
        while found in self.taken:
            count += 1
            found = f"{wanted}_{count}"
        self.taken.add(found)
        self.fresh.add(found)
        return found

    def _remove_nodes(self) -> None:
        kept = set(self.elements.values())
        for owner in self.groups:
            is_step = owner in self.parts and self.parts[owner].local in FLOW_NODES
            if is_step and owner not in kept and owner not in self.standing:
                self.gone.add(owner)
        for flow in self.before.graph.flows:
            owner = self.before.owners[flow.key]
            if owner in self.parts and self.parts[owner].local == "sequenceFlow" and owner not in kept:
                self.gone.add(owner)

    def _write_node(self, key: str) -> None:
        """Each where it belongs: in the element of its scope."""
        element = self.elements.get(key)
        node = self.graph.nodes[key]
        if element is not None and element in self.standing:
            self._name(element, node.name, self.before.graph.nodes[key].name)
        if element is None or element in self.standing:
            return
        part = self.parts.get(element)
        if part is None:
            part = self.process.new(tag_of(self.graph, node), {"id": element})
            self.parts[element] = part
        watched = self._element_of(node.attached_to) if node.attached_to else ""
        rewrite(self.root, part, self.graph, node, watched, self._says_same_event(element, key))
        if element != key:
            ours.say(part, {"key": key})
        self._put(part, self._stage(node.scope))

    def _name(self, element: str, name: str, before: str) -> None:
        part = self.parts[element]
        if name != before and is_writable(name):
            part.attributes["name"] = name

    def _says_same_event(self, element: str, key: str) -> bool:
        """Whether what the element waits for is said there already."""
        old, node = self.before.graph.nodes.get(key), self.graph.nodes[key]
        if old is None or self.before.owners[key] != element or old.kind is not node.kind:
            return False
        return all(old.data.get(word) == node.data.get(word) for word in EVENT_WORDS)

    def _element_of(self, node: str) -> str:
        """The element a flow to or from a node is drawn at."""
        return self.elements.get(node) or self.before.owners[node]

    def _stage(self, scope: str | None) -> Part:
        if scope is None:
            return self.process
        element = self._element_of(scope)
        if element not in self.parts:
            self._write_node(scope)
        return self.parts[element]

    def _put(self, part: Part, stage: Part) -> None:
        holder = self.holders.get(id(part))
        if holder is stage:
            return
        if holder is not None:
            holder.children = [each for each in holder.children if each is not part]
        later = (
            at for at, each in enumerate(stage.children) if isinstance(each, Part) and each.local in LAST
        )
        stage.children.insert(next(later, len(stage.children)), part)
        self.holders[id(part)] = stage

    def _write_flows(self) -> None:
        written: dict[int, tuple[Part, list[Part]]] = {}
        for flow in self.graph.flows:
            element = self.elements.get(flow.key)
            if element is None:
                continue
            part = self.parts.get(element) or self._new_flow(flow, element)
            source, target = self._element_of(flow.source), self._element_of(flow.target)
            part.attributes |= {"sourceRef": source, "targetRef": target}
            self._say_flow(flow, part)
            stage = self._stage(self.graph.nodes[flow.source].scope)
            self._put(part, stage)
            written.setdefault(id(stage), (stage, []))[1].append(part)
        for stage, parts in written.values():
            self._set_order(stage, parts)

    def _new_flow(self, flow: Flow, element: str) -> Part:
        part = self.process.new("sequenceFlow", {"id": element})
        self.parts[element] = part
        if element != flow.key:
            ours.say(part, {"key": flow.key})
        return part

    def _say_flow(self, flow: Flow, part: Part) -> None:
        old = self.flows_before.get(flow.key)
        if old is None or old.name != flow.name:
            part.attributes.pop("name", None)
            part.attributes |= {"name": flow.name} if flow.name else {}
        source = self.graph.nodes[flow.source]
        stands = self.before.owners.get(flow.source) in self.standing
        if old is not None and stands and _said(old) == _said(flow):
            return
        text = ""
        if source.kind is Kind.APPROVAL:
            text = as_outcome(flow.outcome)
        elif source.kind is Kind.CHOICE and not flow.is_else:
            text = text_of(flow.when)
        write_condition(self.root, part, text)

    def _set_order(self, stage: Part, parts: list[Part]) -> None:
        """Flows are tried in the order they stand in the file."""
        wanted = {id(part) for part in parts}
        now = [each for each in stage.children if id(each) in wanted]
        if all(one is other for one, other in zip(now, parts, strict=True)):
            return
        rest = iter(parts)
        stage.children = [next(rest) if id(each) in wanted else each for each in stage.children]

    def _write_defaults(self) -> None:
        """`default` names the flow out of a choice that is taken otherwise."""
        wanted = {
            self._element_of(flow.source): self.elements[flow.key]
            for flow in self.graph.flows
            if flow.is_else and flow.key in self.elements
        }
        for element in {*self.elements.values()}:
            part = self.parts[element]
            if part.local == "sequenceFlow" or part.local not in FLOW_NODES:
                continue
            default = wanted.get(element)
            if element in self.standing and self._leaves_as_before(element):
                continue
            part.attributes.pop("default", None)
            if default:
                part.attributes["default"] = default

    def _leaves_as_before(self, element: str) -> bool:
        keys = self.groups[element]
        return all(self.before.graph.out_of(key) == self.graph.out_of(key) for key in keys)

    def _lead_in_and_out(self) -> None:
        """`incoming` and `outgoing` of every element, in so far as they are no longer true."""
        into: dict[str, list[str]] = {}
        out_of: dict[str, list[str]] = {}
        for part in self.process.inside():
            if part.uri == MODEL and part.local == "sequenceFlow" and part.get("id") not in self.gone:
                out_of.setdefault(part.get("sourceRef"), []).append(part.get("id"))
                into.setdefault(part.get("targetRef"), []).append(part.get("id"))
        for element, part in self.parts.items():
            if part.local in FLOW_NODES and element not in self.gone:
                _refer(part, "incoming", into.get(element, []))
                _refer(part, "outgoing", out_of.get(element, []))

    def _remove_what_dangles(self) -> None:
        """Elements taken out, and then whatever refers to them."""
        if not self.gone:
            return
        for part in [each for each in self.root.inside() if each.uri == MODEL]:
            part.children = [
                each
                for each in part.children
                if isinstance(each, str) or each.uri != MODEL or not self._is_gone(each)
            ]

    def _is_gone(self, part: Part) -> bool:
        if part.get("id") in self.gone:
            return True
        if part.local in ("flowNodeRef", "incoming", "outgoing"):
            return part.text.rpartition(":")[2] in self.gone
        ends = {part.get("sourceRef"), part.get("targetRef")}
        if part.local in REFERRING and ends & self.gone:
            self.gone.add(part.get("id"))
            return True
        return False


def _said(flow: Flow) -> tuple[object, ...]:
    return flow.when, flow.is_else, flow.outcome


def _refer(part: Part, word: str, flows: list[str]) -> None:
    """Leaves true references where they are, takes out others, and adds the missing ones behind them."""
    present = [each.text.rpartition(":")[2] for each in part.all(word)]
    if sorted(present) == sorted(flows) or not (present or flows):
        return
    part.children = [
        each
        for each in part.children
        if isinstance(each, str) or each.uri != part.uri or each.local != word or each.text in flows
    ]
    before = LEADING | {"incoming"} | ({"outgoing"} if word == "outgoing" else set())
    place = 0
    for at, each in enumerate(part.children):
        if isinstance(each, Part) and each.local in before:
            place = at + 1
    for flow in flows:
        if flow not in present:
            reference = part.new(word)
            reference.children.append(flow)
            part.children.insert(place, reference)
            place += 1
