"""A rule's conditions: filters of a list, checked, said in words, and asked of records."""

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from accounts.clients.filters import AccountFilter
from accounts.models import Industry, Source, Tag
from deals.filters import DealFilter
from deals.models import Pipeline, Stage
from distribution.models import Record
from distribution.records import MODELS
from foundation.errors import Refused
from lists.where.fields import ME, TEAM
from users.models import Department, User

FILTERS: dict[str, Any] = {Record.LEAD: AccountFilter, Record.DEAL: DealFilter}
NOT_FILTERS = ("cursor", "after", "sort", "columns", "view", "group", "page")
ONES_OWN = ("mine", "team", "with_me")
NAMED: dict[str, Any] = {
    "source": Source, "industry": Industry, "tag": Tag, "pipeline": Pipeline, "stage": Stage, "owner": User,
    "department": Department,
}  # fmt: skip
LONGEST = 4_000


def read(typed: str) -> str:
    """The filters of an address, or of a query string, in one spelling."""
    typed = typed.strip()
    if len(typed) > LONGEST or "\x00" in typed:
        raise Refused(_("These conditions are too long."))
    query = urlsplit(typed).query if "://" in typed or typed.startswith("/") else typed.lstrip("?")
    said, kept = QueryDict(query), QueryDict(mutable=True)
    for name in sorted(said):
        values = [value for value in said.getlist(name) if value]
        if name not in NOT_FILTERS and values:
            kept.setlist(name, values)
    return kept.urlencode(safe=",:;()")


def check(record: str, query: str) -> None:
    """Refused, in a sentence, where the list could not be filtered so, or not alike for everybody."""
    found = _filters(record, query)
    if "q" in found.data:
        raise Refused(_("Words of a search are no condition: choose a filter or a condition instead."))
    unknown = sorted(set(found.data) - set(found.filters))
    if unknown:
        raise Refused(_("The list has no filter called “%(name)s”.") % {"name": unknown[0]})
    if not found.form.is_valid():
        field, errors = next(iter(found.form.errors.items()))
        raise Refused(f"{found.form.fields[field].label}: {errors[0]}")
    if found.where_notes:
        raise Refused(found.where_notes[0])
    if _is_ones_own(found):
        raise Refused(_("A rule is the same for everybody: it cannot ask for “mine” or “my team”."))


def sentences(record: str, query: str) -> list[str]:
    """What is asked, a line each, as far as it can still be read."""
    found = _filters(record, query)
    if not query or not found.form.is_valid():
        return []
    lines = [text for text, _left in found.where_chips(found.data)]
    for name in found.data:
        if name in found.filters and name != "where":
            values = " / ".join(_named(name, value) for value in found.data.getlist(name))
            lines.append(f"{found.form.fields[name].label}: {values}")
    return lines


def fitting(record: str, query: str, keys: Collection[int]) -> set[int]:
    """Which of these records meet the conditions; none where they cannot be read any more."""
    found = _filters(record, query)
    if not found.form.is_valid():
        return set()
    return set(found.qs.filter(pk__in=keys).order_by().values_list("pk", flat=True))


def _filters(record: str, query: str) -> Any:
    request = HttpRequest()
    request.user = User.objects.robot()
    everything = MODELS[record].objects.all()
    return FILTERS[record](QueryDict(query), queryset=everything, request=request)


def _is_ones_own(found: Any) -> bool:
    asked = found.conditions
    in_conditions = asked is not None and any(
        each.field.is_person and {ME, TEAM} & set(map(str, each.values)) for each in asked.asked.values()
    )
    own: Sequence[str] = [name for name in ONES_OWN if name in found.data]
    return bool(in_conditions or own or {ME, TEAM} & set(found.data.getlist("owner")))


def _named(name: str, value: str) -> str:
    """A choice by the name of what it is the key of; anything else as it stands."""
    if name in NAMED and value.isascii() and value.isdigit() and len(value) < 19:
        return str(NAMED[name].objects.filter(pk=int(value)).first() or value)
    return value
