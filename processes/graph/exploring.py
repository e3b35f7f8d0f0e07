"""All states one body of a graph can come to: which joins may wait for ever, and whether there is always a way out.

A body is explored by itself; a stage or an each within it is one thing that is done or ends the run. What simply
follows on another thing is passed in one go, as its order among what happens elsewhere changes nothing.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from processes.graph.model import Flow, Graph, Kind, Node

MOST_STATES = 20_000
MOST_ALIKE = 3
MOST_NODES = 2_000
SIMPLE = frozenset({Kind.TASK, Kind.ACTION, Kind.WAIT, Kind.CALL, Kind.SCOPE, Kind.EACH})

# A token: its node and the watchers that may still go off beside it.
Standing = tuple[str, tuple[str, ...]]
# Tokens with how many are alike; arrivals at joins, flow by flow; whether an end was reached.
State = tuple[tuple[tuple[Standing, int], ...], tuple[tuple[str, tuple[int, ...]], ...], bool]
OVER: State = ((), (), True)


class TooLarge(Exception):
    """More states than anybody would wait for."""


@dataclass
class Explored:
    """`stuck`: joins with tokens that wait for ever, and whether an end was reached before; `fired`: joins that go
    on in some run; `piled`: nodes where tokens may pile up; `is_endless`: a state with neither an end nor a join that
    is stuck ahead."""

    stuck: dict[str, bool] = field(default_factory=dict)
    fired: set[str] = field(default_factory=set)
    piled: set[str] = field(default_factory=set)
    is_endless: bool = False
    states: int = 0


def explore(graph: Graph, scope: str | None) -> Explored:
    """Raises TooLarge beyond 20,000 states."""
    return _Exploring(graph, scope).explored()


class _Exploring:
    def __init__(self, graph: Graph, scope: str | None) -> None:
        self.graph, self.scope = graph, scope
        self.found = Explored()
        self.ways_in = {
            node.key: tuple(flow.key for flow in graph.into(node.key))
            for node in graph.inside(scope)
            if node.kind is Kind.JOIN
        }

    def explored(self) -> Explored:
        start = self._after(_Marking(self), [Flow("", "", self.graph.start_of(self.scope).key)])
        before: dict[State, list[State]] = {start: []}
        good: list[State] = []
        dead: list[State] = []
        ahead = deque([start])
        while ahead:
            state = ahead.popleft()
            if self._is_good(state):
                good.append(state)
                continue
            following = list(self._following(state))
            if not following:
                dead.append(state)
            for each in following:
                if each not in before:
                    before[each] = []
                    ahead.append(each)
                    if len(before) > MOST_STATES:
                        raise TooLarge
                before[each].append(state)
        for tokens, joins, is_ended in dead:
            for join in self._waiting_at(joins) or [each[0][0] for each in tokens]:
                self.found.stuck[join] = self.found.stuck.get(join, True) and is_ended
        self.found.is_endless = len(_backwards([*good, *dead], before)) < len(before)
        self.found.states = len(before)
        return self.found

    def _is_good(self, state: State) -> bool:
        """The body is done, or tokens pile up, which is told apart from being stuck."""
        tokens, joins, _is_ended = state
        many = {node for (node, _armed), count in tokens if count > MOST_ALIKE}
        many |= {join for join, counts in joins if max(counts) > MOST_ALIKE}
        self.found.piled |= many
        return bool(many) or not (tokens or self._waiting_at(joins))

    def _waiting_at(self, joins: tuple[tuple[str, tuple[int, ...]], ...]) -> list[str]:
        """Joins that hold tokens of a round that has not gone on."""
        return [
            join
            for join, counts in joins
            if any(self._reached(counts, each) < self.need(join) for each in counts if each)
        ]

    @staticmethod
    def _reached(counts: tuple[int, ...], number: int) -> int:
        """How many flows have brought their token of this round."""
        return sum(1 for each in counts if each >= number)

    def need(self, join: str) -> int:
        need, most = self.graph.nodes[join].data.get("need", "all"), len(self.ways_in[join])
        return most if need == "all" else min(1 if need == "first" else int(need), most)

    def _following(self, state: State) -> Iterator[State]:
        for standing, _count in state[0]:
            node, armed = self.graph.nodes[standing[0]], standing[1]
            for flows in self._ways_on(node):
                yield self._after(_Marking(self, state).without(standing), flows)
            for watcher in self.graph.watchers_of(node.key):
                out = list(self.graph.out_of(watcher.key))
                left = _Marking(self, state)
                if watcher.data.get("interrupts", True):
                    yield self._after(left.without(standing), out)
                elif watcher.key in armed:
                    rest = tuple(each for each in armed if each != watcher.key)
                    left.without(standing).tokens[(node.key, rest)] += 1
                    yield self._after(left, out)
            if node.kind in (Kind.SCOPE, Kind.EACH) and may_end_all(self.graph, node.key):
                yield OVER

    def _ways_on(self, node: Node) -> list[list[Flow]]:
        """The flows taken when what stands here is done: one list for each way it may be done."""
        out = list(self.graph.out_of(node.key))
        if node.kind is Kind.RACE:
            return [list(self.graph.out_of(flow.target)) for flow in out]
        if node.kind is Kind.CHOICE or (node.kind is Kind.APPROVAL and any(each.outcome for each in out)):
            return [[each] for each in out] or [[]]
        return [out]

    def _after(self, marking: "_Marking", flows: list[Flow]) -> State:
        """The state in which everything stands again after these flows were taken."""
        passed: list[str] = []
        ahead = deque(flows)
        while ahead and not marking.is_over:
            flow = ahead.popleft()
            node = self.graph.nodes[flow.target]
            if node.kind is Kind.END:
                marking.is_ended = True
                marking.is_over = bool(node.data.get("is_whole"))
            elif node.kind is Kind.JOIN:
                if marking.arrives(node.key, flow.key):
                    self.found.fired.add(node.key)
                    ahead.extend(self.graph.out_of(node.key))
            elif node.kind in (Kind.START, Kind.SPLIT) or (self._is_simple(node) and node.key not in passed):
                passed.append(node.key)
                if len(passed) > MOST_NODES:
                    raise TooLarge
                ahead.extend(self.graph.out_of(node.key))
            else:
                armed = tuple(
                    each.key
                    for each in self.graph.watchers_of(node.key)
                    if not each.data.get("interrupts", True)
                )
                marking.tokens[(node.key, armed)] += 1
        return OVER if marking.is_over else marking.frozen()

    def _is_simple(self, node: Node) -> bool:
        """Whether nothing but going on can happen here, and going on early hides nothing."""
        out = self.graph.out_of(node.key)
        if node.kind not in SIMPLE or len(out) > 1 or self.graph.watchers_of(node.key):
            return False
        if node.kind in (Kind.SCOPE, Kind.EACH) and may_end_all(self.graph, node.key):
            return False
        return not any(self.graph.nodes[flow.target].data.get("is_whole") for flow in out)


class _Marking:
    """A state under change."""

    def __init__(self, exploring: _Exploring, state: State = ((), (), False)) -> None:
        self.exploring = exploring
        self.tokens: Counter[Standing] = Counter(dict(state[0]))
        self.joins: dict[str, tuple[int, ...]] = dict(state[1])
        self.is_ended = state[2]
        self.is_over = False

    def without(self, standing: Standing) -> "_Marking":
        self.tokens[standing] -= 1
        return self

    def arrives(self, join: str, flow: str) -> bool:
        """Whether the join goes on now: with the token of one round that makes its flows enough."""
        ways = self.exploring.ways_in[join]
        counts = list(self.joins.get(join, (0,) * len(ways)))
        place = ways.index(flow)
        counts[place] += 1
        reached = sum(1 for each in counts if each >= counts[place])
        whole = min(counts)
        self.joins[join] = tuple(each - whole for each in counts)
        return reached == self.exploring.need(join)

    def frozen(self) -> State:
        tokens = tuple(sorted((each, count) for each, count in self.tokens.items() if count > 0))
        joins = tuple(sorted((join, counts) for join, counts in self.joins.items() if any(counts)))
        return tokens, joins, self.is_ended


def may_end_all(graph: Graph, scope: str) -> bool:
    """Whether an end of the whole run can be reached within this body."""
    return any(graph.nodes[key].data.get("is_whole") for key in graph.reachable(scope))


def _backwards(states: list[State], before: dict[State, list[State]]) -> set[State]:
    seen = set(states)
    ahead = list(seen)
    while ahead:
        for each in before[ahead.pop()]:
            if each not in seen:
                seen.add(each)
                ahead.append(each)
    return seen
