"""From a draft to the last coin: what each verb does, and what it refuses."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from accounts.testing import make_account
from billing.allocating import suggested
from billing.drafting import DraftLine
from billing.models import Allocation, Instalment, Invoice, InvoiceLine, InvoiceState, LegalEntity, Payment
from billing.models.number_format import NumberFormat
from billing.testing import (
    line,
    make_draft,
    make_invoice,
    make_legal_entity,
    make_payment,
    make_rate,
    pay,
)
from catalog.testing import make_product
from foundation.errors import Refused, Stale
from foundation.models import Event

pytestmark = pytest.mark.django_db
D = Decimal
SOON = date(2026, 12, 1)


@pytest.fixture
def now():
    return timezone.now()


def holds(invoice):
    """The equation of section 3, read from the tables."""
    invoice.refresh_from_db()
    lines, parts = invoice.lines.all(), invoice.instalments.all()
    standing = Allocation.objects.filter(invoice=invoice, released_at=None)
    assert (
        invoice.total
        == sum((each.gross for each in lines), D(0))
        == sum((each.amount for each in parts), D(0))
    )
    assert invoice.total == invoice.paid + invoice.credited + invoice.written_off + invoice.due
    assert sum((each.amount for each in standing), D(0)) == sum((each.settled for each in parts), D(0))
    assert sum((each.amount - each.settled for each in parts), D(0)) == invoice.due
    return True


def told():
    return list(
        Event.objects.filter(name__regex="^(invoice|payment|credit_note)")
        .order_by("pk")
        .values_list("name", flat=True)
    )


def test_a_draft_comes_to_its_lines_and_has_no_number(cast):
    invoice = make_draft(lines=[line("10.00", 3), line("0.0125", 1000)], owner=cast.salesperson)
    assert (invoice.state, invoice.number, invoice.total, invoice.owner) == (
        "draft",
        "",
        D("42.50"),
        cast.salesperson,
    )
    assert told() == ["invoice.drafted"]


def test_a_line_of_a_product_is_priced_and_named_by_it(cast, now):
    product = make_product("Rose", "12.50")
    invoice = make_draft(lines=[DraftLine(product_id=product.pk, quantity=D(2))], owner=cast.salesperson)
    assert invoice.lines.values_list("title", "price", "gross").get() == ("Rose", D("12.5"), D(25))


def test_a_price_by_hand_needs_the_right(cast, now):
    product = make_product()
    asked = [DraftLine(product_id=product.pk, price=D(1))]
    with pytest.raises(Refused, match="by hand"):
        make_draft(lines=asked, owner=cast.salesperson)
    assert make_draft(lines=asked, owner=cast.salesperson, by=cast.head).total == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": D(0)},
        {"quantity": D("0.0001")},
        {"price": D(-1)},
        {"price": D("0.00001")},
        {"title": "", "price": D(1)},
        {"price": None},
        {"tax_percent": D(-1)},
    ],
)
def test_lines_that_cannot_be_are_refused(cast, wrong):
    with pytest.raises(Refused):
        make_draft(lines=[DraftLine(**({"title": "Work", "price": D(1)} | wrong))], owner=cast.salesperson)
    assert not Invoice.objects.exists()


def test_taxes_that_were_said_stay_when_the_header_changes(cast, now):
    invoice = make_draft(lines=[line(100, tax_percent=D(20), tax_name="VAT")], owner=cast.salesperson)
    assert (invoice.net, invoice.tax, invoice.total) == (100, 20, 120)
    invoice.change({"tax_mode": "included"}, by=cast.salesperson, at=now)
    assert (invoice.net, invoice.tax, invoice.total) == (D("83.33"), D("16.67"), 100)


def test_a_version_that_is_old_is_stale_and_nothing_is_lost(cast, now):
    invoice = make_draft(owner=cast.salesperson)
    seen = invoice.version
    invoice.change({"note": "First"}, version=seen, by=cast.salesperson, at=now)
    with pytest.raises(Stale):
        invoice.change({"note": "Second"}, version=seen, by=cast.head, at=now)
    with pytest.raises(Stale):
        invoice.put_lines([line(5)], version=seen, by=cast.head, at=now)
    invoice.refresh_from_db()
    assert (invoice.note, invoice.total) == ("First", 100)


def test_lines_are_kept_changed_added_and_left_out(cast, now):
    invoice = make_draft(10, 20, owner=cast.salesperson)
    first, second = invoice.lines.all()
    invoice.put_lines([line(30, title="New"), DraftLine(line_id=second.pk, quantity=D(2), price=D(20))],
                      by=cast.salesperson, at=now)  # fmt: skip
    assert list(invoice.lines.values_list("title", "quantity")) == [("New", 1), ("Delivery", 2)]
    assert invoice.lines.last().pk == second.pk
    assert invoice.total == 70
    with pytest.raises(Refused, match="not there any more"):
        invoice.put_lines([DraftLine(line_id=first.pk)], by=cast.salesperson, at=now)


def test_another_currency_converts_what_was_said_by_hand(cast, now):
    make_rate("EUR", "1.25")
    invoice = make_draft(100, owner=cast.salesperson)
    invoice.change({"currency": "EUR"}, by=cast.salesperson, at=now)
    assert (invoice.currency, invoice.total) == ("EUR", 80)


def test_issue_gives_a_number_freezes_and_opens_one_instalment(cast, now):
    invoice = make_draft(100, owner=cast.salesperson, payment_days=10)
    invoice.issue(by=cast.salesperson, at=now)
    assert invoice.number == f"{invoice.dated_on.year}-00001"
    assert (invoice.state, invoice.due, invoice.rate, invoice.base_total) == ("issued", 100, 1, 100)
    assert invoice.due_on == invoice.dated_on + timedelta(days=10)
    assert invoice.parties["seller"]["name"] == "Romashka LLC"
    assert told() == ["invoice.drafted", "invoice.issued"]
    assert holds(invoice)


def test_nothing_is_issued_without_lines_a_rate_or_twice(cast, now):
    empty = make_draft(owner=cast.salesperson)
    empty.put_lines([], by=cast.salesperson, at=now)
    with pytest.raises(Refused, match="no lines"):
        empty.issue(by=cast.salesperson, at=now)
    foreign = make_draft(currency="EUR", account=empty.account)
    with pytest.raises(Refused, match="exchange rate"):
        foreign.issue(by=cast.salesperson, at=now)
    issued = make_invoice(account=empty.account)
    for again in (issued.issue, issued.discard):
        with pytest.raises(Refused, match="was issued"):
            again(by=cast.salesperson, at=now)
    assert issued.number.endswith("-00001")


def test_numbers_begin_anew_each_year_and_count_each_format_by_itself(cast, now):
    account = make_account(owner=cast.salesperson)
    make_legal_entity()
    other = make_legal_entity("Second", code="SEC")
    NumberFormat.objects.create(
        legal_entity=other, kind="invoice", pattern="{code}/{month}/{counter}", reset="never"
    )
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2025, 6, 1)]
    numbers = [make_invoice(account=account, dated_on=day).number for day in days]
    assert numbers == ["2025-00001", "2026-00001", "2025-00002"]
    assert [make_invoice(account=account, legal_entity=other, dated_on=d).number for d in days] == [
        "SEC/12/1", "SEC/01/2", "SEC/06/3",
    ]  # fmt: skip


def test_what_is_rolled_back_leaves_no_hole(cast, now):
    account = make_account(owner=cast.salesperson)
    draft = make_draft(account=account)
    with transaction.atomic():
        draft.issue(by=cast.salesperson, at=now)
        transaction.set_rollback(True)
    assert make_invoice(account=account).number.endswith("-00001")


def test_over_the_limit_somebody_else_approves(cast, now):
    invoice = make_draft(100, owner=cast.salesperson)
    LegalEntity.objects.update(approval_over=50)
    with pytest.raises(Refused, match="approve"):
        invoice.issue(by=cast.salesperson, at=now)
    invoice.submit(by=cast.salesperson, at=now)
    assert invoice.state == InvoiceState.WAITING
    for person in (cast.salesperson, cast.outsider, cast.robot):
        with pytest.raises(Refused):
            invoice.approve(by=person, at=now)
    invoice.send_back(reason="Too dear", by=cast.head, at=now)
    assert invoice.state == InvoiceState.DRAFT
    invoice.submit(by=cast.salesperson, at=now)
    invoice.approve(by=cast.head, at=now)
    invoice.put_lines([line(200)], by=cast.salesperson, at=now)
    assert (invoice.state, invoice.approved_by) == (InvoiceState.DRAFT, None)
    invoice.submit(by=cast.salesperson, at=now)
    invoice.approve(by=cast.head, at=now)
    invoice.issue(by=cast.salesperson, at=now)
    assert (invoice.state, invoice.approved_by) == (InvoiceState.ISSUED, cast.head)


def test_people_approve_their_own_only_where_that_is_allowed(cast, now):
    invoice = make_draft(100, owner=cast.head)
    LegalEntity.objects.update(approval_over=50)
    invoice.submit(by=cast.head, at=now)
    with pytest.raises(Refused, match="Somebody else"):
        invoice.approve(by=cast.head, at=now)
    LegalEntity.objects.update(may_approve_own=True)
    invoice.approve(by=cast.head, at=now)
    assert invoice.state == InvoiceState.APPROVED


def test_instalments_come_to_the_total_and_the_last_takes_the_remainder(cast, now):
    invoice = make_draft("90000.10", owner=cast.salesperson)
    with pytest.raises(Refused, match="come to"):
        invoice.schedule([(SOON, D(1))], by=cast.salesperson, at=now)
    invoice.divide(3, first_due_on=date(2026, 11, 30), months=3, by=cast.salesperson, at=now)
    rows = list(invoice.instalments.values_list("due_on", "amount"))
    assert rows == [
        (date(2026, 11, 30), D("30000.03")),
        (date(2027, 2, 28), D("30000.03")),
        (date(2027, 5, 30), D("30000.04")),
    ]
    invoice.put_lines([line("100.00")], by=cast.salesperson, at=now)
    assert sum(invoice.instalments.values_list("amount", flat=True)) == 100
    invoice.issue(by=cast.salesperson, at=now)
    assert holds(invoice)


def test_the_examples_of_a_payment_and_a_credit_note_hold(cast, now):
    invoice = make_invoice(60, 40, owner=cast.salesperson, parts=[(SOON, 60), (SOON + timedelta(30), 40)])
    pay(invoice, 70)
    assert list(invoice.instalments.values_list("settled", flat=True)) == [60, 10]
    assert (invoice.state, invoice.due) == ("part_paid", 30)
    second = invoice.lines.last()
    note = invoice.credit(reason="Came late", lines=[(second.pk, D("0.625"))], by=cast.head, at=now)
    assert (note.total, note.due, note.state, invoice.due) == (25, 0, "credited", 5)
    assert note.number.startswith("CN-")
    assert holds(invoice)


def test_what_is_paid_over_stays_as_a_surplus_and_goes_back(cast, now):
    invoice = make_invoice(100, owner=cast.salesperson)
    payment = pay(invoice, 120)
    assert (invoice.state, payment.unallocated) == ("paid", 20)
    with pytest.raises(Refused, match="Only"):
        payment.pay_back(D(21), paid_on=SOON, by=cast.accountant, at=now)
    out = payment.pay_back(D(20), paid_on=SOON, by=cast.accountant, at=now)
    assert (out.direction, payment.returned, payment.unallocated) == ("out", 20, 0)
    with pytest.raises(Refused, match="paid back"):
        payment.void(reason="Twice", by=cast.accountant, at=now)
    out.void(reason="Never left", by=cast.accountant, at=now)
    payment.refresh_from_db()
    assert (payment.returned, payment.unallocated) == (0, 20)


def test_one_payment_settles_several_invoices_of_one_client(cast, now):
    first = make_invoice(60, owner=cast.salesperson)
    second = make_invoice(60, account=first.account)
    payment = make_payment(100)
    keys = [each.instalments.get().pk for each in (first, second)]
    with pytest.raises(Refused, match="Only"):
        payment.allocate([(keys[0], D(60)), (keys[1], D(60))], by=cast.accountant, at=now)
    payment.allocate([(keys[0], D(60)), (keys[1], D(40))], by=cast.accountant, at=now)
    assert payment.account == first.account
    assert holds(first)
    assert holds(second)
    assert (first.due, second.due) == (0, 20)
    with pytest.raises(Refused):
        make_payment(50, first.account).allocate([(keys[1], D(21))], by=cast.accountant, at=now)


def test_a_payment_settles_no_other_clients_or_companys_invoice(cast, now):
    invoice = make_invoice(owner=cast.salesperson)
    key = invoice.instalments.get().pk
    stranger = make_payment(100, make_account("Other", owner=cast.salesperson))
    with pytest.raises(Refused, match="another client"):
        stranger.allocate([(key, D(1))], by=cast.accountant, at=now)
    elsewhere = make_payment(100, invoice.account, legal_entity=LegalEntity.objects.create(name="Second"))
    with pytest.raises(Refused, match="another own company"):
        elsewhere.allocate([(key, D(1))], by=cast.accountant, at=now)
    draft = make_draft(account=invoice.account)
    draft.divide(1, first_due_on=SOON, by=cast.salesperson, at=now)
    with pytest.raises(Refused, match="not issued"):
        make_payment(100, invoice.account).allocate(
            [(draft.instalments.get().pk, D(1))], by=cast.accountant, at=now
        )


def test_money_in_another_currency_keeps_the_rate_it_was_taken_at(cast, now):
    rate = make_rate("EUR", "1.25")
    invoice = make_invoice(100, owner=cast.salesperson)
    payment = make_payment(80, invoice.account, currency="EUR")
    payment.allocate([(invoice.instalments.get().pk, D(100))], by=cast.accountant, at=now)
    allocation = payment.allocations.get()
    assert (allocation.amount, allocation.amount_taken, allocation.rate) == (100, 80, D("1.25"))
    rate.rate = D(2)
    rate.save()
    payment.refresh_from_db()
    assert (payment.rate, payment.base_amount, payment.unallocated) == (D("1.25"), 100, 0)
    assert holds(invoice)


def test_what_is_released_or_voided_is_due_again(cast, now):
    invoice = make_invoice(100, owner=cast.salesperson)
    payment = pay(invoice, 100)
    payment.release(by=cast.accountant, at=now)
    assert holds(invoice)
    assert (invoice.state, invoice.due, invoice.settled_at, payment.unallocated) == ("issued", 100, None, 100)
    payment.allocate([(invoice.instalments.get().pk, D(100))], by=cast.accountant, at=now)
    payment.void(reason="Bounced", by=cast.accountant, at=now)
    assert holds(invoice)
    assert (invoice.due, payment.unallocated, payment.is_voided) == (100, 0, True)
    with pytest.raises(Refused, match="voided"):
        payment.allocate([(invoice.instalments.get().pk, D(1))], by=cast.accountant, at=now)


def test_never_more_is_credited_than_was_invoiced(cast, now):
    invoice = make_invoice(lines=[line("0.10", 3, tax_percent=D(19))], owner=cast.salesperson)
    key = invoice.lines.get().pk
    for _turn in range(3):
        invoice.credit(reason="One less", lines=[(key, D(1))], by=cast.head, at=now)
    assert invoice.credit_notes.count() == 3
    assert sum(note.total for note in invoice.credit_notes.all()) == invoice.total
    with pytest.raises(Refused, match="credited already"):
        invoice.credit(reason="Again", by=cast.head, at=now)
    assert invoice.state == "credited"
    assert holds(invoice)


def test_a_credit_note_of_a_paid_invoice_is_used_or_paid_back(cast, now):
    invoice = make_invoice(100, owner=cast.salesperson)
    pay(invoice, 100)
    note = invoice.credit(reason="Returned", by=cast.head, at=now)
    assert (note.due, invoice.due, invoice.state) == (100, 0, "paid")
    other = make_invoice(30, account=invoice.account)
    note.use([(other.instalments.get().pk, D(30))], by=cast.head, at=now)
    assert holds(other)
    assert (other.state, note.due) == ("credited", 70)
    note.pay_back(D(70), paid_on=SOON, by=cast.accountant, at=now)
    assert (note.due, note.state) == (0, "paid")


def test_a_write_off_settles_and_may_be_taken_back(cast, now):
    invoice = make_invoice(100, owner=cast.salesperson)
    pay(invoice, 10)
    with pytest.raises(Refused, match="Only"):
        invoice.write_off(reason="Bankrupt", amount=D(91), by=cast.head, at=now)
    invoice.write_off(reason="Bankrupt", by=cast.head, at=now)
    assert (invoice.state, invoice.written_off, invoice.due) == ("written_off", 90, 0)
    assert holds(invoice)
    invoice.take_back_write_off(by=cast.head, at=now)
    assert holds(invoice)
    assert (invoice.state, invoice.due) == ("part_paid", 90)


def test_a_discarded_draft_stays_and_takes_no_number(cast, now):
    invoice = make_draft(owner=cast.salesperson)
    invoice.discard(by=cast.salesperson, at=now)
    with pytest.raises(Refused, match="discarded"):
        invoice.issue(by=cast.salesperson, at=now)
    assert (invoice.state, invoice.number) == ("discarded", "")
    assert make_invoice(account=invoice.account).number.endswith("-00001")


def test_a_number_in_the_purpose_comes_before_what_fits_exactly(cast, now):
    first = make_invoice(50, owner=cast.salesperson)
    second = make_invoice(70, account=first.account)
    payment = make_payment(50, first.account, purpose=f"for {second.number}.")
    assert [(each.invoice_id, each.amount) for each in suggested(payment)] == [(second.pk, 50)]
    assert [each.invoice_id for each in suggested(make_payment(70, first.account))] == [second.pk]
    foreign = make_payment("0.01", first.account, currency="USD")
    assert [each.amount for each in suggested(foreign)] == [D("0.01")]


def test_a_suggestion_passes_over_currencies_without_a_rate_and_less_than_a_coin(cast, now):
    make_rate("JPY", "0.01")
    yen = make_invoice(100, currency="JPY", owner=cast.salesperson)
    make_rate("KWD", 1)
    payment = make_payment("0.004", yen.account, currency="KWD")
    assert suggested(payment) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM billing_invoice",
        "UPDATE billing_invoice SET number = 'other'",
        "UPDATE billing_invoice SET total = 1, net = 1, due = 1, paid = 0, tax = 0",
        "UPDATE billing_invoiceline SET price = 1",
        "DELETE FROM billing_invoiceline",
        "UPDATE billing_instalment SET due_on = due_on + 1",
        "DELETE FROM billing_instalment",
        "DELETE FROM billing_allocation",
        "UPDATE billing_allocation SET amount = 1",
        "DELETE FROM billing_payment",
        "UPDATE billing_payment SET amount = 1000",
    ],
)
def test_the_database_keeps_what_was_issued_and_paid(cast, statement):
    pay(make_invoice(100, owner=cast.salesperson), 40)
    with pytest.raises(Error, match="pgtrigger"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (Invoice.objects.count(), InvoiceLine.objects.count(), Instalment.objects.count()) == (1, 1, 1)
    assert (Payment.objects.count(), Allocation.objects.count()) == (1, 1)


def test_a_draft_may_still_be_rewritten_by_anybody_who_may(cast, now):
    invoice = make_draft(100, owner=cast.salesperson)
    invoice.divide(2, first_due_on=SOON, by=cast.salesperson, at=now)
    invoice.put_lines([line(1)], by=cast.salesperson, at=now)
    assert invoice.total == 1
