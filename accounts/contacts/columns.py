"""The columns of the list of contacts, and how each is said."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.clients.columns import ASIDE, ListPage, plain
from accounts.clients.editors import CHANGE
from accounts.contacts.editors import EDITORS
from accounts.custom.columns import custom_columns
from accounts.models import ContactPoint
from accounts.models.dictionaries import Channel
from accounts.phones import shown
from lists.registry import Cell, Column

USUAL = ("client", "position", "phone", "email", "owner", "created")


class ContactPage(ListPage):
    """What is the same for every row of a page of contacts."""

    @cached_property
    def cards(self) -> str:
        return reverse("accounts:list")

    @cached_property
    def channels(self) -> dict[str, str]:
        return {channel.value: str(channel.label) for channel in Channel}

    @cached_property
    def left(self) -> str:
        return str(_("no longer works there"))


def name(row: Mapping[str, Any], page: ContactPage) -> Cell:
    return Cell("", row["name"], f"{page.cards}{row['account_id']}/#contact-{row['pk']}")


def client(row: Mapping[str, Any], page: ContactPage) -> Cell:
    return Cell("", row["account__name"], f"{page.cards}{row['account_id']}/")


def phone(row: Mapping[str, Any], page: ContactPage) -> Cell:
    return Cell("number", shown(row["phone"]) if row["phone"] else "")


def email(row: Mapping[str, Any], page: ContactPage) -> Cell:
    return Cell("number", row["email"] or "")


def owner(row: Mapping[str, Any], page: ContactPage) -> Cell:
    found = row["account__owner__name"]
    return Cell("number" if found else "number quiet", found or page.nobody)


def channel(row: Mapping[str, Any], page: ContactPage) -> Cell:
    return Cell(ASIDE, page.channels.get(row["preferred_channel"], ""))


def left(row: Mapping[str, Any], page: ContactPage) -> Cell:
    return Cell(ASIDE, page.left if row["has_left"] else "")


def created(row: Mapping[str, Any], page: ContactPage) -> Cell:
    return Cell(f"end {ASIDE}", page.text_of(row["created_at"]))


def _point(kind: str) -> Subquery:
    """Their own of this kind, the preferred one first."""
    points = ContactPoint.objects.filter(contact=OuterRef("pk"), kind=kind)
    return Subquery(points.order_by("-is_preferred", "pk").values("value")[:1])


OWN = [
    Column(
        name="name", label=_("Name"), needs=("name", "account_id"), cell=name, order="sort_key"
    ),
    Column(
        name="client", label=_("Client"), needs=("account__name", "account_id"), cell=client,
        order="account__sort_key",
    ),
    Column(name="position", label=_("Position"), needs=("position",), cell=plain("position"), order="position"),
    Column(name="phone", label=_("Phone"), needs=("phone",), cell=phone, computed={"phone": _point("phone")}),
    Column(name="email", label=_("E-mail"), needs=("email",), cell=email, computed={"email": _point("email")}),
    Column(
        name="owner", label=_("Owner"), needs=("account__owner__name",), cell=owner,
        order="account__owner__sort_key",
    ),
    Column(
        name="created", label=_("Added"), needs=("created_at",), cell=created, css=f"end {ASIDE}",
        order="created_at",
    ),
    Column(
        name="channel", label=_("Preferred channel"), needs=("preferred_channel",), cell=channel, css=ASIDE
    ),
    Column(name="left", label=_("Left"), needs=("has_left",), cell=left, css=ASIDE),
    Column(name="note", label=_("Note"), needs=("note",), cell=plain("note"), css=ASIDE),
]  # fmt: skip
BY_NAME = {column.name: replace(column, editor=EDITORS.get(column.name)) for column in OWN}


def columns() -> dict[str, Column]:
    """All there are to choose from: the contact's own, then its custom fields."""
    return BY_NAME | custom_columns("contact", CHANGE)
