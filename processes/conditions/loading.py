"""What a condition needs to know of a record, read in one statement, lists included."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from foundation.automation import Field, all_fields, subject
from processes.conditions.columns import column_of
from processes.conditions.tree import (
    CHOICES,
    DATE,
    LIST,
    MOMENT,
    MONEY,
    NUMBER,
    AllOf,
    AnyOf,
    Asked,
    Condition,
    Not,
    Some,
    Tree,
)

Needed = dict[str, Any]  # {name: what is needed of the rows where it is a list, otherwise {}}


def fields_needed(*conditions: Condition) -> Needed:
    """{"deal.amount": {}, "deal.lines": {"line.quantity": {}}}"""
    needed: Needed = {}
    for condition in conditions:
        _note(condition.root, needed)
    return needed


def values_of(records: Any, pk: int, names: Mapping[str, Any] | Iterable[str]) -> dict[str, Any]:
    """{name: value} of a record of a queryset or a model; {} where it is gone. What is no field of it is left out."""
    found = values_of_many(records, [pk], names)
    return found.get(pk, {})


def values_of_many(
    records: Any, pks: Iterable[int], names: Mapping[str, Any] | Iterable[str]
) -> dict[int, dict[str, Any]]:
    """{key: {name: value}} of several, in one statement."""
    queryset = records if isinstance(records, QuerySet) else records._default_manager.all()
    known, needed = all_fields(), dict(names) if isinstance(names, Mapping) else {name: {} for name in names}
    wanted = [known[name] for name in needed if name in known and known[name].lookup]
    read = [_expression(field, needed[field.name], known) for field in wanted]
    rows = queryset.filter(pk__in=list(pks)).order_by().values_list("pk", *read)
    return {
        pk: {field.name: _typed(field, value, known) for field, value in zip(wanted, row, strict=True)}
        for pk, *row in rows
    }


def typed(field: Field, value: Any) -> Any:
    """A value as conditions compare it, from JSON or from the database."""
    if value is None:
        return None
    match field.kind:
        case kind if kind in (NUMBER, MONEY):
            return value if isinstance(value, Decimal) else Decimal(str(value))
        case kind if kind == DATE and isinstance(value, str):
            return date.fromisoformat(value)
        case kind if kind == MOMENT and isinstance(value, str):
            return datetime.fromisoformat(value)
        case kind if kind == CHOICES:
            return list(value)
    return value


def _note(tree: Tree, needed: Needed) -> None:
    match tree:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                _note(part, needed)
        case Not(part):
            _note(part, needed)
        case Some(field, part):
            _note(part, needed.setdefault(field.name, {}))
        case Asked(field):
            needed.setdefault(field.name, {})


def _expression(field: Field, inner: Needed, known: Mapping[str, Field], *, in_json: bool = False) -> Any:
    if field.kind == LIST:
        return _rows(field, inner, known)
    expression = column_of(field).expression()
    # JSON would hand out decimals as floats.
    return Cast(expression, TextField()) if in_json and field.kind in (NUMBER, MONEY) else expression


def _rows(field: Field, inner: Needed, known: Mapping[str, Field]) -> Any:
    """A list as an array of JSON objects, by key."""
    wanted = [known[name] for name in inner if name in known]
    shown = {each.name: _expression(each, inner[each.name], known, in_json=True) for each in wanted}
    rows = subject(field.of).model._default_manager.filter(**{field.lookup: OuterRef("pk")})
    return ArraySubquery(rows.order_by("pk").values(kept=JSONObject(**(shown or {"pk": "pk"}))))


def _typed(field: Field, value: Any, known: Mapping[str, Field]) -> Any:
    if field.kind != LIST:
        return typed(field, value)
    return [
        {name: _typed(known[name], inner, known) for name, inner in row.items() if name in known}
        for row in value or ()
    ]
