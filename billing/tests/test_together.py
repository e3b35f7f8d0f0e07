"""Many at once, on the real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from accounts.testing import make_account
from billing.models import Invoice, Payment
from billing.testing import make_draft, make_invoice, make_payment
from foundation.errors import Refused
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
