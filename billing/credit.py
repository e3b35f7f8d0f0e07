"""How much of its credit limit a client has used: what is due of its issued invoices, in the limit's currency.

It is a figure of the client: whoever sees the client's money reads it, whosever the invoices are. Money that came and
settles nothing yet is not taken off: who allocates it frees the limit.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Sum

from catalog.exchange import cross_rate
from foundation.money import rounded


class Credit(NamedTuple):
    limit: Decimal
    currency: str
    used: Decimal

    @property
    def left(self) -> Decimal:
        return self.limit - self.used


def credit_of(account_id: int, on: date) -> Credit | None:
    """None without a limit. Refused where the rate of a currency is not known."""
    from billing.models import CreditLimit, Invoice

    found = CreditLimit.objects.that_counts(account_id, on).first()
    if found is None or found.amount is None:
        return None
    unsettled = Invoice.objects.unsettled().filter(account=account_id).order_by()
    owed = unsettled.values_list("currency").annotate(together=Sum("due"))
    used = sum((in_other(due, currency, found.currency, on) for currency, due in owed), Decimal(0))
    return Credit(rounded(found.amount, found.currency), found.currency, used)


def in_other(amount: Decimal, currency: str, other: str, on: date) -> Decimal:
    return rounded(amount * cross_rate(currency, other, on), other)


def hold(account_id: int, on: date) -> None:
    """Of those who issue for a client with a limit one goes after another, and sees what the one before issued."""
    from billing.models import CreditLimit

    found = CreditLimit.objects.that_counts(account_id, on).select_for_update()
    found.values_list("pk", flat=True).first()
