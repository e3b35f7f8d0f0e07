"""Invoices of what was won lately: most are paid in time, some late, in parts or not at all."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from billing import overdue
from billing.allocating import suggested
from billing.drafting import DraftLine
from billing.models import (
    BankAccount,
    CreditLimit,
    Invoice,
    LegalEntity,
    NumberFormat,
    Payment,
    RecurringInvoice,
)
from billing.models.invoice_drafting import months_later
from billing.operations import invoice_deal
from billing.repeating import written
from catalog.models import TaxRate
from crm.demo.company import Company
from crm.demo.stage import Stage, in_working_hours
from deals.models import Deal
from foundation.clock import company_day
from foundation.money import rounded

INVOICED, DRAFTS = 70, 3
LATELY = timedelta(days=200)
HALF = 2


def make_own_companies(company: Company, now: datetime) -> dict[str, LegalEntity]:
    """Two: one for most of the world, one that issues in roubles and Russian."""
    TaxRate.create(name="No tax", percent=Decimal(0), is_default=True, by=company.cast.admin, at=now)
    TaxRate.create(name="VAT 20 %", percent=Decimal(20), by=company.cast.admin, at=now)
    ours = LegalEntity.objects.create(
        name="Romashka Ltd", full_name="Romashka Limited", code="RL", country="GB", is_default=True,
        address="12 Meadow Lane, Bristol BS1 4QA", tax_number="GB 999 9999 73", phone="+44 20 7946 0018",
        email="accounts@romashka.example", director="Helena Marsh", director_position="Director",
    )  # fmt: skip
    russian = LegalEntity.objects.create(
        name="ООО «Ромашка»", full_name="Общество с ограниченной ответственностью «Ромашка»", code="РМ",
        country="RU", language="ru", address="127006, г. Москва, ул. Полевая, д. 7, оф. 12",
        tax_number="7700000005", reason_code="770001001", phone="+7 495 000-00-18",
        email="buh@romashka.example", director="Орлов Д. С.", director_position="Генеральный директор",
        accountant="Белова Н. И.",
    )  # fmt: skip
    for number, currency in (("GB33 ROMA 2020 1555 5555 55", "USD"), ("GB33 ROMA 2020 1555 5555 66", "EUR")):
        BankAccount.objects.create(
            legal_entity=ours, number=number, currency=currency, bank_name="Meadow Bank", bank_code="ROMAGB2L",
            is_default=True,
        )  # fmt: skip
    BankAccount.objects.create(
        legal_entity=russian, number="40702810900000000018", currency="RUB", bank_name="АО «Полевой банк»",
        bank_code="044525000", correspondent_account="30101810400000000000", is_default=True,
    )  # fmt: skip
    for entity, pattern in ((ours, "{code}-{year}-{counter:04}"), (russian, "{counter}")):
        NumberFormat.objects.create(legal_entity=entity, kind="invoice", pattern=pattern)
    return {"": ours, "RUB": russian}


def plan_money(company: Company, stage: Stage, dice: random.Random) -> None:
    """Invoices in the order their deals were won, so that numbers grow with days."""
    entities = make_own_companies(company, stage.now - LATELY)
    won = Deal.objects.won().filter(closed_at__gt=stage.now - LATELY, account__isnull=False, amount__gt=0)
    for deal in list(won.select_related("owner").order_by("-closed_at", "-pk")[:INVOICED]):
        won_at = deal.closed_at or stage.now
        at = in_working_hours(won_at + timedelta(days=1), dice.randrange(540))
        if at < stage.now:
            entity = entities.get(deal.currency, entities[""])
            stage.plan(at, _invoicing(company, stage, entity, deal, dice.random()))
    for deal in Deal.objects.open().filter(account__isnull=False, amount__gt=0).order_by("-pk")[:DRAFTS]:
        invoice_deal(deal, by=deal.owner, at=stage.now - timedelta(minutes=30))
    stage.plan(stage.now - timedelta(days=2), lambda at: _unknown(company, at))


def tell_what_is_late(now: datetime) -> None:
    overdue.tell_overdue(at=now)


def repeat_some(company: Company, now: datetime) -> None:
    """What two clients are charged every month and quarter; and who may not owe more."""
    told: dict[str, Any] = {"by": company.cast.head, "at": now}
    latest = Invoice.objects.issued().filter(kind="invoice", owner=company.cast.salesperson)
    for invoice, months in zip(latest.order_by("-dated_on", "-pk")[:2], (1, 3), strict=False):
        first = max(months_later(invoice.dated_on, months), company_day(now) + timedelta(days=1))
        rule = written(months, "MONTHLY", first, 1)
        RecurringInvoice.repeat(invoice, rule, first, title="Flowers of the season", **told)
        limit = rounded(invoice.total * 2, invoice.currency)
        CreditLimit.put(invoice.account, limit, invoice.currency, "As agreed with their director", **told)


def _invoicing(company: Company, stage: Stage, entity: LegalEntity, deal: Deal, luck: float) -> Any:
    def issue(at: datetime) -> None:
        invoice = invoice_deal(deal, by=deal.owner, at=at)
        asked = {"legal_entity": entity, "language": entity.language, "payment_days": 14}
        invoice.change(asked, by=deal.owner, at=at)
        if not invoice.total:
            return invoice.discard(by=deal.owner, at=at)
        if luck < 0.2:
            invoice.divide(HALF, first_due_on=company_day(at) + timedelta(days=10), by=deal.owner, at=at)
        invoice.issue(by=deal.owner, at=at)
        _plan_payments(company, stage, invoice, at, luck)
        return None

    return issue


def _plan_payments(company: Company, stage: Stage, invoice: Invoice, at: datetime, luck: float) -> None:
    """One in eight is never paid, one in ten only half; the others within five weeks."""
    if luck > 0.88:
        return
    share = Decimal("0.5") if luck > 0.78 else Decimal(1)
    paid_at = in_working_hours(at + timedelta(days=2 + int(luck * 40)), 45)
    if paid_at < stage.now:
        _pay(company, invoice, rounded(invoice.total * share, invoice.currency), paid_at)


def _pay(company: Company, invoice: Invoice, amount: Decimal, at: datetime) -> None:
    payment = Payment.receive(
        amount=amount, received_on=company_day(at), account=invoice.account, currency=invoice.currency,
        legal_entity=invoice.legal_entity, payer_name=invoice.account.name,
        purpose=f"{invoice.number}, {invoice.dated_on:%d.%m.%Y}", by=company.cast.accountant, at=at,
    )  # fmt: skip
    parts = [
        (each.instalment_id, each.amount) for each in suggested(payment) if each.invoice_id == invoice.pk
    ]
    payment.allocate(parts, by=company.cast.accountant, at=at)


def _unknown(company: Company, at: datetime) -> None:
    """Money nobody has said whose it is yet, and a draft for a service without a deal."""
    Payment.receive(
        amount=Decimal("480.00"), received_on=company_day(at), currency="USD", payer_name="J. Petersen",
        purpose="for the roses, thank you", by=company.cast.accountant, at=at,
    )  # fmt: skip
    account = Deal.objects.won().filter(account__isnull=False).latest("closed_at").account
    lines = [DraftLine(title="Delivery to the shop", price=Decimal(120), quantity=Decimal(2))]
    Invoice.draft(account=account, lines=lines, by=company.cast.colleague, at=at)
