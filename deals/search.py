"""Deals in global search: by title, client's name or ID123; and colleagues, whose deals a hit opens."""

from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from deals.models import Deal
from deals.queries import words
from foundation.search import among, among_first, matching
from users import finders
from users.finders import Finder, Hit
from users.models import User

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


def find_colleagues(person: Any, query: str, limit: int) -> list[Hit]:
    """By name or e-mail; a hit opens their deals, or a letter to them for those who see no deals."""
    deals = reverse("deals:list") if person.may("deals.view") else ""
    found = matching(User.objects.visible_to(person).active(), query, cap=CAP).order_by("sort_key", "pk")
    rows = found.values("pk", "name", "email", department_name=F("department__name"))[:limit]
    return [
        Hit(
            title=row["name"],
            detail=" · ".join(part for part in (row["department_name"], row["email"]) if part),
            url=f"{deals}?owner={row['pk']}" if deals else f"mailto:{row['email']}",
            icon="user-circle",
        )
        for row in rows
        if deals or row["email"]
    ]


def register() -> None:
    finders.register(Finder("deals", _("Deals"), "deals.view", find_deals, order=20))
    finders.register(Finder("colleagues", _("Colleagues"), "users.view", find_colleagues, order=40))
