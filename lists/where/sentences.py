"""Conditions as people say them: “Client: Industry is Retail or Wholesale”."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, Value
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists.where.checking import Asked, Checked
from lists.where.fields import ME, OF_VALUES, TEAM, UNITS
from lists.where.grammar import Condition, Group

# The operator in a menu, and the sentence with what it is asked with.
OPS: dict[str, Any] = {
    "has": gettext_lazy("contains"),
    "lacks": gettext_lazy("does not contain"),
    "is": gettext_lazy("is"),
    "not": gettext_lazy("is not"),
    "begins": gettext_lazy("begins with"),
    "empty": gettext_lazy("is empty"),
    "filled": gettext_lazy("is filled in"),
    "from": gettext_lazy("is at least"),
    "to": gettext_lazy("is at most"),
    "between": gettext_lazy("is between"),
    "on": gettext_lazy("is on"),
    "before": gettext_lazy("is before"),
    "after": gettext_lazy("is after"),
    "last": gettext_lazy("is in the last … days"),
    "next": gettext_lazy("is in the next … days"),
    "older": gettext_lazy("is more than … days ago"),
    "this": gettext_lazy("is in"),
    "in": gettext_lazy("is any of"),
    "out": gettext_lazy("is none of"),
    "none": gettext_lazy("there is none"),
    "least": gettext_lazy("there are at least"),
}
Names = Mapping[tuple[str, int], str]


@dataclass(frozen=True)
class Sentence:
    """`place` finds it in the tree: see grammar.without."""

    place: tuple[int, ...]
    text: str


def names_of(asked: Iterable[Asked], person: Any) -> dict[tuple[str, int], str]:
    """{(field, key): name} of the records that are chosen by key, of those the person sees. One statement, or none."""
    parts = []
    for each in asked:
        keys = [value for value in each.values if isinstance(value, int)]
        if keys and each.field.records is not None and each.op in {"in", "out"}:
            named = each.field.records(person).filter(pk__in=keys).order_by()
            of = Value(each.field.name, output_field=CharField())
            parts.append(named.annotate(of=of, said=F("name")).values_list("of", "pk", "said"))
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]
    return {(of, pk): name for of, pk, name in rows}


def sentences(checked: Checked, names: Names) -> list[Sentence]:
    """One for every condition, and one for a whole group: they are taken away as they are said."""
    return [
        Sentence((place,), sentence(item, checked, names)) for place, item in enumerate(checked.tree.items)
    ]


def sentence(item: Condition | Group, checked: Checked, names: Names) -> str:
    if isinstance(item, Group):
        between = _(" or ") if item.is_any else _(" and ")
        return between.join(sentence(each, checked, names) for each in item.items)
    asked = checked.asked[item]
    field, op = asked.field, asked.op
    if op in OF_VALUES:
        return f"{field.words} {OPS[op]}"
    return f"{field.words} {_predicate(asked, names)}"


def _predicate(asked: Asked, names: Names) -> str:
    values = [_said(value, asked, names) for value in asked.values]
    match asked.op:
        case "between":
            return _("is between %(first)s and %(last)s") % {"first": values[0], "last": values[1]}
        case "last":
            return _("is in the last %(n)s days") % {"n": values[0]}
        case "next":
            return _("is in the next %(n)s days") % {"n": values[0]}
        case "older":
            return _("is more than %(n)s days ago") % {"n": values[0]}
        case "in":
            return _("is %(values)s") % {"values": _(" or ").join(values)}
        case "out":
            return _("is not %(values)s") % {"values": _(" or ").join(values)}
        case "has" if asked.field.kind == "related":
            return _("there are: %(which)s") % {"which": values[0]}
        case "none":
            return _("there are none: %(which)s") % {"which": values[0]}
        case "least":
            return _("at least %(n)s: %(which)s") % {"n": values[1], "which": values[0]}
    return f"{OPS[asked.op]} {values[0]}"


def _said(value: Any, asked: Asked, names: Names) -> str:
    field = asked.field
    if isinstance(value, date):
        return str(formats.date_format(value))
    if isinstance(value, Decimal):
        return str(
            formats.number_format(Decimal(f"{value.normalize():f}"), use_l10n=True, force_grouping=True)
        )
    if isinstance(value, int) and asked.op in {"in", "out"}:
        return names.get((field.name, value), "?")
    words = {key: str(label) for key, label in field.options}
    words |= {ME: _("me"), TEAM: _("my team")} if field.is_person else {}
    if field.kind == "text":
        return f"“{value}”"
    if asked.op == "this":
        return str(UNITS[value])
    return words.get(value, str(value))
