"""A process as a graph: nodes, the flows between them, and the scopes that hold them. Pure values, no database.

A node stands in a scope: None is the process itself, otherwise the key of a node of kind SCOPE or EACH, whose body is
all that names it. Each scope has exactly one START. A node with several flows in takes each token as it comes; only a
JOIN waits. Node and flow keys are texts (UUIDs from the editors, the file's own ids from BPMN) that survive edits.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any


class Kind(StrEnum):
    """What a node does. Those in WAITING stop the token until somebody outside the engine says Finish."""

    START = "start"
    END = "end"  # data.result: text; data.is_whole: ends the whole run at once, not only its scope's path
    TASK = "task"  # a person's task
    APPROVAL = "approval"  # flows out carry `outcome`: approved, declined, returned
    ACTION = "action"  # a room's verb, a notification, a mail
    WAIT = "wait"  # a duration, a date, a fact, a condition
    CALL = "call"  # another process
    CHOICE = "choice"  # the first flow whose condition holds, else the one with is_else
    SPLIT = "split"  # a token on every flow out
    JOIN = "join"  # waits for distinct flows in of one scope instance: data.need = "all" or a number
    RACE = "race"  # its flows lead to WAIT nodes; the first to finish goes on, the others are cancelled
    SCOPE = "scope"  # a stage or an embedded sub-process: data may hold a deadline
    EACH = "each"  # a body once for each of several: data.each, data.at_once


WAITING = frozenset({Kind.TASK, Kind.APPROVAL, Kind.ACTION, Kind.WAIT, Kind.CALL, Kind.CHOICE, Kind.EACH})


@dataclass(frozen=True, slots=True)
class Node:
    """`data` says what only its kind knows; see docs of processes/README.md. `attached_to`: a WAIT that watches
    another node while that is being done, and cancels it when it fires if `data.interrupts` (the default)."""

    key: str
    kind: Kind
    name: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    scope: str | None = None
    attached_to: str | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """From node to node. `when`: a condition tree, after a CHOICE; `outcome`: after an APPROVAL."""

    key: str
    source: str
    target: str
    when: Any = None
    is_else: bool = False
    outcome: str = ""
    name: str = ""


@dataclass(frozen=True)
class Graph:
    """Nodes in the order they are read, flows in the order they are tried."""

    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]

    @classmethod
    def of(cls, nodes: Iterable[Node], flows: Iterable[Flow]) -> "Graph":
        """Raises ValueError for a key used twice, a flow to nowhere or between scopes, a scope without one start."""
        by_key: dict[str, Node] = {}
        for node in nodes:
            if node.key in by_key:
                raise ValueError(f"Two nodes have the key {node.key}.")
            by_key[node.key] = node
        graph = cls(by_key, tuple(flows))
        graph._refuse_what_is_loose()
        return graph

    def _refuse_what_is_loose(self) -> None:
        if len({flow.key for flow in self.flows}) != len(self.flows):
            raise ValueError("Two flows have the same key.")
        for flow in self.flows:
            ends = [self.nodes.get(flow.source), self.nodes.get(flow.target)]
            if ends[0] is None or ends[1] is None:
                raise ValueError(f"The flow {flow.key} leads to nowhere.")
            if ends[0].scope != ends[1].scope:
                raise ValueError(f"The flow {flow.key} leads from one scope into another.")
        for node in self.nodes.values():
            for other in (node.scope, node.attached_to):
                if other is not None and other not in self.nodes:
                    raise ValueError(f"{node.key} stands in or watches {other}, which does not exist.")
        scopes = [None, *(each.key for each in self.nodes.values() if each.kind in (Kind.SCOPE, Kind.EACH))]
        for scope in scopes:
            starts = [each for each in self.inside(scope) if each.kind is Kind.START]
            if len(starts) != 1:
                raise ValueError(f"The scope {scope} has {len(starts)} starts instead of one.")

    def inside(self, scope: str | None) -> tuple[Node, ...]:
        """The nodes whose scope this is, not those of scopes within it."""
        return self._inside.get(scope, ())

    def start_of(self, scope: str | None) -> Node:
        return next(each for each in self.inside(scope) if each.kind is Kind.START)

    def out_of(self, node: str) -> tuple[Flow, ...]:
        """Flows out, in the order they are tried."""
        return self._out.get(node, ())

    def into(self, node: str) -> tuple[Flow, ...]:
        return self._into.get(node, ())

    def watchers_of(self, node: str) -> tuple[Node, ...]:
        """WAIT nodes attached to this one."""
        return self._watchers.get(node, ())

    def flow(self, key: str) -> Flow:
        return self._flows[key]

    def ways_into(self, join: str) -> frozenset[str]:
        """The keys of the flows a join may wait for."""
        return frozenset(flow.key for flow in self.into(join))

    def reachable(self, scope: str | None = None) -> frozenset[str]:
        """The keys of what can be reached from the start, bodies of reached scopes and watchers included."""
        seen: set[str] = set()
        ahead = [self.start_of(scope).key]
        while ahead:
            key = ahead.pop()
            if key in seen:
                continue
            seen.add(key)
            node = self.nodes[key]
            ahead.extend(flow.target for flow in self.out_of(key))
            ahead.extend(each.key for each in self.watchers_of(key))
            if node.kind in (Kind.SCOPE, Kind.EACH):
                ahead.append(self.start_of(key).key)
        return frozenset(seen)

    @cached_property
    def _flows(self) -> dict[str, Flow]:
        return {flow.key: flow for flow in self.flows}

    @cached_property
    def _inside(self) -> dict[str | None, tuple[Node, ...]]:
        return _grouped(self.nodes.values(), lambda node: node.scope)

    @cached_property
    def _out(self) -> dict[str, tuple[Flow, ...]]:
        return _grouped(self.flows, lambda flow: flow.source)

    @cached_property
    def _into(self) -> dict[str, tuple[Flow, ...]]:
        return _grouped(self.flows, lambda flow: flow.target)

    @cached_property
    def _watchers(self) -> dict[str, tuple[Node, ...]]:
        watching = (node for node in self.nodes.values() if node.attached_to is not None)
        return _grouped(watching, lambda node: node.attached_to)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: the same graph gives the same text, so that its hash tells whether two are equal."""
        return {
            "nodes": [_without_defaults(each) for each in self.nodes.values()],
            "flows": [_without_defaults(each) for each in self.flows],
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Graph":
        """Raises ValueError, KeyError or TypeError for what is no graph."""
        nodes = [Node(**{**each, "kind": Kind(each["kind"])}) for each in said["nodes"]]
        return cls.of(nodes, [Flow(**each) for each in said["flows"]])

    @property
    def sha256(self) -> str:
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()


def _grouped(items: Iterable[Any], key: Any) -> dict[Any, tuple[Any, ...]]:
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return {name: tuple(group) for name, group in groups.items()}


def _without_defaults(item: Any) -> dict[str, Any]:
    plain = {name: getattr(item, name) for name in item.__slots__}
    kept = {name: value for name, value in plain.items() if value or name in ("key", "kind")}
    if "kind" in kept:
        kept["kind"] = str(kept["kind"])
    return kept
