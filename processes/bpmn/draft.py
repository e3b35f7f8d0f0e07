"""What has been read of one process so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from processes.bpmn import ours
from processes.bpmn.inclusive import Pair
from processes.bpmn.report import Entry, Verdict
from processes.bpmn.xml import Part
from processes.graph.model import Flow, Kind, Node

LONGEST_KEY = 300


@dataclass
class Draft:
    """`entries` and `exits`: at which node a flow into an element arrives, and from which one out of it leaves; they
    differ where an element becomes several nodes. `owners`: the element each node and flow stands for. `pairs`: the
    inclusive join of an inclusive split; `arrivals`: where a flow to such a join ends instead of at the join.
    `begun_by_events`: stages and the one they are to be attached to, by the scope that one stands in."""

    definitions: Mapping[str, Part] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    entries: dict[str, str] = field(default_factory=dict)
    exits: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    report: list[Entry] = field(default_factory=list)
    pairs: dict[str, Pair] = field(default_factory=dict)
    arrivals: dict[str, str] = field(default_factory=dict)
    begun_by_events: dict[str | None, list[tuple[Part, str]]] = field(default_factory=dict)

    def add(self, part: Part, node: Node) -> None:
        """Raises ValueError for a key used twice."""
        if len(node.key) > LONGEST_KEY:
            raise ValueError(f"The id {node.key[:40]}… is too long.")
        if node.key in self.nodes:
            raise ValueError(f"Two elements have the id {node.key}.")
        self.nodes[node.key] = node
        self.owners[node.key] = part.get("id")

    def connect(self, part: Part, flow: Flow) -> None:
        self.flows.append(flow)
        self.owners[flow.key] = part.get("id")

    def place(self, part: Part, node: Node) -> None:
        """A node that stands for the whole element."""
        self.add(part, node)
        self.entries[part.get("id")] = self.exits[part.get("id")] = node.key

    def helper(
        self, part: Part, key: str, kind: Kind, scope: str | None, data: dict[str, Any] | None = None
    ) -> None:
        self.add(part, Node(key, kind, data=data or {}, scope=scope))

    def say(self, part: Part, verdict: Verdict, reason: str) -> None:
        self.report.append(Entry(part.get("id"), part.local, ours.name_of(part), verdict, reason))

    def executed(self, part: Part, reason: str) -> None:
        self.say(part, Verdict.EXECUTED, reason)

    def kept(self, part: Part, reason: str) -> None:
        self.say(part, Verdict.KEPT, reason)

    def refused(self, part: Part, reason: str) -> None:
        self.say(part, Verdict.REFUSED, reason)

    def defined(self, reference: str) -> str:
        """The name of the message, signal or resource a reference points to, or else the reference."""
        plain = reference.rpartition(":")[2]
        found = self.definitions.get(reference) or self.definitions.get(plain)
        return (found.get("name") if found else "") or plain
