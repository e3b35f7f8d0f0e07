"""A simple model of a log: what mostly follows what. For a drawing, or as a process to compare others with.

The dependency of b on a is (a>b − b>a) / (a>b + b>a + 1), near 1 where b nearly always comes after a, near 0 where
they come in any order. Source: A. Weijters, J. Ribeiro, "Flexible Heuristics Miner", CIDM 2011.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from processes.graph.model import Flow, Graph, Kind, Node
from processes.mining.follows import Follows, FollowsGraph
from processes.mining.log import Log

NOISE = 0.05  # of the strongest arc out of the same activity or into it
PARALLEL = 0.3  # two that follow each other both ways with less dependency than this may be done in any order


@dataclass(frozen=True)
class Drawn:
    """An activity: how often it was done, how many cases begin and end with it."""

    name: str
    count: int
    starts: int
    ends: int


@dataclass(frozen=True)
class DrawnArc:
    """`dependency` from -1 to 1; `p50` seconds of waiting on it."""

    source: str
    target: str
    count: int
    dependency: float
    p50: float
    p90: float


@dataclass(frozen=True)
class Model:
    """`any_order`: pairs done in either order. `left_out`: arcs below the noise, and how many moves they held."""

    nodes: list[Drawn]
    arcs: list[DrawnArc]
    any_order: list[tuple[str, str]]
    left_out: int
    left_out_moves: int

    def to_json(self) -> dict[str, Any]:
        """Without places on a page: whoever draws it lays it out."""
        return asdict(self)

    def to_graph(self) -> Graph:
        """A task for each activity and a choice after it, so that exactly the model's arcs can be walked."""
        keys = {node.name: f"task-{place}" for place, node in enumerate(self.nodes)}
        nodes = [Node("start", Kind.START), Node("begin", Kind.CHOICE), Node("end", Kind.END)]
        flows = [Flow("start-begin", "start", "begin")]
        for node in self.nodes:
            key = keys[node.name]
            nodes += [Node(key, Kind.TASK, node.name), Node(f"{key}:choice", Kind.CHOICE)]
            flows.append(Flow(f"{key}-out", key, f"{key}:choice"))
            if node.starts:
                flows.append(Flow(f"begin-{key}", "begin", key))
            if node.ends:
                flows.append(Flow(f"{key}-end", f"{key}:choice", "end"))
        for arc in self.arcs:
            source, target = keys[arc.source], keys[arc.target]
            flows.append(Flow(f"{source}-{target}", f"{source}:choice", target))
        return Graph.of(nodes, flows)


def model_of(log: Log, noise: float = NOISE) -> Model:
    """Arcs with at least `noise` of the strongest beside them; the strongest in and out of each always stay."""
    follows = Follows(log)
    for trace in log.traces():
        follows.add(trace)
    counts = Counter(log.activity)
    return model_from(follows.found(), {log.name(each): count for each, count in counts.items()}, noise)


def model_from(graph: FollowsGraph, counts: dict[str, int], noise: float = NOISE) -> Model:
    by_pair = {(arc.source, arc.target): arc.count for arc in graph.arcs}
    out: Counter[str] = Counter()
    into: Counter[str] = Counter()
    for arc in graph.arcs:
        out[arc.source] = max(out[arc.source], arc.count)
        into[arc.target] = max(into[arc.target], arc.count)
    kept = [
        arc
        for arc in graph.arcs
        if arc.count >= noise * max(out[arc.source], into[arc.target])
        or arc.count in (out[arc.source], into[arc.target])
    ]
    arcs = [
        DrawnArc(
            arc.source,
            arc.target,
            arc.count,
            _dependency(by_pair, arc.source, arc.target),
            arc.waiting.p50 or 0.0,
            arc.waiting.p90 or 0.0,
        )
        for arc in kept
    ]
    starts, ends = _common(graph.starts, noise), _common(graph.ends, noise)
    nodes = [Drawn(name, count, starts.get(name, 0), ends.get(name, 0)) for name, count in counts.items()]
    return Model(
        sorted(nodes, key=lambda each: (-each.count, each.name)),
        arcs,
        sorted(
            (arc.source, arc.target)
            for arc in arcs
            if arc.source < arc.target
            and abs(arc.dependency) < PARALLEL
            and (arc.target, arc.source) in by_pair
        ),
        len(graph.arcs) - len(kept),
        sum(arc.count for arc in graph.arcs) - sum(arc.count for arc in kept),
    )


def _dependency(counts: dict[tuple[str, str], int], source: str, target: str) -> float:
    there, back = counts.get((source, target), 0), counts.get((target, source), 0)
    return there / (there + 1) if source == target else (there - back) / (there + back + 1)


def _common(counts: dict[str, int], noise: float) -> dict[str, int]:
    most = max(counts.values(), default=0)
    return {name: count for name, count in counts.items() if count >= noise * most}
