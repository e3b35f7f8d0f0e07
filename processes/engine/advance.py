"""One step of a run, worked out without touching anything: (graph, state, command) → (state, orders).

The outside tells what happened (a command) and is told what to do (orders). Nothing here reads a clock, a database or
a record, so a step can be tried, repeated and compared with an independent interpreter.
"""

from collections import deque
from dataclasses import dataclass, replace

from processes.engine.state import WHOLE, Scope, State, Token, Working
from processes.graph.model import WAITING, Flow, Graph, Kind, Node

MOST_NODES = 1_000


class Endless(Exception):
    """More than 1,000 nodes in one step: a loop in which nothing waits."""


# --- what the outside says


@dataclass(frozen=True, slots=True)
class Start:
    """The run begins."""


@dataclass(frozen=True, slots=True)
class Finish:
    """What stands at a token is done. `flow`: the way a choice takes; `outcome`: what an approval said."""

    token: int
    outcome: str = ""
    flow: str | None = None


@dataclass(frozen=True, slots=True)
class Happen:
    """What an attached wait waited for has come. `again`: it goes on watching, for the next time."""

    token: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """How many there are for an each."""

    token: int
    count: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """The run is taken away."""

    result: str = "cancelled"


@dataclass(frozen=True, slots=True)
class Place:
    """Put a token elsewhere in its scope: skip, restart, another version of the graph."""

    token: int
    node: str


@dataclass(frozen=True, slots=True)
class Arrive:
    """A token that another version of the graph has put at its node comes there."""

    token: int


Command = Start | Finish | Happen | Spread | Cancel | Place | Arrive


# --- what the outside is to do


@dataclass(frozen=True, slots=True)
class Enter:
    """A token stands where something outside must be done."""

    token: int
    node: str


