"""Builders of own companies, invoices and payments for tests and the demo company."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Account
from accounts.testing import make_account
from billing.drafting import DraftLine
from billing.models import Invoice, LegalEntity, Payment, Quote
from foundation.clock import company_day
from foundation.models import ExchangeRate
from users.models import User


def make_legal_entity(name: str = "Romashka LLC", **fields: Any) -> LegalEntity:
    """The first one is used unless another is chosen."""
    fields.setdefault("is_default", not LegalEntity.objects.filter(is_default=True).exists())
    return LegalEntity.objects.create(name=name, **fields)


def make_rate(currency: str, rate: Any, on: date | None = None) -> ExchangeRate:
    """What one unit costs in the company's currency from that day on."""
    return ExchangeRate.objects.create(currency=currency, rate=Decimal(str(rate)), on=on or date(2026, 1, 1))


def line(price: Any = 100, quantity: Any = 1, title: str = "Delivery", **said: Any) -> DraftLine:
    """A line without a product: its price is its price."""
    return DraftLine(title=title, price=Decimal(str(price)), quantity=Decimal(str(quantity)), **said)


def make_draft(
    *prices: Any,
    account: Account | None = None,
    owner: User | None = None,
    lines: Sequence[DraftLine] = (),
    at: datetime | None = None,
    **header: Any,
) -> Invoice:
    """A draft with a line for each price, or these lines; 100.00 where neither is said."""
    if not LegalEntity.objects.exists():
        make_legal_entity()
    account = account or make_account(owner=owner)
    asked = list(lines) or [line(price) for price in prices or (100,)]
    by = header.pop("by", None) or owner or account.owner or User.objects.robot()
    return Invoice.draft(account=account, lines=asked, by=by, at=at or timezone.now(), **header)


def make_invoice(*prices: Any, parts: Sequence[tuple[date, Any]] = (), **said: Any) -> Invoice:
    """An issued one; `parts` are its instalments."""
    at = said.setdefault("at", timezone.now())
    invoice = make_draft(*prices, **said)
    robot = User.objects.robot()
    if parts:
        invoice.schedule([(day, Decimal(str(amount))) for day, amount in parts], by=robot, at=at)
    invoice.issue(by=robot, at=at)
    return invoice


def make_quote(
    *prices: Any,
    account: Account | None = None,
    owner: User | None = None,
    lines: Sequence[DraftLine] = (),
    at: datetime | None = None,
    **header: Any,
) -> Quote:
    """A draft with a line for each price, or these lines; 100.00 where neither is said."""
    if not LegalEntity.objects.exists():
        make_legal_entity()
    account = account or make_account(owner=owner)
    asked = list(lines) or [line(price) for price in prices or (100,)]
    by = header.pop("by", None) or owner or account.owner or User.objects.robot()
    return Quote.draft(account=account, lines=asked, by=by, at=at or timezone.now(), **header)


def make_sent_quote(*prices: Any, days: int = 14, **said: Any) -> Quote:
    """Valid for so many days from the day it was written."""
    at = said.setdefault("at", timezone.now())
    quote = make_quote(*prices, **said)
    by = quote.owner or User.objects.robot()
    quote.send(valid_until=company_day(at) + timedelta(days), by=by, at=at)
    return quote


def make_payment(amount: Any = 100, account: Account | None = None, **said: Any) -> Payment:
    if not LegalEntity.objects.exists():
        make_legal_entity()
    at = said.pop("at", None) or timezone.now()
    said.setdefault("received_on", company_day(at))
    said.setdefault("by", User.objects.robot())
    return Payment.receive(amount=Decimal(str(amount)), account=account, at=at, **said)


def pay(invoice: Invoice, amount: Any, **said: Any) -> Payment:
    """A payment of the invoice's client that settles its earliest instalments."""
    payment = make_payment(
        amount, invoice.account, currency=invoice.currency, legal_entity=invoice.legal_entity, **said
    )
    left, parts = payment.unallocated, []
    for each in invoice.instalments.filter(is_open=True).order_by("due_on", "pk"):
        part = min(left, each.amount - each.settled)
        if part > 0:
            parts.append((each.pk, part))
            left -= part
    if parts:
        payment.allocate(parts, by=payment.created_by, at=payment.created_at)
    invoice.refresh_from_db()
    return payment
