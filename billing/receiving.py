"""Money recorded by a person, and what it was for settled in the same breath."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.arithmetic.instalments import Due, spread
from billing.models import Invoice, Payment


def receive(*, invoice: Invoice | None, by: Any, at: datetime, **said: Any) -> Payment:
    """A payment; of an invoice in the same currency, it settles the earliest instalments. The rest stays free."""
    with transaction.atomic():
        payment = Payment.receive(by=by, at=at, **said)
        is_alike = invoice is not None and invoice.currency == payment.currency
        if parts := _parts(invoice, payment.unallocated) if is_alike else []:
            payment.allocate(parts, by=by, at=at)
    return payment


def _parts(invoice: Any, amount: Decimal) -> list[tuple[int, Decimal]]:
    open_ones = invoice.instalments.filter(is_open=True)
    parts, _over = spread(
        amount, [Due(each.pk, each.due_on, each.amount - each.settled) for each in open_ones]
    )
    return parts
