"""What lists of deals, clients and contacts say of processes: for whom a record waits; a column and a condition."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from lists.registry import Cell, Column, offer_column
from lists.where import fields
from processes.models import WorkItem
from processes.queries.words import holder_text, lasted
from users.models import Role, User

# The kind of record of each list that says so.
KINDS = {"deals": "deal", "clients": "account", "contacts": "contact"}


def register() -> None:
    for key, kind in KINDS.items():
        fields.offer(key, _asked(kind))
    offer_column("deals", column("deal"))


def column(kind: str) -> Column:
    """Whose work comes next, and for how long it has waited: looked up by key for the rows of a page only."""
    first = _work(kind).order_by(F("due_at").asc(nulls_last=True), "pk")
    role = Role.objects.filter(key=OuterRef("role")).values("name")
    said = JSONObject(name=F("assignee__name"), role=Subquery(role), since=F("opened_at"), side=F("side"))
    found = Subquery(first.annotate(said=said).values("said")[:1])
    return Column(
        name="waits_for", label=_("Waits for"), needs=("waits_for",), cell=_cell, css="wide",
        computed={"waits_for": found},
    )  # fmt: skip


def _cell(row: Mapping[str, Any], _page: Any) -> Cell:
    said = row["waits_for"]
    if not said:
        return Cell("wide", "")
    since = parse_datetime(said["since"])
    who = holder_text(said["name"], said["role"] or "", {})
    return Cell("wide", f"{who}, {lasted(timezone.now() - since)}" if since else who)


def _asked(kind: str) -> Any:
    """A condition: the record waits for one of these people."""

    def offered() -> dict[str, fields.Field]:
        field = fields.Field(
            name="waits_for",
            label=_("Waits for"),
            kind=fields.CHOICE,
            records=lambda _person: User.objects.active().order_by("sort_key", "pk"),
            is_person=True,
            test=lambda keys: Q(Exists(_work(kind).filter(assignee__in=keys))),
            absent=lambda: ~Q(Exists(_work(kind))),
        )
        return {field.name: field}

    return offered


def _work(kind: str) -> Any:
    return WorkItem.objects.open().filter(subject_kind=kind, subject_id=OuterRef("pk")).order_by()
