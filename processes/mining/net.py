"""A process as a net of places and moves, so that a case can be replayed on it.

A place before each node (before a join: one for each flow into it) and one at the end of each scope. Moves with a
label are seen in a log, the others happen by themselves. Simplified: a body for each of several is walked one after
another, an END of the whole takes only its own token, a scope is left by each token that reaches its end.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice

from processes.graph.model import Flow, Graph, Kind, Node

SEEN = frozenset({Kind.TASK, Kind.APPROVAL})  # always expected in a log
MAYBE = frozenset({Kind.ACTION, Kind.WAIT, Kind.CALL})  # only if the log names them
MOST_WAYS = 64  # of choosing n flows of a join

Place = str


@dataclass(frozen=True, slots=True)
class Move:
    """Takes a token from each of `takes`, gives one to each of `gives`. `label` is empty where nobody sees it."""

    label: str
    takes: tuple[Place, ...]
    gives: tuple[Place, ...]

    @property
    def price(self) -> int:
        """Of making this move only to explain another: steps people do, and tokens made of nothing, are dear."""
        return int(bool(self.label) or any(place in self.gives for place in self.takes))


@dataclass(frozen=True)
class Net:
    """`names`: of the steps that can be seen, as people wrote them, by label."""

    start: Place
    done: Place
    moves: tuple[Move, ...]
    names: dict[str, str]

    @cached_property
    def seen(self) -> dict[str, tuple[Move, ...]]:
        found: dict[str, tuple[Move, ...]] = {}
        for move in self.moves:
            if move.label:
                found[move.label] = (*found.get(move.label, ()), move)
        return found

    @cached_property
    def _giving(self) -> dict[Place, tuple[Move, ...]]:
        found: dict[Place, tuple[Move, ...]] = {}
        for move in self.moves:
            for place in set(move.gives):
                found[place] = (*found.get(place, ()), move)
        return found

    def towards(self, places: Collection[Place], *, unseen_only: bool) -> dict[Place, tuple[Move, ...]]:
        """The moves that may bring a token nearer to these places, by a place each takes from."""
        moves: dict[Move, None] = {}
        met, ahead = set(places), list(places)
        while ahead:
            for move in self._giving.get(ahead.pop(), ()):
                if move in moves or (unseen_only and move.label):
                    continue
                moves[move] = None
                fresh = [place for place in move.takes if place not in met]
                met.update(fresh)
                ahead.extend(fresh)
        by_place: dict[Place, tuple[Move, ...]] = {}
        for move in moves:
            by_place[move.takes[0]] = (*by_place.get(move.takes[0], ()), move)
        return by_place


def label_of(name: str) -> str:
    """Names are compared without case and with single blanks."""
    return " ".join(name.casefold().split())


def net_of(graph: Graph, in_log: Collection[str]) -> Net:
    """`in_log`: the names of the log's activities; actions and waits are expected only if they are among them."""
    labels = {label_of(name) for name in in_log}
    names: dict[str, str] = {}
    moves: dict[Move, None] = {}
    for node in graph.nodes.values():
        label = label_of(node.name)
        is_seen = bool(label) and (node.kind in SEEN or (node.kind in MAYBE and label in labels))
        if is_seen:
            names.setdefault(label, node.name)
        for move in _moves(graph, node, label if is_seen else ""):
            moves[move] = None
    return Net(graph.start_of(None).key, _end(None), tuple(moves), names)


def labels_by_stage(graph: Graph, net: Net) -> dict[str, set[str]]:
    """The labels of all steps within each named stage, those within stages inside it too."""
    found: dict[str, set[str]] = {}
    for node in graph.nodes.values():
        label, scope = label_of(node.name), node.scope
        while label in net.seen and scope is not None:
            stage = graph.nodes[scope]
            if stage.name:
                found.setdefault(stage.name, set()).add(label)
            scope = stage.scope
    return found


def _end(scope: str | None) -> Place:
    return f"{scope or ''}:done"


def _before(graph: Graph, flow: Flow) -> Place:
    is_join = graph.nodes[flow.target].kind is Kind.JOIN
    return f"{flow.key}:flow" if is_join else flow.target


def _moves(graph: Graph, node: Node, label: str) -> Iterator[Move]:
    ways = [_before(graph, flow) for flow in graph.out_of(node.key)] or [_end(node.scope)]
    yield from _watches(graph, node)
    if node.kind is Kind.END:
        yield Move("", (node.key,), (_end(None if node.data.get("is_whole") else node.scope),))
    elif node.kind in (Kind.SCOPE, Kind.EACH):
        yield from _body(graph, node, ways)
    elif node.kind is Kind.JOIN:
        yield from _join(graph, node, ways)
    elif node.kind is Kind.SPLIT:
        yield Move("", (node.key,), tuple(ways))
    elif label and len(ways) == 1:
        yield Move(label, (node.key,), (ways[0],))
    else:
        after = f"{node.key}:after" if label else node.key
        if label:
            yield Move(label, (node.key,), (after,))
        yield from (Move("", (after,), (way,)) for way in ways)


def _body(graph: Graph, node: Node, ways: list[Place]) -> Iterator[Move]:
    inside = graph.start_of(node.key).key
    yield Move("", (node.key,), (inside,))
    yield from (Move("", (_end(node.key),), (way,)) for way in ways)
    if node.kind is Kind.EACH:
        yield Move("", (_end(node.key),), (inside,))
        yield from (Move("", (node.key,), (way,)) for way in ways)


def _join(graph: Graph, node: Node, ways: list[Place]) -> Iterator[Move]:
    flows = [_before(graph, flow) for flow in graph.into(node.key)]
    need = node.data.get("need", "all")
    number = 1 if need == "first" else need if isinstance(need, int) else len(flows)
    number = max(1, min(number, len(flows)))
    for taken in islice(combinations(flows, number), MOST_WAYS):
        for way in ways:
            yield Move("", taken, (way,))
    if number < len(flows):  # what comes later is swallowed
        yield from (Move("", (flow,), ()) for flow in flows)


def _watches(graph: Graph, node: Node) -> Iterator[Move]:
    """A watcher that interrupts takes the token from what it watches, wherever inside that it stands.

    One that does not adds a token of its own, and may do so again.
    """
    for watcher in graph.watchers_of(node.key):
        interrupts = watcher.data.get("interrupts", True)
        watched = [node.key]
        while watched:
            place = watched.pop()
            yield Move("", (place,), (watcher.key,) if interrupts else (place, watcher.key))
            watched.extend(each.key for each in graph.inside(place) if each.kind is not Kind.JOIN)
