"""Conditions as one Q: how many match now, and which. Agrees with `closure` on every row, empty values included.

SQL answers NULL where a value is missing, and so does its denial. So denials are pushed down to the questions, each of
which says itself what it answers for a missing value; above them nothing is denied, and NULL is as good as false.
"""

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.fields.array import ArrayOverlap  # type: ignore[attr-defined]
from django.db.models import DecimalField, Exists, Func, IntegerField, OuterRef, Q, Value
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IContains,
    IExact,
    In,
    IsNull,
    IStartsWith,
    LessThan,
    LessThanOrEqual,
)
from django.utils.translation import gettext as _

from foundation.automation import subject
from foundation.errors import Refused
from processes.conditions.columns import Column, column_of
from processes.conditions.days import span
from processes.conditions.tree import (
    CHOICES,
    DATE,
    DENIES,
    LIST,
    MOMENT,
    MONEY,
    NUMBER,
    TEXT,
    AllOf,
    AnyOf,
    Asked,
    Condition,
    Not,
    Some,
    Tree,
)

LOOKUPS: dict[str, Any] = {
    "exact": Exact,
    "in": In,
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
    "lt": LessThan,
    "lte": LessThanOrEqual,
    "icontains": IContains,
    "iexact": IExact,
    "istartswith": IStartsWith,
    "isnull": IsNull,
    "overlap": ArrayOverlap,
}
WORDS = {"is": "iexact", "in": "iexact", "contains": "icontains", "starts_with": "istartswith"}
ALWAYS, NEVER = ~Q(pk__in=[]), Q(pk__in=[])


def as_q(condition: Condition, now: datetime, prefix: str = "") -> Q:
    """For a queryset of the condition's subject, or of what the prefix leads to it from: `deal__`."""
    return _Asking(condition, now).tree(condition.root, prefix, is_denied=False)


class _Asking:
    def __init__(self, condition: Condition, now: datetime) -> None:
        self.zone, self.now = condition.zone, now

    def tree(self, tree: Tree, prefix: str, *, is_denied: bool) -> Q:
        match tree:
            case AllOf(parts):
                return self._group(parts, prefix, is_denied=is_denied, is_any=is_denied)
            case AnyOf(parts):
                return self._group(parts, prefix, is_denied=is_denied, is_any=not is_denied)
            case Not(part):
                return self.tree(part, prefix, is_denied=not is_denied)
            case Some(field, part):
                rows = _rows(field, prefix).filter(self.tree(part, "", is_denied=False))
                return Q(~Exists(rows)) if is_denied else Q(Exists(rows))
            case Asked():
                return self._question(tree, prefix, is_denied=is_denied)
        raise ValueError(tree)

    def _group(self, parts: tuple[Tree, ...], prefix: str, *, is_denied: bool, is_any: bool) -> Q:
        asked = [self.tree(part, prefix, is_denied=is_denied) for part in parts]
        if not asked:
            return NEVER if is_any else ALWAYS
        return reduce(or_ if is_any else and_, asked)

    def _question(self, asked: Asked, prefix: str, *, is_denied: bool) -> Q:
        missing = _missing(asked, prefix)
        if asked.op in ("empty", "not_empty"):
            return missing if (asked.op == "empty") is not is_denied else ~missing
        holds = self._holds(asked, prefix)
        if asked.op not in DENIES:
            return missing | ~holds if is_denied else holds
        return missing | holds if is_denied else ~missing & ~holds

    def _holds(self, asked: Asked, prefix: str) -> Q:
        """What is said, or what is denied by it: “is” for “is not”."""
        op, column = DENIES.get(asked.op, asked.op), column_of(asked.field)

        def compared(lookup: str, value: Any) -> Q:
            return _compared(column, prefix, lookup, value)

        match asked.field.kind:
            case kind if kind == TEXT:
                return reduce(or_, (compared(WORDS[op], value) for value in asked.values))
            case kind if kind in (DATE, MOMENT):
                return self._within(asked, column, compared)
            case kind if kind in (NUMBER, MONEY):
                return _numbers(asked, op, column, compared)
            case kind if kind == CHOICES:
                return compared("overlap", list(asked.values))
        return compared("in", list(asked.values))

    def _within(self, asked: Asked, column: Column, compared: Callable[[str, Any], Q]) -> Q:
        first, end = span(asked, self.now, self.zone)
        if column.key:  # days in JSON are ISO texts, which order as days do
            first, end = (day and day.isoformat() for day in (first, end))
        bounds = [compared("gte", first)] if first is not None else []
        bounds += [compared("lt", end)] if end is not None else []
        return reduce(and_, bounds)


def _numbers(asked: Asked, op: str, column: Column, compared: Callable[[str, Any], Q]) -> Q:
    """Whole columns are compared with a decimal as it is: Django would cut 0.5 down to 0."""
    kept: list[Any] = list(asked.values)
    if column.is_whole or column.key:
        kept = [Value(value, output_field=DecimalField()) for value in kept]
    if op == "between":
        return compared("gte", kept[0]) & compared("lte", kept[1])
    return compared("exact" if op == "is" else op, kept[0])


def _missing(asked: Asked, prefix: str) -> Q:
    field = asked.field
    if field.kind == LIST:
        return Q(~Exists(_rows(field, prefix)))
    column = column_of(field)
    nothing = _compared(column, prefix, "isnull", True)
    if field.kind == CHOICES:
        cardinality = Func(column.expression(prefix), function="cardinality", output_field=IntegerField())
        return nothing | Q(Exact(cardinality, 0))
    if column.keeps is str and field.kind not in (NUMBER, MONEY, DATE, MOMENT):
        return nothing | _compared(column, prefix, "exact", "")
    return nothing


def _compared(column: Column, prefix: str, lookup: str, value: Any) -> Q:
    if not column.path and column.many is None:
        raise Refused(_("What only a run knows cannot be looked for among records."))
    if column.is_plain:
        return Q(**{f"{prefix}{column.path}__{lookup}": value})
    return Q(LOOKUPS[lookup](column.expression(prefix), value))


def _rows(field: Any, prefix: str) -> Any:
    """The rows of a record's list, unordered."""
    rows = subject(field.of).model._default_manager.order_by()
    return rows.filter(**{field.lookup: OuterRef(f"{prefix}pk")})
