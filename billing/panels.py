"""What payments show on the pages of lower rooms."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation import panels
from foundation.panels import Panel


def money_of_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    """Fetched once the card is drawn: a client may have thousands of invoices."""
    return "billing/client_money.html", {"url": reverse("billing:client_money", args=[account.pk])}


def simulation(request: HttpRequest, price_list: Any) -> tuple[str, dict[str, Any]]:
    return "billing/panel_simulation.html", {"url": reverse("billing:simulate", args=[price_list.pk])}


def register() -> None:
    panels.register(
        Panel(
            "price_list.actions", "simulation", _("Try on what was sold"), simulation, "catalog.change_prices"
        )
    )
    panels.register(
        Panel(
            "account.money", "invoices", _("Invoices and payments"), money_of_client, "billing.view", order=20
        )
    )
