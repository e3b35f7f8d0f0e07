"""What a condition is: groups of all and any, denials, lists with some row, and questions about one field.

The same shapes hold a condition as it was written (leaves are `Leaf`) and as it was checked (leaves are `Asked`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from foundation.automation import Field

Plain = str | int | bool
Value = str | int | bool | Decimal | date | datetime


@dataclass(frozen=True, slots=True)
class Leaf:
    """A question as it was written: nothing is known yet of the field. Several values stand in a tuple."""

    field: str
    op: str
    value: Plain | tuple[Plain, ...] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that can be answered. `values` are as the field keeps them."""

    field: Field
    op: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; of none, true."""

    parts: tuple["Tree", ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part holds at least; of none, false."""

    parts: tuple["Tree", ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    part: "Tree"


@dataclass(frozen=True, slots=True)
class Some:
    """A list has a row of which the part holds. The list is a name as written, a Field once checked."""

    field: Any
    part: "Tree"


Tree = AllOf | AnyOf | Not | Some | Leaf | Asked


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked tree. Days begin in the zone; `subject` is what it is asked of."""

    root: Tree
    subject: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Op:
    """A way to ask: how a menu calls it, the kinds of fields it suits, and how many values it takes (None: several)."""

    label: Any
    kinds: frozenset[str]
    takes: int | None = 1


TEXT, NUMBER, MONEY, DATE, MOMENT = "text", "number", "money", "date", "moment"
CHOICE, CHOICES, PERSON, LIST = "choice", "choices", "person", "list"
_single = frozenset({TEXT, NUMBER, MONEY, DATE, MOMENT, CHOICE, PERSON})
_ordered = frozenset({NUMBER, MONEY, DATE, MOMENT})
_chosen = frozenset({TEXT, CHOICE, CHOICES, PERSON})
_text, _days = frozenset({TEXT}), frozenset({DATE, MOMENT})
KINDS = _single | {CHOICES, LIST}

OPS: dict[str, Op] = {
    "is": Op(_("is"), _single),
    "is_not": Op(_("is not"), _single),
    "in": Op(_("is any of"), _chosen, None),
    "not_in": Op(_("is none of"), _chosen, None),
    "contains": Op(_("contains"), _text),
    "not_contains": Op(_("does not contain"), _text),
    "starts_with": Op(_("begins with"), _text),
    "gte": Op(_("is at least"), _ordered),
    "gt": Op(_("is more than"), _ordered),
    "lte": Op(_("is at most"), _ordered),
    "lt": Op(_("is less than"), _ordered),
    "between": Op(_("is between"), _ordered, 2),
    "in_next": Op(_("is in the next … days"), _days),
    "in_last": Op(_("is in the last … days"), _days),
    "older": Op(_("is more than … days ago"), _days),
    "later": Op(_("is more than … days ahead"), _days),
    "empty": Op(_("is empty"), KINDS, 0),
    "not_empty": Op(_("is filled in"), KINDS, 0),
}
DAY_OPS = {
    "gte": _("is on or after"),
    "gt": _("is after"),
    "lte": _("is on or before"),
    "lt": _("is before"),
    "is": _("is on"),
    "is_not": _("is not on"),
}
# Ways that count days from today.
RELATIVE = frozenset({"in_next", "in_last", "older", "later"})
DENIES = {"is_not": "is", "not_in": "in", "not_contains": "contains"}


def ops_of(kind: str) -> list[str]:
    """The ways a field of this kind can be asked about, in the order of a menu."""
    return [name for name, op in OPS.items() if kind in op.kinds]


def label_of(op: str, kind: str) -> Any:
    """How a menu calls a way to ask: of days, “is before” and not “is less than”."""
    return DAY_OPS.get(op, OPS[op].label) if kind in _days else OPS[op].label


def leaves(tree: Tree) -> Iterator[Leaf | Asked]:
    """Every question, those about rows of lists too."""
    match tree:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part) | Some(_, part):
            yield from leaves(part)
        case _:
            yield tree
