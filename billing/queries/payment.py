"""The page of one payment: six statements at most."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.allocating import suggested
from billing.models import Instalment, Invoice, Payment
from billing.models.payment import Allocation
from deals.queries.words import amount_text
from foundation.clock import company_day
from users.dates import short_day

MOST = 100


@dataclass(frozen=True)
class Settled:
    """What the payment settles or settled."""

    key: int
    invoice: str
    url: str
    due: str
    amount: str
    taken: str
    made: str
    by: str
    released: str


@dataclass(frozen=True)
class Offer:
    """An instalment the payment could settle; `suggested` is what of it, `why` in a few words."""

    key: int
    label: str
    url: str
    due: str
    is_late: bool
    left: str
    currency: str
    suggested: Decimal | None
    why: str


def page_of(payment: Payment, person: Any) -> dict[str, Any]:
    today, currency = company_day(timezone.now()), payment.currency
    settles = list(
        payment.allocations.select_related("invoice", "instalment", "made_by").order_by("-pk")[:MOST]
    )
    seen = _seen(person, [each.invoice_id for each in settles])
    may = person.reaches(payment, "billing.receive") and not payment.is_voided
    is_in = not payment.is_out
    standing = any(each.released_at is None for each in settles)
    return {
        "payment": payment,
        "amount": amount_text(payment.amount, currency),
        "left": amount_text(payment.unallocated, currency),
        "returned": amount_text(payment.returned, currency) if payment.returned and is_in else "",
        "base_text": _base_text(payment),
        "settles": [_settled(each, currency, today, seen) for each in settles],
        "paid_back_by": payment.paid_back_by.order_by("pk")[:MOST] if is_in and payment.returned else [],
        "sees_client": payment.account is not None and person.reaches(payment.account, "accounts.view"),
        "may": {
            "whose": may and is_in and payment.unallocated == payment.amount,
            "allocate": may and is_in and payment.unallocated > 0,
            "release": may and is_in and standing,
            "pay_back": may and is_in and payment.unallocated > 0 and payment.account_id is not None,
            "void": may,
        },
    }


def standing_choices(payment: Payment) -> list[tuple[int, str]]:
    """What of it stands, in words."""
    found = payment.allocations.filter(released_at=None).select_related("invoice").order_by("pk")
    return [(each.pk, f"{each.invoice}: {amount_text(each.amount, each.invoice.currency)}") for each in found]


def offers(payment: Payment, person: Any) -> list[Offer]:
    """Open instalments of the client's invoices that the person sees, the suggested first. Four statements."""
    hints = {each.instalment_id: each for each in suggested(payment)}
    found = Instalment.objects.filter(
        is_open=True,
        invoice__in=Invoice.objects.visible_to(person).unsettled(),
        invoice__legal_entity=payment.legal_entity_id,
    )
    if payment.account_id is None:
        found = found.filter(pk__in=hints)
    else:
        found = found.filter(invoice__account=payment.account_id)
    rows = list(found.select_related("invoice").order_by("due_on", "pk")[:MOST])
    missed = [key for key in hints if key not in {each.pk for each in rows}]
    if missed:
        rows += found.filter(pk__in=missed).select_related("invoice")
    today, places = company_day(timezone.now()), {key: place for place, key in enumerate(hints)}
    rows.sort(key=lambda each: places.get(each.pk, len(places)))
    return [_offer(each, hints.get(each.pk), today) for each in rows]


def _seen(person: Any, keys: list[int]) -> set[int]:
    return (
        set(Invoice.objects.visible_to(person).filter(pk__in=keys).values_list("pk", flat=True))
        if keys
        else set()
    )


def _settled(each: Allocation, currency: str, today: date, seen: set[int]) -> Settled:
    return Settled(
        key=each.pk,
        invoice=str(each.invoice),
        url=each.invoice.get_absolute_url() if each.invoice_id in seen else "",
        due=short_day(each.instalment.due_on, today),
        amount=amount_text(each.amount, each.invoice.currency),
        taken=amount_text(each.amount_taken, currency) if each.invoice.currency != currency else "",
        made=short_day(timezone.localdate(each.made_at), today),
        by=each.made_by.name,
        released=short_day(timezone.localdate(each.released_at), today) if each.released_at else "",
    )


def _offer(each: Instalment, hint: Any, today: date) -> Offer:
    currency = each.invoice.currency
    due = short_day(each.due_on, today)
    return Offer(
        key=each.pk,
        label=_("%(invoice)s, due %(day)s") % {"invoice": each.invoice, "day": due},
        url=each.invoice.get_absolute_url(),
        due=due,
        is_late=each.due_on < today,
        left=amount_text(each.amount - each.settled, currency),
        currency=currency,
        suggested=hint.amount if hint else None,
        why=hint.why if hint else "",
    )


def _base_text(payment: Payment) -> str:
    if payment.base_amount is None or payment.currency == settings.BASE_CURRENCY:
        return ""
    return amount_text(payment.base_amount, settings.BASE_CURRENCY)
