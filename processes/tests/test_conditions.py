"""Conditions: read, checked, answered, explained, said in sentences and written as text."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Account
from accounts.testing import make_account, make_contact, make_custom_field
from catalog.models import Product
from deals.models import Deal
from deals.testing import make_deal, make_pipeline
from foundation.automation import (
    Field,
    all_actions,
    all_fields,
    all_subjects,
    named,
    options_of,
    subject,
)
from foundation.errors import Refused
from processes.conditions.checking import checked, fields_of, vanished_choices
from processes.conditions.closure import compile_closure
from processes.conditions.explaining import explain
from processes.conditions.loading import fields_needed, values_of
from processes.conditions.query import as_q
from processes.conditions.reading import read, written
from processes.conditions.sentences import sentence, sentence_of_json
from processes.conditions.text import as_text, from_text
from processes.conditions.tree import OPS, ops_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2027, 3, 28, 9, 30, tzinfo=UTC)
OWN = {"tax_number": Field("tax_number", "Tax number", "text", "")}


def asked(json, kind="deal", zone=BERLIN):
    return checked(read(json), fields_of(kind), zone)


def holds(json, kind="deal", now=NOW, **values):
    return compile_closure(asked(json, kind))({f"{kind}.{name}": each for name, each in values.items()}, now)


def refusal(call, *args):
    with pytest.raises(Refused) as refused:
        call(*args)
    return refused.value.message


# What rooms offer


def test_every_field_that_is_chosen_says_what_from():
    chosen = [field for field in all_fields().values() if field.kind in ("choice", "choices", "person")]
    assert [field.name for field in chosen if field.options is None] == []


def test_every_list_has_rows_of_a_known_subject_with_fields():
    for field in all_fields().values():
        if field.kind == "list":
            assert subject(field.of).model.objects.filter(**{field.lookup: 1}) is not None
            assert fields_of(field.of)


def test_subjects_have_pages_and_rows_of_lists_are_none():
    assert set(all_subjects()) == {"account", "contact", "deal", "invoice", "payment", "quote", "task"}
    assert all_subjects()["deal"].page(7) == "/deals/7/"
    assert subject("line").page is None


def test_what_an_action_requires_is_an_argument_and_its_choices_are_offered(cast):
    typed = {"text", "number", "date"}
    for action in all_actions().values():
        assert set(action.required) <= set(action.arguments), action.name
        for kind in action.arguments.values():
            assert kind in typed or options_of(kind) is not None
    pipeline = make_pipeline()
    assert (pipeline.first_stage().pk, "Sales: First contact") in options_of("stage")
    assert (cast.head.pk, cast.head.name) in options_of("person")
    assert options_of("text") == []


@pytest.mark.django_db
def test_a_custom_field_of_the_client_is_asked_of_the_deal_and_of_the_client():
    make_custom_field("area", "number", unit="m²")
    assert (named("client.custom.area").subject, named("account.custom.area").subject) == ("deal", "account")
    assert named("account.custom.area").unit == "m²"
    assert named("deal.nothing") is None


# Reading


def test_a_tree_is_written_as_it_was_read():
    json = {
        "all": [["deal.amount", "gte", "100000.00"], {"not": ["deal.stage", "in", [7, 8]]}, {"any": []},
                {"some": ["deal.lines", ["line.quantity", "between", [1, "2.5"]]]}, ["deal.source", "empty"]]
    }  # fmt: skip
    assert written(read(json)) == json


@pytest.mark.parametrize(
    "json",
    [
        None, 7, "x", {}, {"all": 1}, {"all": [], "any": []}, {"some": ["deal.lines"]}, {"maybe": []}, [], ["a"],
        ["a", "is", 1, 2], ["", "is", 1], [7, "is", 1], ["a\x00", "is", 1], ["a`", "is", 1], ["a", "empty", 1],
        {"not": None}, {"all": [None]}, ["\ud800", "is", 1],
    ],
)  # fmt: skip
def test_what_is_not_written_as_conditions_are_is_refused(json):
    assert refusal(read, json) == "This condition is not written as conditions are."


@pytest.mark.parametrize(
    ("json", "said"),
    [
        (["deal.amount", "like", 1], "The condition asks “deal.amount” in an unknown way."),
        (["deal.amount", "gte"], "Say what “deal.amount” is compared with."),
        (["deal.stage", "in", []], "Say what “deal.stage” is compared with."),
        (["deal.stage", "in", 7], "Say what “deal.stage” is compared with."),
        (["deal.amount", "between", [1]], "Say what “deal.amount” is compared with."),
        (["deal.title", "is", "\ud800"], "“deal.title” is compared with something that cannot be read."),
        (["deal.title", "is", {"a": 1}], "“deal.title” is compared with something that cannot be read."),
        (["deal.stage", "is", 2**64], "“deal.stage” is compared with something that cannot be read."),
    ],
)
def test_what_is_compared_must_be_said_readably(json, said):
    assert refusal(read, json) == said


def test_a_tree_may_be_neither_too_deep_nor_too_long():
    deep = ["deal.amount", "empty"]
    for _ in range(20):
        deep = {"not": deep}
    assert "too deep" in refusal(read, deep)
    assert "At most 200 questions" in refusal(read, {"all": [["a", "empty"]] * 201})


# Checking


@pytest.mark.parametrize(
    ("json", "said"),
    [
        (["deal.colour", "is", 1], "There is no “deal.colour” to ask about any more."),
        (["account.name", "is", "x"], "There is no “account.name” to ask about any more."),
        (["deal.amount", "contains", "x"], "“Deal: amount” cannot be asked so."),
        (["deal.title", "gte", "x"], "“Deal: title” cannot be asked so."),
        (["deal.lines", "is", 1], "“Deal: products” cannot be asked so."),
        (["deal.amount", "is", "much"], "“much” is not a number to compare “Deal: amount” with."),
        (["deal.amount", "is", True], "“True” is not a number to compare “Deal: amount” with."),
        (["deal.amount", "is", "1e30"], "“1e30” is not a number to compare “Deal: amount” with."),
        (["deal.amount", "is", "Infinity"], "“Infinity” is not a number to compare “Deal: amount” with."),
        (
            ["deal.next_step_on", "is", "soon"],
            "“soon” is not a day to compare “Deal: day of the next step” with.",
        ),
        (["deal.opened_at", "lt", "2027-02-30"], "“2027-02-30” is not a day to compare “Deal: opened” with."),
        (["deal.stage", "is", "won"], "“won” is not something to choose for “Deal: stage”."),
        (["deal.title", "is", 7], "“Deal: title” is compared with a text."),
        (["deal.title", "is", ""], "Say what “Deal: title” is compared with."),
        (["deal.opened_at", "in_last", -1], "“-1” is not a number of days up to 3650, for “Deal: opened”."),
        ({"some": ["deal.title", ["x", "empty"]]}, "“Deal: title” is not a list."),
        (
            {"some": ["deal.lines", ["deal.title", "empty"]]},
            "There is no “deal.title” to ask about any more.",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(json, said):
    assert refusal(asked, json) == said


def test_values_become_what_the_field_keeps():
    assert asked(["deal.amount", "gte", "100000.00"]).root.values == (Decimal("100000.00"),)
    assert asked(["deal.stage", "in", [7, "8"]]).root.values == (7, 8)
    assert asked(["contact.has_left", "is", "true"], "contact").root.values == (True,)
    assert asked(["deal.next_step_on", "is", "2027-01-31"]).root.values == (date(2027, 1, 31),)
    moment = asked(["deal.opened_at", "lt", "2027-01-31T10:00"]).root.values[0]
    assert moment == datetime(2027, 1, 31, 9, 0, tzinfo=UTC)


def test_choices_that_are_no_longer_offered_are_named(cast):
    stage = make_pipeline().first_stage().pk
    gone = {"all": [["deal.stage", "in", [stage, 10**9]], ["deal.state", "is", "open"]]}
    assert vanished_choices(asked(gone)) == ["“Deal: stage” no longer offers what is asked for."]
    assert vanished_choices(asked(["deal.stage", "is", stage])) == []


# Answering


@pytest.mark.parametrize("missing", [None, ""])
def test_a_missing_value_answers_no_to_everything_but_empty(missing):
    for op in ops_of("text"):
        value = [] if OPS[op].takes == 0 else ["x"] if OPS[op].takes == 1 else [["x"]]
        said = holds(["deal.title", op, *value], title=missing)
        assert said is (op == "empty"), op
        assert holds({"not": ["deal.title", op, *value]}, title=missing) is not said


def test_groups_of_nothing_hold_always_and_never():
    assert (holds({"all": []}), holds({"any": []}), holds({"not": {"any": []}})) == (True, False, True)


def test_letters_are_compared_whatever_their_size():
    assert holds(["deal.title", "contains", "ROSE"], title="two roses")
    assert holds(["deal.title", "is", "ёлка"], title="ЁЛКА")
    assert not holds(["deal.title", "is", "strasse"], title="Straße")


def test_days_of_a_moment_begin_where_the_condition_is_asked():
    late = datetime(2027, 3, 27, 23, 30, tzinfo=UTC)  # already the 28th in Berlin
    assert holds(["deal.opened_at", "is", "2027-03-28"], opened_at=late)
    assert holds(["deal.opened_at", "in_last", 1], opened_at=late)
    assert not holds(["deal.opened_at", "lt", "2027-03-28"], opened_at=late)


def test_days_are_counted_from_today():
    for days, op, said in [
        (0, "in_next", True), (6, "in_next", True), (7, "in_next", False), (-6, "in_last", True),
        (-7, "in_last", False), (-7, "older", False), (-8, "older", True), (7, "later", False), (8, "later", True),
    ]:  # fmt: skip
        on = date(2027, 3, 28) + timedelta(days=days)
        assert holds(["deal.next_step_on", op, 7], next_step_on=on) is said, (days, op)


def test_a_list_is_asked_whether_one_of_its_rows_holds():
    lines = [{"line.quantity": Decimal(2)}, {"line.quantity": None}]
    some = {"some": ["deal.lines", ["line.quantity", "gt", 1]]}
    assert holds(some, lines=lines)
    assert not holds(some, lines=[])
    assert holds(["deal.lines", "empty"], lines=[])
    assert holds({"some": ["deal.lines", ["line.quantity", "empty"]]}, lines=lines)


def test_what_a_run_knows_of_its_own_is_answered_but_not_looked_for():
    condition = checked(read(["tax_number", "starts_with", "77"]), fields_of("deal") | OWN, BERLIN)
    assert compile_closure(condition)({"tax_number": "7701"}, NOW)
    assert refusal(as_q, condition, NOW) == "What only a run knows cannot be looked for among records."


# Loading


@pytest.mark.django_db
def test_all_that_is_needed_is_read_in_one_statement(cast, django_assert_num_queries):
    make_custom_field("area", "number", decimals=2)
    client = make_account("Acme", owner=cast.salesperson, custom={"area": Decimal("12.5")})
    deal = make_deal("Roses", owner=cast.salesperson, account=client, amount="0.10")
    deal.add_line(Product.objects.create(name="Rose", price=1), Decimal("2.5"), by=cast.robot, at=NOW)
    deal.add_contact(make_contact(client, "Ivan"), "pays", by=cast.robot, at=NOW)
    condition = asked({"all": [
        ["deal.amount", "lt", 1], ["client.custom.area", "gt", 12], ["deal.opened_at", "not_empty"],
        {"some": ["deal.lines", ["line.quantity", "is", "2.5"]]},
        {"some": ["deal.contacts", {"all": [["contact.name", "is", "Ivan"], ["contact.has_left", "is", False]]}]},
    ]})  # fmt: skip
    needed = fields_needed(condition)
    assert needed["deal.contacts"] == {"contact.name": {}, "contact.has_left": {}}
    with django_assert_num_queries(1):
        values = values_of(Deal, deal.pk, needed)
    assert values == {
        "deal.amount": Decimal("0.10"), "client.custom.area": Decimal("12.5"), "deal.opened_at": deal.opened_at,
        "deal.lines": [{"line.quantity": Decimal("2.500")}],
        "deal.contacts": [{"contact.name": "Ivan", "contact.has_left": False}],
    }  # fmt: skip
    assert compile_closure(condition)(values, NOW)
    assert Deal.objects.filter(as_q(condition, NOW)).get() == deal
    assert values_of(Deal.objects.all(), 0, ["deal.amount"]) == {}


@pytest.mark.django_db
def test_moments_and_lists_in_lists_are_read_whole(cast):
    client = make_account("Acme", owner=cast.salesperson)
    deal = make_deal("Roses", account=client, amount=None)
    deal.add_line(Product.objects.create(name="Rose", price=1), Decimal(3), by=cast.robot, at=NOW)
    condition = asked(
        {"some": ["account.deals", {"all": [["deal.opened_at", "not_empty"],
                                            {"some": ["deal.lines", ["line.quantity", "gte", 3]]}]}]}, "account"
    )  # fmt: skip
    values = values_of(Account, client.pk, fields_needed(condition))
    assert values == {
        "account.deals": [
            {"deal.opened_at": deal.opened_at, "deal.lines": [{"line.quantity": Decimal("3.000")}]}
        ]
    }
    assert compile_closure(condition)(values, NOW)


# Explaining and sentences


@pytest.mark.django_db
def test_why_not_shows_every_part_with_what_the_record_says(cast):
    stage = make_pipeline().stages.get(name="Proposal")
    condition = asked({"all": [
        ["deal.amount", "gte", "1000"], {"not": ["deal.stage", "is", stage.pk]},
        {"some": ["deal.lines", ["line.quantity", "gt", 1]]},
    ]})  # fmt: skip
    rows = [{"line.quantity": Decimal(1)}, {"line.quantity": Decimal("1.5")}]
    said = explain(condition, {"deal.amount": Decimal(1500), "deal.stage": stage.pk, "deal.lines": rows}, NOW)
    assert (said.sentence, said.holds) == ("all of these hold", False)
    amount, denied, lines = said.parts
    assert (amount.sentence, amount.holds, amount.value) == ("Deal: amount is at least 1,000", True, "1,500")
    assert (denied.holds, denied.parts[0].holds, denied.parts[0].value) == (False, True, "Sales: Proposal")
    assert (lines.holds, lines.value, [part.holds for part in lines.parts]) == (True, "1 of 2", [False, True])
    assert explain(condition, {}, NOW).parts[0].value == "nothing"


@pytest.mark.django_db
def test_a_condition_is_said_in_a_sentence(cast):
    first, second = make_pipeline().stages_in_order()[:2]
    json = {"all": [
        ["deal.amount", "gte", "100000.50"], {"any": [["deal.stage", "in", [first.pk, second.pk]],
        ["deal.owner", "is", cast.head.pk]]}, {"not": ["deal.next_step_on", "in_next", 3]},
        ["deal.probability", "between", [10, 20]],
    ]}  # fmt: skip
    assert (
        sentence(asked(json))
        == sentence_of_json(json)
        == (
            "Deal: amount is at least 100,000.5 and (Deal: stage is Sales: First contact or Sales: Qualified or"
            " Deal: owner is Helena Marsh) and not (Deal: day of the next step is in the next 3 days) and"
            " Deal: own estimate, % is between 10\xa0% and 20\xa0%"
        )
    )
    lines = {"some": ["deal.lines", ["line.quantity", "gt", 1]]}
    assert (
        sentence_of_json(lines)
        == "among “Deal: products” there is one where Product: quantity is more than 1"
    )
    assert sentence_of_json(["deal.opened_at", "lt", "2027-01-31"]) == "Deal: opened is before Jan 31, 2027"


def test_a_sentence_names_what_is_gone_and_never_breaks():
    assert sentence_of_json(["deal.colour", "is", "red"]) == "“deal.colour” is red"
    assert sentence_of_json({"all": []}) == "always"
    assert sentence_of_json(7) == "This condition is not written as conditions are."


# Text


@pytest.mark.parametrize(
    ("json", "text"),
    [
        ({"all": [["deal.amount", "gte", "100000.00"], {"not": ["deal.stage", "is", 7]}]},
         "deal.amount >= 100000.00 and not (deal.stage is 7)"),
        ({"any": [["deal.title", "contains", 'a "b"\n'], ["deal.state", "not_in", ["won", "lost"]]]},
         r'deal.title contains "a \"b\"\n" or deal.state not in ["won", "lost"]'),
        ({"some": ["deal.lines", ["line.quantity", "between", [1, "2.50"]]]},
         "some deal.lines (line.quantity between 1 and 2.50)"),
        ({"all": [["deal.source", "empty"], {"all": [["a b", "is", True]]}]},
         "deal.source is empty and all(`a b` is true)"),
        (["deal.opened_at", "in_last", 7], "deal.opened_at within last 7 days"),
        ({"any": []}, "any()"),
    ],
)  # fmt: skip
def test_a_condition_is_written_as_text_and_read_again(json, text):
    assert as_text(read(json)) == text
    assert written(from_text(text)) == json


def test_text_by_hand_may_be_written_more_freely():
    assert written(from_text("not a.b = 1 and c.d != 2 or all(e.f == 3, g.h<4)")) == {
        "any": [
            {"all": [{"not": ["a.b", "is", 1]}, ["c.d", "is_not", 2]]},
            {"all": [["e.f", "is", 3], ["g.h", "lt", 4]]},
        ]
    }


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", 1), ("deal.amount", 12), ("deal.amount >=", 15), ("(a.b is 1", 10), ("a.b is 1)", 9), ("a.b is é", 8),
        ("a.b in 7", 8), ("a.b is 1 c", 10), ("and is 1", 1), ('a.b is "x', 8), ("a.b is not", 11),
        ("a.b within last 7", 18), ("${deal.amount > 5}", 1), ("a.b is \"\\x\"", 8),
    ],
)  # fmt: skip
def test_text_that_cannot_be_read_is_refused_at_its_place(text, place):
    assert refusal(from_text, text) == f"The condition cannot be read from sign {place} on."


def test_text_of_a_thousand_brackets_is_refused():
    assert refusal(from_text, "(" * 5000) == "The condition cannot be read from sign 49 on."


PLAIN = st.one_of(
    st.integers(-(10**18), 10**18),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(["and", "1.0", "1", "true", "`", '"', "\\", "2027-01-31", "1.0\n"]),
)
NAMES = st.one_of(
    st.sampled_from(
        ["deal.amount", "deal.custom.area_2", "is", "not", "true", "days", "tax number", "ИНН", "A.b"]
    ),
    st.text(st.characters(exclude_characters="`", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20),
)


@st.composite
def leaf(draw):
    op = draw(st.sampled_from(sorted(OPS)))
    takes = OPS[op].takes
    if takes == 0:
        return [draw(NAMES), op]
    if takes == 1:
        return [draw(NAMES), op, draw(PLAIN)]
    return [draw(NAMES), op, draw(st.lists(PLAIN, min_size=takes or 1, max_size=takes or 4))]


TREES = st.recursive(
    leaf(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
        st.tuples(NAMES, inner).map(lambda pair: {"some": list(pair)}),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(TREES)
def test_text_says_every_tree_exactly(json):
    try:
        tree = read(json)
    except Refused:  # deeper than trees may be
        return
    assert from_text(as_text(tree)) == tree
    assert written(tree) == json
