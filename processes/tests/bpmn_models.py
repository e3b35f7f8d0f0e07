"""What the tests of BPMN are made of: real files, small files, random graphs."""

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import canonicalize, fromstring, tostring

from hypothesis import strategies as st

from integrations.testing import shared_data
from processes.bpmn.reading import File, Model, read
from processes.graph.model import Flow, Graph, Kind, Node

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="x">'
)
NAMES = (
    *("A.1.0", "A.2.0", "A.2.1", "A.3.0", "A.4.0", "A.4.1", "B.1.0", "B.2.0", "C.1.0", "C.1.1", "C.9.1"),
    "spiff_parallel_join_in_loop",
)


def real(name: str) -> bytes:
    path: Path = shared_data("bpmn") / f"{name}.bpmn"
    return path.read_bytes()


def file_of(steps: str, beside: str = "") -> bytes:
    """A file with one process `p` of these steps."""
    return f'{HEAD}{beside}<bpmn:process id="p">{steps}</bpmn:process></bpmn:definitions>'.encode()


def flow(source: str, target: str, inside: str = "") -> str:
    return (
        f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inside}</bpmn:sequenceFlow>"
    )


def condition(text: str) -> str:
    return f"<bpmn:conditionExpression>{text}</bpmn:conditionExpression>"


def timer(word, text):
    return f"<bpmn:timerEventDefinition><bpmn:{word}>{text}</bpmn:{word}></bpmn:timerEventDefinition>"


def read_one(steps: str, beside: str = "") -> Model:
    return read(file_of(steps, beside)).models[0]


def around(step: str, key: str = "x") -> str:
    """A step between a start and an end."""
    ends = '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>'
    return ends + step + flow("s", key) + flow(key, "e")


def reasons(model: Model, element: str) -> list[tuple[str, str]]:
    return [(entry.verdict.value, entry.reason) for entry in model.report if entry.element == element]


def report_of(file: File) -> list[dict[str, Any]]:
    return [entry.as_json() | {"verdict": entry.verdict} for entry in file.report]


def canonical(content: bytes | str) -> str:
    text = content.decode() if isinstance(content, bytes) else content
    return canonicalize(text, strip_text=True)


def kept_parts(content: bytes) -> list[str]:
    """Everything of a file but its drawing, as canonical XML, part by part."""
    root = fromstring(content)  # noqa: S314 - read before by our own reader
    return [canonical(tostring(part)) for part in root if not part.tag.endswith("}BPMNDiagram")]


# Random graphs

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
WAITS = st.one_of(
    st.fixed_dictionaries(
        {"amount": st.integers(1, 90), "unit": st.sampled_from(["minutes", "hours", "days", "working_days"])}
    ),
    st.fixed_dictionaries({"message": WORDS.filter(bool)}),
    st.fixed_dictionaries({"fact": st.just("deal.moved")}),
    st.fixed_dictionaries({"condition": st.just(["deal.amount", "gte", "100.00"])}),
    st.fixed_dictionaries(
        {"field": st.just("deal.expected_close_on"), "amount": st.integers(-9, 9), "unit": st.just("days")}
    ),
)
STEPS = (Kind.TASK, Kind.APPROVAL, Kind.ACTION, Kind.WAIT, Kind.CALL, Kind.SCOPE, Kind.EACH)


