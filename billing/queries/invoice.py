"""The page of one invoice, within seventeen statements however long it is."""

from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import timeline
from billing.drafting import cost_of
from billing.guard import objections
from billing.models import Invoice, RecurringInvoice
from billing.models.invoice import InvoiceState
from billing.queries import invoice_lines, invoice_parts
from billing.queries.amounts import percent_text
from billing.queries.invoice_columns import state_word
from catalog.models import Calculator
from deals.queries import words
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.money import rounded

WITH = (
    "account", "contact", "deal", "legal_entity", "bank_account", "owner", "corrects", "created_by",
    "approved_by", "issued_by", "price_list",
)  # fmt: skip


class TaxRow(NamedTuple):
    name: str
    net: str
    tax: str


def page_of(invoice: Invoice, person: Any, *, is_whole: bool = False) -> dict[str, Any]:
    """`is_whole`: with all lines, however many."""
    today = company_day(timezone.now())
    sees_costs = person.may("billing.view_costs")
    reasons, trouble = objections_of(invoice)
    lines = invoice_lines.rows_of(invoice, sees_costs=sees_costs, is_whole=is_whole)
    settled = invoice_parts.settled_by(invoice, person, today)
    credit_notes = invoice_parts.credit_notes_of(invoice, person, today)
    return {
        **head(invoice, person, today),
        "lines_url": reverse("billing:lines", args=[invoice.pk]),
        "lines": lines,
        "taxes": taxes_of(invoice),
        "sums": sums_of(invoice),
        "margin": margin_of(invoice) if sees_costs else None,
        "instalments": invoice_parts.instalments_of(invoice, today),
        "settled_by": settled,
        "credit_notes": credit_notes,
        "objections": reasons if invoice.state != InvoiceState.APPROVED or invoice.was_let_through else [],
        "trouble": trouble,
        "made_by": RecurringInvoice.objects.visible_to(person).filter(runs__invoice=invoice).first(),
        "may": may(invoice, person, reasons, is_credited=_is_wholly_credited(invoice)),
        "timeline": timeline_of(invoice),
        "calculates": not invoice.is_issued and Calculator.objects.filter(is_active=True).exists(),
    }


def head(invoice: Invoice, person: Any, today: date) -> dict[str, Any]:
    """What it is about, in words. No statement of its own."""
    word = state_word(invoice.state, invoice.kind, invoice.due, invoice.due_on, today)
    return {
        "invoice": invoice,
        "title": title_of(invoice),
        "state": word,
        "total": words.amount_text(invoice.total, invoice.currency),
        "due": words.amount_text(invoice.due, invoice.currency) if invoice.due else "",
        "base_text": _base_text(invoice),
        "sees_client": person.reaches(invoice.account, "accounts.view"),
        "sees_deal": invoice.deal is not None and person.reaches(invoice.deal, "deals.view"),
        "sees_corrected": invoice.corrects is not None and person.reaches(invoice.corrects, "billing.view"),
    }


def title_of(invoice: Invoice) -> str:
    if not invoice.number:
        return _("Draft of an invoice, ID%(pk)s") % {"pk": invoice.pk}
    if invoice.is_credit_note:
        return _("Credit note %(number)s") % {"number": invoice.number}
    return _("Invoice %(number)s") % {"number": invoice.number}


def objections_of(invoice: Invoice, lines: Any = None) -> tuple[list[str], str]:
    """What has to be approved before it is issued; and why that cannot be said, where it cannot."""
    if invoice.is_issued or invoice.state == InvoiceState.DISCARDED:
        return [], ""
    try:
        return objections(invoice, on=company_day(timezone.now()), lines=lines), ""
    except Refused as refusal:
        return [], str(refusal.message)


def taxes_of(invoice: Invoice) -> list[TaxRow]:
    """What of the net bears which tax."""
    found = invoice.lines.order_by().values_list("tax_name", "tax_rate").annotate(Sum("net"), Sum("tax"))
    return [
        TaxRow(
            _tax_words(name, rate),
            words.amount_text(net, invoice.currency),
            words.amount_text(tax, invoice.currency) if rate else "",
        )
        for name, rate, net, tax in sorted(found, key=lambda row: (-row[1], row[0]))
    ]


