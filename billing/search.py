"""Invoices and payments in global search: an invoice by its number or client, a payment by who paid and what for."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Invoice, Payment
from billing.models.invoice import InvoiceKind, InvoiceState
from billing.models.payment import Direction
from deals.queries.words import amount_text
from foundation.clock import company_day
from foundation.search import among_first, matching
from users import finders
from users.dates import day_text
from users.finders import Finder, Hit

CAP, WALK = 200, 600
INVOICE = ("pk", "number", "kind", "state", "total", "due", "due_on", "currency", "account__name")
PAYMENT = ("pk", "received_on", "amount", "currency", "direction", "account__name", "payer_name", "voided_at")
NEWEST, LATEST = ("-dated_on", "-pk"), ("-received_on", "-pk")


def find_invoices(person: Any, query: str, limit: int) -> list[Hit]:
    """The newest whose number and client hold every word; drafts too, those discarded not."""
    visible = Invoice.objects.visible_to(person).exclude(state=InvoiceState.DISCARDED)
    return _invoices(first_of(visible, query, NEWEST, limit).values(*INVOICE))


def invoices_named(person: Any, keys: Sequence[int]) -> list[Hit]:
    found = Invoice.objects.visible_to(person).filter(pk__in=keys)
    return _invoices(found.order_by("pk").values(*INVOICE))


def find_payments(person: Any, query: str, limit: int) -> list[Hit]:
    """The latest whose payer, purpose, document or client hold every word."""
    return _payments(first_of(Payment.objects.visible_to(person), query, LATEST, limit).values(*PAYMENT))


def payments_named(person: Any, keys: Sequence[int]) -> list[Hit]:
    found = Payment.objects.visible_to(person).filter(pk__in=keys)
    return _payments(found.order_by("pk").values(*PAYMENT))


def first_of(visible: Any, query: str, order: tuple[str, ...], limit: int) -> Any:
    """A common word among the latest, because its index gives tens of thousands; a rare one by its index, and what has
    a number in it is rare."""
    if not any(sign.isdigit() for sign in query):
        keys = among_first(visible, query, order=order, walk=WALK, most=limit)
        if len(keys) == limit:
            return visible.model.objects.filter(pk__in=keys).order_by(*order)
    return matching(visible, query, cap=CAP).order_by(*order)[:limit]


def _invoices(rows: Any) -> list[Hit]:
    today = company_day(timezone.now())
    return [
        Hit(
            title=row["number"] or _("Draft %(pk)s") % {"pk": row["pk"]},
            detail=joined(
                row["account__name"], amount_text(row["total"], row["currency"]), _stands(row, today)
            ),
            url=reverse("billing:invoice", args=[row["pk"]]),
            icon="file-invoice",
            key=row["pk"],
        )
        for row in rows
    ]


def _stands(row: dict[str, Any], today: Any) -> str:
    """What there is to know of it at a glance: its kind, that it is late, or its state."""
    if row["kind"] == InvoiceKind.CREDIT_NOTE:
        return str(InvoiceKind.CREDIT_NOTE.label)
    if row["due"] and row["due_on"] and row["due_on"] < today:
        return _("overdue")
    return str(InvoiceState(row["state"]).label)


def _payments(rows: Any) -> list[Hit]:
    today = company_day(timezone.now())
    return [
        Hit(
            title=row["account__name"] or row["payer_name"] or _("Payment of nobody yet"),
            detail=joined(
                amount_text(row["amount"], row["currency"]),
                day_text(row["received_on"], today),
                _("voided") if row["voided_at"] else "",
                str(Direction.OUT.label) if row["direction"] == Direction.OUT else "",
            ),
            url=reverse("billing:payment", args=[row["pk"]]),
            icon="cash",
            key=row["pk"],
        )
        for row in rows
    ]


def joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def register() -> None:
    finders.register(
        Finder(
            "invoices",
            gettext_lazy("Invoices"),
            "billing.view",
            find_invoices,
            25,
            page="billing:invoice",
            subject="invoice",
            named=invoices_named,
        )
    )
    finders.register(
        Finder(
            "payments",
            gettext_lazy("Payments"),
            "billing.view_payments",
            find_payments,
            26,
            page="billing:payment",
            subject="payment",
            named=payments_named,
        )
    )
