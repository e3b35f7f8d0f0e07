"""Drives a graph with the real engine, keeping what is open as the outside would: from the orders alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from processes.engine import advance as engine
from processes.engine.state import WHOLE, State, Token
from processes.graph.model import WAITING, Flow, Graph, Kind, Node
from processes.tests.reference import PATH


class Driven:
    """`open`: token → node, for everything that was entered and neither finished nor left."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.state = graph, State()
        self.open: dict[int, str] = {}
        self.passed: list[str] = []
        self.results: list[str] = []
        self.scopes: Counter[str] = Counter()
        self.do(engine.Start())

    def do(self, command: engine.Command) -> list[engine.Order]:
        self.state, orders = engine.advance(self.graph, self.state, command)
        if isinstance(command, engine.Finish | engine.Spread | engine.Place):
            self.open.pop(command.token)
        if isinstance(command, engine.Happen) and command.token not in self.state.tokens:
            self.open.pop(command.token, None)
        for order in orders:
            match order:
                case engine.Enter(token, node):
                    self.open[token] = node
                case engine.Leave(token, node):
                    self.open.pop(token, None)
                    self.scopes[node] -= self.graph.nodes[node].kind is Kind.SCOPE
                case engine.Opened(_token, node):
                    self.scopes[node] += 1
                case engine.Closed(_token, node):
                    self.scopes[node] -= 1
                case engine.Passed(node):
                    self.passed.append(node)
                case engine.End(result):
                    self.results.append(result)
        return orders

    def at(self, node: str) -> int:
        """The oldest open token at this node."""
        return min(token for token, where in self.open.items() if where == node)

    def finish(self, node: str, outcome: str = "", flow: str | None = None) -> None:
        self.do(engine.Finish(self.at(node), outcome, flow))

    @property
    def nodes(self) -> list[str]:
        """Where work is open."""
        return sorted(self.open.values())

    @property
    def result(self) -> str | None:
        return self.state.result

    def path(self, token: Token) -> PATH:
        """The bodies a token is within, outermost first, each with its round."""
        if token.scope == WHOLE:
            return ()
        scope = self.state.scopes[token.scope]
        assert scope.node is not None
        assert scope.token is not None
        return (*self.path(self.state.tokens[scope.token]), (scope.node, scope.round))

    def by_name(self) -> dict[tuple[str, PATH], list[int]]:
        """Open tokens by node and path, oldest first."""
        found: dict[tuple[str, PATH], list[int]] = {}
        for key in sorted(self.open):
            token = self.state.tokens[key]
            found.setdefault((token.node, self.path(token)), []).append(key)
        return found

    def standing(self) -> list[str]:
        """What the state itself says is open: the same as was ordered."""
        spread = {scope.token for scope in self.state.scopes.values()}
        return sorted(
            token.node
            for key, token in self.state.tokens.items()
            if self.graph.nodes[token.node].kind in WAITING and key not in spread
        )


def outcomes_of(graph: Graph, node: str) -> list[Any]:
    """What an approval may be finished with."""
    return [flow.outcome for flow in graph.out_of(node)]


def possible(graph: Graph, state: State) -> Iterator[engine.Command]:
    """Everything that may happen next: every outcome, every way, and of lists none or two."""
    spread = {scope.token for scope in state.scopes.values()}
    for key, token in state.tokens.items():
        node = graph.nodes[token.node]
        if node.kind not in WAITING or key in spread:
            continue
        if node.kind is Kind.EACH:
            counts = [node.data["times"]] if "times" in node.data else [0, 2]
            yield from (engine.Spread(key, count) for count in counts)
        elif node.kind is Kind.CHOICE:
            yield from (engine.Finish(key, flow=flow.key) for flow in graph.out_of(node.key))
        elif node.kind is Kind.APPROVAL:
            yield from (engine.Finish(key, flow.outcome) for flow in graph.out_of(node.key))
        else:
            yield engine.Finish(key)


def without_keys(graph: Graph, state: State) -> Any:
    """The state as it looks from outside: the same for runs that came there by different ways."""

    def path(key: int) -> tuple[Any, ...]:
        scope = state.scopes[key]
        outer = () if scope.token is None else path(state.tokens[scope.token].scope)
        return (*outer, (str(scope.node), scope.round, scope.left, sorted(scope.owed.items())))

    tokens = [
        (each.node, str(path(each.scope)), str(each.via) if graph.nodes[each.node].kind is Kind.JOIN else "")
        for each in state.tokens.values()
    ]
    return tuple(sorted(tokens)), state.last


def drawn(flows: str, **nodes: Node | Kind) -> Graph:
    """A graph from `"start>a a>end"`, each flow named so; a node is given with its kind, or whole."""
    made = [
        replace(each, key=key) if isinstance(each, Node) else Node(key, each) for key, each in nodes.items()
    ]
    ways = [each.split(">") for each in flows.split()]
    return Graph.of(made, [Flow(f"{source}>{target}", source, target) for source, target in ways])


def node(kind: Kind, *, scope: str | None = None, attached_to: str | None = None, **settings: Any) -> Node:
    """A node to be given to `drawn`; what it does not know is its data."""
    return Node("", kind, data=settings, scope=scope, attached_to=attached_to)
