"""On which ways of things done at once a node stands: what decides how many tokens come after it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from processes.graph.model import Flow, Graph, Kind


@dataclass(frozen=True)
class Regions:
    """A node's region: the ways out of splits over which every way from the start of its scope to it leads.

    A token put at a node of another region is one too many for some join, or one that a join waits for in vain. A
    watcher that does not interrupt is such a way too.
    """

    graph: Graph

    def of(self, node: str) -> frozenset[str]:
        return self._known.get(node, frozenset())

    def of_flow(self, flow: Flow) -> frozenset[str]:
        """Of whatever comes over a flow."""
        return self.of(flow.source) | ({flow.key} if self.is_split(flow.source) else set())

    def is_split(self, node: str) -> bool:
        found = self.graph.nodes.get(node)
        return found is not None and found.kind is Kind.SPLIT and len(self.graph.out_of(node)) > 1

    def splits_of(self, region: frozenset[str]) -> frozenset[str]:
        """The splits whose ways these are."""
        return frozenset(flow.source for flow in self.graph.flows if flow.key in region)

    def joins_of(self, way: str) -> frozenset[str]:
        """The joins at which a way of a split ends."""
        return frozenset(
            flow.target
            for flow in self.graph.flows
            if self.graph.nodes[flow.target].kind is Kind.JOIN
            and way in self.of_flow(flow)
            and way not in self.of(flow.target)
        )

    def way_like(self, join: str, region: frozenset[str], usual: str | None) -> str | None:
        """The way into a join that comes from a region; of several the usual one, else none."""
        found = [each.key for each in self.graph.into(join) if self.of_flow(each) == region]
        if len(found) == 1:
            return found[0]
        return usual if usual in found else None

    @cached_property
    def _known(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {key: set() for key in self.graph.nodes}
        holders = (each.key for each in self.graph.nodes.values() if each.kind in (Kind.SCOPE, Kind.EACH))
        for scope in (None, *holders):
            start = self.graph.start_of(scope).key
            everything = self._reached(start, "")
            for key in everything:
                for way in self._begun_at(key):
                    for node in everything - self._reached(start, way):
                        found[node].add(way)
        return {key: frozenset(ways) for key, ways in found.items()}

    def _reached(self, start: str, without: str) -> set[str]:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            key = ahead.pop()
            if key not in seen:
                seen.add(key)
                ahead.extend(target for way, target in self._ways(key) if way != without)
        return seen

    def _begun_at(self, node: str) -> Iterator[str]:
        """The ways over which one token more goes on."""
        if self.is_split(node):
            yield from (flow.key for flow in self.graph.out_of(node))
        for watcher in self.graph.watchers_of(node):
            if not watcher.data.get("interrupts", True):
                yield _watching(watcher.key)

    def _ways(self, node: str) -> Iterator[tuple[str, str]]:
        """(name of the way, node it leads to), watchers included."""
        for flow in self.graph.out_of(node):
            yield flow.key, flow.target
        for watcher in self.graph.watchers_of(node):
            yield _watching(watcher.key), watcher.key


def _watching(watcher: str) -> str:
    """The way on which a watcher stands, which no flow is named like."""
    return f"watches {watcher}"
