"""How instalments are settled and let go again, and what that makes of their invoice.

Locks are taken in one order, by every verb: the payment, then invoices and credit notes by key, last the counter of
numbers. Instalments and allocations are covered by their invoice's lock. Callers hold the locks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.arithmetic.instalments import Due, spread
from billing.models.invoice import Instalment, Invoice, InvoiceState
from billing.models.payment import Allocation, AllocationKind
from foundation.errors import Refused
from foundation.money import minor_units, money_text, rounded

NOTHING = Decimal(0)
COLUMN = {
    AllocationKind.PAYMENT: "paid",
    AllocationKind.CREDIT: "credited",
    AllocationKind.WRITE_OFF: "written_off",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """What settles one instalment: `amount` in the invoice's currency, `taken` in the currency of what settles."""

    instalment: Instalment
    amount: Decimal
    taken: Decimal
    rate: Decimal = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Source:
    """What settles: a payment, a credit note, or a decision to write off."""

    kind: str
    payment: Any = None
    credit_note: Any = None
    reason: str = ""
    invoices: dict[int, Invoice] = field(default_factory=dict)


def locked_invoices(keys: Iterable[int]) -> dict[int, Invoice]:
    """By key, in the one order. The lock first and alone, then what was read under it."""
    wanted = sorted(set(keys))
    list(Invoice.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))
    return Invoice.objects.select_related("account").in_bulk(wanted)


def locked_for(
    instalment_ids: Sequence[int], *, beside: Iterable[int] = ()
) -> tuple[dict[int, Instalment], dict[int, Invoice]]:
    """Instalments by key, with their invoices and those `beside` locked."""
    keys = Instalment.objects.filter(pk__in=instalment_ids).values_list("invoice_id", flat=True)
    invoices = locked_invoices([*keys, *beside])
    instalments = Instalment.objects.in_bulk(list(instalment_ids))
    if len(instalments) < len(set(instalment_ids)):
        raise Refused(_("An instalment is not there any more. Look at the invoices again."))
    return instalments, invoices


def latest_first(invoice: Invoice, amount: Decimal) -> list[Part]:
    """The amount over what is due of the invoice; no more than that."""
    instalments = {each.pk: each for each in invoice.instalments.filter(is_open=True)}
    dues = [Due(key, each.due_on, each.amount - each.settled) for key, each in instalments.items()]
    parts, _over = spread(amount, dues, is_latest_first=True)
    return [Part(instalment=instalments[key], amount=part, taken=part) for key, part in parts]


def settle(parts: Sequence[Part], source: Source, *, by: Any, at: datetime) -> list[Allocation]:
    """Writes the allocations and reckons each invoice anew. `source.invoices` are the locked ones."""
    made = [
        Allocation(
            kind=source.kind,
            invoice_id=part.instalment.invoice_id,
            instalment=part.instalment,
            payment=source.payment,
            credit_note=source.credit_note,
            amount=part.amount,
            amount_taken=part.taken,
            rate=part.rate,
            reason=source.reason,
            made_at=at,
            made_by=by,
        )
        for part in parts
    ]
    for part in parts:
        _refuse_too_much(part, source.invoices[part.instalment.invoice_id])
        _shift(part.instalment, part.amount)
        _count(source.invoices[part.instalment.invoice_id], source.kind, part.amount)
    _write_instalments([part.instalment for part in parts])
    Allocation.objects.bulk_create(made)
    for key in sorted({part.instalment.invoice_id for part in parts}):
        reckon(source.invoices[key], at=at)
    return made


def let_go(allocations: Sequence[Allocation], invoices: dict[int, Invoice], *, by: Any, at: datetime) -> None:
    """Releases them: what they settled is due again."""
    instalments = Instalment.objects.in_bulk({each.instalment_id for each in allocations})
    for each in allocations:
        each.released_at, each.released_by = at, by
        _shift(instalments[each.instalment_id], -each.amount)
        _count(invoices[each.invoice_id], each.kind, -each.amount)
    _write_instalments(list(instalments.values()))
    Allocation.objects.bulk_update(allocations, ["released_at", "released_by"])
    for key in sorted({each.invoice_id for each in allocations}):
        reckon(invoices[key], at=at)


def reckon(invoice: Invoice, *, at: datetime) -> None:
    """State and earliest unsettled day follow the sums; writes the invoice."""
    invoice.due = invoice.total - invoice.paid - invoice.credited - invoice.written_off
    open_days = invoice.instalments.filter(is_open=True).order_by("due_on")
    invoice.due_on = open_days.values_list("due_on", flat=True).first()
    before = invoice.state
    invoice.state = state_of(invoice)
    if invoice.due:
        invoice.settled_at = None
    elif before != invoice.state or invoice.settled_at is None:
        invoice.settled_at = at
    invoice.version += 1
    invoice.save(
        update_fields=[
            "due", "due_on", "state", "settled_at", "paid", "credited", "written_off", "version",
        ]
    )  # fmt: skip


def state_of(invoice: Invoice) -> str:
    """Of an issued one, by its sums. A settled invoice is called by what settled most of it."""
    if invoice.due:
        return InvoiceState.PART_PAID if invoice.paid else InvoiceState.ISSUED
    most = max(invoice.paid, invoice.credited, invoice.written_off)
    if invoice.paid == most:
        return InvoiceState.PAID
    return InvoiceState.CREDITED if invoice.credited == most else InvoiceState.WRITTEN_OFF


def whole_units(amount: Decimal, currency: str) -> Decimal:
    """The amount as it is kept. Refused for parts of the smallest coin and for nothing at all."""
    exact = rounded(amount, currency)
    if exact != amount:
        raise Refused(
            _("Amounts in %(currency)s have at most %(count)d decimals.")
            % {"currency": currency, "count": minor_units(currency)}
        )
    if exact <= 0:
        raise Refused(_("The amount must be more than nothing."))
    return exact


def _refuse_too_much(part: Part, invoice: Invoice) -> None:
    left = part.instalment.amount - part.instalment.settled
    if part.amount > left:
        raise Refused(
            _("Of the instalment of %(number)s due on %(day)s only %(left)s is left to settle.")
            % {
                "number": invoice,
                "day": part.instalment.due_on.isoformat(),
                "left": money_of(left, invoice.currency),
            }
        )


def money_of(amount: Decimal, currency: str) -> str:
    return money_text(amount, currency, get_language() or "en")


def _shift(instalment: Instalment, amount: Decimal) -> None:
    instalment.settled += amount
    instalment.is_open = instalment.settled < instalment.amount


def _count(invoice: Invoice, kind: str, amount: Decimal) -> None:
    column = COLUMN[AllocationKind(kind)]
    setattr(invoice, column, getattr(invoice, column) + amount)


def _write_instalments(instalments: Sequence[Instalment]) -> None:
    Instalment.objects.bulk_update(
        list({each.pk: each for each in instalments}.values()), ["settled", "is_open"]
    )
