"""Clients and contacts in global search."""

from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.finding import contacts_meant, meant
from accounts.models import Account, AccountRole, Contact
from foundation.search import similar
from foundation.search_text import sort_key
from users.finders import Finder, Hit, register

FEW = 200  # among so many that hold the words, the best few are shown


def find_clients(person: Any, query: str, limit: int) -> list[Hit]:
    """By name, phone, e-mail, tax number or ID; by a similar name when nothing matches."""
    visible = Account.objects.visible_to(person)
    found = meant(visible, query, cap=FEW, beginning=limit)
    rows = _client_rows(found, query, limit) or _client_rows(similar(visible, query), query, limit)
    words = dict(AccountRole.choices)
    return [
        Hit(
            title=row["name"],
            detail=" · ".join(
                [row["owner_name"] or _("nobody"), *(str(words[role]) for role in row["roles"])]
            ),
            url=reverse("accounts:card", args=[row["pk"]]),
            icon="building",
        )
        for row in rows
    ]


def find_contacts(person: Any, query: str, limit: int) -> list[Hit]:
    """By name, position, phone or e-mail; a hit opens the client at that person."""
    found = contacts_meant(Contact.objects.visible_to(person), query)
    columns = ("pk", "name", "position", "account_id")
    rows = _beginning_first(found, query).values(*columns, account_name=F("account__name"))
    return [
        Hit(
            title=row["name"],
            detail=" · ".join(part for part in (row["position"], row["account_name"]) if part),
            url=f"{reverse('accounts:card', args=[row['account_id']])}#contact-{row['pk']}",
            icon="user",
        )
        for row in rows[:limit]
    ]


def _client_rows(found: Any, query: str, limit: int) -> list[dict[str, Any]]:
    rows = _beginning_first(found, query).values("pk", "name", "roles", owner_name=F("owner__name"))
    return list(rows[:limit])


def _beginning_first(found: Any, query: str) -> Any:
    """Names that begin with the query before those that only hold it."""
    begins = Q(sort_key__startswith=sort_key(query)) if sort_key(query) else Q(pk__in=[])
    rank = Case(When(begins, then=Value(0)), default=Value(1))
    return found.annotate(rank=rank).order_by("rank", "sort_key", "pk")


def declare() -> None:
    register(Finder("clients", gettext_lazy("Clients"), "accounts.view", find_clients, order=10))
    register(Finder("contacts", gettext_lazy("Contacts"), "accounts.view", find_contacts, order=20))
