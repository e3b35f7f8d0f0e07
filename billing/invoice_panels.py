"""What invoices show on the pages of lower rooms."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.timeline import TimelineKind, offer_kind
from billing.models import Invoice
from billing.models.invoice import InvoiceState
from billing.queries.invoice_columns import signed, state_word
from deals.queries import words
from foundation import panels
from foundation.clock import company_day
from foundation.panels import Panel

MOST = 10
FIELDS = ("pk", "number", "kind", "state", "total", "due", "due_on", "dated_on", "currency")


def invoices_of_deal(request: HttpRequest, deal: Any) -> tuple[str, dict[str, Any]]:
    """The latest that the person sees. One statement."""
    found = Invoice.objects.visible_to(request.user).filter(deal=deal.pk)
    return _listed(found, f"{reverse('billing:list')}?deal={deal.pk}")


def invoices_of_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    found = Invoice.objects.visible_to(request.user).filter(account=account.pk)
    return _listed(found, f"{reverse('billing:list')}?account={account.pk}")


def invoice_deal(request: HttpRequest, deal: Any) -> tuple[str, dict[str, Any]]:
    """One press drafts it."""
    url = reverse("billing:of_deal", args=[deal.pk]) if deal.account_id else ""
    return "billing/panel_deal_action.html", {"url": url}


def new_invoice(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    return "billing/panel_account_action.html", {"url": f"{reverse('billing:new')}?account={account.pk}"}


def register() -> None:
    offer_kind(
        TimelineKind(
            "money",
            _("Money"),
            ("invoice.", "payment.", "quote.", "credit_note.", "credit_limit.", "recurring."),
            order=60,
        )
    )
    for panel in (
        Panel("deal.page", "invoices", _("Invoices"), invoices_of_deal, "billing.view", order=30),
        Panel("account.card", "invoices", _("Invoices"), invoices_of_client, "billing.view", order=15),
        Panel("deal.actions", "invoice", _("Invoice"), invoice_deal, "billing.create", order=10),
        Panel("account.actions", "new_invoice", _("New invoice"), new_invoice, "billing.create", order=15),
    ):
        panels.register(panel)


def _listed(found: Any, list_url: str) -> tuple[str, dict[str, Any]]:
    today = company_day(timezone.now())
    kept = found.exclude(state=InvoiceState.DISCARDED).order_by("-dated_on", "-pk")
    rows = list(kept.values(*FIELDS)[: MOST + 1])
    shown = [_row(row, today) for row in rows[:MOST]]
    return "billing/panel_invoices.html", {"rows": shown, "list_url": list_url if len(rows) > MOST else ""}


def _row(row: dict[str, Any], today: Any) -> dict[str, Any]:
    return {
        "title": row["number"] or _("Draft %(pk)s") % {"pk": row["pk"]},
        "url": reverse("billing:invoice", args=[row["pk"]]),
        "day": words.day_text(row["dated_on"], today),
        "total": words.amount_text(signed(row["total"], row["kind"]), row["currency"]),
        "state": state_word(row["state"], row["kind"], row["due"], row["due_on"], today),
    }
