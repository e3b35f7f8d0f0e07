"""What a client's card and its fragments show, each part in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import formats, timezone

from accounts import timeline
from accounts.models import Account, AccountRole, Contact, ContactPoint, Tag
from accounts.phones import shown
from accounts.queries import ROLE_LOOK
from foundation.money import money_text
from users.dates import day_heading, short_day

MOST_SUBSIDIARIES = 10
MOST_CONTACTS = 100
POINT_LOOK = {
    "phone": ("phone", "tel:"),
    "email": ("mail", "mailto:"),
    "messenger": ("message-circle", ""),
    "website": ("world", ""),
}


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """A way to reach them: `url` is what a tap opens, empty when there is nothing to open."""

    pk: int
    kind: str
    text: str
    url: str
    icon: str
    note: str
    is_preferred: bool


@dataclass(frozen=True, slots=True)
class ShownContact:
    pk: int
    name: str
    initials: str
    position: str
    note: str
    has_left: bool
    points: list[ShownPoint]


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """Entries of a day where the person is; `title` is empty when the page before already said it."""

    title: str
    entries: list[dict[str, Any]]


def accounts_for_card(person: Any) -> Any:
    """Clients with what stands on their card beside their own columns: tags, parent, subsidiaries, addresses, numbers.

    A parent or subsidiary this person may not see is not there.
    """
    seen = Account.objects.visible_to(person).order_by("sort_key", "pk")
    named = JSONObject(pk="pk", name="name")
    tags = Tag.objects.filter(account=OuterRef("pk")).order_by("name").values("name")
    return Account.objects.select_related("industry", "source", "owner").annotate(
        shown_tags=ArraySubquery(tags),
        shown_parent=ArraySubquery(seen.filter(pk=OuterRef("parent")).values(json=named)),
        shown_subsidiaries=ArraySubquery(
            seen.filter(parent=OuterRef("pk")).values(json=named)[: MOST_SUBSIDIARIES + 1]
        ),
    )


def identity(account: Account, language: str) -> dict[str, Any]:
    """The left column as strings."""
    revenue = account.annual_revenue
    return {
        "roles": [(AccountRole(role).label, ROLE_LOOK[AccountRole(role)]) for role in account.roles],
        "revenue": money_text(revenue, settings.BASE_CURRENCY, language) if revenue is not None else "",
        "employees": formats.number_format(account.employees, force_grouping=True)
        if account.employees
        else "",
        "subsidiaries": account.shown_subsidiaries[:MOST_SUBSIDIARIES],  # type: ignore[attr-defined]
        "has_more_subsidiaries": len(account.shown_subsidiaries) > MOST_SUBSIDIARIES,  # type: ignore[attr-defined]
        "parent": next(iter(account.shown_parent), None),  # type: ignore[attr-defined]
        "tags": account.shown_tags,  # type: ignore[attr-defined]
        "addresses": list(account.addresses.all()),
        "tax_numbers": list(account.tax_numbers.all()),
        "added": short_day(timezone.localdate(account.created_at), timezone.localdate()),
        "website": account.website.removeprefix("https://").removeprefix("http://").rstrip("/"),
    }


def people_of(account: Account) -> tuple[list[ShownContact], list[ShownPoint]]:
    """(contacts with their points, the client's own points); who has left stands last."""
    points: dict[int | None, list[ShownPoint]] = {}
    for point in account.points.all():
        points.setdefault(point.contact_id, []).append(shown_point(point))
    contacts = account.contacts.order_by("has_left", "sort_key", "pk")[:MOST_CONTACTS]
    return [_contact(contact, points.get(contact.pk, [])) for contact in contacts], points.get(None, [])


def shown_point(point: ContactPoint) -> ShownPoint:
    icon, scheme = POINT_LOOK[point.kind]
    is_phone = point.kind == "phone"
    url = f"{scheme}{point.value.replace(';ext=', ',') if is_phone else point.value}" if scheme else ""
    if point.kind == "website":
        url = point.value
    return ShownPoint(
        pk=point.pk,
        kind=point.get_kind_display(),
        text=shown(point.value) if is_phone else point.value,
        url=url,
        icon=icon,
        note=point.note,
        is_preferred=point.is_preferred,
    )


def history(account: Account, before: str | None = None, said: str = "", only: str = "") -> dict[str, Any]:
    """A page of the timeline by days; `said` is the day the page before ended with, as ISO; `only` a kind of facts."""
    page = timeline.page("account", account.pk, before=before, only=only)
    days = list(_by_day(page.entries, said))
    last = timezone.localtime(page.entries[-1].at).date().isoformat() if page.entries else ""
    return {
        "days": days,
        "older": page.older,
        "on_top": page.on_top,
        "last_day": last,
        "url": reverse("accounts:timeline", args=[account.pk]),
        "kinds": timeline.kinds(),
        "only": page.only,
    }


def _by_day(entries: Iterable[timeline.Entry], said: str) -> Iterable[TimelineDay]:
    today = timezone.localdate()
    current: TimelineDay | None = None
    current_day: date | None = None
    for entry in entries:
        local = timezone.localtime(entry.at)
        if current is None or local.date() != current_day:
            if current is not None:
                yield current
            current_day = local.date()
            title = "" if current_day.isoformat() == said else day_heading(current_day, today)
            current = TimelineDay(title, [])
        current.entries.append(
            {
                "icon": entry.icon,
                "sentence": entry.sentence,
                "who": entry.actor_name,
                "time": formats.time_format(local, "H:i"),
                "moment": local.isoformat(timespec="seconds"),
                "detail": entry.detail,
            }
        )
    if current is not None:
        yield current


def _contact(contact: Contact, points: list[ShownPoint]) -> ShownContact:
    words = contact.name.split()
    return ShownContact(
        pk=contact.pk,
        name=contact.name,
        initials="".join(word[0] for word in words[:1] + words[1:][-1:]),
        position=contact.position,
        note=contact.note,
        has_left=contact.has_left,
        points=points,
    )
