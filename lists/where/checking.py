"""Conditions as they were written, against what the list can be asked: read into numbers, days and keys, or refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from foundation.errors import Refused
from lists.where.fields import (
    CHOICE,
    DAY,
    ME,
    MOMENT,
    MONEY,
    NUMBER,
    OF_VALUES,
    RELATED,
    TEAM,
    TEXT,
    UNITS,
    Field,
)
from lists.where.grammar import Condition, Group

LONGEST_TEXT = 100
LARGEST_KEY = 2**63 - 1
MOST_DIGITS = 15
MOST_DAYS = 3_650
MOST_RELATED = 100
YEARS = range(1900, 2201)


@dataclass(frozen=True)
class Asked:
    """A condition whose field and values are known."""

    field: Field
    op: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Checked:
    """The conditions that can be asked; `dropped` names fields there are not (any more)."""

    tree: Group
    asked: Mapping[Condition, Asked]
    dropped: tuple[str, ...] = ()


def checked(tree: Group, fields: Mapping[str, Field]) -> Checked:
    """Conditions on unknown fields are left out and named; a value that makes no sense is Refused."""
    asked = {
        condition: _asked(condition, fields[condition.field])
        for condition in tree.conditions()
        if condition.field in fields
    }
    dropped = dict.fromkeys(each.field for each in tree.conditions() if each.field not in fields)
    return Checked(_known(tree, fields), asked, tuple(dropped))


def _known(tree: Group, fields: Mapping[str, Field]) -> Group:
    items: list[Condition | Group] = []
    for item in tree.items:
        if isinstance(item, Group):
            inner = _known(item, fields)
            items += [inner] if inner.items else []
        elif item.field in fields:
            items.append(item)
    return Group(tree.is_any, tuple(items))


def _asked(condition: Condition, field: Field) -> Asked:
    op, values = condition.op, condition.values
    if op not in field.ops:
        raise Refused(_("“%(field)s” cannot be asked so.") % {"field": field.words})
    if op in OF_VALUES:
        return Asked(field, op, ())
    read = READINGS[field.kind](field, op, values)
    if not read:
        raise Refused(_("Say what “%(field)s” should be.") % {"field": field.words})
    return Asked(field, op, read)


def _text(field: Field, op: str, values: tuple[str, ...]) -> tuple[str, ...]:
    text = values[0].strip() if len(values) == 1 else ""
    if len(text) > LONGEST_TEXT:
        raise Refused(
            _("“%(field)s” is asked for with at most %(n)d letters.")
            % {"field": field.words, "n": LONGEST_TEXT}
        )
    return (text,) if text else ()


def _numbers(field: Field, op: str, values: tuple[str, ...]) -> tuple[Decimal, ...]:
    found = []
    for value in _as_many(values, 2 if op == "between" else 1, field):
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number.adjusted() >= MOST_DIGITS or int(number.as_tuple().exponent) < -8:
            raise Refused(_("“%(text)s” is not a number to compare “%(field)s” with.") % _said(value, field))
        found.append(number)
    return tuple(found)


def _days(field: Field, op: str, values: tuple[str, ...]) -> tuple[date | int | str, ...]:
    if op in {"last", "next", "older"}:
        (value,) = _as_many(values, 1, field)
        return (_whole(value, MOST_DAYS, field),)
    if op == "this":
        (value,) = _as_many(values, 1, field)
        if value not in UNITS:
            raise Refused(_("“%(text)s” is no period of “%(field)s”.") % _said(value, field))
        return (value,)
    return tuple(_day(value, field) for value in _as_many(values, 2 if op == "between" else 1, field))


def _day(value: str, field: Field) -> date:
    try:
        day = parse_date(value.strip())
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise Refused(_("“%(text)s” is not a day to compare “%(field)s” with.") % _said(value, field))
    return day


def _keys(field: Field, op: str, values: tuple[str, ...]) -> tuple[Any, ...]:
    words = {value for value, _label in field.options} | ({ME, TEAM} if field.is_person else set())
    found: list[Any] = []
    for value in dict.fromkeys(values):
        if value in words:
            found.append(value)
        elif field.records is not None and value.isascii() and value.isdigit() and len(value) < 19:
            found.append(int(value))
        else:
            raise Refused(_("“%(text)s” is not something to choose for “%(field)s”.") % _said(value, field))
    return tuple(found)


def _related(field: Field, op: str, values: tuple[str, ...]) -> tuple[Any, ...]:
    """A word for which of the related records, and for `least` how many."""
    words = {value for value, _label in field.options}
    word, *number = _as_many(values, 2 if op == "least" else 1, field)
    if word not in words:
        raise Refused(_("“%(text)s” is not something to choose for “%(field)s”.") % _said(word, field))
    return (word, *(_whole(each, MOST_RELATED, field) for each in number))


def _whole(value: str, most: int, field: Field) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 6 or not 1 <= int(value) <= most:
        said = _said(value, field) | {"most": most}
        raise Refused(_("“%(text)s” is not a number from 1 to %(most)d, for “%(field)s”.") % said)
    return int(value)


def _as_many(values: tuple[str, ...], n: int, field: Field) -> tuple[str, ...]:
    if len(values) != n or not all(values):
        raise Refused(_("Say what “%(field)s” should be.") % {"field": field.words})
    return values


def _said(value: str, field: Field) -> dict[str, Any]:
    return {"text": value[:LONGEST_TEXT], "field": field.words}


READINGS: dict[str, Any] = {
    TEXT: _text,
    NUMBER: _numbers,
    MONEY: _numbers,
    DAY: _days,
    MOMENT: _days,
    CHOICE: _keys,
    RELATED: _related,
}
