"""Deals in global search: by title, client's name or ID123; and colleagues, whose deals a hit opens."""

from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat
from django.db.models.lookups import Contains
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from deals.models import Deal
from deals.queries import words
from foundation.search import SHORTEST_FOR_TRIGRAMS, matching
from foundation.search_text import readings
from users import finders
from users.commands import A_CLIENT, Command
from users.commands import register as register_commands
from users.finders import PEOPLE, Finder, Hit, RowAction
from users.models import User

CAP = 200
WALK = 600
LATEST_FIRST = ("-opened_at", "-pk")
FIELDS = ("pk", "title", "account__name", "stage__name", "amount", "currency", "owner__name")


def find_deals(person: Any, query: str, limit: int) -> list[Hit]:
    """The latest deals the person sees whose title or client has every word, or the one of ID123."""
    visible = Deal.objects.visible_to(person)
    said = query.strip().upper()
    number = said.removeprefix("ID")
    if number != said and number.isascii() and number.isdigit() and len(number) < 19:
        found = visible.filter(pk=int(number))
    else:
        return _worded(visible, query, limit)
    return [_deal(row) for row in found.order_by(*LATEST_FIRST).values(*FIELDS)[:limit]]


def _worded(visible: Any, query: str, limit: int) -> list[Hit]:
    """A common word among the latest deals, because its index gives tens of thousands; a rare one by its index, and
    what has a number in it is rare."""
    rows: list[dict[str, Any]] = []
    if not any(sign.isdigit() for sign in query):
        walk = visible.order_by(*LATEST_FIRST).values("pk")[:WALK]
        latest = Deal.objects.filter(_holds(query), pk__in=walk)
        rows = list(latest.order_by(*LATEST_FIRST).values(*FIELDS)[:limit])
    if len(rows) < limit:
        found = matching(visible, query, cap=CAP)
        rows = list(found.order_by(*LATEST_FIRST).values(*FIELDS)[:limit])
    return [_deal(row) for row in rows]


def _holds(query: str) -> Q:
    """Every word of the query, asked in a way that no index answers: else the planner, who guesses a common word to be
    rare, would start from all deals that have it and not from the few latest."""
    padded = Concat(Value(" "), F("search_text"), output_field=TextField())
    anyhow = Q(pk__in=[])
    for reading in readings(query):
        words = (f" {word}" if len(word) < SHORTEST_FOR_TRIGRAMS else word for word in reading.split())
        anyhow |= reduce(and_, (Q(Contains(padded, Value(word))) for word in words))
    return anyhow


def deals_named(person: Any, keys: Sequence[int]) -> list[Hit]:
    found = Deal.objects.visible_to(person).filter(pk__in=keys)
    return [_deal(row) for row in found.order_by("pk").values(*FIELDS)]


def _deal(row: dict[str, Any]) -> Hit:
    amount = words.amount_text(row["amount"], row["currency"])
    parts = (row["account__name"], row["stage__name"], amount, row["owner__name"])
    return Hit(
        title=row["title"],
        detail=" · ".join(part for part in parts if part),
        url=reverse("deals:page", args=[row["pk"]]),
        icon="layout-kanban",
        key=row["pk"],
    )


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


def commands() -> list[Command]:
    return [
        Command("new_deal", _("New deal"), "layout-kanban", "deals:create", "deals.create", _("add open"),
                takes=A_CLIENT, parameter="account"),
        Command("deal_list", _("List of deals"), "list", "deals:list", "deals.view"),
        Command("deal_board", _("Board of deals"), "layout-kanban", "deals:board", "deals.view", _("kanban")),
    ]  # fmt: skip


def register() -> None:
    finders.register(
        Finder(
            "deals",
            _("Deals"),
            "deals.view",
            find_deals,
            20,
            page="deals:page",
            subject="deal",
            named=deals_named,
        )
    )
    finders.register(Finder("colleagues", _("Colleagues"), "users.view", find_colleagues, 40, ("", PEOPLE)))
    finders.register_action(
        RowAction(_("New deal"), "layout-kanban", "deals.create", "deals:create", ("account",), order=30)
    )
    register_commands(commands)
