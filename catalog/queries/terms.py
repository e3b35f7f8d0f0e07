"""What a client's prices are made of: terms, level, points. A fixed number of statements."""

from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from catalog.models import LoyaltyStanding, PointsEntry, PriceTerms
from catalog.models.loyalty import balance_of
from users.dates import day_text, short_day

LATEST = 50


class Row(NamedTuple):
    """Terms in words. `state` says whether they are in force, will be, or were."""

    day: str
    what: str
    who: str
    reason: str
    state: str
    is_in_force: bool


class Movement(NamedTuple):
    when: str
    points: str
    reason: str
    who: str
    is_taken: bool


class Prices(NamedTuple):
    now: str
    since: str
    coming: str
    level: str
    points: str


def terms_text(terms: PriceTerms | None) -> str:
    if terms is None:
        return _("the usual prices")
    parts = [terms.price_list.name] if terms.price_list else []
    parts += [f"−{terms.percent.normalize():f} %"] if terms.percent else []
    return ", ".join(parts) or _("the usual prices")


def prices_of(account_id: int, today: date) -> Prices:
    """Three statements."""
    known = list(_terms(account_id)[:LATEST])
    now = next((each for each in known if each.valid_from <= today), None)
    coming = next((each for each in reversed(known) if each.valid_from > today), None)
    standing = LoyaltyStanding.objects.select_related("level").filter(account=account_id).first()
    points = balance_of(account_id)
    next_text = ""
    if coming:
        words = {"day": day_text(coming.valid_from, today), "what": terms_text(coming)}
        next_text = _("from %(day)s: %(what)s") % words
    return Prices(
        now=terms_text(now),
        since=day_text(now.valid_from, today) if now else "",
        coming=next_text,
        level=_level(standing),
        points=f"{points.normalize():f}" if points else "",
    )


def terms_rows(account_id: int, today: date) -> list[Row]:
    rows, is_passed = [], False
    for each in _terms(account_id)[:LATEST]:
        is_in_force = each.valid_from <= today and not is_passed
        is_passed |= is_in_force
        state = _("in force") if is_in_force else _("to come") if each.valid_from > today else _("were")
        rows.append(
            Row(
                day=day_text(each.valid_from, today),
                what=terms_text(each),
                who=each.agreed_by.name,
                reason=each.reason,
                state=state,
                is_in_force=is_in_force,
            )
        )
    return rows


def movements(account_id: int, today: date) -> list[Movement]:
    """The latest; the balance is of all."""
    found = PointsEntry.objects.filter(account=account_id).select_related("made_by")
    return [
        Movement(
            short_day(each.made_at.date(), today),
            f"{each.amount.normalize():+f}",
            each.reason,
            each.made_by.name,
            each.amount < 0,
        )
        for each in found.order_by("-made_at", "-pk")[:LATEST]
    ]


def _terms(account_id: int) -> Any:
    found = PriceTerms.objects.filter(account=account_id).select_related("price_list", "agreed_by")
    return found.order_by("-valid_from", "-pk")


def _level(standing: LoyaltyStanding | None) -> str:
    if standing is None:
        return ""
    level = standing.level
    said = f"−{level.percent.normalize():f} %" if level.percent else ""
    return f"{level.name}, {said}" if said else level.name
