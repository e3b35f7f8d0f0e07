"""Statements of banks: files brought, certain money paid at once, the rest decided by a person on a page."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import TaxNumber
from accounts.testing import make_account
from billing.bank.candidates import came_of, open_invoices
from billing.models import BankStatement, LegalEntity, Payment, StatementLine
from billing.testing import make_legal_entity, make_payment
from billing.tests.samples import NOON, OURS, bank_account, invoice_of, line_of, naming, text_of, twice
from foundation.errors import Refused, Stale
from foundation.models import Event
from integrations.testing import shared_data


def test_what_is_certain_is_paid_at_once_and_the_rest_waits(bring, lily):
    invoice = invoice_of(lily)
    brought = bring(naming(invoice))
    assert (brought.added, brought.paid, brought.waiting) == (3, 1, 1)
    invoice.refresh_from_db()
    assert (invoice.state, invoice.due) == ("paid", 0)
    sure, waits, went = StatementLine.objects.order_by("position")
    assert (sure.state, sure.confidence, sure.suggested_invoice) == ("done", 100, invoice)
    assert (sure.payment.account, sure.payment.unallocated) == (lily, 0)
    assert (waits.state, waits.payment.account, waits.payment.unallocated) == (
        "waiting", None, Decimal("12300.55"),
    )  # fmt: skip
    assert (went.state, went.direction, went.payment) == ("done", "out", None)


def test_a_payment_is_received_as_the_bank_says_it(bring, lily, bank):
    bring(text_of("one_c.txt"))
    payment = line_of(72000).payment
    assert (payment.method, payment.bank_account, payment.reference) == ("bank", bank, "000412")
    assert (payment.payer_name, payment.payer_tax_number) == ('ООО "Лилия"', "7701234560")
    assert payment.payer_bank_account == "40702810100000000042"
    assert payment.received_on.isoformat() == "2026-11-17"
    assert payment.purpose.startswith("Оплата по счету")


def test_the_same_file_again_adds_nothing(bring, lily):
    invoice = invoice_of(lily)
    text = naming(invoice)
    first = bring(text)
    again = bring(text)
    assert again.statements == first.statements
    assert (again.added, again.paid) == (0, 0)
    assert (StatementLine.objects.count(), Payment.objects.count()) == (3, 2)


def test_documents_of_an_earlier_file_are_not_added_again(bring, lily):
    bring(text_of("one_c.txt"))
    later = bring(text_of("one_c.txt") + "\n", name="later.txt")
    (statement,) = later.statements
    assert (statement.line_count, statement.known_count, later.added) == (3, 3, 0)
    assert Payment.objects.count() == 2


def test_two_equal_payments_of_one_invoice_pay_it_once(bring, lily):
    invoice = invoice_of(lily)
    assert bring(twice(naming(invoice))).paid == 1
    states = StatementLine.objects.filter(amount=72000).order_by("position").values_list("state", flat=True)
    assert list(states) == ["done", "waiting"]


def test_instalments_are_paid_one_after_the_other(bring, lily):
    days = [date(2026, 12, day) for day in (1, 15)]
    invoice = invoice_of(lily, 144000, parts=[(day, 72000) for day in days])
    assert bring(twice(naming(invoice))).paid == 2
    invoice.refresh_from_db()
    assert invoice.due == 0


def test_a_wrong_tax_number_is_never_certain(bring, lily):
    invoice = invoice_of(lily)
    brought = bring(naming(invoice).replace("7701234560", "7701234561"))
    line = line_of(72000)
    assert (brought.paid, line.state, line.has_wrong_tax_number) == (0, "waiting", True)
    assert line.suggested_invoice == invoice
    assert "the payer's tax number is wrong" in line.reasons


def test_who_paid_from_the_account_before_is_known_by_it(bring, lily, bank):
    TaxNumber.objects.all().delete()
    invoice = invoice_of(lily)
    make_payment(5, lily, currency="RUB", payer_bank_account="40702810100000000042")
    assert bring(naming(invoice)).paid == 1


def test_an_account_several_clients_paid_from_says_nothing_of_who_paid(bring, lily):
    TaxNumber.objects.all().delete()
    invoice = invoice_of(lily)
    for each in (lily, make_account("Agent")):
        make_payment(5, each, currency="RUB", payer_bank_account="40702810100000000042")
    assert bring(naming(invoice)).paid == 0


def test_an_invoice_of_another_own_company_is_not_even_suggested(bring, lily):
    other = make_legal_entity("Romashka Two", code="two")
    invoice_of(lily, legal_entity=other)
    bring(text_of("one_c.txt"))
    assert line_of(72000).suggested_invoice is None


@pytest.mark.parametrize("encoding", ["cp1251", "utf8"])
def test_the_shared_statement_waits_for_its_wrong_tax_number(bring, cast, encoding):
    bank_account("40702810000000000005")
    client = make_account('ООО "ПОКУПАТЕЛЬ"', owner=cast.salesperson)
    TaxNumber.objects.create(account=client, kind="other", value="1112223330")
    invoice = invoice_of(client, 10000)
    path = shared_data(f"bank_1c/c_statement_v103_in_out_KonecVypiski.{encoding}.txt")
    brought = bring(path.read_bytes(), name=path.name)
    assert (brought.added, brought.paid, brought.waiting) == (2, 0, 1)
    line = line_of(10000)
    assert line.suggested_invoice == invoice
    assert any("1234567890" in each for each in brought.statements[0].differences)


def test_camt_and_mt940_of_one_account_are_brought(bring, cast):
    bank_account("DE89 3704 0044 0532 0130 00", "EUR")
    client = make_account("Blumen Lilie GmbH", owner=cast.salesperson)
    TaxNumber.objects.create(account=client, kind="eu_vat", value="DE136695976")
    invoice = invoice_of(client, "150.50", "EUR")
    camt = bring(text_of("camt.xml").replace("INV-2026-00018", invoice.number), "camt.xml")
    assert (camt.added, camt.paid, camt.waiting) == (4, 1, 2)
    assert camt.statements[0].differences == []
    mt940 = bring(text_of("mt940.sta"), "day.sta")
    assert (mt940.statements[0].kind, mt940.added) == ("mt940", 2)


def test_a_table_that_does_not_say_its_account_is_brought_with_the_one_chosen(bring, lily, bank):
    invoice = invoice_of(lily)
    text = naming(invoice, text_of("table.csv"))
    with pytest.raises(Refused, match="does not say of which account"):
        bring(text)
    brought = bring(text, "table.csv", bank_account=bank)
    assert (brought.added, brought.paid) == (2, 1)
    assert brought.statements[0].account == OURS


def test_a_table_in_no_said_currency_has_the_keys_of_one_that_says_it(bring, bank):
    rows = f"Our account,Date,Amount,Description\n{OURS},2026-11-17,72000.00,Roses\n"
    assert bring(rows).added == 1
    assert bring(rows + "\n", bank_account=bank).added == 0


def test_a_file_of_another_account_than_the_one_chosen_is_refused(bring):
    other = bank_account("40702810900000000099")
    with pytest.raises(Refused, match="not of 40702810900000000099"):
        bring(text_of("one_c.txt"), bank_account=other)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("hello", "no statement"),
        ("", "empty"),
        (text_of("one_c.txt").replace(OURS, "40702810900000000018"), "none of ours"),
        (text_of("camt.xml"), "none of ours"),
    ],
)
def test_what_is_no_statement_of_ours_is_refused_and_nothing_is_kept(bring, content, said):
    with pytest.raises(Refused, match=said):
        bring(content)
    assert not BankStatement.objects.exists()


def test_a_file_without_a_rate_of_its_currency_is_refused_whole(bring, cast):
    bank_account("40702840900000000017", "USD")
    bank_account("40702392900000000017", "JPY")
    text = text_of("one_c.txt").replace(OURS, "40702392900000000017")
    with pytest.raises(Refused):
        bring(text)
    assert not Payment.objects.exists()


def test_what_is_decided_on_the_payments_own_page_waits_no_more(bring, lily, cast):
    bring(text_of("one_c.txt"))
    line_of(72000).payment.tell_whose(lily, by=cast.accountant, at=NOON)
    line_of("12300.55").payment.void(reason="a loan", by=cast.accountant, at=NOON)
    assert (line_of(72000).state, line_of(72000).decided_by) == ("done", cast.accountant)
    assert (line_of("12300.55").state, line_of("12300.55").ignore_reason) == ("ignored", "a loan")


def test_what_is_allocated_on_the_payments_own_page_says_its_invoice(bring, lily, cast):
    guessed, other = invoice_of(lily), invoice_of(lily, 80000)
    bring(text_of("one_c.txt"))
    line = line_of(72000)
    assert line.suggested_invoice == guessed
    line.payment.allocate([(other.instalments.get().pk, Decimal(72000))], by=cast.accountant, at=NOON)
    line.refresh_from_db()
    assert (line.state, line.suggested_invoice, line.reasons) == ("done", other, [])


def test_a_line_looked_at_again_finds_what_is_known_by_now(bring, lily, cast):
    TaxNumber.objects.all().delete()
    invoice = invoice_of(lily)
    (statement,) = bring(naming(invoice)).statements
    assert line_of(72000).state == "waiting"
    TaxNumber.objects.create(account=lily, kind="ru_inn", value="7701234560")
    assert not line_of("12300.55").look_again(by=cast.accountant, at=NOON)
    assert statement.look_again(by=cast.accountant, at=NOON) == 1
    assert line_of(72000).state == "done"


def test_two_people_confirm_one_line_and_the_second_is_told(bring, lily, cast):
    invoice = invoice_of(lily)
    bring(text_of("one_c.txt"))
    mine, theirs = line_of(72000), line_of(72000)
    mine.confirm(invoice, by=cast.accountant, at=NOON, version=mine.version)
    with pytest.raises(Stale):
        theirs.confirm(invoice, by=cast.admin, at=NOON, version=theirs.version)
    with pytest.raises(Refused):
        theirs.ignore(reason="twice", by=cast.admin, at=NOON)
    told = Event.objects.filter(name="statement_line.confirmed")
    assert [each.payload["number"] for each in told] == [invoice.number]


def test_more_lines_take_no_more_statements_to_match(bring, lily, django_assert_max_num_queries):
    for _each in range(5):
        invoice_of(lily)
    bring(text_of("one_c.txt"))
    came = [came_of(line) for line in StatementLine.objects.all()]
    entity = LegalEntity.objects.get()
    with django_assert_max_num_queries(8):
        open_invoices(came * 50, entity)
