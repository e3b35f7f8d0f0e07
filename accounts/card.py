"""What a client's card and its fragments show, each part in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone

from accounts import timeline
from accounts.clients.queries import ROLE_LOOK
from accounts.completeness.counting import Completeness, beside_of, judged, rules_json
from accounts.consents.permission import consents_json, shown_consents
from accounts.criteria.portrait import criteria_json, portrait_of
from accounts.custom.shown import ShownField, shown_fields
from accounts.handing_over.pages import pinned, shown_hand_over_json
from accounts.models import Account, AccountRole, Contact, ContactPoint, Tag, TaxNumber
from accounts.panels import folds_json, layout_json
from accounts.phones import shown
from accounts.relations.shown import MOST_ON_CARD, relations_json, shown_relations
from foundation.money import money_text
from users.dates import day_heading, short_day

MOST_CONTACTS = 100
LISTED = ("address", "tax_number")
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
    prefers: str
    custom: list[ShownField]


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """Entries of a day where the person is; `title` is empty when the page before already said it."""

    title: str
    entries: list[dict[str, Any]]


def accounts_for_card(person: Any) -> Any:
    """Clients with what stands on their card beside their own columns: tags and relations.

    A related client this person may not see is not named.
    """
    tags = Tag.objects.filter(account=OuterRef("pk")).order_by("name").values("name")
    numbers = TaxNumber.objects.filter(account=OuterRef("pk")).order_by("kind", "pk")
    return Account.objects.select_related("industry", "source", "owner").annotate(
        shown_tags=ArraySubquery(tags),
        shown_relations=relations_json(person),
        shown_consents=consents_json(),
        shown_rules=rules_json(),
        shown_criteria=criteria_json(),
        shown_tax_numbers=ArraySubquery(numbers.values(json=JSONObject(kind="kind", value="value"))),
        shown_layout=layout_json(person),
        shown_folds=folds_json(person),
        shown_hand_over=shown_hand_over_json(timezone.now()),
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
        "tags": account.shown_tags,  # type: ignore[attr-defined]
        "addresses": list(account.addresses.all()),
        "tax_numbers": [TaxNumber(**row) for row in account.shown_tax_numbers],  # type: ignore[attr-defined]
        "added": short_day(timezone.localdate(account.created_at), timezone.localdate()),
        "website": account.website.removeprefix("https://").removeprefix("http://").rstrip("/"),
    }


def fields_of_card(account: Account, request: Any) -> str:
    """The left column as it is after one of its fields changed. Four statements."""
    account = accounts_for_card(request.user).get(pk=account.pk)
    _contacts, points, there = people_of(account)
    known = identity(account, request.user.language)
    context = {
        "account": account,
        "identity": known,
        "completeness": completeness_of(account, there, known),
        "custom": shown_fields(account, request.user),
        "points": points,
        "may_change": request.user.reaches(account, "accounts.change"),
        "may_assign": request.user.reaches(account, "accounts.assign"),
        "cells_at": cells_at(account, request.user),
    }
    return render_to_string("accounts/identity.html", context, request)


def cells_at(account: Account, person: Any) -> str:
    """Where this person changes its fields one by one; "" where they do not."""
    return f"{account.get_absolute_url()}cell/" if person.reaches(account, "accounts.change") else ""


def panels_of(account: Account) -> dict[str, Any]:
    """How it stands to other clients and what it allows, as `accounts_for_card` read it."""
    rows = shown_relations(account.shown_relations)  # type: ignore[attr-defined]
    return {
        "relations": rows[:MOST_ON_CARD],
        "has_more_relations": len(rows) > MOST_ON_CARD,
        "consents": shown_consents(account.shown_consents),  # type: ignore[attr-defined]
        "portrait": portrait_of(account),
        "handed": pinned(account),
    }


def people_of(account: Account) -> tuple[list[ShownContact], list[ShownPoint], dict[str, bool]]:
    """(contacts with their points, the client's own points, which of what completeness asks for is there); who has
    left stands last."""
    points: dict[int | None, list[ShownPoint]] = {}
    known = list(account.points.all())
    for point in known:
        points.setdefault(point.contact_id, []).append(shown_point(point))
    contacts = list(account.contacts.order_by("has_left", "sort_key", "pk")[:MOST_CONTACTS])
    shown_contacts = [_contact(contact, points.get(contact.pk, [])) for contact in contacts]
    return shown_contacts, points.get(None, []), beside_of(contacts, known)


def completeness_of(account: Account, there: dict[str, bool], identity: dict[str, Any]) -> Completeness:
    """How complete the client is as the page has just read it, with what is missing. No statement."""
    there = there | {
        name: bool(identity[f"{name}s" if name != "address" else "addresses"]) for name in LISTED
    }
    return judged(account, account.shown_rules, there)  # type: ignore[attr-defined]


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
        prefers=contact.get_preferred_channel_display(),
        custom=shown_fields(contact, None),
    )
