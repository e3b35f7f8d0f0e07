"""How money, states and days of invoices and payments are said on pages."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.models.invoice import InvoiceState
from foundation.money import money_text

TAGS = {
    InvoiceState.DRAFT: "tag",
    InvoiceState.WAITING: "tag tag-warn",
    InvoiceState.APPROVED: "tag tag-info",
    InvoiceState.ISSUED: "tag tag-leaf",
    InvoiceState.PART_PAID: "tag tag-leaf",
    InvoiceState.PAID: "tag tag-good",
    InvoiceState.CREDITED: "tag",
    InvoiceState.WRITTEN_OFF: "tag",
    InvoiceState.DISCARDED: "tag",
}


def money(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else money_text(amount, currency, get_language() or "en")


def plain(number: Decimal) -> str:
    """Without zeros at its end: 2, 0.5."""
    return f"{number.normalize():f}"


def state_tag(state: str, *, kind: str, due: Decimal, due_on: date | None, today: date) -> tuple[str, str]:
    """(class, words). An invoice past its day is called overdue, with how many days; a credit note by what is left."""
    if kind == "credit_note" and due:
        return "tag tag-info", _("not used up")
    if due and due_on is not None and due_on < today and kind == "invoice":
        days = (today - due_on).days
        return "tag tag-bad", _("overdue, %(days)s d") % {"days": days}
    return TAGS[InvoiceState(state)], str(InvoiceState(state).label)


def name_of(number: str, pk: Any) -> str:
    return number or _("Draft %(pk)s") % {"pk": pk}
