"""Replaying what people did on a process: what fits, what was skipped, early, unexpected or never done."""

from collections import Counter
from itertools import pairwise
from random import Random
from time import process_time

import pytest

from processes.graph.model import Flow, Graph, Kind, Node
from processes.mining.conformance import Conformance, conformance_of
from processes.mining.discovery import model_of
from processes.mining.lifecycle import RawEvent, add_case
from processes.mining.log import Log, milliseconds
from processes.mining.net import label_of, net_of
from processes.mining.words import deviation_text
from processes.tests.event_logs import LOANS, TEXTBOOK, Told, at, graph_of, log_of, log_of_ways, random_cases

# The two processes of W. van der Aalst, "Process Mining" (2016), beside the log of 1,391 requests.
AS_IT_IS = graph_of(
    {
        "s": Kind.START,
        "split": Kind.SPLIT,
        "which": Kind.CHOICE,
        "after": Kind.CHOICE,
        "join": Kind.JOIN,
        "what": Kind.CHOICE,
        "z": Kind.END,
    },
    "s>a a>split split>which split>d which>b which>c b>after c>after after>join d>join join>e e>what "
    "what>f what>g what>h f>split g>z h>z",
)
ONE_AFTER_ANOTHER = graph_of(
    {"s": Kind.START, "which": Kind.CHOICE, "what": Kind.CHOICE, "z": Kind.END},
    "s>a a>which which>b which>c b>d c>d d>e e>what what>f what>g what>h f>which g>z h>z",
)
# The publisher's: SEQ(A, AND(B, C, XOR(D, nothing)), XOR(E, F), G).
LOAN = graph_of(
    {
        "s": Kind.START,
        "split": Kind.SPLIT,
        "maybe": Kind.CHOICE,
        "d": Kind.CHOICE,
        "join": Kind.JOIN,
        "what": Kind.CHOICE,
        "z": Kind.END,
    },
    "s>A A>split split>B split>C split>maybe maybe>D maybe>d D>d d>join B>join C>join join>what "
    "what>E what>F E>G F>G G>z",
)
LINE = graph_of({"s": Kind.START, "z": Kind.END}, "s>ask ask>check check>sign sign>pay pay>z")


def of_ways(graph: Graph, *ways: str) -> Conformance:
    """Words of a way are its steps."""
    cases = {
        f"{place}": [Told(name, minute) for minute, name in enumerate(way.split())]
        for place, way in enumerate(ways)
    }
    return conformance_of(log_of(cases), graph)


def test_the_textbook_log_fits_the_process_it_was_made_of() -> None:
    found = conformance_of(log_of_ways(TEXTBOOK), AS_IT_IS)
    assert (found.cases, found.fitting, found.fitness) == (1_391, 1_391, 1.0)
    assert (found.missing, found.remaining) == (0, 0)
    assert found.deviations == []


def test_the_textbook_log_fits_the_sequential_process_as_far_as_the_textbook_says() -> None:
    found = conformance_of(log_of_ways(TEXTBOOK), ONE_AFTER_ANOTHER)
    assert round(found.fitness, 4) == 0.9504
    assert (found.fitting, found.missing, found.remaining) == (948, 443, 443)


def test_the_loan_log_fits_its_publishers_process() -> None:
    found = conformance_of(log_of_ways(LOANS), LOAN)
    assert (found.fitting, found.fitness) == (100, 1.0)


def test_a_skipped_step_is_named() -> None:
    found = of_ways(LINE, "ask check pay")
    assert [(each.name, each.skipped) for each in found.steps if each.skipped] == [("sign", 1)]
    assert (found.missing, found.remaining) == (1, 1)
    assert deviation_text(found.deviations[0]) == "“sign” was skipped."


def test_a_step_before_its_turn_is_named_with_what_it_came_before() -> None:
    found = of_ways(LINE, "ask sign check pay")
    assert found.out_of_order == [("sign", "check", 1)]
    assert [each.skipped for each in found.steps] == [0, 0, 0, 0]