def sums_of(invoice: Invoice) -> list[tuple[str, str]]:
    """(what, how much): from the sum of the lines to what is still due."""
    rows = []
    if invoice.discount:
        rows.append((_("Discount on the document"), -invoice.discount))
    rows += [(_("Net"), invoice.net), (_("Tax"), invoice.tax), (_("Total"), invoice.total)]
    if invoice.is_issued:
        settled = [
            (_("Paid back"), invoice.paid) if invoice.is_credit_note else (_("Paid"), invoice.paid),
            (_("Used for invoices"), invoice.credited)
            if invoice.is_credit_note
            else (_("Credited"), invoice.credited),
            (_("Written off"), invoice.written_off),
        ]
        rows += [(label, -amount) for label, amount in settled if amount]
        rows.append((_("Left of it") if invoice.is_credit_note else _("Still due"), invoice.due))
    return [(label, words.amount_text(amount, invoice.currency)) for label, amount in rows]


def margin_of(invoice: Invoice) -> str:
    """“120.00 USD, 24 %” of the net; unknown where the cost of a line is."""
    cost = invoice.cost_total
    if cost is None and not invoice.is_issued:
        cost = cost_of(list(invoice.lines.only("cost", "quantity")))
    return margin_text(invoice.net, cost, invoice.currency)


def margin_text(net: Decimal, cost: Decimal | None, currency: str) -> str:
    if cost is None:
        return _("unknown: the cost of a line is not known")
    margin = rounded(net - cost, currency)
    said = words.amount_text(margin, currency)
    return f"{said}, {percent_text(round(margin * 100 / net, 1))}" if net else said


def may(invoice: Invoice, person: Any, reasons: list[str], *, is_credited: bool) -> dict[str, bool]:
    """What this person may do with it as it stands."""
    reaches = {verb: person.reaches(invoice, f"billing.{verb}") for verb in ("change", "issue", "credit")}
    is_open = not invoice.is_issued and invoice.state != InvoiceState.DISCARDED
    waits, is_note = invoice.state == InvoiceState.WAITING, invoice.is_credit_note
    judges = waits and invoice.may_be_judged_by(person)
    corrects = reaches["credit"] and invoice.is_issued and not is_note
    return {
        "change": reaches["change"] and is_open,
        "submit": (reaches["change"] or reaches["issue"]) and bool(reasons)
        and (invoice.is_draft or invoice.was_let_through),
        "issue": reaches["issue"] and is_open and not waits
        and (not reasons or not (invoice.is_draft or invoice.was_let_through)),
        "approve": judges,
        "send_back": judges,
        "discard": reaches["change"] and is_open,
        "credit": corrects and not is_credited,
        "write_off": corrects and invoice.due > 0,
        "take_back": corrects and invoice.written_off > 0,
        "receive": person.may("billing.receive") and invoice.is_issued and not is_note and invoice.due > 0,
        "give": person.reaches(invoice, "billing.approve"),
        "repeat": reaches["change"] and person.may("billing.create") and not is_note
        and invoice.state != InvoiceState.DISCARDED,
    }  # fmt: skip


def timeline_of(invoice: Invoice, before: str | None = None) -> dict[str, Any]:
    url = reverse("billing:timeline", args=[invoice.pk])
    return timeline_of_record("invoice", invoice.pk, url=url, before=before)


def timeline_of_record(kind: str, key: int, *, url: str, before: str | None = None) -> dict[str, Any]:
    """A page of what happened, by days of the reader's zone; `url` has the older ones."""
    page = timeline.page(kind, key, before=before)
    days = groupby(page.entries, key=lambda entry: timezone.localdate(entry.at))
    return {
        "days": [(day, list(entries)) for day, entries in days],
        "older": page.older,
        "url": url,
        "only": "",
    }


def _is_wholly_credited(invoice: Invoice) -> bool:
    """All of it was taken back. One that came to nothing can still be taken back once."""
    if not invoice.is_issued:
        return True
    found = invoice.credit_notes.aggregate(together=Sum("total"))["together"]
    return found is not None and found >= invoice.total


def _tax_words(name: str, rate: Decimal) -> str:
    if not rate:
        return name or _("Without tax")
    return f"{name or _('Tax')} {percent_text(rate)}" if "%" not in name else name


def _base_text(invoice: Invoice) -> str:
    """The total in the company's currency with its rate, where the invoice's is another one."""
    if invoice.base_total is None or invoice.currency == settings.BASE_CURRENCY or invoice.rate is None:
        return ""
    return _("%(worth)s at %(rate)s") % {
        "worth": words.amount_text(invoice.base_total, settings.BASE_CURRENCY),
        "rate": words.rate_text(invoice.rate),
    }
