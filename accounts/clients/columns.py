"""The columns of the list of clients, and how each is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.clients.editors import CHANGE, EDITORS, POINT_ORDER
from accounts.clients.queries import ROLE_LOOK, day_text
from accounts.custom.columns import custom_columns
from accounts.models import AccountRole, ContactPoint, Tag
from accounts.models.account import Kind
from accounts.phones import shown
from foundation.money import money_text, number_text
from lists.registry import Cell, Column

MOST_TAGS = 3
USUAL = ("role", "owner", "point", "tags", "last", "created")
ASIDE = "wide"


@dataclass
class ListPage:
    """What is the same for every row of a page. Days repeat, and formatting one costs more than all else in a row."""

    names: Mapping[int, str]
    here: str = field(default_factory=lambda: reverse("accounts:list"))
    today: date = field(default_factory=timezone.localdate)
    nobody: str = field(default_factory=lambda: _("Nobody"))
    never: str = field(default_factory=lambda: _("Never"))
    language: str = field(default_factory=lambda: get_language() or "en")
    roles: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {role.value: (str(role.label), ROLE_LOOK[role]) for role in AccountRole}
    )
    kinds: dict[str, str] = field(
        default_factory=lambda: {kind.value: str(capfirst(kind.label)) for kind in Kind}
    )
    texts: dict[date, str] = field(default_factory=dict)

    def text_of(self, moment: datetime | None) -> str:
        if moment is None:
            return self.never
        day = timezone.localtime(moment).date()
        if day == self.today:
            return day_text(moment, self.today)
        if day not in self.texts:
            self.texts[day] = day_text(moment, self.today)
        return self.texts[day]


def about(row: Mapping[str, Any], page: ListPage) -> str:
    return row["industry__name"] or page.kinds[row["kind"]]


def name(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell("", row["name"], f"{page.here}{row['pk']}/")


def role(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell("", "", tags=[page.roles[each] for each in row["roles"]])


def owner(row: Mapping[str, Any], page: ListPage) -> Cell:
    found = row["owner__name"]
    return Cell("number" if found else "number quiet", found or page.nobody)


def point(row: Mapping[str, Any], page: ListPage) -> Cell:
    value = row["point"] or ""
    return Cell("number", shown(value) if value.startswith("+") else value)


def tags(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell("", "", tags=[(tag, "") for tag in row["tag_names"]])


def last(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell("end", page.text_of(row["last_event_at"]))


def created(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell(f"end {ASIDE}", page.text_of(row["created_at"]))


def kind(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell(ASIDE, page.kinds[row["kind"]])


def employees(row: Mapping[str, Any], page: ListPage) -> Cell:
    n = row["employees"]
    return Cell(f"end {ASIDE}", "" if n is None else number_text(n, page.language))


def revenue(row: Mapping[str, Any], page: ListPage) -> Cell:
    amount: Decimal | None = row["annual_revenue"]
    said = "" if amount is None else money_text(amount, settings.BASE_CURRENCY, page.language)
    return Cell(f"end {ASIDE}", said)


def number(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell(f"end {ASIDE}", f"ID{row['pk']}")


def complete(row: Mapping[str, Any], page: ListPage) -> Cell:
    n = row["completeness"]
    return Cell(f"end {ASIDE}", "" if n is None else f"{n} %")


def plain(name: str) -> Any:
    def cell(row: Mapping[str, Any], page: ListPage) -> Cell:
        return Cell(ASIDE, str(row[name] or ""))

    return cell


POINTS = ContactPoint.objects.filter(account=OuterRef("pk"), kind__in=["phone", "email"]).order_by(
    *POINT_ORDER
)
TAGS = Tag.objects.filter(account=OuterRef("pk")).order_by("name").values("name")[:MOST_TAGS]
OWN = [
    Column(
        name="name",
        label=gettext_lazy("Name"),
        needs=("name", "kind", "industry__name"),
        cell=name,
        order="sort_key",
    ),
    Column(name="role", label=gettext_lazy("Role"), needs=("roles",), cell=role),
    Column(
        name="owner",
        label=gettext_lazy("Owner"),
        needs=("owner__name",),
        cell=owner,
        order="owner__sort_key",
    ),
    Column(
        name="point",
        label=gettext_lazy("Phone or e-mail"),
        needs=("point",),
        cell=point,
        computed={"point": Subquery(POINTS.values("value")[:1])},
    ),
    Column(
        name="tags",
        label=gettext_lazy("Tags"),
        needs=("tag_names",),
        cell=tags,
        computed={"tag_names": ArraySubquery(TAGS)},
    ),
    Column(
        name="last",
        label=gettext_lazy("Last activity"),
        needs=("last_event_at",),
        cell=last,
        css="end",
        order="last_event_at",
    ),
    Column(
        name="created",
        label=gettext_lazy("Added"),
        needs=("created_at",),
        cell=created,
        css=f"end {ASIDE}",
        order="created_at",
    ),
    Column(name="kind", label=gettext_lazy("Kind"), needs=("kind",), cell=kind, css=ASIDE),
    Column(
        name="industry",
        label=gettext_lazy("Industry"),
        needs=("industry__name",),
        cell=plain("industry__name"),
        css=ASIDE,
        order="industry__name",
    ),
    Column(
        name="source",
        label=gettext_lazy("Source"),
        needs=("source__name",),
        cell=plain("source__name"),
        css=ASIDE,
        order="source__name",
    ),
    Column(
        name="employees",
        label=gettext_lazy("Employees"),
        needs=("employees",),
        cell=employees,
        css=f"end {ASIDE}",
        order="employees",
    ),
    Column(
        name="revenue",
        label=gettext_lazy("Annual revenue"),
        needs=("annual_revenue",),
        cell=revenue,
        css=f"end {ASIDE}",
        order="annual_revenue",
        money="annual_revenue",
    ),
    Column(
        name="website",
        label=gettext_lazy("Website"),
        needs=("website",),
        cell=plain("website"),
        css=ASIDE,
    ),
    Column(
        name="founded",
        label=gettext_lazy("Founded in"),
        needs=("founded_year",),
        cell=plain("founded_year"),
        css=f"end {ASIDE}",
        order="founded_year",
    ),
    Column(
        name="complete",
        label=gettext_lazy("Complete"),
        needs=("completeness",),
        cell=complete,
        css=f"end {ASIDE}",
        order="completeness",
    ),
    Column(
        name="number", label=gettext_lazy("Number"), needs=(), cell=number, css=f"end {ASIDE}", order="pk"
    ),
]
BY_NAME = {column.name: replace(column, editor=EDITORS.get(column.name)) for column in OWN}


def columns() -> dict[str, Column]:
    """All there are to choose from: the client's own, then its custom fields."""
    return BY_NAME | custom_columns("client", CHANGE)
