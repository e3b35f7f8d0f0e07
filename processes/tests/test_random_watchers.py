"""Random graphs with attached waits: whatever happens, what was ordered and what the state says stay one."""

from random import Random

from processes.engine import advance as engine
from processes.engine.state import WHOLE, State
from processes.graph.model import WAITING, Flow, Graph, Kind, Node
from processes.graph.outline import to_graph
from processes.tests.driving import Driven
from processes.tests.models import random_outline

MODELS, STEPS = 200, 60


def test_orders_and_state_agree_whatever_happens_beside_the_work() -> None:
    happened = 0
    for seed in range(MODELS):
        random = Random(f"watchers {seed}")
        driven = begun(watched(to_graph(random_outline(seed)), random))
        for _step in range(STEPS):
            if driven is None or driven.result is not None or not driven.open:
                break
            command = some_command(driven, random)
            happened += isinstance(command, engine.Happen)
            try:
                driven.do(command)
            except engine.Endless:
                break
            assert_whole(driven, f"seed {seed}")
    assert happened > 300


def test_a_state_read_back_from_its_json_goes_on_the_same_way() -> None:
    for seed in range(40):
        random = Random(f"json {seed}")
        driven = begun(watched(to_graph(random_outline(seed)), random))
        for _step in range(20):
            if driven is None or driven.result is not None or not driven.open:
                break
            again = State.from_json(driven.state.to_json())
            assert again == driven.state
            command = some_command(driven, random)
            try:
                wanted = engine.advance(driven.graph, again, command)
            except engine.Endless:
                break
            orders = driven.do(command)
            assert (driven.state, orders) == wanted


def watched(graph: Graph, random: Random) -> Graph:
    """The same graph with up to four waits attached to what waits in it."""
    nodes, flows = list(graph.nodes.values()), list(graph.flows)
    watchable = [each for each in nodes if each.kind in WAITING | {Kind.SCOPE}]
    for number, node in enumerate(random.sample(watchable, min(4, len(watchable)))):
        key = f"watch-{number}"
        settings = {"interrupts": random.random() < 0.5}
        nodes.append(Node(key, Kind.WAIT, "", settings, node.scope, attached_to=node.key))
        around = [each for each in graph.inside(node.scope) if each.kind not in (Kind.START, Kind.JOIN)]
        flows.append(Flow(f"{key}:next", key, random.choice(around).key))
    return Graph.of(nodes, flows)


def begun(graph: Graph) -> Driven | None:
    try:
        return Driven(graph)
    except engine.Endless:
        return None


def some_command(driven: Driven, random: Random) -> engine.Command:
    token = random.choice(sorted(driven.open))
    node = driven.graph.nodes[driven.open[token]]
    if node.attached_to is not None:
        return engine.Happen(token, again=random.random() < 0.3)
    if node.kind is Kind.EACH:
        return engine.Spread(token, node.data.get("times", random.randint(0, 2)))
    if node.kind is Kind.CHOICE:
        return engine.Finish(token, flow=random.choice(driven.graph.out_of(node.key)).key)
    if node.kind is Kind.APPROVAL:
        return engine.Finish(token, random.choice(driven.graph.out_of(node.key)).outcome)
    return engine.Finish(token)


def assert_whole(driven: Driven, when: str) -> None:
    """Nothing hangs loose: every token in an open scope, every scope and watcher with the token it is about."""
    state = driven.state
    assert driven.nodes == driven.standing(), when
    assert all(count >= 0 for count in driven.scopes.values()), when
    if state.result is not None:
        assert (dict(state.tokens), dict(state.scopes), driven.open) == ({}, {}, {}), when
        assert not +driven.scopes, when
        return
    for token in state.tokens.values():
        assert token.scope in state.scopes, when
        assert driven.graph.nodes[token.node].scope == state.scopes[token.scope].node, when
        assert token.watches is None or token.watches in state.tokens, when
    for key, scope in state.scopes.items():
        assert key == WHOLE or scope.token in state.tokens, when
        assert key == WHOLE or any(each.scope == key for each in state.tokens.values()), when
    stages = sorted(
        each.node for each in state.tokens.values() if driven.graph.nodes[each.node].kind is Kind.SCOPE
    )
    assert stages == sorted((+driven.scopes).elements()), when
