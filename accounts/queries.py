"""What the list of clients shows, in how many statements: one for the rows, one for the count."""

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Subquery, Value
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Account, AccountRole, ContactPoint, Industry, Source, Tag
from accounts.models.account import Kind
from accounts.phones import shown
from users.dates import short_day
from users.models import User

SIZE = 50
MOST_TAGS = 3
MOST_CHOICES = 300
ORDERS = {
    "name": ("sort_key", "pk"),
    "-name": ("-sort_key", "-pk"),
    "created": ("created_at", "pk"),
    "-created": ("-created_at", "-pk"),
    "last": ("last_event_at", "pk"),
    "-last": ("-last_event_at", "-pk"),
}
USUAL_ORDER = "-last"
ROLE_LOOK = {
    AccountRole.CLIENT: "tag-good",
    AccountRole.LEAD: "tag-info",
    AccountRole.PARTNER: "tag-leaf",
    AccountRole.SUPPLIER: "",
}


def with_columns(accounts: Any) -> Any:
    """The columns of the list as values(); tags and the main way to reach them come as subqueries of the 50 rows."""
    points = ContactPoint.objects.filter(account=OuterRef("pk")).order_by(
        F("contact_id").asc(nulls_first=True), "-is_preferred", "-kind", "pk"
    )
    tags = Tag.objects.filter(account=OuterRef("pk")).order_by("name").values("name")[:MOST_TAGS]
    return accounts.annotate(
        tag_names=ArraySubquery(tags),
        point=Subquery(points.filter(kind__in=["phone", "email"]).values("value")[:1]),
    ).values(
        "pk",
        "name",
        "kind",
        "roles",
        "sort_key",
        "created_at",
        "last_event_at",
        "tag_names",
        "point",
        owner_name=F("owner__name"),
        industry_name=F("industry__name"),
    )


def shown_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `with_columns` as strings, so that the template only prints."""
    words = {role.value: (str(role.label), ROLE_LOOK[role]) for role in AccountRole}
    kinds = {kind.value: capfirst(kind.label) for kind in Kind}
    here, today = reverse("accounts:list"), timezone.localdate()
    nobody, never = _("Nobody"), _("Never")
    texts: dict[date, str] = {}

    def text_of(moment: datetime) -> str:
        """Formatting a date costs more than all else in a row, and days repeat."""
        day = timezone.localtime(moment).date()
        if day == today:
            return day_text(moment, today)
        if day not in texts:
            texts[day] = day_text(moment, today)
        return texts[day]

    return [
        {
            "pk": row["pk"],
            "url": f"{here}{row['pk']}/",
            "name": row["name"],
            "about": row["industry_name"] or kinds[row["kind"]],
            "roles": [words[role] for role in row["roles"]],
            "owner": row["owner_name"] or nobody,
            "has_owner": row["owner_name"] is not None,
            "point": shown(row["point"]) if (row["point"] or "").startswith("+") else row["point"] or "",
            "tags": row["tag_names"],
            "last": text_of(row["last_event_at"]) if row["last_event_at"] else never,
            "created": text_of(row["created_at"]),
        }
        for row in rows
    ]


def day_text(moment: datetime, today: date) -> str:
    """“14:05” today, “Yesterday”, “Mar 12”, “Mar 12, 2024”, where the person is."""
    local = timezone.localtime(moment)
    day = local.date()
    if day == today:
        return formats.time_format(local, "H:i")
    if (today - day).days == 1:
        return _("Yesterday")
    return short_day(day, today)


def choices(person: Any) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer, in one statement: {parameter: [(value, words)]}; retired words stay findable."""
    people = User.objects.visible_to(person).active().order_by()
    offered = _named("owner", people).union(
        _named("industry", Industry.objects.order_by()),
        _named("source", Source.objects.order_by()),
        _named("tag", Tag.objects.order_by()),
        all=True,
    )
    found: dict[str, list[tuple[str, str]]] = {"owner": [], "industry": [], "source": [], "tag": []}
    for param, pk, name in offered.order_by("param", "word"):
        if len(found[param]) < MOST_CHOICES:
            found[param].append((str(pk), name))
    return found


def names_of(chosen: dict[str, int], person: Any) -> dict[str, str]:
    """The words behind the keys of the active filters, in one statement; none when no key is chosen."""
    of = {"owner": User.objects.visible_to(person), "industry": Industry.objects, "source": Source.objects}
    of["tag"] = Tag.objects
    parts = [_named(param, of[param].filter(pk=pk).order_by()) for param, pk in chosen.items() if param in of]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {param: name for param, _pk, name in rows}


def first_of(person: Any) -> bool:
    """Whether this person sees any client at all: only asked when a list is empty."""
    return bool(Account.objects.visible_to(person).exists())


def _named(param: str, records: Any) -> Any:
    return records.annotate(param=Value(param), word=F("name")).values_list("param", "pk", "word")
