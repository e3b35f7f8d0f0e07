"""Conditions as they were written, against the fields there are: values become numbers, days, moments and keys."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from foundation.automation import Field, all_fields
from foundation.errors import Refused
from processes.conditions.columns import column_of
from processes.conditions.reading import LARGEST
from processes.conditions.tree import (
    LIST,
    OPS,
    RELATIVE,
    AllOf,
    AnyOf,
    Asked,
    Condition,
    Leaf,
    Not,
    Plain,
    Some,
    Tree,
    Value,
    leaves,
)

MOST_DIGITS = 18
MOST_DECIMALS = 8
MOST_DAYS = 3_650
YEARS = range(1900, 2201)


def fields_of(subject: str) -> dict[str, Field]:
    """What records of a kind can be asked about, by name."""
    return {name: field for name, field in all_fields().items() if field.subject == subject}


def checked(tree: Tree, fields: Mapping[str, Field], zone: ZoneInfo) -> Condition:
    """Refused, in a sentence, for a field that is gone, a way of asking that does not suit it, or a wrong value.

    `fields` are those of one subject, and what a run knows of its own; rows of lists have the fields of theirs.
    """
    subject = next((field.subject for field in fields.values() if field.lookup), "")
    return Condition(_checked(tree, fields, zone), subject, zone)


def vanished_choices(condition: Condition) -> list[str]:
    """A sentence for every value that is no longer offered. A statement for each field that is chosen from records."""
    found = []
    for leaf in leaves(condition.root):
        if not isinstance(leaf, Asked) or leaf.field.options is None:
            continue
        offered = {value for value, _label in leaf.field.options()}
        if any(value not in offered for value in leaf.values):
            found.append(_("“%(field)s” no longer offers what is asked for.") % _said(leaf.field))
    return list(dict.fromkeys(found))


def _checked(tree: Tree, fields: Mapping[str, Field], zone: ZoneInfo) -> Tree:
    match tree:
        case AllOf(parts):
            return AllOf(tuple(_checked(part, fields, zone) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_checked(part, fields, zone) for part in parts))
        case Not(part):
            return Not(_checked(part, fields, zone))
        case Some(name, part):
            field = _known(name, fields)
            if field.kind != LIST:
                raise Refused(_("“%(field)s” is not a list.") % _said(field))
            return Some(field, _checked(part, fields_of(field.of), zone))
        case Leaf(name, op, value):
            return _asked(_known(name, fields), op, value, zone)
    return tree


def _known(name: str, fields: Mapping[str, Field]) -> Field:
    if name not in fields:
        raise Refused(_("There is no “%(field)s” to ask about any more.") % {"field": name})
    return fields[name]


def _asked(field: Field, op: str, value: Plain | tuple[Plain, ...] | None, zone: ZoneInfo) -> Asked:
    if op not in OPS or field.kind not in OPS[op].kinds:
        raise Refused(_("“%(field)s” cannot be asked so.") % _said(field))
    given = value if isinstance(value, tuple) else () if value is None else (value,)
    if op in RELATIVE:
        return Asked(field, op, (_days(field, given[0]),))
    read = READINGS.get(field.kind)
    return Asked(field, op, tuple(read(field, each, zone) for each in given) if read else ())


def _text(field: Field, value: Plain, zone: ZoneInfo) -> str:
    if not isinstance(value, str):
        raise Refused(_("“%(field)s” is compared with a text.") % _said(field))
    if not value:
        raise Refused(_("Say what “%(field)s” is compared with.") % _said(field))
    return value


def _number(field: Field, value: Plain, zone: ZoneInfo) -> Decimal:
    try:
        number = Decimal("NaN") if isinstance(value, bool) else Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number.adjusted() >= MOST_DIGITS or _decimals(number) > MOST_DECIMALS:
        raise Refused(_("“%(text)s” is not a number to compare “%(field)s” with.") % _said(field, value))
    return number


def _decimals(number: Decimal) -> int:
    return -int(number.as_tuple().exponent)


def _days(field: Field, value: Plain) -> int:
    if _is_whole(value) and 0 <= int(value) <= MOST_DAYS:
        return int(value)
    said = _said(field, value) | {"most": MOST_DAYS}
    raise Refused(_("“%(text)s” is not a number of days up to %(most)d, for “%(field)s”.") % said)


def _day(field: Field, value: Plain, zone: ZoneInfo) -> date:
    try:
        day = parse_date(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise Refused(_("“%(text)s” is not a day to compare “%(field)s” with.") % _said(field, value))
    return day


def _moment(field: Field, value: Plain, zone: ZoneInfo) -> date | datetime:
    """A day stays one: its bounds are those of the zone. A moment without a zone is meant in this one."""
    try:
        moment = parse_datetime(value) if isinstance(value, str) and len(value) > 10 else None
    except ValueError:
        moment = None
    if moment is None or moment.year not in YEARS:
        return _day(field, value, zone)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _key(field: Field, value: Plain, zone: ZoneInfo) -> Value:
    keeps = column_of(field).keeps
    if keeps is bool and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    if keeps is int and _is_whole(value):
        return int(value)
    if keeps is str and not isinstance(value, bool) and str(value):
        return str(value)
    raise Refused(_("“%(text)s” is not something to choose for “%(field)s”.") % _said(field, value))


def _is_whole(value: Plain) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isdigit() and len(value) < 19
    return not isinstance(value, bool) and 0 <= value <= LARGEST


def _said(field: Field, value: Any = "") -> dict[str, Any]:
    return {"field": field.label, "text": str(value)[:100]}


READINGS: dict[str, Callable[[Field, Plain, ZoneInfo], Any]] = {
    "text": _text,
    "number": _number,
    "money": _number,
    "date": _day,
    "moment": _moment,
    "choice": _key,
    "choices": _key,
    "person": _key,
}
