"""Conditions as one function of values: what the engine asks at every choice. Built once, nothing is evaluated.

A value that is missing (None, an empty text, an empty list) is found by `empty` alone: any other question about it
is answered no, so that its denial by `not` is answered yes. `query` answers the same.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any

from processes.conditions.days import span
from processes.conditions.tree import (
    CHOICES,
    DATE,
    DENIES,
    LIST,
    MOMENT,
    RELATIVE,
    TEXT,
    AllOf,
    AnyOf,
    Asked,
    Condition,
    Not,
    Some,
    Tree,
)

Values = Mapping[str, Any]
Holds = Callable[[Values, datetime], bool]
Test = Callable[[Any, datetime], bool]
COMPARED = {"gte": ge, "gt": gt, "lte": le, "lt": lt}


def compile_closure(condition: Condition) -> Holds:
    """`f({"deal.amount": Decimal(…), "deal.lines": [{…}]}, now)`; see `loading` for the values."""
    return _compiled(condition.root, condition)


def folded(text: str) -> str:
    """Letters made large one by one, as PostgreSQL's upper() does it: ß stays ß."""
    large = text.upper()
    if len(large) == len(text):
        return large
    return "".join(each if len(each.upper()) != 1 else each.upper() for each in text)


def is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple) and not value)


def _compiled(tree: Tree, condition: Condition) -> Holds:
    match tree:
        case AllOf(parts):
            every = tuple(_compiled(part, condition) for part in parts)
            return lambda values, now: all(holds(values, now) for holds in every)
        case AnyOf(parts):
            some = tuple(_compiled(part, condition) for part in parts)
            return lambda values, now: any(holds(values, now) for holds in some)
        case Not(part):
            denied = _compiled(part, condition)
            return lambda values, now: not denied(values, now)
        case Some(field, part):
            name, of_row = field.name, _compiled(part, condition)
            return lambda values, now: any(of_row(row, now) for row in values.get(name) or ())
        case Asked():
            return _question(tree, condition)
    raise ValueError(tree)


def _question(asked: Asked, condition: Condition) -> Holds:
    name = asked.field.name
    if asked.op == "empty":
        return lambda values, now: is_missing(values.get(name))
    if asked.op == "not_empty":
        return lambda values, now: not is_missing(values.get(name))
    is_denied = asked.op in DENIES
    test = _test(Asked(asked.field, DENIES.get(asked.op, asked.op), asked.values), condition)

    def holds(values: Values, now: datetime) -> bool:
        value = values.get(name)
        return not is_missing(value) and test(value, now) is not is_denied

    return holds


def _test(asked: Asked, condition: Condition) -> Test:
    match asked.field.kind:
        case kind if kind == TEXT:
            return _of_text(asked)
        case kind if kind in (DATE, MOMENT):
            return _of_days(asked, condition)
        case kind if kind == CHOICES:
            wanted = frozenset(asked.values)
            return lambda value, now: not wanted.isdisjoint(value)
        case kind if kind == LIST:
            raise ValueError(asked)
    return _of_order(asked)


def _of_text(asked: Asked) -> Test:
    wanted = tuple(folded(str(value)) for value in asked.values)
    first = wanted[0]
    match asked.op:
        case "contains":
            return lambda value, now: first in folded(value)
        case "starts_with":
            return lambda value, now: folded(value).startswith(first)
    return lambda value, now: folded(value) in wanted


def _of_order(asked: Asked) -> Test:
    """Of numbers and of what is chosen."""
    first: Any = asked.values[0]
    if asked.op == "between":
        last: Any = asked.values[1]
        return lambda value, now: first <= value <= last
    if asked.op in COMPARED:
        compare = COMPARED[asked.op]
        return lambda value, now: bool(compare(value, first))
    wanted = frozenset(asked.values)
    return lambda value, now: value in wanted


def _of_days(asked: Asked, condition: Condition) -> Test:
    """Only days counted from today are reckoned anew each time."""
    zone = condition.zone
    kept = None if asked.op in RELATIVE else span(asked, datetime.now(zone), zone)

    def within(value: Any, now: datetime) -> bool:
        first, end = kept or span(asked, now, zone)
        return (first is None or first <= value) and (end is None or value < end)

    return within