class Growing:
    """A graph in the making, block by block as people draw them, with ways back and watchers besides."""

    def __init__(self, draw: Any, budget: int) -> None:
        self.draw = draw
        self.budget = budget
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []

    def key(self, word: str) -> str:
        """Keys as editors and files make them: short words, UUIDs that begin with a digit, helpers with a colon."""
        form = self.draw(st.sampled_from(["{}", "{:0>4}-4b2e", "{}:part"]))
        return (
            f"{word}{len(self.nodes) + len(self.flows)}"
            if form == "{}"
            else form.format(len(self.nodes) * 1000 + len(self.flows))
        )

    def node(self, kind: Kind, scope: str | None, **data: Any) -> str:
        key = self.key(str(kind))
        self.nodes.append(Node(key, kind, self.draw(WORDS), data, scope))
        return key

    def flow(self, source: str, target: str, **said: Any) -> None:
        self.flows.append(Flow(self.key("flow"), source, target, **said))

    def body(self, scope: str | None) -> None:
        start = self.node(Kind.START, scope)
        last = self.chain(start, scope)
        end = self.node(Kind.END, scope, result=self.draw(WORDS))
        self.flow(last, end)

    def chain(self, last: str, scope: str | None, **said: Any) -> str:
        """Some blocks one after another; the first flow says `said`."""
        for _count in range(self.draw(st.integers(0, 3))):
            if self.budget <= 0:
                break
            self.budget -= 1
            block = self.draw(st.sampled_from([self.step, self.step, self.fork, self.question, self.race]))
            first, last_of_block = block(scope)
            self.flow(last, first, **said)
            last, said = last_of_block, {}
        if said:
            step = self.node(Kind.TASK, scope)
            self.flow(last, step, **said)
            last = step
        return last

    def step(self, scope: str | None) -> tuple[str, str]:
        kind = self.draw(st.sampled_from(STEPS))
        data = (
            {"for": self.draw(WAITS)}
            if kind is Kind.WAIT
            else self.draw(st.dictionaries(WORDS, VALUES, max_size=3))
        )
        key = self.node(kind, scope, **data)
        if kind in (Kind.SCOPE, Kind.EACH):
            self.body(key)
        if kind is Kind.APPROVAL:
            after = self.node(Kind.TASK, scope)
            self.flow(key, after, outcome="approved")
            self.flow(key, self.node(Kind.END, scope, result="declined"), outcome="declined")
            return key, after
        if self.draw(st.booleans()):
            self.watch(key, scope)
        return key, key

    def watch(self, watched: str, scope: str | None) -> None:
        key = self.key("watch")
        data: dict[str, Any] = {"for": self.draw(WAITS)}
        if self.draw(st.booleans()):
            data |= {"interrupts": False, "repeat": self.draw(st.integers(1, 6))}
        self.nodes.append(Node(key, Kind.WAIT, self.draw(WORDS), data, scope, attached_to=watched))
        self.flow(key, self.node(Kind.END, scope))

    def fork(self, scope: str | None) -> tuple[str, str]:
        split = self.node(Kind.SPLIT, scope)
        join = self.node(Kind.JOIN, scope, need=self.draw(st.sampled_from(["all", 1, 2])))
        for _branch in range(self.draw(st.integers(2, 3))):
            step = self.node(Kind.TASK, scope)
            self.flow(split, step)
            self.flow(self.chain(step, scope), join)
        return split, join

    def question(self, scope: str | None) -> tuple[str, str]:
        choice, merge = self.node(Kind.CHOICE, scope), self.node(Kind.SPLIT, scope)
        for amount in range(self.draw(st.integers(1, 3))):
            self.flow(self.chain(choice, scope, when=["deal.amount", "gte", f"{amount}.00"]), merge)
        self.flow(self.chain(choice, scope, is_else=True), merge)
        if self.draw(st.booleans()):
            self.flow(choice, choice, when=["deal.is_won", "eq", True])
        return choice, merge

    def race(self, scope: str | None) -> tuple[str, str]:
        race, merge = self.node(Kind.RACE, scope), self.node(Kind.SPLIT, scope)
        for _way in range(2):
            wait = self.node(Kind.WAIT, scope, **{"for": self.draw(WAITS)})
            self.flow(race, wait)
            self.flow(wait, merge)
        return race, merge


@st.composite
def graphs(draw: Any, budget: int = 8) -> Graph:
    growing = Growing(draw, budget)
    growing.body(None)
    return Graph.of(growing.nodes, growing.flows)
