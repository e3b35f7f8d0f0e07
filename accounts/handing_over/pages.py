"""What the pages of hand-overs show."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.handing_over import preview
from accounts.handing_over.dossier import Dossier, dossiers
from accounts.handing_over.planning import changed_hands
from accounts.models import Account
from accounts.models.hand_over import RIGHT, HandOver, HandOverPart
from foundation.keyset import Page, keyset_page
from foundation.search import matching
from users.models import User

PEOPLE, DOSSIERS, PAGE = 50, 20, 25
PINNED_FOR = timedelta(days=90)


class Row(NamedTuple):
    url: str
    name: str
    planned: str
    by: str
    state: str
    css: str


class HandedOver(NamedTuple):
    """What stands on top of a client's timeline for three months after it changed hands."""

    url: str
    changes_url: str
    from_name: str
    to_name: str
    on: str


def people_led(person: Any, letters: str) -> list[Any]:
    """Colleagues whose portfolio this person may hand over; those who left and may still have something, too."""
    people = User.objects.filter(is_robot=False).order_by("-is_active", "sort_key", "pk")
    reach = person.reach(RIGHT)
    if not reach.everybody:
        people = people.filter(pk__in=sorted(reach.people))
    if letters:
        people = matching(people, letters, cap=None)
    return list(people.select_related("department")[:PEOPLE])


def list_page(person: Any, cursor: str | None) -> Page:
    rows = HandOver.objects.visible_to(person).select_related(
        "person", "planned_by", "change_set__undone_by", "given_back"
    )
    page = keyset_page(rows, order=("-pk",), cursor=cursor, size=PAGE)
    return page._replace(rows=[_row(each, person) for each in page.rows])


def state_of(hand_over: HandOver) -> tuple[str, str]:
    """In a word, with its look."""
    made = hand_over.change_set
    if made is None:
        return _("draft"), "tag"
    if hasattr(made, "undone_by"):
        return _("taken back"), "tag"
    if hand_over.given_back_id is not None:
        return _("given back"), "tag"
    if not made.is_finished:
        return _("running"), "tag tag-info"
    if not made.is_done:
        return _("broke off"), "tag tag-bad"
    if hand_over.until is not None:
        return _("until %(day)s") % {"day": _day(hand_over.until)}, "tag tag-warn"
    return _("handed over"), "tag tag-good"


def plan_page(hand_over: HandOver, cursor: str | None, language: str, at: datetime) -> dict[str, Any]:
    """The preview of a draft."""
    gets = preview.given(hand_over)
    people = User.objects.filter(pk__in=hand_over.receivers).order_by("sort_key", "pk")
    page = preview.parts(hand_over, cursor, language)
    return {
        "receivers": preview.receivers(hand_over, language, at),
        "total": sum(sum(counts.values()) for counts in gets.values()),
        "sample": preview.sample(hand_over, language),
        "parts": page.rows,
        "links": page,
        "people": list(people),
    }


def result_page(hand_over: HandOver, person: Any) -> dict[str, Any]:
    """What became of it."""
    word, look = state_of(hand_over)
    is_finished = hand_over.change_set is not None and hand_over.change_set.is_finished
    return {
        "state": word,
        "look": look,
        "may_give_back": not hand_over.objection_to_giving_back(),
        "may_undo": is_finished
        and hand_over.given_back_id is None
        and not hand_over.change_set.objection_to_undo(person),  # type: ignore[union-attr]
    }


def dossier_page(
    hand_over: HandOver, to: int | None, cursor: str | None, reader: Any, at: datetime
) -> tuple[list[Dossier], Page]:
    """Dossiers of a portfolio, as far as the reader sees the clients."""
    seen = Account.objects.visible_to(reader).order_by().values("pk")
    parts = HandOverPart.objects.filter(hand_over=hand_over, account__in=seen)
    if to is not None:
        parts = parts.filter(to=to)
    rows = parts.values("pk", "account_id", "to__name")
    page = keyset_page(rows, order=("pk",), cursor=cursor, size=DOSSIERS)
    names = {row["account_id"]: row["to__name"] for row in page.rows}
    found = Account.objects.in_bulk(list(names))
    return dossiers([found[key] for key in names if key in found], names, reader, at), page


def last_part(account: Account) -> HandOverPart | None:
    """The hand-over by which the client came to whoever has it, if it came by one that stands."""
    parts = _standing().filter(account=account).select_related("hand_over__person", "hand_over__change_set")
    return parts.select_related("to").order_by("-pk").first()


def shown_hand_over_json(at: datetime) -> ArraySubquery:
    """For annotating accounts: the hand-over that is still pinned on the card, so that the card pays no statement."""
    recent = _standing().filter(
        account=OuterRef("pk"), hand_over__change_set__finished_at__gt=at - PINNED_FOR
    )
    said = JSONObject(
        change_set=F("hand_over__change_set_id"),
        from_name=F("hand_over__person__name"),
        to_name=F("to__name"),
        at=F("hand_over__change_set__finished_at"),
    )
    return ArraySubquery(recent.order_by("-pk").values(json=said)[:1])


def pinned(account: Account) -> HandedOver | None:
    """As the card's statement read it."""
    said: list[Mapping[str, Any]] = account.shown_hand_over  # type: ignore[attr-defined]
    if not said:
        return None
    row = said[0]
    moment = parse_datetime(row["at"]) or timezone.now()
    return HandedOver(
        reverse("accounts:dossier", args=[account.pk]),
        reverse("changes:page", args=[row["change_set"]]),
        row["from_name"],
        row["to_name"],
        _day(timezone.localtime(moment).date()),
    )


def _standing() -> Any:
    return HandOverPart.objects.filter(
        hand_over__change_set__state="done",
        hand_over__change_set__undone_by__isnull=True,
        hand_over__given_back__isnull=True,
    ).filter(changed_hands())


def _row(hand_over: HandOver, person: Any) -> Row:
    word, look = state_of(hand_over)
    leads = person.reach(RIGHT).covers_person(hand_over.person_id)
    url = hand_over.get_absolute_url() if leads else reverse("accounts:dossiers", args=[hand_over.pk])
    planned = formats.date_format(timezone.localtime(hand_over.planned_at), "SHORT_DATETIME_FORMAT")
    return Row(url, hand_over.person.name, planned, hand_over.planned_by.name, word, look)


def _day(day: Any) -> str:
    return str(formats.date_format(day, "SHORT_DATE_FORMAT"))
