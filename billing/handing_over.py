"""Drafts and unpaid invoices, and payments that settle nothing yet, go to whoever takes over. What is settled stays."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.giving import give_invoices, give_payments, give_quotes, give_recurring
from billing.models import Invoice, Payment, Quote, RecurringInvoice
from users import handing_over
from users.handing_over import Kind


def _open_invoices(_at: datetime) -> Any:
    return Invoice.objects.filter(Q(state__in=["draft", "waiting", "approved"]) | Q(due__gt=0))


KINDS = [
    Kind(
        record="invoice",
        words=_("Drafts and unpaid invoices"),
        records=_open_invoices,
        give=give_invoices,
        client="account_id",
        worth="base_total",
        team="team_ids",
        title="number",
        right="billing.change",
        link=lambda person: f"{reverse('billing:list')}?owner={person}",
        order=30,
    ),
    Kind(
        record="quote",
        words=_("Quotes not answered yet"),
        records=lambda _at: Quote.objects.open(),
        give=give_quotes,
        client="account_id",
        worth="base_total",
        team="team_ids",
        title="number",
        right="billing.change",
        link=lambda person: f"{reverse('billing:quotes')}?owner={person}",
        order=29,
    ),
    Kind(
        record="payment",
        words=_("Payments not allocated yet"),
        records=lambda _at: Payment.objects.with_surplus(),
        give=give_payments,
        client="account_id",
        worth="base_amount",
        team="team_ids",
        title="payer_name",
        right="billing.receive",
        link=lambda person: f"{reverse('billing:payments')}?owner={person}",
        order=31,
    ),
    Kind(
        record="recurring",
        words=_("Recurring invoices"),
        records=lambda _at: RecurringInvoice.objects.filter(Q(next_on__isnull=False) | Q(state="stopped")),
        give=give_recurring,
        client="account_id",
        team="team_ids",
        right="billing.change",
        link=lambda person: f"{reverse('billing:recurring_list')}?owner={person}",
        order=32,
    ),
]


def register() -> None:
    for kind in KINDS:
        handing_over.register(kind)
