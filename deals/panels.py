"""What deals show on the pages of lower rooms."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deals.models import Deal
from deals.queries import words
from deals.queries.list import STATE_TAGS
from foundation import panels
from foundation.panels import Panel

MOST = 20


def deals_of_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    """Open deals first, then closed ones, the latest on top; only those the person sees. One query."""
    visible = Deal.objects.visible_to(request.user).filter(account=account)
    # By the date alone, as the index of a client's deals has it; open ones come first among the few read.
    rows = list(
        visible.order_by("-opened_at", "-pk").values(
            "pk", "title", "state", "amount", "currency", "next_step", "next_step_on", "closed_on",
            "stage__name", "owner__name",
        )[: MOST + 1]
    )  # fmt: skip
    shown = [_row(row) for row in rows[:MOST]]
    return "deals/panel_client.html", {
        "open_deals": [row for row in shown if not row["tag"]],
        "closed_deals": [row for row in shown if row["tag"]],
        "new_url": _new_url(request, account),
        "list_url": f"{reverse('deals:list')}?account={account.pk}" if len(rows) > MOST else "",
    }


def money_of_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    """Fetched once the card is drawn: a client may have thousands of deals."""
    return "deals/client_money.html", {"url": reverse("deals:client_money", args=[account.pk])}


def new_deal(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    return "deals/panel_actions.html", {"new_url": _new_url(request, account)}


def register() -> None:
    panels.register(Panel("account.card", "deals", _("Deals"), deals_of_client, "deals.view", order=10))
    panels.register(Panel("account.money", "deals", _("Deals"), money_of_client, "deals.view", order=10))
    panels.register(Panel("account.actions", "new_deal", _("New deal"), new_deal, "deals.create", order=10))


def _new_url(request: HttpRequest, account: Any) -> str:
    may = request.user.may("deals.create")  # type: ignore[union-attr]
    return f"{reverse('deals:create')}?account={account.pk}" if may else ""


def _row(row: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "title": row["title"],
        "url": reverse("deals:page", args=[row["pk"]]),
        "stage": row["stage__name"],
        "tag": STATE_TAGS[row["state"]],
        "amount": words.amount_text(row["amount"], row["currency"]),
        "owner": row["owner__name"],
        "step": words.step_mark(row["state"], row["next_step"], row["next_step_on"], today),
        "closed": words.day_text(row["closed_on"], today),
    }
