"""Every block is read back as a sentence, with the names people know."""

from typing import Any

import pytest
from django.utils.translation import override

from processes.graph.model import Graph
from processes.graph.outline import to_graph
from processes.sentences import Names, duration_words, sentence, wait_words, who_words

NAMES = Names(
    people={3: "Anna Orlova"},
    roles={"lawyer": "Lawyer"},
    fields={"deal.expected_close_on": "Deal: expected close"},
    actions={"deal.win": "Close the deal as won"},
    processes={"signing": "Signing"},
    facts={"deal.moved": "Deal moved"},
    blocks={"a": "Call"},
)
DAY = {"amount": 1, "unit": "working_days"}
HEAD = {"kind": "head"}
OWNER = {"kind": "owner"}
LATE = [
    {"amount": 1, "unit": "working_days", "do": "remind"},
    {"amount": 2, "unit": "working_days", "do": "give", "to": HEAD},
]
LATE_WORDS = (
    "The owner's head approves within 1 working day. If late by 1 working day: remind; by 2 working days: "
    "give it to the owner's head."
)

SAID = [
    ({"kind": "task", "name": "Call the client", "who": OWNER}, "The owner: Call the client."),
    ({"kind": "task", "name": "Call", "who": OWNER, "deadline": DAY}, "The owner: Call within 1 working day."),
    ({"kind": "task", "name": "Sign", "who": {"kind": "person", "id": 3}, "deadline": {**DAY, "side": "client"}},
     "Anna Orlova: Sign within 1 working day. The client is waited for."),
    ({"kind": "approval", "who": HEAD, "deadline": {**DAY, "late": LATE}},
     LATE_WORDS),
    ({"kind": "approval", "who": {"kind": "role", "key": "lawyer"}, "rule": {"need": "count", "count": 2}},
     "The role “Lawyer”: 2 of them approve."),
    ({"kind": "approval", "who": {"kind": "role", "key": "lawyer"}, "rule": {"need": "order"}},
     "The role “Lawyer”: all of them approve, one after another."),
    ({"kind": "task", "name": "Call", "who": OWNER, "deadline": {**DAY, "warn": [{"amount": 2, "unit": "hours"}]}},
     "The owner: Call within 1 working day. A reminder comes 2 hours before the deadline."),
    ({"kind": "task", "name": "Call", "who": OWNER, "deadline": {**DAY, "late": [{**DAY, "do": "escalate"}]}},
     "The owner: Call within 1 working day. If late by 1 working day: tell the owner's head."),
    ({"kind": "action", "action": "deal.win"}, "By itself: Close the deal as won."),
    ({"kind": "action", "action": "notify", "arguments": {"who": OWNER, "text": "It is time"}},
     "By itself: notify (the owner; It is time)."),
    ({"kind": "wait", "for": {"amount": 2, "unit": "days"}}, "Wait 2 days."),
    ({"kind": "wait", "for": {"field": "deal.expected_close_on", "amount": -3, "unit": "working_days"}},
     "Wait until 3 working days before: Deal: expected close."),
    ({"kind": "wait", "for": {"fact": "deal.moved"}}, "Wait until this happens: Deal moved."),
    ({"kind": "together", "need": "all", "branches": []}, "All of this at once; it goes on when all is done."),
    ({"kind": "together", "need": 2, "branches": [{}, {}, {}]},
     "All of this at once; it goes on when 2 of 3 are done."),
    ({"kind": "race", "branches": [{"wait": DAY}, {"wait": {"fact": "deal.moved"}}]},
     "Whichever comes first: 1 working day; until this happens: Deal moved. The others are dropped."),
    ({"kind": "repeat", "times": 3}, "Repeat 3 times."),
    ({"kind": "repeat", "each": "deal.contacts"}, "For each of deal.contacts, one after another."),
    ({"kind": "stage", "name": "Draft", "goal": "A contract", "deadline": DAY},
     "Stage “Draft”: A contract within 1 working day."),
    ({"kind": "call", "process": "signing"}, "Start the process “Signing” and wait for its end."),
    ({"kind": "end", "result": "declined"}, "The process ends: declined."),
    ({"kind": "end", "result": ""}, "The process ends."),
    ({"kind": "back", "to": "a"}, "Back to “Call”."),
]  # fmt: skip


@pytest.mark.parametrize(("block", "words"), SAID)
def test_a_block_reads_as_a_sentence(block: dict[str, Any], words: str) -> None:
    with override("en"):
        assert sentence(block, NAMES) == words


@pytest.mark.django_db
def test_a_choice_names_each_of_its_ways() -> None:
    branches = [{"id": "x", "name": "Large", "when": ["deal.amount", "gte", "1.00"]}]
    with override("en"):
        words = sentence({"kind": "choice", "branches": branches}, NAMES)
    assert words.startswith("If ")
    assert words.endswith(": Large; otherwise the last way.")


@pytest.mark.django_db
def test_a_node_reads_as_the_block_it_was_made_of() -> None:
    until = ["deal.amount", "gte", "1.00"]
    blocks = [
        {"id": "a", "kind": "task", "name": "Call", "who": OWNER},
        {"id": "s", "kind": "stage", "name": "Draft", "blocks": []},
        {"id": "r", "kind": "repeat", "until": until, "blocks": [{"id": "b", "kind": "task", "name": "Ask"}]},
    ]
    graph: Graph = to_graph({"blocks": blocks})
    with override("en"):
        assert sentence(graph.nodes["a"], NAMES) == "The owner: Call."
        assert sentence(graph.nodes["s"], NAMES) == "Stage “Draft”."
        assert sentence(graph.nodes["r"], NAMES).startswith("Repeat until this is so: ")
        assert sentence(graph.nodes["r:start"], NAMES) == ""
        assert sentence(graph.nodes["start"], NAMES) == ""


def test_what_is_not_known_by_name_is_still_said() -> None:
    with override("en"):
        assert who_words({"kind": "person", "id": 8}, NAMES) == "somebody who is no longer here"
        assert who_words(None) == "nobody yet"
        assert wait_words(None) == "for nothing yet"


@pytest.mark.parametrize(("amount", "unit", "words"), [
    (1, "minutes", "1 minute"), (15, "minutes", "15 minutes"), (1, "hours", "1 hour"), (1, "days", "1 day"),
    (2, "working_hours", "2 working hours"), (1, "working_days", "1 working day"), (-3, "days", "3 days"),
])  # fmt: skip
def test_a_duration_is_said_with_its_plural(amount: int, unit: str, words: str) -> None:
    with override("en"):
        assert duration_words({"amount": amount, "unit": unit}) == words
