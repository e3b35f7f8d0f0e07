"""What a payment settles: carried out under its lock, and suggested beforehand."""

import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing import facts
from billing.arithmetic.instalments import Due, spread
from billing.models.invoice import Instalment, Invoice
from billing.models.payment import Allocation, AllocationKind, Payment
from billing.settling import (
    Part,
    Source,
    let_go,
    locked_for,
    locked_invoices,
    money_of,
    settle,
    whole_units,
)
from catalog.exchange import cross_rate
from foundation.errors import Refused
from foundation.facts import tell
from foundation.money import rounded

# How many open instalments of a client are looked at.
MOST = 500
TWELVE = Decimal(1).scaleb(-12)


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """`amount` is in the invoice's currency; `why` is a few translated words."""

    instalment_id: int
    invoice_id: int
    amount: Decimal
    why: str


def allocate(
    payment: Payment, parts: Sequence[tuple[Any, ...]], *, by: Any, at: datetime, cause: Any = None
) -> None:
    """The payment is locked; all parts or none."""
    if payment.is_out:
        raise Refused(_("Money that went out settles no invoice."))
    if not parts:
        raise Refused(_("Choose what the payment settles."))
    if len({part[0] for part in parts}) < len(parts):
        raise Refused(_("An instalment is named twice."))
    instalments, invoices = locked_for([part[0] for part in parts])
    for invoice in invoices.values():
        _refuse_wrong(payment, invoice)
    if payment.account_id is None:
        _find_whose(payment, list(invoices.values()))
    wanted = [_part(payment, instalments[part[0]], invoices, *part[1:]) for part in parts]
    taken = sum((part.taken for part in wanted), Decimal(0))
    if taken > payment.unallocated:
        raise Refused(
            _("Only %(left)s of the payment is not allocated.")
            % {"left": money_of(payment.unallocated, payment.currency)}
        )
    was_due = {key for key, invoice in invoices.items() if invoice.due}
    source = Source(kind=AllocationKind.PAYMENT, payment=payment, invoices=invoices)
    settle(wanted, source, by=by, at=at)
    payment.unallocated -= taken
    payment._save()
    told = facts.PaymentAllocated(**payment.told_of(invoices.values(), amount=taken))
    event = tell(told, by=by, at=at, cause=cause)
    for key in sorted(was_due):
        if not invoices[key].due:
            tell(facts.InvoicePaid(**invoices[key].told()), by=by, at=at, cause=event)


def release(
    payment: Payment,
    keys: Iterable[int] | None,
    *,
    by: Any,
    at: datetime,
    is_quiet: bool = False,
) -> tuple[Decimal, list[Invoice]]:
    """(what of the payment is free again, the invoices). The payment is locked, and saved by the caller."""
    standing = Allocation.objects.filter(payment=payment, released_at__isnull=True).order_by("pk")
    if keys is not None:
        wanted = set(keys)
        allocations = list(standing.filter(pk__in=wanted))
        if len(allocations) < len(wanted) or not wanted:
            raise Refused(_("What you chose is released already. Look at the payment again."))
    else:
        allocations = list(standing)
        if not allocations and not is_quiet:
            raise Refused(_("The payment settles nothing."))
    # Nobody allocates this payment meanwhile: its lock is ours.
    invoices = locked_invoices(each.invoice_id for each in allocations)
    if allocations:
        let_go(allocations, invoices, by=by, at=at)
    freed = sum((each.amount_taken for each in allocations), Decimal(0))
    payment.unallocated += freed
    return freed, list(invoices.values())


def undo_paying_back(out: Payment, *, at: datetime) -> list[Invoice]:
    """The money that went out by mistake is the client's again. The one that went out is locked; what it paid back is
    always locked after it."""
    if out.returns_id is not None:
        Payment.objects.select_for_update().values_list("pk").get(pk=out.returns_id)
        payment = Payment.objects.get(pk=out.returns_id)
        payment.returned -= out.amount
        payment.unallocated += out.amount
        payment._save()
    if out.returns_credit_note_id is None:
        return []
    note = locked_invoices([out.returns_credit_note_id])[out.returns_credit_note_id]
    note.paid -= out.amount
    note.reckon_note(at=at)
    return [note]


def suggested(payment: Payment) -> list[Suggestion]:
    """What the payment probably settles: invoices whose number its purpose says, then the one invoice or instalment
    of which exactly this amount is due, then the earliest due. Nothing for a payment of nobody, unless a number is
    said. A fixed number of statements."""
    if payment.is_out or payment.voided_at is not None or not payment.unallocated:
        return []
    dues = _open_instalments(payment)
    rates = _known_rates(payment, {due.currency for due in dues})
    dues = [due for due in dues if due.currency in rates]
    named = [due for due in dues if _says(payment.purpose, due.number)]
    if payment.account_id is None:
        dues = named if len({due.account_id for due in named}) == 1 else []
    ranked = [(due, _("its number is in the purpose")) for due in named]
    ranked += [(due, _("exactly this is due")) for due in _exact(payment, dues, rates)]
    ranked += [(due, _("the earliest due")) for due in dues]
    return _fitting(payment, ranked, rates)


def parts_of(payment: Payment, invoice: Invoice) -> list[tuple[int, Decimal]]:
    """What of this invoice the payment can settle, the earliest due first; nothing without a rate."""
    open_ones = _read(Instalment.objects.filter(is_open=True, invoice=invoice, invoice__due__gt=0))
    rates = _known_rates(payment, {due.currency for due in open_ones})
    found = _fitting(payment, [(due, "") for due in open_ones if due.currency in rates], rates)
    return [(each.instalment_id, each.amount) for each in found]


