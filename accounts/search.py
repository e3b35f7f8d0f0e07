"""Clients, contacts and tags in global search."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.clients.finding import contacts_meant, meant, points_like
from accounts.models import Account, AccountRole, Contact, Tag
from foundation.search import similar
from foundation.search_text import normalised, readings, sort_key
from users.commands import A_LINE, Command
from users.commands import register as register_commands
from users.finders import PEOPLE, TAGS, Finder, Hit, register

MOST_TAGS = 2_000
FEW = 200  # among so many that hold the words, the best few are shown


def find_clients(person: Any, query: str, limit: int) -> list[Hit]:
    """By name, phone, e-mail, tax number or ID; by a similar name when nothing matches."""
    visible = Account.objects.visible_to(person)
    found = meant(visible, query, cap=FEW, beginning=limit)
    rows = _client_rows(found, query, limit) or _client_rows(similar(visible, query), query, limit)
    return [_client(row) for row in rows]


def clients_named(person: Any, keys: Sequence[int]) -> list[Hit]:
    return [
        _client(row)
        for row in _columns(Account.objects.visible_to(person).filter(pk__in=keys).order_by("pk"), "")
    ]


def find_contacts(person: Any, query: str, limit: int) -> list[Hit]:
    """By name, position, phone or e-mail; a hit opens the client at that person."""
    found = contacts_meant(Contact.objects.visible_to(person), query)
    return [_contact(row) for row in _contact_columns(_beginning_first(found, query), query)[:limit]]


def contacts_named(person: Any, keys: Sequence[int]) -> list[Hit]:
    found = Contact.objects.visible_to(person).filter(pk__in=keys).order_by("pk")
    return [_contact(row) for row in _contact_columns(found, "")]


def find_tags(person: Any, query: str, limit: int) -> list[Hit]:
    """By the beginning of a word; a hit opens the clients that have the tag."""
    wanted = readings(query)
    rows = Tag.objects.filter(is_retired=False).order_by("name", "pk").values_list("pk", "name")[:MOST_TAGS]
    found = [
        (key, name)
        for key, name in rows
        if not wanted or any(f" {normalised(name)}".find(f" {each}") >= 0 for each in wanted)
    ]
    clients = reverse("accounts:list")
    return [
        Hit(f"#{name}", _("clients with this tag"), f"{clients}?tag={key}", "tag")
        for key, name in found[:limit]
    ]


def _client(row: dict[str, Any]) -> Hit:
    words = dict(AccountRole.choices)
    roles = (str(words[role]) for role in row["roles"])
    detail = [row.get("point") or "", row["owner_name"] or _("nobody"), *roles]
    return Hit(
        title=row["name"],
        detail=" · ".join(part for part in detail if part),
        url=reverse("accounts:card", args=[row["pk"]]),
        icon="building",
        key=row["pk"],
    )


def _contact(row: dict[str, Any]) -> Hit:
    parts = (row.get("point"), row["position"], row["account_name"], row["owner_name"])
    return Hit(
        title=row["name"],
        detail=" · ".join(part for part in parts if part),
        url=f"{reverse('accounts:card', args=[row['account_id']])}#contact-{row['pk']}",
        icon="user",
        key=row["pk"],
    )


def _contact_columns(found: Any, query: str) -> Any:
    columns = ("pk", "name", "position", "account_id")
    named = {"account_name": F("account__name"), "owner_name": F("account__owner__name")}
    return found.values(*columns, **named, **_point_shown(query, "contact"))


def _columns(found: Any, query: str) -> Any:
    return found.values("pk", "name", "roles", owner_name=F("owner__name"), **_point_shown(query, "account"))


def _point_shown(query: str, whose: str) -> dict[str, Any]:
    """The phone or the e-mail by which it was found, asked for the few rows that are shown."""
    like = points_like(query) if query else None
    if like is None:
        return {}
    return {"point": Subquery(like.filter(**{whose: OuterRef("pk")}).order_by("pk").values("value")[:1])}


def _client_rows(found: Any, query: str, limit: int) -> list[dict[str, Any]]:
    return list(_columns(_beginning_first(found, query), query)[:limit])


def _beginning_first(found: Any, query: str) -> Any:
    """Names that begin with the query before those that only hold it."""
    begins = Q(sort_key__startswith=sort_key(query)) if sort_key(query) else Q(pk__in=[])
    rank = Case(When(begins, then=Value(0)), default=Value(1))
    return found.annotate(rank=rank).order_by("rank", "sort_key", "pk")


def commands() -> list[Command]:
    new, of = "accounts:create", "accounts.create"
    return [
        Command(
            "new_client",
            gettext_lazy("New client"),
            "building",
            new,
            of,
            gettext_lazy("add"),
            takes=A_LINE,
            parameter="name",
        ),
        Command(
            "fix_clients",
            gettext_lazy("Complete what is missing"),
            "list-check",
            "accounts:fix",
            "accounts.change",
            gettext_lazy("fix five records"),
        ),
        Command(
            "duplicates",
            gettext_lazy("Possible duplicates"),
            "copy",
            "accounts:pairs",
            "accounts.change",
            gettext_lazy("doubles"),
        ),
    ]


def declare() -> None:
    view = "accounts.view"
    register(
        Finder(
            "clients",
            gettext_lazy("Clients"),
            view,
            find_clients,
            10,
            page="accounts:card",
            subject="account",
            named=clients_named,
        )
    )
    register(
        Finder(
            "contacts",
            gettext_lazy("Contacts"),
            view,
            find_contacts,
            20,
            ("", PEOPLE),
            subject="contact",
            named=contacts_named,
        )
    )
    register(Finder("tags", gettext_lazy("Tags"), view, find_tags, 10, (TAGS,)))
    register_commands(commands)
