"""What quotes show on the pages of lower rooms."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import Quote
from billing.queries.quote import state_word
from billing.queries.quotes import name_of
from deals.queries import words
from foundation import panels
from foundation.clock import company_day
from foundation.panels import Panel

MOST = 10
FIELDS = ("pk", "number", "version_number", "state", "total", "dated_on", "currency")
PAST = ("superseded", "withdrawn")


def quotes_of_deal(request: HttpRequest, deal: Any) -> tuple[str, dict[str, Any]]:
    """The latest that the person sees. One statement."""
    found = Quote.objects.visible_to(request.user).filter(deal=deal.pk)
    return _listed(found, f"{reverse('billing:quotes')}?deal={deal.pk}")


def quotes_of_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    found = Quote.objects.visible_to(request.user).filter(account=account.pk)
    return _listed(found, f"{reverse('billing:quotes')}?account={account.pk}")


def quote_deal(request: HttpRequest, deal: Any) -> tuple[str, dict[str, Any]]:
    """One press drafts it."""
    url = reverse("billing:quote_of_deal", args=[deal.pk]) if deal.account_id else ""
    return "billing/panel_deal_quote.html", {"url": url}


def new_quote(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    url = f"{reverse('billing:quote_new')}?account={account.pk}"
    return "billing/panel_account_quote.html", {"url": url}


def register() -> None:
    for panel in (
        Panel("deal.page", "quotes", _("Quotes"), quotes_of_deal, "billing.view", order=29),
        Panel("account.card", "quotes", _("Quotes"), quotes_of_client, "billing.view", order=14),
        Panel("deal.actions", "quote", _("Quote"), quote_deal, "billing.create", order=9),
        Panel("account.actions", "new_quote", _("New quote"), new_quote, "billing.create", order=14),
    ):
        panels.register(panel)


def _listed(found: Any, list_url: str) -> tuple[str, dict[str, Any]]:
    today = company_day(timezone.now())
    rows = list(found.exclude(state__in=PAST).order_by("-dated_on", "-pk").values(*FIELDS)[: MOST + 1])
    shown = [_row(row, today) for row in rows[:MOST]]
    return "billing/panel_quotes.html", {"rows": shown, "list_url": list_url if len(rows) > MOST else ""}


def _row(row: dict[str, Any], today: Any) -> dict[str, Any]:
    return {
        "title": name_of(row),
        "url": reverse("billing:quote", args=[row["pk"]]),
        "day": words.day_text(row["dated_on"], today),
        "total": words.amount_text(row["total"], row["currency"]),
        "state": state_word(row["state"]),
    }
