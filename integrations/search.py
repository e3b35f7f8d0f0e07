"""Clients and deals in global search by the key another system has for them."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from deals.models import Deal
from integrations.models import ExternalId
from users import finders
from users.finders import Finder, Hit

CAP = 200


def find_clients(person: Any, query: str, limit: int) -> list[Hit]:
    return _found("account", Account.objects.visible_to(person), query, limit, _client)


def find_deals(person: Any, query: str, limit: int) -> list[Hit]:
    return _found("deal", Deal.objects.visible_to(person), query, limit, _deal)


def register() -> None:
    finders.register(
        Finder(
            "clients_by_key", _("Clients by another system's key"), "accounts.view", find_clients, order=50
        )
    )
    finders.register(
        Finder("deals_by_key", _("Deals by another system's key"), "deals.view", find_deals, order=51)
    )


def _found(kind: str, visible: Any, query: str, limit: int, hit: Callable[[Any, str], Hit]) -> list[Hit]:
    """The whole key only: parts of keys would find half of the company. A key without a digit is a name, and names
    are found already, so that searching for words asks nothing here."""
    if not any(sign.isdigit() for sign in query):
        return []
    called = ExternalId.objects.filter(key=query.strip(), kind=kind).order_by("pk")[:CAP]
    systems = {each.object_id: str(each) for each in called}
    if not systems:
        return []
    records = visible.filter(pk__in=sorted(systems)).order_by("pk")[:limit]
    return [hit(record, systems[record.pk]) for record in records]


def _client(account: Any, called: str) -> Hit:
    return Hit(account.name, called, reverse("accounts:card", args=[account.pk]), "building")


def _deal(deal: Any, called: str) -> Hit:
    return Hit(deal.title, called, reverse("deals:page", args=[deal.pk]), "layout-kanban")