def test_a_step_done_once_more_leads_from_nowhere() -> None:
    found = of_ways(LINE, "ask check check sign pay")
    assert {each.name: each.unexpected for each in found.steps if each.unexpected} == {"check": 1}


def test_what_is_not_in_the_process_is_told_and_not_counted_as_a_token() -> None:
    found = of_ways(LINE, "ask check sing sign pay", "ASK  check Sign pay")
    assert found.unknown == {"sing": 1}
    assert (found.fitting, found.fitness) == (1, 1.0)


def test_a_case_that_stops_says_before_what() -> None:
    found = of_ways(LINE, "ask check")
    assert found.deviations[0].stopped_before == "sign"
    assert found.never_done == ["sign", "pay"]


def test_steps_done_in_bulk_are_told_beside_the_step() -> None:
    log = Log()
    for number in range(8):
        when = milliseconds(at(0)) + number * 2_000 + 1
        add_case(log, str(number), [RawEvent("ask", when - 60_000), RawEvent("check", when, resource="Ann")])
    found = conformance_of(log, LINE)
    assert {each.name: each.bulk for each in found.steps if each.bulk} == {"check": 8}


def scoped(kind: Kind, *, interrupts: bool | None = None, **said: object) -> Graph:
    """ask, then a scope with check and sign in it, then pay; with a watcher that leads from the scope to call."""
    nodes = [
        Node("s", Kind.START),
        Node("ask", Kind.TASK, "ask"),
        Node("scope", kind, "Stage", said),
        Node("in", Kind.START, scope="scope"),
        Node("check", Kind.TASK, "check", scope="scope"),
        Node("sign", Kind.APPROVAL, "sign", scope="scope"),
        Node("out", Kind.END, scope="scope"),
        Node("pay", Kind.TASK, "pay"),
        Node("z", Kind.END),
    ]
    pairs = ["s-ask", "ask-scope", "in-check", "check-sign", "sign-out", "scope-pay", "pay-z"]
    if interrupts is not None:
        nodes += [
            Node("late", Kind.WAIT, "late", {"interrupts": interrupts}, attached_to="scope"),
            Node("call", Kind.TASK, "call"),
            Node("z2", Kind.END),
        ]
        pairs += ["late-call", "call-z2"]
    return Graph.of(nodes, [Flow(pair, *pair.split("-")) for pair in pairs])


@pytest.mark.parametrize(
    ("graph", "way", "fits"),
    [
        (scoped(Kind.SCOPE), "ask check sign pay", True),
        (scoped(Kind.SCOPE), "ask pay", False),
        (scoped(Kind.EACH), "ask check sign check sign pay", True),
        (scoped(Kind.EACH), "ask pay", True),
        (scoped(Kind.SCOPE, interrupts=True), "ask check call", True),
        (scoped(Kind.SCOPE, interrupts=True), "ask check sign pay", True),
        (scoped(Kind.SCOPE, interrupts=True), "ask check sign pay call", False),
        (scoped(Kind.SCOPE, interrupts=False), "ask check call sign pay", True),
        (scoped(Kind.SCOPE, interrupts=False), "ask check call", False),
    ],
)
def test_stages_loops_and_watchers_are_walked(graph: Graph, way: str, fits: bool) -> None:
    assert of_ways(graph, way).fitting == fits


