"""Which invoice money pays, and how sure that is."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.bank.matching import Came, Candidate, matches, says

CAME = Came(
    amount=Decimal("72000.00"),
    currency="RUB",
    purpose="Оплата по счету № INV-2026-00017 от 12.11.2026 за букеты",
    name="ООО «Лилия»",
    tax_number="7701234560",
    bank_account="40702810100000000042",
)
DUE = Candidate(
    invoice_id=1,
    account_id=5,
    number="INV-2026-00017",
    currency="RUB",
    due=Decimal(72000),
    parts=(Decimal(72000),),
    name="ООО Лилия",
    tax_numbers=frozenset({"7701234560"}),
)


def test_number_amount_and_tax_number_together_are_certain() -> None:
    (match,) = matches(CAME, [DUE])
    assert (match.is_certain, match.confidence) == (True, 100)
    assert match.reasons == (
        "its number is in the purpose",
        "exactly this is due",
        "the payer's tax number is the client's",
    )


def test_an_account_the_client_paid_from_before_stands_for_the_tax_number() -> None:
    came = replace(CAME, tax_number="")
    known = replace(DUE, bank_accounts=frozenset({"4070 2810 1000 0000 0042"}))
    assert matches(came, [known])[0].is_certain
    assert not matches(came, [DUE])[0].is_certain


def test_one_instalment_is_as_good_as_the_whole() -> None:
    parts = replace(DUE, due=Decimal(144000), parts=(Decimal(72000), Decimal(72000)))
    assert matches(CAME, [parts])[0].is_certain


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": Decimal("72000.01")}, "more came than is due"),
        ({"amount": Decimal("71999.99")}, "less came than is due"),
        ({"currency": "EUR"}, "the invoice is in another currency"),
        ({"tax_number": "7805551116"}, "the payer's tax number is another one"),
        ({"has_wrong_tax_number": True}, "the payer's tax number is wrong"),
        ({"is_reversal": True}, "the bank took a payment back"),
    ],
)
def test_what_speaks_against_it_leaves_it_to_a_person(changes: dict[str, Any], said: str) -> None:
    (match,) = matches(replace(CAME, **changes), [DUE])
    assert not match.is_certain
    assert match.confidence <= 50
    assert said in match.reasons


def test_another_payers_tax_number_outweighs_a_known_account() -> None:
    came = replace(CAME, tax_number="7805551116")
    known = replace(DUE, bank_accounts=frozenset({CAME.bank_account}))
    assert not matches(came, [known])[0].is_certain


def test_a_purpose_that_names_two_invoices_is_for_a_person() -> None:
    came = replace(CAME, purpose="INV-2026-00017, INV-2026-00018")
    other = replace(DUE, invoice_id=2, number="INV-2026-00018")
    found = matches(came, [DUE, other])
    assert [each.is_certain for each in found] == [False, False]
    assert all("the purpose names several invoices" in each.reasons for each in found)


@pytest.mark.parametrize(
    "purpose", ["По счетам 17, 18 от 1.11", "Счета 17 и 18", "Invoice 17;№18", "Счет 16, счет 17 и 18"]
)
def test_a_list_of_numbers_is_for_a_person(purpose: str) -> None:
    came, short = replace(CAME, purpose=purpose), replace(DUE, number="17")
    assert not matches(came, [short])[0].is_certain
    assert matches(replace(came, purpose="Счет 17 от 18.11"), [short])[0].is_certain


def test_a_name_alone_is_little_and_nothing_is_no_match() -> None:
    stranger = replace(CAME, purpose="За цветы", amount=Decimal(5), tax_number="")
    assert [(each.confidence, each.reasons) for each in matches(stranger, [DUE])] == [
        (10, ("the payer is called like the client",))
    ]
    assert matches(replace(stranger, name="ООО Мак"), [DUE]) == []


@pytest.mark.parametrize(
    ("purpose", "number", "is_said"),
    [
        ("Оплата по сч.INV-7, без НДС", "INV-7", True),
        ("inv-7", "INV-7", True),
        ("INV-77", "INV-7", False),
        ("INV-7/2", "INV-7", False),
        ("A-INV-7", "INV-7", False),
        ("Оплата по счету № 17 от 12.11.2026", "17", True),
        ("Счёт на оплату №17", "17", True),
        ("Invoice No 17.", "17", True),
        ("сч.17", "17", True),
        ("по договору 17", "17", False),
        ("По счету 5 от 17.11.2026", "17", False),
        ("По счету 17.11", "17", False),
        ("НДС 20% 17-00", "17", False),
        ("", "", False),
    ],
)
def test_a_number_is_said_as_a_word_of_its_own(purpose: str, number: str, is_said: bool) -> None:
    assert says(replace(CAME, purpose=purpose), number) is is_said


def test_a_creditors_reference_says_the_number() -> None:
    assert says(replace(CAME, purpose="", references=("17",)), "17")


numbers = st.sampled_from(["INV-1", "INV-2", "17", "5", ""])
amounts = st.sampled_from([Decimal(1), Decimal(2), Decimal("2.01")])
tax_numbers = st.sampled_from(["", "7701234560", "7805551116"])
came_of = st.builds(
    Came,
    amount=amounts,
    currency=st.sampled_from(["RUB", "EUR"]),
    purpose=st.lists(st.sampled_from(["INV-1", "INV-2", "счет 17", "5", "от"]), max_size=4).map(" ".join),
    tax_number=tax_numbers,
    has_wrong_tax_number=st.booleans(),
    bank_account=st.sampled_from(["", "A1", "A2"]),
    is_reversal=st.booleans(),
)
candidates_of = st.lists(
    st.builds(
        Candidate,
        invoice_id=st.integers(1, 50),
        account_id=st.integers(1, 3),
        number=numbers,
        currency=st.sampled_from(["RUB", "EUR"]),
        due=amounts,
        parts=st.lists(amounts, max_size=2).map(tuple),
        tax_numbers=st.frozensets(tax_numbers, max_size=2),
        bank_accounts=st.frozensets(st.sampled_from(["", "A1"]), max_size=1),
    ),
    max_size=5,
    unique_by=lambda each: each.invoice_id,
)


@given(came=came_of, candidates=candidates_of)
@settings(max_examples=300, deadline=None)
def test_certain_is_only_what_number_amount_and_payer_all_say(
    came: Came, candidates: list[Candidate]
) -> None:
    found = matches(came, candidates)
    by_key = {each.invoice_id: each for each in candidates}
    certain = [each for each in found if each.is_certain]
    assert len(certain) <= 1
    for match in certain:
        invoice = by_key[match.invoice_id]
        assert says(came, invoice.number)
        assert came.currency == invoice.currency
        assert came.amount == invoice.due or came.amount in invoice.parts
        assert came.tax_number in invoice.tax_numbers or came.bank_account in invoice.bank_accounts
        assert came.tax_number or came.bank_account
        assert not came.has_wrong_tax_number
        assert not came.is_reversal
        assert [each.invoice_id for each in candidates if says(came, each.number)] == [match.invoice_id]


@given(came=came_of, candidates=candidates_of)
@settings(max_examples=300, deadline=None)
def test_every_confidence_is_a_share_with_reasons_and_does_not_depend_on_order(
    came: Came, candidates: list[Candidate]
) -> None:
    found = matches(came, candidates)
    assert found == matches(came, candidates[::-1])
    for match in found:
        assert 0 < match.confidence <= 100
        assert match.reasons
        assert (match.confidence == 100) is match.is_certain
