"""Clients and deals in global search by the key another system has for them: one statement for both."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from deals.models import Deal
from integrations.models import ExternalId
from users import finders
from users.commands import Command
from users.commands import register as register_commands
from users.finders import Finder, Hit

CAP = 200


def find_named(person: Any, query: str, limit: int) -> list[Hit]:
    """The whole key only: parts of keys would find half of the company. A key without a digit is a name, and names
    are found already, so that searching for words asks nothing here."""
    if not any(sign.isdigit() for sign in query):
        return []
    called: dict[str, dict[int, str]] = {}
    for each in ExternalId.objects.filter(key=query.strip(), kind__in=KINDS).order_by("pk")[:CAP]:
        called.setdefault(each.kind, {})[each.object_id] = str(each)
    hits = []
    for kind, systems in sorted(called.items()):
        right, model, hit = KINDS[kind]
        if person.may(right):
            records = model.objects.visible_to(person).filter(pk__in=sorted(systems)).order_by("pk")[:limit]
            hits += [hit(record, systems[record.pk]) for record in records]
    return hits[:limit]


def commands() -> list[Command]:
    may = "integrations.import"
    return [
        Command(
            "import_file", _("Import a file"), "file-import", "integrations:import_start", may, _("upload")
        )
    ]


def register() -> None:
    register_commands(commands)
    finders.register(Finder("by_key", _("By another system's key"), "accounts.view", find_named, order=50))


def _client(account: Any, called: str) -> Hit:
    return Hit(account.name, called, reverse("accounts:card", args=[account.pk]), "building", account.pk)


def _deal(deal: Any, called: str) -> Hit:
    return Hit(deal.title, called, reverse("deals:page", args=[deal.pk]), "layout-kanban", deal.pk)


KINDS: dict[str, tuple[str, Any, Callable[[Any, str], Hit]]] = {
    "account": ("accounts.view", Account, _client),
    "deal": ("deals.view", Deal, _deal),
}
