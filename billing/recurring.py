"""Invoices that come again, made on their days: each day once, whoever comes first and however late.

What is refused is kept on the day and told; what was drafted until then stays, and waits for approval where somebody
has to look at it. A day that was refused is not tried by itself again: its page offers that.
"""

import logging
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing import facts, sending
from billing.guard import objections
from billing.models import Invoice, RecurringInvoice, RecurringMode, RecurringRun
from billing.models.recurring import DISCOUNTS, KEPT
from catalog.models import PriceList
from catalog.models.discount_rule import is_known_code
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell
from users.models import User

logger = logging.getLogger(__name__)
BESIDE = ("account__owner", "legal_entity", "owner", "deal__owner", "contact", "bank_account")


def make_due(*, at: datetime) -> int:
    """How many days were made. Each in its own transaction: what a worker that dies had not committed is made by the
    next, and what another holds is left to it. One that fails in no foreseen way is left for the next hour."""
    today, count, failed = company_day(at), 0, list[int]()
    while (key := _make_next(today, at, failed)) is not None:
        count += key not in failed
    return count


def make_again(run: RecurringRun, *, by: Any, at: datetime) -> RecurringRun:
    """Another try of a day that was refused."""
    with transaction.atomic():
        found = _locked(run.recurring_id)
        run.refresh_from_db()
        if run.invoice_id is not None or not run.refusal:
            raise Refused(_("Its invoice is made already."))
        _carry_out(found, run, by=by, at=at)
        if run.invoice_id is None:
            raise Refused(run.refusal)
    return run


def _make_next(today: date, at: datetime, failed: list[int]) -> int | None:
    """The key of the one whose next day was made."""
    key = None
    try:
        with transaction.atomic():
            due = RecurringInvoice.objects.due(today).exclude(pk__in=failed).order_by("next_on", "pk")
            key = due.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
            if key is not None:
                _make_day(_locked(key), at)
    except Exception:  # whatever it is, the others go on
        if key is None:
            raise
        logger.exception("Recurring invoice %s was not made", key)
        failed.append(key)
    return key


def _locked(key: int) -> RecurringInvoice:
    RecurringInvoice.objects.select_for_update().values_list("pk").get(pk=key)
    return RecurringInvoice.objects.select_related(*BESIDE).get(pk=key)


def _make_day(recurring: RecurringInvoice, at: datetime) -> None:
    day = recurring.next_on
    assert day is not None
    recurring.next_on = recurring.day_since(date.fromordinal(day.toordinal() + 1))
    if recurring.runs.filter(on=day).exists():  # made before its rule was changed
        recurring.save(update_fields=["next_on"])
        return
    _carry_out(recurring, RecurringRun(recurring=recurring, on=day), by=User.objects.robot(), at=at)


def _carry_out(recurring: RecurringInvoice, run: RecurringRun, *, by: Any, at: datetime) -> None:
    """The invoice of a day, as far as it comes; what is refused after the draft leaves it."""
    run.refusal, run.made_at = "", at
    try:
        with transaction.atomic():
            run.invoice = _drafted(recurring, run.on, by=by, at=at)
        _go_on_with(run.invoice, recurring.mode, by=by, at=at)
    except Refused as refusal:
        run.refusal = str(refusal.message)
    run.save()
    if run.invoice is not None:
        recurring.made += 1
    recurring.last_refusal = run.refusal
    recurring.save(update_fields=["next_on", "made", "last_refusal"])
    said = recurring.told(on=run.on.isoformat(), invoice_id=run.invoice_id)
    if run.invoice is not None:
        tell(facts.RecurringInvoiced(**said), by=by, at=at)
    if run.refusal:
        tell(facts.RecurringRefused(**said, reason=run.refusal), by=by, at=at)


def _drafted(recurring: RecurringInvoice, on: date, *, by: Any, at: datetime) -> Invoice:
    """Of its own day, also when it is made later."""
    said = recurring.header
    header: dict[str, Any] = {name: said[name] for name in KEPT if name in said}
    header |= {name: Decimal(said[name]) for name in DISCOUNTS if said.get(name) is not None}
    header |= _prices_of(said, on)
    return Invoice.draft(
        account=recurring.account, deal=recurring.deal, legal_entity=recurring.legal_entity,
        currency=recurring.currency, lines=recurring.asked(), owner=recurring.owner,
        contact=recurring.contact, bank_account=recurring.bank_account,
        payment_days=recurring.payment_days, dated_on=on, by=by, at=at, **header,
    )  # fmt: skip


def _prices_of(said: dict[str, Any], on: date) -> dict[str, Any]:
    """A campaign that is over, or a list no longer in use, ends for what comes again too."""
    found: dict[str, Any] = {"price_list": None, "promo_code": said.get("promo_code") or ""}
    if said.get("price_list"):
        found["price_list"] = PriceList.objects.filter(pk=said["price_list"], is_active=True).first()
    if found["promo_code"] and not is_known_code(found["promo_code"], on):
        found["promo_code"] = ""
    return found


def _go_on_with(invoice: Invoice, mode: str, *, by: Any, at: datetime) -> None:
    if mode == RecurringMode.DRAFT:
        return
    try:
        with transaction.atomic():
            invoice.issue(by=by, at=at)
    except Refused:
        if objections(invoice, on=company_day(at)):
            invoice.submit(by=by, at=at)
        raise
    if mode == RecurringMode.SEND:
        with transaction.atomic():
            sending.send_usual(invoice, by=by, at=at)
