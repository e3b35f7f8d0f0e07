"""Clients that may be the one somebody is about to add: exactly the same phone, e-mail, tax number or name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Account, ContactPoint, TaxNumber
from foundation.search_text import sort_key

MOST = 5


@dataclass(frozen=True)
class Match:
    pk: int
    name: str
    owner: str
    reason: str


@dataclass
class Duplicates:
    """`hidden` are the reasons by which clients this person does not see match, and nothing else about them."""

    matches: list[Match] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.matches or self.hidden)


def possible_duplicates(
    person: Any,
    *,
    name: str,
    points: Iterable[tuple[str, str]] = (),
    tax_numbers: Iterable[tuple[str, str]] = (),
) -> Duplicates:
    """At most five, in at most four statements, each by an exact index."""
    reasons: dict[int, str] = {}
    for pk, reason in [*_by_point(points), *_by_number(tax_numbers), *_by_name(name)]:
        reasons.setdefault(pk, reason)
    found = Duplicates()
    accounts = (
        Account.objects.filter(pk__in=list(reasons)[:MOST]).select_related("owner").order_by("sort_key", "pk")
    )
    for account in accounts:
        reason = reasons[account.pk]
        if person.reaches(account, "accounts.view"):
            owner = account.owner.name if account.owner else _("nobody")
            found.matches.append(Match(account.pk, account.name, owner, reason))
        elif reason not in found.hidden:
            found.hidden.append(reason)
    return found


def _by_point(points: Iterable[tuple[str, str]]) -> list[tuple[int, str]]:
    asked = [Q(kind=kind, value=value) for kind, value in points if kind in ("phone", "email") and value]
    if not asked:
        return []
    words = {"phone": _("the same phone"), "email": _("the same e-mail")}
    same = ContactPoint.objects.filter(reduce(or_, asked)).order_by("pk").values_list("account_id", "kind")
    return [(account_id, words[kind]) for account_id, kind in same[: MOST * 4]]


def _by_number(numbers: Iterable[tuple[str, str]]) -> list[tuple[int, str]]:
    asked = [Q(kind=kind, value=value) for kind, value in numbers if value]
    if not asked:
        return []
    same = TaxNumber.objects.filter(reduce(or_, asked)).order_by("pk").values_list("account_id", flat=True)
    return [(account_id, _("the same tax number")) for account_id in same[: MOST * 4]]


def _by_name(name: str) -> list[tuple[int, str]]:
    key = sort_key(" ".join(name.split()))
    if not key:
        return []
    same = Account.objects.filter(sort_key=key).order_by("pk").values_list("pk", flat=True)
    return [(pk, _("the same name")) for pk in same[:MOST]]
