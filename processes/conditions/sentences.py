"""Conditions as people say them: “Deal: amount is at least 100,000 and not (Deal: stage is Sales: Won)”."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation.automation import Field, named
from foundation.errors import Refused
from foundation.money import NO_BREAK
from processes.conditions.checking import checked
from processes.conditions.reading import read
from processes.conditions.tree import (
    OPS,
    AllOf,
    AnyOf,
    Asked,
    Condition,
    Leaf,
    Not,
    Some,
    Tree,
    label_of,
    leaves,
)

MOST_NAMED = 5


def sentence(condition: Condition) -> str:
    """In the active language. Names of records are asked for once a field."""
    return Words(condition.zone).tree(condition.root)


def sentence_of_json(
    json: Any, zone: ZoneInfo | None = None, own: Mapping[str, Field] = MappingProxyType({})
) -> str:
    """The same of a tree as it is kept; a field that is gone is said by its name. Never Refused.

    `own` are the fields that only the process knows, by name.
    """
    zone = zone or ZoneInfo("UTC")
    try:
        tree = read(json)
    except Refused as refusal:
        return refusal.message
    known = {
        leaf.field: own.get(leaf.field) or named(leaf.field)
        for leaf in leaves(tree)
        if isinstance(leaf, Leaf)
    }
    return Words(zone).tree(_as_known(tree, known, zone))


class Words:
    """Says trees and values; knows what is chosen from once it was asked."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._offered: dict[str, dict[Any, str]] = {}

    def tree(self, tree: Tree, *, is_inner: bool = False) -> str:
        match tree:
            case AllOf(()):
                return _("always")
            case AnyOf(()):
                return _("never")
            case AllOf((only,)) | AnyOf((only,)):
                return self.tree(only, is_inner=is_inner)
            case AllOf(parts) | AnyOf(parts):
                between = _(" and ") if isinstance(tree, AllOf) else _(" or ")
                said = between.join(self.tree(part, is_inner=True) for part in parts)
                return f"({said})" if is_inner else said
            case Not(part):
                return _("not (%(condition)s)") % {"condition": self.tree(part)}
            case Some(field, part):
                label = field.label if isinstance(field, Field) else field
                return _("among “%(list)s” there is one where %(condition)s") % {
                    "list": label,
                    "condition": self.tree(part),
                }
            case Asked():
                return self.question(tree)
            case Leaf(name, op, value):
                shown = value if isinstance(value, tuple) else () if value is None else (value,)
                return " ".join(
                    [f"“{name}”", str(OPS[op].label), ", ".join(str(each) for each in shown)]
                ).strip()

    def question(self, asked: Asked) -> str:
        field, op = asked.field, asked.op
        values = [self.value(field, value) for value in asked.values[:MOST_NAMED]]
        more = len(asked.values) - MOST_NAMED
        if more > 0:
            values.append(_("%(n)d more") % {"n": more})
        match op:
            case "in":
                said = _("is %(values)s") % {"values": _(" or ").join(values)}
            case "not_in":
                said = _("is not %(values)s") % {"values": _(" or ").join(values)}
            case "between":
                said = _("is between %(first)s and %(last)s") % {"first": values[0], "last": values[1]}
            case "in_last":
                said = _("is in the last %(n)s days") % {"n": asked.values[0]}
            case "in_next":
                said = _("is in the next %(n)s days") % {"n": asked.values[0]}
            case "older":
                said = _("is more than %(n)s days ago") % {"n": asked.values[0]}
            case "later":
                said = _("is more than %(n)s days ahead") % {"n": asked.values[0]}
            case _op:
                said = " ".join([str(label_of(op, field.kind)), *values])
        return f"{field.label} {said}"

    def value(self, field: Field, value: Any) -> str:
        """What a field holds, or is compared with, in words."""
        if value is None or value == "" or value == []:
            return _("nothing")
        if isinstance(value, list | tuple):
            return ", ".join(self.value(field, each) for each in value)
        if field.kind in ("choice", "choices", "person"):
            return self._chosen(field, value)
        if isinstance(value, datetime):
            local = value.astimezone(self.zone)
            return str(formats.date_format(local, "DATETIME_FORMAT"))
        if isinstance(value, date):
            return str(formats.date_format(value))
        if isinstance(value, Decimal):
            return self._number(field, value)
        return f"“{value}”" if field.kind == "text" else str(value)

    def _chosen(self, field: Field, value: Any) -> str:
        if field.options is None:
            return str(value)
        if field.name not in self._offered:
            self._offered[field.name] = {key: str(label) for key, label in field.options()}
        return self._offered[field.name].get(value) or _("something no longer offered (%(key)s)") % {
            "key": value
        }

    def _number(self, field: Field, value: Decimal) -> str:
        digits = max(0, -int(value.normalize().as_tuple().exponent))
        shown = formats.number_format(value, digits, use_l10n=bool(get_language()), force_grouping=True)
        return f"{shown}{NO_BREAK}{field.unit}" if field.unit else str(shown)


def _as_known(tree: Tree, known: dict[str, Field | None], zone: ZoneInfo) -> Tree:
    """What can be checked is; the rest stays as it was written."""
    match tree:
        case AllOf(parts):
            return AllOf(tuple(_as_known(part, known, zone) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_as_known(part, known, zone) for part in parts))
        case Not(part):
            return Not(_as_known(part, known, zone))
        case Some(name, part):
            return Some(named(name) or name, _as_known(part, known, zone))
        case Leaf(name):
            field = known.get(name)
            try:
                return checked(tree, {name: field}, zone).root if field else tree
            except Refused:
                return tree
    return tree
