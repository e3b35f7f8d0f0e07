"""What is left to credit of an invoice, and the credit note that takes it back. Callers hold the invoice's lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from billing.models.invoice import Invoice, InvoiceKind, InvoiceLine
from billing.models.paper import TaxMode
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.money import rounded

SUMS = ("quantity", "amount", "discount", "net", "tax", "gross")
# What a credit note takes over from the invoice that it corrects.
SAME = (
    "legal_entity", "bank_account", "account", "contact", "deal", "owner", "language", "currency", "tax_mode",
    "tax_rounding", "price_list", "promo_code",
)  # fmt: skip
SAME_OF_LINE = (
    "product_id", "title", "unit", "list_price", "price", "asked_price", "by_hand", "percent_by_hand", "reason",
    "trace", "calculated", "cost", "tax_name", "tax_rate", "exempt_reason",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Left:
    """What no credit note took back of a line yet."""

    line: InvoiceLine
    quantity: Decimal
    amount: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


def left_to_credit(invoice: Invoice) -> dict[int, Left]:
    """By line; those wholly credited are not among them."""
    sums = {f"sum_{name}": Sum(f"corrections__{name}") for name in SUMS}
    left = {}
    for line in invoice.lines.annotate(**sums):
        rest = {name: getattr(line, name) - (getattr(line, f"sum_{name}") or Decimal(0)) for name in SUMS}
        if rest["quantity"] > 0:
            left[line.pk] = Left(line=line, **rest)
    return left


def credit_note_of(
    invoice: Invoice,
    left: Mapping[int, Left],
    wanted: Mapping[int, Decimal],
    *,
    reason: str,
    by: Any,
    at: datetime,
) -> Invoice:
    """Issued, of the company's day, with lines that are the same share of the invoice's lines."""
    if not left:
        raise Refused(_("%(number)s is wholly credited already.") % {"number": invoice})
    if not wanted:
        raise Refused(_("Choose what is credited."))
    note = Invoice(
        kind=InvoiceKind.CREDIT_NOTE,
        corrects=invoice,
        correction_reason=reason[:300],
        payment_days=0,
        dated_on=max(company_day(at), invoice.dated_on),
        is_dated=True,
        team_ids=invoice.team_ids,
        created_at=at,
        created_by=by,
        **{name: getattr(invoice, name) for name in SAME},
    )
    lines = [_line(note, place, key, wanted[key], left, invoice) for place, key in enumerate(sorted(wanted))]
    note.net = sum((line.net for line in lines), Decimal(0))
    note.tax = sum((line.tax for line in lines), Decimal(0))
    note.discount = sum((line.discount for line in lines), Decimal(0))
    note.total = note.net + note.tax
    note.save(force_insert=True)
    InvoiceLine.objects.bulk_create(lines)
    note._freeze(by=by, at=at)
    # At the invoice's own rate: what is taken back is worth what it was worth.
    note.rate = invoice.rate
    note.base_total = _worth(note.total, invoice)
    note.save()
    return note


def _worth(total: Decimal, invoice: Invoice) -> Decimal:
    from django.conf import settings

    if total == invoice.total and invoice.base_total is not None:
        return invoice.base_total
    return rounded(total * (invoice.rate or Decimal(1)), settings.BASE_CURRENCY)


def _line(
    note: Invoice,
    place: int,
    key: int,
    quantity: Decimal,
    left: Mapping[int, Left],
    invoice: Invoice,
) -> InvoiceLine:
    if key not in left:
        raise Refused(_("A line is not of this invoice, or wholly credited already."))
    rest = left[key]
    if quantity > rest.quantity:
        raise Refused(
            _("Of “%(line)s” only %(left)s is left to credit.")
            % {"line": rest.line.title, "left": f"{rest.quantity.normalize():f}"}
        )
    sums = _whole(rest) if quantity == rest.quantity else _share(rest, quantity, invoice)
    return InvoiceLine(
        invoice=note,
        corrects=rest.line,
        position=place,
        quantity=quantity,
        **{name: getattr(rest.line, name) for name in SAME_OF_LINE},
        **sums,
    )


def _whole(rest: Left) -> dict[str, Decimal]:
    return {name: getattr(rest, name) for name in SUMS if name != "quantity"}


def _share(rest: Left, quantity: Decimal, invoice: Invoice) -> dict[str, Decimal]:
    """In proportion to the quantity, each part rounded and never more than is left of it."""

    def part(name: str) -> Decimal:
        exact = getattr(rest.line, name) * quantity / rest.line.quantity
        return min(rounded(exact, invoice.currency), getattr(rest, name))  # type: ignore[no-any-return]

    tax, discount, amount = part("tax"), part("discount"), part("amount")
    net = part("net")
    if invoice.tax_mode == TaxMode.INCLUDED:
        net = min(max(part("gross") - tax, Decimal(0)), rest.net)
    return {"amount": amount, "discount": discount, "net": net, "tax": tax, "gross": net + tax}
