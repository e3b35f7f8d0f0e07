"""Many at once, on the real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import TaxNumber
from accounts.testing import make_account
from billing import operations, overdue, recurring
from billing.models import (
    BankAccount,
    BankStatement,
    CreditLimit,
    Invoice,
    Payment,
    RecurringInvoice,
    RecurringRun,
    StatementLine,
)
from billing.testing import make_draft, make_invoice, make_legal_entity, make_payment
from deals.testing import make_deal
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.models import Event
from users.testing import make_cast

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MANY = 100


def together(work, keys, people=8):
    def alone(key):
        try:
            return work(key)
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(alone, keys))


def test_a_hundred_who_issue_at_once_share_and_skip_no_number():
    cast = make_cast()
    account = make_account(owner=cast.salesperson)
    keys = [make_draft(account=account, by=cast.salesperson, at=NOON).pk for _each in range(MANY)]
    together(lambda key: Invoice.objects.get(pk=key).issue(by=cast.salesperson, at=NOON), keys, people=20)
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == [f"2026-{counter:05}" for counter in range(1, MANY + 1)]


def test_two_payments_never_settle_one_instalment_twice():
    cast = make_cast()
    invoice = make_invoice(100, owner=cast.salesperson, at=NOON)
    key = invoice.instalments.get().pk
    payments = [make_payment(100, invoice.account).pk for _each in range(6)]

    def settle(payment):
        try:
            Payment.objects.get(pk=payment).allocate([(key, Decimal(100))], by=cast.accountant, at=NOON)
        except Refused:
            return 0
        return 1

    assert sum(together(settle, payments)) == 1
    invoice.refresh_from_db()
    assert (invoice.paid, invoice.due) == (100, 0)


def late_ones(cast, many):
    account = make_account(owner=cast.salesperson)
    yesterday = company_day(NOON) - timedelta(days=1)
    return [make_invoice(account=account, at=NOON, parts=[(yesterday, 100)]).pk for _each in range(many)]


def told_overdue():
    return sorted(Event.objects.filter(name="invoice.overdue").values_list("payload__invoice_id", flat=True))


def test_workers_side_by_side_tell_each_late_instalment_once(monkeypatch):
    monkeypatch.setattr(overdue, "BATCH", 3)
    keys = late_ones(make_cast(), 20)
    together(lambda _key: overdue.tell_overdue(at=NOON), range(6), people=6)
    overdue.tell_overdue(at=NOON)
    assert told_overdue() == keys


def _tell_and_be_killed(_key):
    with transaction.atomic():
        overdue._tell_some(company_day(NOON), NOON)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_what_a_killed_worker_had_begun_is_told_by_the_next():
    keys = late_ones(make_cast(), 3)

    with pytest.raises(OperationalError):
        together(_tell_and_be_killed, [0], people=1)
    assert told_overdue() == []
    assert overdue.tell_overdue(at=NOON) == 3
    assert told_overdue() == keys


def test_of_two_who_invoice_a_deal_at_once_one_is_told_of_the_others_draft():
    cast = make_cast()
    make_legal_entity()
    account = make_account(owner=cast.salesperson)
    deal = make_deal("Wedding", owner=cast.salesperson, account=account, amount=900)

    def press(_key):
        try:
            return operations.invoice_deal(deal, by=cast.salesperson, at=NOON).pk
        except Refused:
            return None

    assert sorted(each is None for each in together(press, range(4), people=4)) == [False, True, True, True]
    assert Invoice.objects.count() == 1


def test_of_two_invoices_that_both_fit_a_limit_alone_only_one_is_issued():
    cast = make_cast()
    account = make_account(owner=cast.salesperson)
    CreditLimit.put(account, Decimal(100), "USD", "New here", by=cast.head, at=NOON)
    keys = [make_draft(60, account=account, by=cast.salesperson, at=NOON).pk for _each in range(6)]

    def issue(key):
        try:
            Invoice.objects.get(pk=key).issue(by=cast.salesperson, at=NOON)
        except Refused:
            return 0
        return 1

    assert sum(together(issue, keys)) == 1


def test_a_file_brought_by_several_at_once_is_brought_once():
    cast = make_cast()
    account = make_account("Acme", owner=cast.salesperson)
    invoice = make_invoice(100, account=account, at=NOON)
    TaxNumber.objects.create(account=account, kind="other", value="77-1")
    bank = BankAccount.objects.create(
        legal_entity=invoice.legal_entity, number="40702840900000000017", bank_name="Meadow Bank"
    )
    file = (
        "Date,Amount,Tax number,Payer,Description\n"
        f"2026-03-01,100.00,77-1,Acme,Invoice {invoice.number}\n2026-03-01,5.00,,Nobody,Roses\n"
    ).encode()

    def bring(place):
        content = file if place % 2 else file + b"\n"  # another file, with the same documents
        brought = BankStatement.bring(
            content, file_name="day.csv", bank_account=bank, by=cast.accountant, at=NOON
        )
        return brought.added, brought.paid

    done = together(bring, range(8))
    assert sorted(done)[-1] == (2, 1)
    assert set(done) == {(0, 0), (2, 1)}
    assert (BankStatement.objects.count(), StatementLine.objects.count()) == (2, 2)
    invoice.refresh_from_db()
    assert (Payment.objects.count(), invoice.paid) == (2, 100)


def test_a_line_decided_by_several_at_once_is_decided_once():
    cast = make_cast()
    invoice = make_invoice(100, owner=cast.salesperson, at=NOON)
    bank = BankAccount.objects.create(
        legal_entity=invoice.legal_entity, number="40702840900000000017", bank_name="Meadow Bank"
    )
    file = b"Date,Amount,Payer,Description\n2026-03-01,60.00,Nobody,Roses\n"
    BankStatement.bring(file, file_name="day.csv", bank_account=bank, by=cast.accountant, at=NOON)
    line = StatementLine.objects.get()

    def decide(place):
        mine, told = StatementLine.objects.get(pk=line.pk), {"by": cast.accountant, "at": NOON}
        try:
            if place % 3 == 0:
                mine.confirm(invoice, version=line.version, **told)
            elif place % 3 == 1:
                mine.ignore(reason="A loan", version=line.version, **told)
            else:
                mine.payment.tell_whose(invoice.account, **told)
        except Refused:
            return 0
        return 1

    assert sum(together(decide, range(9))) >= 1
    line.refresh_from_db()
    invoice.refresh_from_db()
    assert line.version == 2
    assert (line.state == "ignored") == line.payment.is_voided
    assert invoice.paid + line.payment.unallocated == (0 if line.payment.is_voided else 60)


def test_eight_workers_at_once_make_one_invoice_for_each_day():
    cast = make_cast()
    account = make_account(owner=cast.salesperson)
    series = [
        RecurringInvoice.repeat(
            make_draft(60, account=account, by=cast.salesperson, at=NOON),
            "FREQ=DAILY", NOON.date(), None, "issue", by=cast.robot, at=NOON,
        )
        for _each in range(4)
    ]  # fmt: skip
    later = NOON + timedelta(days=4)
    counts = together(lambda _key: recurring.make_due(at=later), range(8))
    assert sum(counts) == RecurringRun.objects.count() == len(series) * 5
    days = [NOON.date() + timedelta(days=n) for n in range(5)]
    for each in series:
        assert list(each.runs.order_by("on").values_list("invoice__dated_on", flat=True)) == days
    assert Invoice.objects.issued().count() == len(series) * 5
    assert recurring.make_due(at=later) == 0


def _make_and_be_killed(_key):
    with transaction.atomic():
        recurring._make_next(NOON.date(), NOON, [])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_what_a_killed_worker_had_made_is_made_by_the_next():
    cast = make_cast()
    draft = make_draft(60, account=make_account(owner=cast.salesperson), by=cast.salesperson, at=NOON)
    RecurringInvoice.repeat(draft, "FREQ=WEEKLY", NOON.date(), by=cast.robot, at=NOON)
    with pytest.raises(OperationalError):
        together(_make_and_be_killed, [0], people=1)
    assert not RecurringRun.objects.exists()
    assert recurring.make_due(at=NOON) == 1
