"""Invoices, quotes and payments go to another owner, one or many; the one before keeps seeing them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing import facts
from billing.facts import quotes as quote_facts
from billing.models import Invoice, Payment, Quote, RecurringInvoice
from foundation.errors import Refused
from foundation.telling import tell_many
from users.models import User

BATCH = 1_000


def assign(invoice: Invoice, owner: Any, *, by: Any, at: datetime) -> None:
    if refused := give_invoices({invoice.pk: owner.pk}, by=by, at=at):
        raise Refused(refused[invoice.pk])
    invoice.refresh_from_db()


def give_invoices(owners: Mapping[int, int], *, by: Any, at: datetime) -> dict[int, str]:
    """Invoices ({invoice: person}) to other owners, in a few statements; {invoice: why not} for those refused."""
    return _give(Invoice, owners, facts.InvoiceAssigned, by=by, at=at)


def assign_quote(quote: Quote, owner: Any, *, by: Any, at: datetime) -> None:
    if refused := give_quotes({quote.pk: owner.pk}, by=by, at=at):
        raise Refused(refused[quote.pk])
    quote.refresh_from_db()


def give_payments(owners: Mapping[int, int], *, by: Any, at: datetime) -> dict[int, str]:
    return _give(Payment, owners, facts.PaymentAssigned, by=by, at=at)


def give_recurring(owners: Mapping[int, int], *, by: Any, at: datetime) -> dict[int, str]:
    return _give(RecurringInvoice, owners, facts.RecurringAssigned, by=by, at=at)


def give_quotes(owners: Mapping[int, int], *, by: Any, at: datetime) -> dict[int, str]:
    return _give(Quote, owners, quote_facts.QuoteAssigned, by=by, at=at)


def _give(model: Any, owners: Mapping[int, int], fact: Any, *, by: Any, at: datetime) -> dict[int, str]:
    people = User.objects.in_bulk(set(owners.values()))
    refused: dict[int, str] = {}
    with transaction.atomic():
        # The lock first and alone: joined to its owner, a row given away meanwhile would look as it was.
        list(model.objects.select_for_update().filter(pk__in=owners).order_by("pk").values_list("pk"))
        told, changed = [], []
        for record in model.objects.select_related("owner").filter(pk__in=owners).order_by("pk"):
            owner = people[owners[record.pk]]
            if not owner.is_active:
                words = _("%(name)s no longer works here. Choose somebody else.")
                refused[record.pk] = words % {"name": owner.name}
            elif record.owner_id != owner.pk:
                before = record.owner.name if record.owner else ""
                record.owner, record.version = owner, record.version + 1
                record.team_ids = sorted({*record.team_ids, owner.pk})
                told.append((fact(from_name=before, to_name=owner.name, **record.told()), at))
                changed.append(record)
        model.objects.bulk_update(changed, ["owner", "team_ids", "version"], batch_size=BATCH)
        tell_many(told, by=by)
    return refused
