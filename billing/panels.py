"""What money shows on the pages of lower rooms."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.queries.latest import MOST, latest_of
from foundation import panels
from foundation.panels import Panel


def invoices_of_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    """The latest ones this person sees. One query."""
    rows = latest_of(request.user, account=account)
    may = request.user.may("billing.create")  # type: ignore[union-attr]
    return "billing/panel.html", {
        "invoices": rows[:MOST],
        "new_url": f"{reverse('billing:invoice_create')}?account={account.pk}" if may else "",
        "list_url": f"{reverse('billing:list')}?account={account.pk}" if len(rows) > MOST else "",
    }


def invoices_of_deal(request: HttpRequest, deal: Any) -> tuple[str, dict[str, Any]]:
    """The deal's, and the button that makes one in one click."""
    rows = latest_of(request.user, deal=deal)
    may = request.user.may("billing.create") and deal.account_id is not None  # type: ignore[union-attr]
    return "billing/panel.html", {
        "invoices": rows[:MOST],
        "make_url": reverse("billing:invoice_of_deal", args=[deal.pk]) if may else "",
        "list_url": f"{reverse('billing:list')}?deal={deal.pk}" if len(rows) > MOST else "",
    }


def money_of_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    """Fetched once the card is drawn: a client may have thousands of invoices."""
    return "billing/client_money.html", {"url": reverse("billing:client_money", args=[account.pk])}


def register() -> None:
    panels.register(
        Panel("account.card", "invoices", _("Invoices"), invoices_of_client, "billing.view", order=20)
    )
    panels.register(
        Panel("account.money", "invoices", _("Invoices and payments"), money_of_client, "billing.view", order=20)
    )
    panels.register(Panel("deal.page", "invoices", _("Invoices"), invoices_of_deal, "billing.view", order=20))
