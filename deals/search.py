"""Deals in global search: by title, client's name or ID123."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from deals.models import Deal
from deals.queries import words
from foundation import search
from foundation.search import Finder, Hit, among, among_first, matching

CAP = 200
WALK = 1_000
LATEST_FIRST = ("-opened_at", "-pk")
FIELDS = ("pk", "title", "account__name", "stage__name", "amount", "currency")


def find_deals(person: Any, query: str, limit: int) -> list[Hit]:
    """The latest deals the person sees whose title or client has every word; else of a few hundred such."""
    visible = Deal.objects.visible_to(person)
    said = query.strip().upper()
    number = said.removeprefix("ID")
    if number != said and number.isascii() and number.isdigit() and len(number) < 19:
        found = visible.filter(pk=int(number))
    else:
        latest = among_first(visible, query, order=LATEST_FIRST, walk=WALK, most=limit)
        found = among(visible, latest) if len(latest) == limit else matching(visible, query, cap=CAP)
    rows = found.order_by(*LATEST_FIRST).values(*FIELDS)[:limit]
    return [
        Hit(
            title=row["title"],
            detail=" · ".join(
                part
                for part in (
                    row["account__name"],
                    row["stage__name"],
                    words.amount_text(row["amount"], row["currency"]),
                )
                if part
            ),
            url=reverse("deals:page", args=[row["pk"]]),
            icon="layout-kanban",
        )
        for row in rows
    ]


def register() -> None:
    search.register(Finder("deals", _("Deals"), "deals.view", find_deals, order=20))
