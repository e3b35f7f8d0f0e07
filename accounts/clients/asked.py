"""The list of clients: what it can be asked about with conditions, its rows by a query string, and its declaration."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.clients.columns import USUAL, columns
from accounts.clients.filters import AccountFilter
from accounts.clients.grouping import GROUPINGS
from accounts.custom.fields import custom_asked
from accounts.models import Account, AccountRole, Industry, Source, Tag
from accounts.models.account import Kind
from lists.cells import Cells
from lists.registry import RecordList
from lists.where.fields import CHOICE, MOMENT, MONEY, NUMBER, TEXT, Field
from users.models import User


def people(person: Any) -> Any:
    return User.objects.visible_to(person).filter(is_robot=False)


def _labelled(keys: tuple[Any, ...]) -> Q:
    return Q(Exists(Account.tags.through.objects.filter(account_id=OuterRef("pk"), tag_id__in=keys)))


def _without_tags() -> Q:
    return ~Q(Exists(Account.tags.through.objects.filter(account_id=OuterRef("pk"))))


OWN = [
    Field(name="name", label=_("Name"), kind=TEXT, path="name", searched="search_text"),
    Field(name="kind", label=_("Kind"), kind=CHOICE, path="kind", options=Kind.choices),
    Field(
        name="role",
        label=_("Role"),
        kind=CHOICE,
        options=AccountRole.choices,
        test=lambda keys: Q(roles__overlap=[*keys]),
        absent=lambda: Q(roles__len=0),
    ),
    Field(name="owner", label=_("Owner"), kind=CHOICE, path="owner_id", records=people, is_person=True),
    Field(
        name="industry",
        label=_("Industry"),
        kind=CHOICE,
        path="industry_id",
        records=lambda _person: Industry.objects.all(),
    ),
    Field(
        name="source",
        label=_("Source"),
        kind=CHOICE,
        path="source_id",
        records=lambda _person: Source.objects.all(),
    ),
    Field(
        name="tags",
        label=_("Tags"),
        kind=CHOICE,
        records=lambda _person: Tag.objects.all(),
        test=_labelled,
        absent=_without_tags,
    ),
    Field(name="employees", label=_("Employees"), kind=NUMBER, path="employees", is_whole=True),
    Field(name="revenue", label=_("Annual revenue"), kind=MONEY, path="annual_revenue"),
    Field(name="founded", label=_("Founded in"), kind=NUMBER, path="founded_year", is_whole=True),
    Field(name="website", label=_("Website"), kind=TEXT, path="website"),
    Field(name="about", label=_("About"), kind=TEXT, path="about"),
    Field(name="complete", label=_("Complete, %"), kind=NUMBER, path="completeness", is_whole=True),
    Field(name="created", label=_("Added"), kind=MOMENT, path="created_at"),
    Field(name="last", label=_("Last activity"), kind=MOMENT, path="last_event_at"),
]
BY_NAME = {field.name: field for field in OWN}


def fields() -> dict[str, Field]:
    return BY_NAME | custom_asked("client")


def rows(query: Any, person: Any) -> Any:
    """The clients a query string of filters asks for, of those the person sees; none where it cannot be read."""
    request = HttpRequest()
    request.user = person
    asked = AccountFilter(query, queryset=Account.objects.visible_to(person), request=request)
    return asked.qs if asked.is_valid() else Account.objects.none()


def records() -> Any:
    return Account.objects.select_related("industry", "source", "owner")


def row_of(pk: int, person: Any, shown: Any) -> Any:
    from accounts.clients import listing  # which knows this list

    return listing.clients.row_of(Account.objects.visible_to(person).filter(pk=pk), person, shown)


def card_of(account: Account, request: Any) -> str:
    from accounts.card import fields_of_card

    return fields_of_card(account, request)


CLIENTS = RecordList(
    key="clients",
    title=_("Clients"),
    url_name="accounts:list",
    gate="accounts.view",
    first="name",
    usual=USUAL,
    sort="-last",
    led_by=frozenset({"name", "-name", "created", "-created", "last", "-last"}),
    columns=columns,
    rows=rows,
    fields=fields,
    groupings={name: grouping.label for name, grouping in GROUPINGS.items()},
    cells=Cells(
        url_name="accounts:cell", records=records, row=row_of, card=card_of, card_id="about", is_labelled=True
    ),
)