@dataclass(frozen=True, kw_only=True)
class _Open:
    key: int
    invoice_id: int
    account_id: int
    number: str
    currency: str
    due_on: Any
    left: Decimal
    invoice_due: Decimal


def _open_instalments(payment: Payment) -> list[_Open]:
    """Of the client's invoices; for a payment of nobody, of the invoices whose numbers might be said."""
    found = Instalment.objects.filter(
        is_open=True, invoice__legal_entity=payment.legal_entity_id, invoice__due__gt=0
    )
    if payment.account_id is not None:
        found = found.filter(invoice__account=payment.account_id)
    else:
        found = found.filter(invoice__number__in=_words(payment.purpose))
    return _read(found)


def _read(found: Any) -> list[_Open]:
    rows = found.order_by("due_on", "pk").values_list(
        "pk", "invoice_id", "invoice__account_id", "invoice__number", "invoice__currency", "due_on",
        "amount", "settled", "invoice__due",
    )[:MOST]  # fmt: skip
    return [
        _Open(
            key=key,
            invoice_id=invoice,
            account_id=account,
            number=number,
            currency=currency,
            due_on=due_on,
            left=amount - settled,
            invoice_due=due,
        )
        for key, invoice, account, number, currency, due_on, amount, settled, due in rows
    ]


def _known_rates(payment: Payment, currencies: Iterable[str]) -> dict[str, Decimal]:
    """Invoices in a currency without a rate are for a person to say."""
    rates = {}
    for each in currencies:
        with contextlib.suppress(Refused):
            rates[each] = cross_rate(payment.currency, each, payment.received_on)
    return rates


def _words(purpose: str) -> list[str]:
    """Everything in the purpose that could be a number, with and without what clings to it."""
    words = re.findall(r"[\w/\-.№#]+", purpose)
    return sorted({each.strip(".,#№-/") for each in words if any(sign.isdigit() for sign in each)})[:100]


def _says(purpose: str, number: str) -> bool:
    """As a word of its own: 12 is not said by 2026-00012."""
    return bool(number) and re.search(rf"(?<![\w-]){re.escape(number)}(?![\w-])", purpose) is not None


def _exact(payment: Payment, dues: Sequence[_Open], rates: dict[str, Decimal]) -> list[_Open]:
    """Only where one alone fits: two of the same amount are for a person to tell apart."""
    of_invoice: dict[int, list[_Open]] = {}
    for due in dues:
        of_invoice.setdefault(due.invoice_id, []).append(due)
    wanted = {each: rounded(payment.unallocated * rate, each) for each, rate in rates.items()}
    whole = [each for each in of_invoice.values() if each[0].invoice_due == wanted[each[0].currency]]
    if len(whole) == 1:
        return whole[0]
    single = [due for due in dues if due.left == wanted[due.currency]]
    return single if len(single) == 1 else []


def _fitting(
    payment: Payment, ranked: Sequence[tuple[_Open, str]], rates: dict[str, Decimal]
) -> list[Suggestion]:
    left, seen, found = payment.unallocated, set(), []
    for due, why in ranked:
        if due.key in seen or left <= 0:
            continue
        seen.add(due.key)
        rate = rates[due.currency]
        parts, _over = spread(rounded(left * rate, due.currency), [Due(due.key, due.due_on, due.left)])
        if not parts:
            continue
        amount = parts[0][1]
        taken = min(rounded(amount / rate, payment.currency), left)
        if not taken:
            continue
        left -= taken
        found.append(Suggestion(instalment_id=due.key, invoice_id=due.invoice_id, amount=amount, why=why))
    return found


def _part(
    payment: Payment,
    instalment: Instalment,
    invoices: dict[int, Invoice],
    amount: Decimal,
    taken: Decimal | None = None,
) -> Part:
    currency = invoices[instalment.invoice_id].currency
    amount = whole_units(amount, currency)
    if currency == payment.currency:
        if taken not in (None, amount):
            raise Refused(_("In one currency a payment gives what it settles."))
        return Part(instalment=instalment, amount=amount, taken=amount)
    if taken is None:
        rate = cross_rate(payment.currency, currency, payment.received_on)
        taken = min(rounded(amount / rate, payment.currency), _or_all(payment, amount, rate))
        if not taken:
            raise Refused(_("The amount is too small in %(currency)s.") % {"currency": payment.currency})
    taken = whole_units(taken, payment.currency)
    return Part(instalment=instalment, amount=amount, taken=taken, rate=(amount / taken).quantize(TWELVE))


def _or_all(payment: Payment, amount: Decimal, rate: Decimal) -> Decimal:
    """Converting there and back may cost one more coin than the payment has."""
    exact = amount / rate
    one = Decimal(1).scaleb(rounded(Decimal(0), payment.currency).as_tuple().exponent)  # type: ignore[arg-type]
    return payment.unallocated if payment.unallocated < exact <= payment.unallocated + one else exact.max(one)


def _refuse_wrong(payment: Payment, invoice: Invoice) -> None:
    if not invoice.is_issued:
        raise Refused(_("%(number)s is not issued.") % {"number": invoice})
    if invoice.is_credit_note:
        raise Refused(_("A credit note is not paid: use it, or pay it back."))
    if payment.account_id is not None and invoice.account_id != payment.account_id:
        raise Refused(_("%(number)s is another client's.") % {"number": invoice})
    if invoice.legal_entity_id != payment.legal_entity_id:
        raise Refused(_("%(number)s was issued by another own company.") % {"number": invoice})


def _find_whose(payment: Payment, invoices: Sequence[Invoice]) -> None:
    accounts = {each.account_id: each.account for each in invoices}
    if len(accounts) > 1:
        raise Refused(_("The invoices are of several clients. Say whose the payment is."))
    payment._belongs_to(next(iter(accounts.values())))
