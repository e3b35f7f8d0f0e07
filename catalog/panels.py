"""What prices show on the pages of lower rooms."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation import panels
from foundation.panels import Panel


def terms_of_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    """Fetched once the card is drawn."""
    return "catalog/panel_terms.html", {"url": reverse("catalog:terms_panel", args=[account.pk])}


def register() -> None:
    panels.register(Panel("account.card", "terms", _("Prices"), terms_of_client, "catalog.view", order=18))
