"""What reports show on the pages of lower rooms."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation import panels
from foundation.panels import Panel
from reports.links import query_of


def past_day(request: HttpRequest, pipeline: Any) -> tuple[str, dict[str, Any]]:
    """From the board of now to the board of a past day."""
    query = query_of({"pipeline": pipeline.pk if pipeline is not None else None})
    return "reports/panel_past_day.html", {"past_day_url": f"{reverse('reports:pipeline_on')}?{query}"}


def register() -> None:
    panels.register(Panel("deals.board", "past_day", _("On a past day"), past_day, "reports.view"))
