"""Checked conditions as one Q.

What is empty is only found by `empty` and by what denies: a client without an industry is in no industry, and
“not in retail” finds it. A condition on a record one step away asks for one that is there, that the person may see,
and of which it holds; without such a record nothing is found, deny or not.
"""

from datetime import datetime
from decimal import Decimal
from functools import reduce
from math import ceil, floor
from operator import and_, or_
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable
from django.db.models.lookups import (
    Exact,
    GreaterThanOrEqual,
    IContains,
    IExact,
    IsNull,
    IStartsWith,
    LessThan,
    LessThanOrEqual,
)  # fmt: skip

from foundation.search_text import normalised
from lists.where.checking import Asked, Checked
from lists.where.days import DAY as ONE_DAY
from lists.where.days import begins, span
from lists.where.fields import ME, MOMENT, RELATED, TEAM, TEXT, Field
from lists.where.grammar import Condition, Group

DENIES = {"lacks": "has", "not": "is", "out": "in"}
LOOKUPS: dict[str, Any] = {
    "icontains": IContains,
    "iexact": IExact,
    "istartswith": IStartsWith,
    "exact": Exact,
    "gte": GreaterThanOrEqual,
    "lte": LessThanOrEqual,
    "lt": LessThan,
    "isnull": IsNull,
}
TRIGRAM = 3
WORDS = {"has": "icontains", "is": "iexact", "begins": "istartswith"}


def condition(checked: Checked, person: Any, now: datetime) -> Q:
    """`now` is where the person is: days begin there."""
    return _group(checked.tree, checked, person, now)


def _group(tree: Group, checked: Checked, person: Any, now: datetime) -> Q:
    parts = [_item(item, checked, person, now) for item in tree.items]
    if not parts:
        return Q()
    return reduce(or_ if tree.is_any else and_, parts)


def _item(item: Condition | Group, checked: Checked, person: Any, now: datetime) -> Q:
    if isinstance(item, Group):
        return _group(item, checked, person, now)
    asked = checked.asked[item]
    holds = _holds(asked, person, now)
    hop = asked.field.hop
    if hop is None:
        return holds
    return Q(**{f"{hop.path}__in": hop.records(person).filter(holds).order_by().values("pk")})


def _holds(asked: Asked, person: Any, now: datetime) -> Q:
    field, op = asked.field, asked.op
    if field.kind == RELATED:
        return _related(field, op, asked.values, person)
    if op in {"empty", "filled"}:
        return _empty(field) if op == "empty" else ~_empty(field)
    if op in DENIES:
        return _empty(field) | ~_said(field, DENIES[op], asked.values, person, now)
    return _said(field, op, asked.values, person, now)


def _said(field: Field, op: str, values: tuple[Any, ...], person: Any, now: datetime) -> Q:
    match field.kind:
        case "text":
            return _likely(field, values[0]) & _compared(field, WORDS[op], values[0])
        case "number" | "money":
            return _number(field, op, values)
        case "day" | "moment":
            return _within(field, op, values, now)
    return _chosen(field, values, person)


def _likely(field: Field, text: str) -> Q:
    """What every row with this text in the field also meets, and an index of trigrams knows."""
    letters = normalised(text)
    return (
        Q(**{f"{field.searched}__contains": letters}) if field.searched and len(letters) >= TRIGRAM else Q()
    )


def _number(field: Field, op: str, values: tuple[Any, ...]) -> Q:
    match op:
        case "is":
            return _bound(field, "exact", values[0])
        case "from":
            return _bound(field, "gte", values[0])
        case "to":
            return _bound(field, "lte", values[0])
    return _bound(field, "gte", values[0]) & _bound(field, "lte", values[1])


def _bound(field: Field, lookup: str, value: Decimal) -> Q:
    """Django would cut 0.5 down to 0 for a column of whole numbers, and find what is less."""
    if not field.is_whole:
        return _compared(field, lookup, value)
    if lookup == "exact" and value != value.to_integral_value():
        return Q(pk__in=[])
    return _compared(field, lookup, floor(value) if lookup == "lte" else ceil(value))


def _within(field: Field, op: str, values: tuple[Any, ...], now: datetime) -> Q:
    first, last = span(op, values, now.date())
    found = Q()
    if field.kind == MOMENT:
        zone = now.tzinfo
        assert zone is not None
        found &= _compared(field, "gte", begins(first, zone)) if first else Q()
        return found & (_compared(field, "lt", begins(last + ONE_DAY, zone)) if last else Q())
    found &= _compared(field, "gte", _as_kept(field, first)) if first else Q()
    return found & (_compared(field, "lte", _as_kept(field, last)) if last else Q())


def _chosen(field: Field, values: tuple[Any, ...], person: Any) -> Q:
    keys: list[Any] = []
    for value in values:
        if field.is_person and value == ME:
            keys.append(person.pk)
        elif field.is_person and value == TEAM:
            keys += sorted(person.policy.colleagues)
        else:
            keys.append(value)
    return field.test(tuple(keys)) if field.test else Q(**{f"{field.path}__in": keys})


def _related(field: Field, op: str, values: tuple[Any, ...], person: Any) -> Q:
    """Whether there are so many: the n-th of them exists, so that no client's thousands are counted."""
    assert field.related is not None
    n = values[1] if op == "least" else 1
    theirs = field.related(person, values[0]).filter(**{field.link: OuterRef("pk")}).order_by()
    found = Q(Exists(theirs[n - 1 : n] if n > 1 else theirs))
    return ~found if op == "none" else found


def _empty(field: Field) -> Q:
    if field.absent is not None:
        return field.absent()
    nothing = _compared(field, "isnull", True)
    return nothing | _compared(field, "exact", "") if field.kind == TEXT else nothing


def _compared(field: Field, lookup: str, value: Any) -> Q:
    if isinstance(field.path, Combinable):
        return Q(LOOKUPS[lookup](field.path, value))
    return Q(**{f"{field.path}__{lookup}": value})


def _as_kept(field: Field, day: Any) -> Any:
    """Days of custom fields are kept as ISO text."""
    return day.isoformat() if isinstance(field.path, Combinable) else day