@dataclass(frozen=True, slots=True)
class Leave:
    """A token was taken away before what it waited for was done: its work and timers go."""

    token: int
    node: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A scope has begun: its deadline runs."""

    token: int
    node: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A scope is done: its deadline is met."""

    token: int
    node: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A node was gone through, for the history."""

    node: str


@dataclass(frozen=True, slots=True)
class End:
    """The run is over."""

    result: str


Order = Enter | Leave | Opened | Closed | Passed | End


def advance(graph: Graph, state: State, command: Command) -> tuple[State, list[Order]]:
    """The state after the command, and what is to be done. The graph must be the one the state was made with.

    Raises LookupError for a token or flow that is not there, ValueError for a command that does not suit its
    node, Endless for a loop in which nothing waits. Nothing is changed in `state`.
    """
    if state.is_over:
        raise LookupError("The run is over.")
    step = _Step(graph, state)
    step.obey(command)
    step.run()
    return step.work.frozen(), step.orders


class _Step:
    def __init__(self, graph: Graph, state: State) -> None:
        self.graph, self.work = graph, Working(state)
        self.orders: list[Order] = []
        self.ahead: deque[Token] = deque()
        self.passed = 0

    # --- the command

    def obey(self, command: Command) -> None:
        match command:
            case Start():
                if self.work.scopes:
                    raise ValueError("The run has begun already.")
                self.work.scopes[WHOLE] = Scope(WHOLE)
                self._put(self.graph.start_of(None).key, WHOLE)
            case Finish(token, outcome, flow):
                self._finish(self._token(token), outcome, flow)
            case Happen(token, again):
                self._happen(self._token(token), again)
            case Spread(token, count):
                self._spread(self._token(token), count)
            case Cancel(result):
                self._end(result)
            case Place(token, node):
                self._place(self._token(token), node)
            case Arrive(token):
                self.ahead.append(self._token(token))

    def run(self) -> None:
        while self.ahead and self.work.result is None:
            token = self.ahead.popleft()
            if token.key in self.work.tokens:
                self._arrive(token)
        if self.work.result is None and not self.work.tokens:
            self._end(self.work.last)

    def _token(self, key: int) -> Token:
        if (token := self.work.tokens.get(key)) is None:
            raise LookupError(f"The run has no token {key}.")
        return token

    def _finish(self, token: Token, outcome: str, flow: str | None) -> None:
        node = self.graph.nodes[token.node]
        if node.kind not in WAITING:
            raise ValueError(f"{node.kind} is not finished from outside.")
        if node.attached_to is not None:
            return self._happen(token, again=False)
        if node.kind is Kind.CHOICE and flow is None:
            raise ValueError("A choice needs the flow it takes.")
        ways = self._ways(node, outcome, flow)
        for other in list(self.work.tokens.values()):
            if token.race is not None and other.race == token.race and other.key != token.key:
                self._take_away(other)
        self._go_out(token, ways)
        if not ways and outcome:
            self.work.last = outcome

    def _ways(self, node: Node, outcome: str, flow: str | None) -> list[Flow]:
        out = self.graph.out_of(node.key)
        if flow is not None:
            ways = [each for each in out if each.key == flow]
            if not ways:
                raise LookupError(f"{flow} does not lead out of {node.key}.")
            return ways
        if any(each.outcome for each in out):
            return [each for each in out if each.outcome == outcome]
        return list(out)

    def _happen(self, token: Token, again: bool) -> None:
        node = self.graph.nodes[token.node]
        if token.watches is None:
            raise ValueError(f"{node.key} watches nothing.")
        if node.data.get("interrupts", True):
            watched = self._token(token.watches)
            # The watcher goes its own way before what it watched is taken away with everything about it.
            self.work.tokens[token.key] = replace(token, watches=None)
            self._take_away(watched)
            return self._go_out(self.work.tokens[token.key], list(self.graph.out_of(node.key)))
        self.orders.append(Passed(node.key))
        for flow in self.graph.out_of(node.key):
            self._put(flow.target, token.scope, flow.key)
        if not again:
            del self.work.tokens[token.key]
            self._close_if_done(token.scope)

    def _spread(self, token: Token, count: int) -> None:
        node = self.graph.nodes[token.node]
        if node.kind is not Kind.EACH or self.work.within(token.key):
            raise ValueError(f"{node.key} cannot be spread.")
        if count <= 0:
            return self._go_out(token, list(self.graph.out_of(node.key)))
        at_once = bool(node.data.get("at_once"))
        for number in range(1, count + 1 if at_once else 2):
            scope = self.work.open_scope(node.key, token.key, number=number, left=0 if at_once else count - 1)
            self._put(self.graph.start_of(node.key).key, scope.key)

    def _place(self, token: Token, key: str) -> None:
        node = self.graph.nodes[key]
        if node.scope != self.work.scopes[token.scope].node or node.attached_to is not None:
            raise ValueError(
                f"A token cannot be put from {token.node} to {key}: they stand in different scopes."
            )
        self._forget(token)
        self._put(key, token.scope)

    # --- going on

    def _put(self, node: str, scope: int, via: str | None = None) -> None:
        self.ahead.append(self.work.put(node, scope, via))

    def _arrive(self, token: Token) -> None:
        self.passed += 1
        if self.passed > MOST_NODES:
            raise Endless(token.node)
        node = self.graph.nodes[token.node]
        match node.kind:
            case Kind.START | Kind.SPLIT:
                self._go_out(token, list(self.graph.out_of(node.key)))
            case Kind.END:
                self._arrive_at_end(token, node)
            case Kind.JOIN:
                self._arrive_at_join(token, node)
            case Kind.RACE:
                self._race(token, node)
            case Kind.SCOPE:
                self.orders.append(Opened(token.key, node.key))
                self._watch(token)
                scope = self.work.open_scope(node.key, token.key, number=1, left=0)
                self._put(self.graph.start_of(node.key).key, scope.key)
            case _:
                self.orders.append(Enter(token.key, node.key))
                self._watch(token)

    def _watch(self, token: Token) -> None:
        for watcher in self.graph.watchers_of(token.node):
            watching = self.work.put(watcher.key, token.scope, watches=token.key)
            self.orders.append(Enter(watching.key, watcher.key))

    def _race(self, token: Token, node: Node) -> None:
        self.orders.append(Passed(node.key))
        del self.work.tokens[token.key]
        for flow in self.graph.out_of(node.key):
            runner = self.work.put(flow.target, token.scope, flow.key, race=token.key)
            self.ahead.append(runner)
        self._close_if_done(token.scope)

    def _arrive_at_end(self, token: Token, node: Node) -> None:
        self.work.last = node.data.get("result", "") or self.work.last
        if node.data.get("is_whole"):
            self.orders.append(Passed(node.key))
            return self._end(self.work.last)
        self._go_out(token, [])

    def _arrive_at_join(self, token: Token, node: Node) -> None:
        scope = token.scope
        owed = self.work.scopes[scope].owed.get(node.key, ())
        if token.via in owed:
            del self.work.tokens[token.key]
            at = owed.index(token.via)
            self.work.owe(scope, node.key, owed[:at] + owed[at + 1 :])
            return self._close_if_done(scope)
        first: dict[str | None, Token] = {}
        for each in self.work.tokens.values():
            if each.node == node.key and each.scope == scope and each not in self.ahead:
                first.setdefault(each.via, each)
        ways = self.graph.ways_into(node.key)
        need = node.data.get("need", "all")
        wanted = len(ways) if need == "all" else min(1 if need == "first" else int(need), len(ways))
        if len(first) < wanted:
            return
        for each in first.values():
            if each.key != token.key:
                del self.work.tokens[each.key]
        late = tuple(sorted(ways - {each for each in first if each is not None}))
        self.work.owe(scope, node.key, owed + late)
        self._go_out(token, list(self.graph.out_of(node.key)))

    def _go_out(self, token: Token, ways: list[Flow]) -> None:
        """The token leaves its node: over every way, or it is used up where there is none."""
        node = self.graph.nodes[token.node]
        self.orders.append(Closed(token.key, node.key) if node.kind is Kind.SCOPE else Passed(node.key))
        self._forget(token, is_told=False)
        for flow in ways:
            self._put(flow.target, token.scope, flow.key)
        if not ways:
            self._close_if_done(token.scope)

    def _close_if_done(self, key: int) -> None:
        """A scope in which no token is left is done, and so is its round of an each."""
        if key == WHOLE or any(each.scope == key for each in self.work.tokens.values()):
            return
        scope = self.work.scopes.pop(key)
        token = self.work.tokens.get(scope.token or 0)
        if token is None:
            return
        if scope.left:
            following = self.work.open_scope(
                token.node, token.key, number=scope.round + 1, left=scope.left - 1
            )
            self._put(self.graph.start_of(token.node).key, following.key)
        elif not self.work.within(token.key):
            self._go_out(token, list(self.graph.out_of(token.node)))

    # --- taking away

    def _take_away(self, token: Token) -> None:
        """A token goes before its time, with all within it and all that watch it."""
        self._forget(token)

    def _forget(self, token: Token, *, is_told: bool = True) -> None:
        if self.work.tokens.pop(token.key, None) is None:
            return
        for scope in self.work.within(token.key):
            for inner in [each for each in self.work.tokens.values() if each.scope == scope]:
                self._forget(inner)
            self.work.scopes.pop(scope, None)
        for watcher in [each for each in self.work.tokens.values() if each.watches == token.key]:
            self._forget(watcher)
        kind = self.graph.nodes[token.node].kind
        if is_told and (kind in WAITING or kind is Kind.SCOPE):
            self.orders.append(Leave(token.key, token.node))

    def _end(self, result: str) -> None:
        for token in list(self.work.tokens.values()):
            self._forget(token)
        self.ahead.clear()
        self.work.scopes.clear()
        self.work.result = result
        self.orders.append(End(result))
