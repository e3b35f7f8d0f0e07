"""The next meetings on a client's card and a deal's page."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.queries import meetings
from foundation import panels
from foundation.panels import Panel


def of_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    return "activities/meetings_panel.html", meetings.upcoming(
        request.user, at=timezone.now(), account=account
    )


def of_deal(request: HttpRequest, deal: Any) -> tuple[str, dict[str, Any]]:
    return "activities/meetings_panel.html", meetings.upcoming(request.user, at=timezone.now(), deal=deal)


def register() -> None:
    right = "activities.view"
    panels.register(Panel("account.card", "meetings", _("Meetings"), of_client, right, order=30))
    panels.register(Panel("deal.page", "meetings", _("Meetings"), of_deal, right, order=30))
