"""What processes show on the pages of other rooms' records, which this room knows only by their kinds."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation import panels
from foundation.panels import Panel
from processes.queries import subjects

# The places where a record has panels, and their order there.
PLACES = {"deal.page": 10, "account.card": 8, "contact.page": 10, "invoice.page": 10, "quote.page": 10}


def of_record(request: HttpRequest, record: Any) -> tuple[str, dict[str, Any]]:
    """No statement: fetched once the page is drawn."""
    kind = subjects.kind_of(record)
    return "processes/panel.html", {"url": reverse("processes:about", args=[kind, record.pk]) if kind else ""}


def register() -> None:
    for place, order in PLACES.items():
        panels.register(Panel(place, "processes", _("Processes"), of_record, "processes.work", order=order))