@pytest.mark.parametrize(
    ("need", "fits"), [(1, [True] * 4), (2, [False, True, True, True]), ("all", [False] * 2 + [True] * 2)]
)
def test_a_join_waits_for_as_many_as_it_needs(need: object, fits: list[bool]) -> None:
    nodes = [Node("s", Kind.START), Node("split", Kind.SPLIT), Node("join", Kind.JOIN, "", {"need": need})]
    nodes += [Node(key, Kind.TASK, key) for key in "abcp"] + [Node("z", Kind.END)]
    pairs = [("s", "split"), ("join", "p"), ("p", "z")]
    pairs += [pair for key in "abc" for pair in (("split", key), (key, "join"))]
    graph = Graph.of(nodes, [Flow(f"{one}-{two}", one, two) for one, two in pairs])
    needed = {1: "a", 2: "a b", "all": "a b c"}[need]  # type: ignore[index]
    found = of_ways(graph, f"{needed} p")
    assert found.missing == 0
    ways = ["a p b c", "b a p c", "c b a p", "a c b p"]
    assert [of_ways(graph, way).fitting == 1 for way in ways] == fits


@pytest.mark.parametrize("seed", range(40))
def test_what_a_process_does_itself_always_fits_it(seed: int) -> None:
    """Random walks over random processes of sequences, choices, loops and parallel branches."""
    random = Random(seed)
    process = _Random(random)
    block = process.block(3)
    graph = process.graph(block)
    ways = [" ".join(process.walk(block)) for _turn in range(20)]
    found = of_ways(graph, *filter(None, ways))
    assert (found.missing, found.remaining, found.unknown) == (0, 0, {})
    assert found.fitness == 1.0


def test_a_stage_of_which_nothing_was_done_is_told() -> None:
    found = of_ways(scoped(Kind.SCOPE), "ask check sign pay", "ask sign pay", "ask pay")
    assert found.without_stage == {"Stage": 1}


@pytest.mark.parametrize("seed", range(20))
def test_a_case_fits_a_drawn_model_exactly_when_all_its_moves_were_kept(seed: int) -> None:
    cases = random_cases(seed, letters="abcd")
    log = log_of(cases)
    model = model_of(log, noise=0.85)
    arcs = {(arc.source, arc.target) for arc in model.arcs}
    starts, ends = ({node.name for node in model.nodes if getattr(node, side)} for side in ("starts", "ends"))
    ways = [[each.activity for each in told] for told in cases.values()]
    kept = sum(way[0] in starts and way[-1] in ends and arcs.issuperset(pairwise(way)) for way in ways)
    found = conformance_of(log, model.to_graph())
    assert found.fitting == kept < found.cases
    assert 0 <= found.fitness < 1
    assert sum(each.variant.count for each in found.deviations) == found.cases - kept


@pytest.mark.parametrize("seed", range(10))
def test_a_model_without_noise_fits_the_log_it_was_drawn_from(seed: int) -> None:
    log = log_of(random_cases(seed))
    found = conformance_of(log, model_of(log, noise=0).to_graph())
    assert (found.fitting, found.fitness) == (found.cases, 1.0)


def plainly(graph: Graph, way: str) -> tuple[int, int, int, int]:
    """Missing, remaining, produced and consumed tokens, trying every unseen move on every marking."""
    net = net_of(graph, way)
    unseen = [move for move in net.moves if not move.label]
    marking: Counter[str] = Counter({net.start: 1})
    missing, produced, consumed = 0, 1, 0

    def reached(begin: Counter[str]) -> list[tuple[Counter[str], int, int]]:
        met = [(begin, 0, 0)]
        for stood, made, used in met:
            for move in unseen:
                takes, gives = Counter(move.takes), Counter(move.gives)
                after = stood - takes + gives
                if takes <= stood and all(after != other for other, _made, _used in met):
                    change = gives.total() - takes.total()
                    met.append((after, made + max(0, change), used + max(0, -change)))
        return met

    for label in map(label_of, way):
        steps = net.seen[label]
        possible = [
            (stood - Counter(step.takes) + Counter(step.gives), made, used)
            for stood, made, used in reached(marking)
            for step in steps
            if Counter(step.takes) <= stood
        ]
        if possible:
            marking, made, used = possible[0]
            produced, consumed = produced + 1 + made, consumed + 1 + used
        else:
            missing, produced, consumed = missing + 1, produced + 1, consumed + 1
            marking = marking + Counter(steps[0].gives)
    ended, made, used = max(reached(marking), key=lambda each: each[0][net.done])
    arrived = ended[net.done]
    return (
        missing + (not arrived),
        ended.total() - arrived,
        produced + made,
        consumed + used + max(1, arrived),
    )


