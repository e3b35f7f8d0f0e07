"""Whether a graph can be run to an end from wherever it may come to; what is wrong is said in plain words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from processes.graph.exploring import Explored, TooLarge, explore
from processes.graph.model import Graph, Kind, Node

ERROR, WARNING = "error", "warning"
# What surely stops a run until somebody or something outside goes on.
STOPPING = frozenset({Kind.TASK, Kind.APPROVAL, Kind.WAIT, Kind.CALL})

WORDS = {
    Kind.START: _("the start"),
    Kind.END: _("the end"),
    Kind.TASK: _("a person's task"),
    Kind.APPROVAL: _("an approval"),
    Kind.ACTION: _("an automatic action"),
    Kind.WAIT: _("a wait"),
    Kind.CALL: _("a call of another process"),
    Kind.CHOICE: _("a choice"),
    Kind.SPLIT: _("things done at once"),
    Kind.JOIN: _("the end of things done at once"),
    Kind.RACE: _("a race"),
    Kind.SCOPE: _("a stage"),
    Kind.EACH: _("a repeat"),
}


@dataclass(frozen=True)
class Problem:
    """`node`: the key of the node it is about, None for the process; `code`: for tests and links to help."""

    node: str | None
    text: Any
    code: str
    severity: str = ERROR
    words: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """In the reader's language, at the moment of reading."""
        return str(self.text) % {name: str(word) for name, word in self.words.items()}

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR


def called(graph: Graph, key: str) -> Any:
    """How a node is called in a sentence: its name, that of the block it helps, or what it is."""
    node = graph.nodes[key]
    block = graph.nodes.get(key.rsplit(":", 1)[0], node)
    return node.name or block.name or WORDS[node.kind]


def problems(graph: Graph) -> list[Problem]:
    """Every problem of the shape of the graph, in the order of its nodes."""
    reachable = graph.reachable()
    found = [*_unreachable(graph, reachable), *_without_end(graph, reachable), *_dead_ends(graph, reachable)]
    for scope in [None, *(each.key for each in graph.nodes.values() if each.kind in (Kind.SCOPE, Kind.EACH))]:
        if scope is None or scope in reachable:
            spinning = list(_spinning(graph, scope, reachable))
            found += spinning or _of_states(graph, scope)
    order = {key: number for number, key in enumerate(graph.nodes)}
    return sorted(found, key=lambda each: order.get(each.node or "", -1))


def _problem(graph: Graph, key: str, text: Any, code: str, severity: str = ERROR) -> Problem:
    return Problem(key, text, code, severity, {"name": called(graph, key)})


def _unreachable(graph: Graph, reachable: frozenset[str]) -> Iterator[Problem]:
    for key, node in graph.nodes.items():
        # What stands in an unreachable body is told with that body.
        if key not in reachable and (node.scope is None or node.scope in reachable):
            yield _problem(graph, key, _("“%(name)s” can never be reached."), "unreachable")


def _without_end(graph: Graph, reachable: frozenset[str]) -> Iterator[Problem]:
    if not any(graph.nodes[key].kind is Kind.END for key in reachable):
        yield Problem(None, _("The process has no end that can be reached."), "no_end")


def _dead_ends(graph: Graph, reachable: frozenset[str]) -> Iterator[Problem]:
    for key, node in graph.nodes.items():
        if key in reachable and node.kind is not Kind.END and not graph.out_of(key):
            text = _("Nothing follows “%(name)s”: a run that comes there stops without a result.")
            yield _problem(graph, key, text, "dead_end", WARNING)


def _of_states(graph: Graph, scope: str | None) -> list[Problem]:
    try:
        explored = explore(graph, scope)
    except TooLarge:
        text = _(
            "There are too many ways through the process to try them all; whether every run ends is not known."
        )
        return [Problem(scope, text, "too_large", WARNING)]
    found = [_stuck(graph, join, is_ended, explored) for join, is_ended in explored.stuck.items()]
    if explored.is_endless:
        text = _("A run may come to where it can never end: every way goes round again.")
        found.append(Problem(scope, text, "never_ends"))
    for node in sorted(explored.piled):
        text = _("“%(name)s” may be begun again and again while it is still open from before.")
        found.append(_problem(graph, node, text, "piles_up", WARNING))
    return found


def _stuck(graph: Graph, join: str, is_ended: bool, explored: Explored) -> Problem:
    if join not in explored.fired:
        text = _("“%(name)s” can never complete: not everything it waits for can come.")
        return _problem(graph, join, text, "join_never")
    if is_ended:
        text = _("“%(name)s” may be left waiting after the end was reached.")
        return _problem(graph, join, text, "left_behind")
    text = _("“%(name)s” may wait for ever: what it waits for does not come in every case.")
    return _problem(graph, join, text, "join_stuck")


def _spinning(graph: Graph, scope: str | None, reachable: frozenset[str]) -> Iterator[Problem]:
    """One problem for each loop in which nothing waits."""
    passing = {each.key for each in graph.inside(scope) if each.key in reachable and not _stops(graph, each)}
    while loop := _loop(graph, passing):
        named = next((key for key in loop if graph.nodes[key].kind in (Kind.CHOICE, Kind.ACTION)), loop[0])
        text = _("“%(name)s” is in a loop in which nothing waits: it would go round without a pause.")
        yield _problem(graph, named, text, "spins")
        passing -= set(loop)


def _stops(graph: Graph, node: Node) -> bool:
    """Whether a run surely stops at this node. An each may find nothing to do; only a counted one cannot."""
    if node.kind is Kind.SCOPE or (node.kind is Kind.EACH and node.data.get("times")):
        passing = {each.key for each in graph.inside(node.key) if not _stops(graph, each)}
        start = graph.start_of(node.key).key
        ends = {key for key in passing if graph.nodes[key].kind is Kind.END or not graph.out_of(key)}
        return not ends & _passed(graph, start, passing)
    return node.kind in STOPPING


def _passed(graph: Graph, start: str, passing: set[str]) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        key = ahead.pop()
        if key in passing and key not in seen:
            seen.add(key)
            ahead.extend(flow.target for flow in graph.out_of(key))
    return seen


def _loop(graph: Graph, passing: set[str]) -> list[str]:
    """Some loop among these nodes, in the order it is gone round; nothing where there is none."""
    left = {key: [flow.target for flow in graph.out_of(key) if flow.target in passing] for key in passing}
    # What leads nowhere is in no loop; taking that away again and again leaves the loops and what leads to them.
    while dead := [key for key, targets in left.items() if not targets]:
        for key in dead:
            del left[key]
        left = {key: [each for each in targets if each in left] for key, targets in left.items()}
    if not left:
        return []
    path = [min(left)]
    while (following := min(left[path[-1]])) not in path:
        path.append(following)
    return path[path.index(following) :]
