"""What is said before a process is published: whether all it names is there, in plain words."""

from typing import Any

import pytest

from processes.checks import Known, fields_in, problems_of
from processes.graph.model import Graph, Kind, Node
from processes.graph.outline import to_graph
from processes.tests.driving import drawn, node

KNOWN = Known(
    subject_kind="deal",
    fields=frozenset({"deal.amount", "deal.contacts", "deal.expected_close_on"}),
    actions=frozenset({"deal.lose", "deal.win", "notify", "task.finish"}),
    roles={"lawyer": 2, "empty": 0},
    processes=frozenset({"signing"}),
    facts=frozenset({"deal.moved"}),
    people=frozenset({1, 2}),
    required={"deal.lose": ("reason",)},
    taken_on={"deal.win": "deal", "task.finish": "task"},
    reached=frozenset({"deal", "account"}),
)
DAY = {"amount": 1, "unit": "working_days"}
OWNER = {"kind": "owner"}
LAWYER = {"kind": "role", "key": "lawyer"}


def block(kind: str, **said: Any) -> dict[str, Any]:
    usual = {"who": OWNER, "deadline": DAY} if kind in ("task", "approval") else {}
    return {"id": "a", "kind": kind, "name": "Sign", **usual, **said}


def codes(*blocks: dict[str, Any], known: Known = KNOWN) -> list[tuple[str, str]]:
    found = problems_of(to_graph({"blocks": list(blocks)}), known)
    return [(each.code, each.severity) for each in found]


def test_a_process_that_names_only_what_is_there_has_no_problem() -> None:
    assert codes(block("task", fields=[{"name": "deal.amount"}, {"name": "remark"}])) == []


@pytest.mark.parametrize(("said", "code"), [
    (block("task", deadline=None), ("no_deadline", "warning")),
    (block("task", name=""), ("no_name", "error")),
    (block("task", who=None), ("no_who", "error")),
    (block("task", who={"kind": "role", "key": "empty"}), ("empty_role", "error")),
    (block("task", who={"kind": "in_turn", "key": "gone"}), ("no_role", "error")),
    (block("task", who={"kind": "person", "id": 9}), ("no_person", "error")),
    (block("task", who={"kind": "people", "ids": []}), ("no_person", "error")),
    (block("task", fields=[{"name": "deal.gone"}]), ("no_field", "error")),
    (block("task", deadline={"amount": 0, "unit": "days"}), ("bad_deadline", "error")),
    (block("task", deadline={**DAY, "late": [{**DAY, "do": "give"}]}), ("no_who", "error")),
    (block("task", deadline={**DAY, "warn": [{"amount": 1, "unit": "years"}]}), ("bad_deadline", "error")),
    (block("approval", rule={"need": "count", "count": 3}, who=LAWYER), ("too_few", "error")),
    (block("action", action="deal.dance"), ("no_action", "error")),
    (block("action", action="task.finish"), ("no_record", "error")),
    (block("action", action="deal.lose", arguments={"reason": ""}), ("no_argument", "error")),
    (block("action", action="notify", arguments={"text": {"field": "deal.gone"}}), ("no_field", "error")),
    (block("action", action="notify", arguments={"who": {"kind": "role", "key": "empty"}}), ("empty_role", "error")),
    (block("wait", **{"for": None}), ("no_wait", "error")),
    (block("wait", **{"for": {"amount": -1, "unit": "days"}}), ("no_wait", "error")),
    (block("wait", **{"for": {"field": "deal.gone", "amount": -3, "unit": "days"}}), ("no_field", "error")),
    (block("wait", **{"for": {"fact": "deal.moved"}}), ("open_wait", "warning")),
    (block("call", process="gone"), ("no_process", "error")),
    (block("repeat", each="deal.lines", blocks=[]), ("no_field", "error")),
    (block("choice", branches=[{"id": "x", "when": ["deal.gone", "is", "1"], "blocks": []}]), ("no_field", "error")),
    (block("choice", branches=[{"id": "x", "when": None, "blocks": []}]), ("no_condition", "warning")),
    (block("choice", branches=[{"id": "x", "when": {"xor": []}, "blocks": []}]), ("bad_condition", "error")),
])  # fmt: skip
def test_what_is_missing_is_told(said: dict[str, Any], code: tuple[str, str]) -> None:
    assert codes(said) == [code]


def test_a_wait_for_something_that_is_never_told_is_named() -> None:
    assert ("no_fact", "error") in codes(block("wait", **{"for": {"fact": "deal.sung"}}))


def test_a_wait_for_a_fact_beside_one_for_time_is_no_problem() -> None:
    branches = [
        {"id": "x", "wait": {"fact": "deal.moved"}, "blocks": []},
        {"id": "y", "wait": DAY, "blocks": []},
    ]
    assert codes(block("race", branches=branches)) == []
    branches[1] = {"id": "y", "wait": {"fact": "deal.moved"}, "blocks": []}
    assert codes(block("race", branches=branches)) == [("open_wait", "warning")] * 2


def test_a_choice_without_a_way_for_all_other_cases_is_a_warning() -> None:
    graph = drawn("start>a a>end", start=Kind.START, a=node(Kind.CHOICE), end=Kind.END)
    assert {"no_else"} <= {each.code for each in problems_of(graph, KNOWN)}


def test_errors_stand_first_and_the_shape_is_looked_at_too() -> None:
    loose = Node("loose", Kind.TASK, "Loose", {"who": OWNER})
    graph = to_graph({"blocks": [block("task")]})
    found = problems_of(Graph.of([*graph.nodes.values(), loose], graph.flows), KNOWN)
    assert [each.code for each in found] == ["unreachable", "no_deadline"]


def test_a_problem_is_one_sentence_that_names_the_block() -> None:
    (found,) = problems_of(to_graph({"blocks": [block("task", who={"kind": "role", "key": "empty"})]}), KNOWN)
    assert found.sentence == "“Sign” is for the role empty, in which there is nobody."
    assert found.node == "a"


def test_the_same_problem_is_told_once() -> None:
    late = [{**DAY, "do": "give", "to": {"kind": "role", "key": "empty"}}] * 2
    assert codes(block("task", deadline={**DAY, "late": late})) == [("empty_role", "error")]


def test_the_fields_of_a_condition_are_found_wherever_they_stand() -> None:
    tree = {"all": [["a", "is", 1], {"not": {"any": [["b", "is_empty"], {"some": ["c", ["d", "is", 1]]}]}}]}
    assert list(fields_in(tree)) == ["a", "b", "c"]
    assert list(fields_in(None)) == []
