"""Which way runs usually go, and how often of all: by what the history says of the steps behind each way."""

from processes.arrivals.past import Past
from processes.graph.model import Graph, Kind, Node

RECORDED = frozenset({Kind.TASK, Kind.APPROVAL, Kind.ACTION, Kind.WAIT, Kind.CALL, Kind.EACH, Kind.SCOPE})


def likely_outcome(graph: Graph, node: Node, past: Past) -> tuple[str, float]:
    """The commonest outcome; approved where nobody has decided yet."""
    said = past.outcomes.get(node.key) or {}
    whole = sum(said.values())
    if not whole:
        return "approved", 1.0
    outcome = max(said, key=lambda each: (said[each], each == "approved"))
    return outcome, said[outcome] / whole


def likely_flow(graph: Graph, node: Node, past: Past) -> tuple[str, float]:
    """The commonest way out of a choice; without history all are alike, and the first is as good as any."""
    ways = graph.out_of(node.key)
    if not ways:
        return "", 0.0
    counts = _counts(graph, node, past)
    whole = sum(counts.values())
    if not whole:
        return ways[0].key, 1 / len(ways)
    best = max(ways, key=lambda way: counts[way.key])
    return best.key, counts[best.key] / whole


def _counts(graph: Graph, node: Node, past: Past) -> dict[str, int]:
    """How often each way was gone: by the first steps to which no other leads; a way without any took the rest."""
    ways = graph.out_of(node.key)
    ahead = {way.key: _steps(graph, way.target) for way in ways}
    counts: dict[str, int] = {}
    bare = []
    for way in ways:
        others = set().union(*(ahead[each.key] for each in ways if each.key != way.key))
        own = _steps(graph, way.target, only_first=True) - others
        if own:
            counts[way.key] = max(past.done.get(key, 0) for key in own)
        else:
            bare.append(way.key)
    rest = max(0, _came(graph, node, past) - sum(counts.values())) if bare else 0
    return counts | {key: rest // len(bare) for key in bare}


def _steps(graph: Graph, key: str, *, only_first: bool = False) -> set[str]:
    """The recorded steps a node leads to, itself counted; or of these only the next."""
    found: set[str] = set()
    seen: set[str] = set()
    ahead = [key]
    while ahead:
        here = ahead.pop()
        if here in seen:
            continue
        seen.add(here)
        is_step = graph.nodes[here].kind in RECORDED
        if is_step:
            found.add(here)
        if not (is_step and only_first):
            ahead.extend(flow.target for flow in graph.out_of(here))
    return found


def _came(graph: Graph, node: Node, past: Past) -> int:
    """How often a choice was come to: by the steps before it, else by the runs that began."""
    before = [graph.nodes[flow.source] for flow in graph.into(node.key)]
    if before and all(each.kind in RECORDED for each in before):
        return sum(_left(flow.outcome, flow.source, past) for flow in graph.into(node.key))
    return past.begun


def _left(outcome: str, source: str, past: Past) -> int:
    done = past.done.get(source, 0)
    said = past.outcomes.get(source) or {}
    whole = sum(said.values())
    return round(done * said.get(outcome, 0) / whole) if outcome and whole else done