@pytest.mark.parametrize("seed", range(40))
def test_tokens_are_counted_as_trying_everything_counts_them(seed: int) -> None:
    random = Random(seed)
    graph, letters = random.choice(
        [(AS_IT_IS, "abcdefgh"), (LOAN, "ABCDEFG"), (ONE_AFTER_ANOTHER, "abcdefgh")]
    )
    way = "".join(random.choices(letters, k=random.randint(1, 7)))
    found = conformance_of(log_of_ways({way: 3}), graph)
    counted = (found.missing, found.remaining, found.produced, found.consumed)
    assert counted == tuple(3 * tokens for tokens in plainly(graph, way))


def test_ways_that_have_nothing_to_do_with_the_process_are_replayed_quickly() -> None:
    random = Random(1)
    cases = {
        str(number): [Told(random.choice("abcdefgh"), minute) for minute in range(random.randint(10, 60))]
        for number in range(1_000)
    }
    began = process_time()
    found = conformance_of(log_of(cases), AS_IT_IS)
    assert process_time() - began < 10  # a third of a second on the machine this was written on
    assert (found.fitting, found.cases) == (0, 1_000)


class _Random:
    """A process of nested blocks: ("task", name), ("then" | "or" | "and", blocks), ("loop", blocks)."""

    def __init__(self, random: Random) -> None:
        self.random, self.names = random, 0
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []

    def block(self, depth: int) -> tuple:
        kind = self.random.choice(["task", "then", "or", "and", "loop"]) if depth else "task"
        if kind == "task":
            self.names += 1
            return "task", f"t{self.names}"
        return kind, [self.block(depth - 1) for _turn in range(self.random.randint(2, 3))]

    def walk(self, block: tuple) -> list[str]:
        kind, held = block
        if kind == "task":
            return [held]
        if kind == "or":
            return self.walk(self.random.choice(held))
        if kind == "and":
            return self._mixed([self.walk(each) for each in held])
        turns = 1 if kind == "then" else self.random.randint(1, 3)
        return [step for _turn in range(turns) for each in held for step in self.walk(each)]

    def _mixed(self, ways: list[list[str]]) -> list[str]:
        mixed = []
        while any(ways):
            mixed.append(self.random.choice([way for way in ways if way]).pop(0))
        return mixed

    def graph(self, block: tuple) -> Graph:
        first, last = self._drawn(block)
        start, end = self._node(Kind.START), self._node(Kind.END)
        self._flow(start, first)
        self._flow(last, end)
        return Graph.of(self.nodes, self.flows)

    def _drawn(self, block: tuple) -> tuple[str, str]:
        kind, held = block
        if kind == "task":
            key = self._node(Kind.TASK, held)
            return key, key
        ends = [self._drawn(each) for each in held]
        if kind in ("then", "loop"):
            for (_first, last), (following, _end) in pairwise(ends):
                self._flow(last, following)
            if kind == "then":
                return ends[0][0], ends[-1][1]
            again = self._node(Kind.CHOICE)
            self._flow(ends[-1][1], again)
            self._flow(again, ends[0][0])
            return ends[0][0], again
        begin, end = (Kind.SPLIT, Kind.JOIN) if kind == "and" else (Kind.CHOICE, Kind.CHOICE)
        opens, closes = self._node(begin), self._node(end)
        for first, last in ends:
            self._flow(opens, first)
            self._flow(last, closes)
        return opens, closes

    def _node(self, kind: Kind, name: str = "") -> str:
        key = f"n{len(self.nodes)}"
        self.nodes.append(Node(key, kind, name))
        return key

    def _flow(self, source: str, target: str) -> None:
        self.flows.append(Flow(f"f{len(self.flows)}", source, target))
