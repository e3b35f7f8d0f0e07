"""Pages of a list by the values of its last row: page 1,000 costs what page 1 costs, and nothing is counted whole."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from zlib import crc32

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.utils.timezone import is_naive
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation.errors import Refused
from foundation.money import number_text

LONGEST_CURSOR = 2000
LARGEST_EXPONENT = 100


class Page(NamedTuple):
    """Rows in the order of the list; the cursors of its neighbours, None where the list ends."""

    rows: list[Any]
    next: str | None
    previous: str | None


class CappedCount(NamedTuple):
    """How many rows there are, counted no further than a cap."""

    n: int
    is_exact: bool

    @property
    def text(self) -> str:
        """“37”, or “1,000+” where counting stopped, in the active language."""
        return number_text(self.n, get_language() or "en") + ("" if self.is_exact else "+")


def capped_count(queryset: QuerySet[Any], cap: int = 1000) -> CappedCount:
    found = queryset.order_by()[: cap + 1].count()
    return CappedCount(min(found, cap), found <= cap)


def keyset_page(
    queryset: QuerySet[Any], *, order: Sequence[str], cursor: str | None = None, size: int = 50
) -> Page:
    """One page of a queryset of instances or of `values()` that hold the fields of the order.

    `order` reads like order_by() and ends in a unique column: ("-opened_at", "-pk"). Rows without a value come
    last, ascending and descending alike. An index serves every page when its columns and directions are those of
    the order; for a descending column that may be empty it must say NULLS LAST. One statement a page; two at the
    page where empty values begin. Refused when the cursor is forged, damaged or from a list ordered otherwise.
    """
    columns = [_Column.of(queryset, name) for name in order]
    direction, values = _read(cursor, columns) if cursor else ("next", [])
    backward = direction == "previous"
    if backward:
        columns = [column.reversed() for column in columns]
    rows = _fetched(queryset, _segments(columns, values) if cursor else [Q()], columns, size)
    if cursor and not rows:  # What lay there was deleted meanwhile; an empty page would be a dead end.
        return keyset_page(queryset, order=order, size=size)
    more, rows = len(rows) > size, rows[:size]
    if backward:
        rows.reverse()
    has_next, has_previous = (True, more) if backward else (more, bool(cursor))
    return Page(
        rows,
        _cursor("next", columns, rows[-1]) if has_next else None,
        _cursor("previous", columns, rows[0]) if has_previous else None,
    )


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    descending: bool
    nullable: bool
    nulls_first: bool  # True only while reading backwards.
    field: "models.Field[Any, Any]"

    @classmethod
    def of(cls, queryset: QuerySet[Any], term: str) -> "_Column":
        name = term.removeprefix("-")
        field = (
            F(name).resolve_expression(queryset.query.chain(), allow_joins=True, summarize=False).output_field
        )
        return cls(name, term.startswith("-"), _may_be_null(queryset, name), False, field)

    def reversed(self) -> "_Column":
        return _Column(self.name, not self.descending, self.nullable, not self.nulls_first, self.field)

    def ordering(self) -> OrderBy:
        # PostgreSQL puts nulls last going up and first going down. Said only where it differs, because a column
        # without nulls is served by a plain index only when nothing is said.
        said = {"nulls_first" if self.nulls_first else "nulls_last": True}
        return OrderBy(
            F(self.name),
            descending=self.descending,
            **(said if self.nullable and self.descending != self.nulls_first else {}),
        )

    def beyond(self, value: Any, *, or_equal: bool = False) -> Q:
        """Rows past a value that is not null, empty ones not among them."""
        return Q(**{f"{self.name}__{'lt' if self.descending else 'gt'}{'e' if or_equal else ''}": value})

    def after(self, value: Any) -> Q | None:
        """Rows past a value in this column alone, empty ones included; None where there can be none."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if self.nulls_first else None
        past = self.beyond(value)
        return past | Q(**{f"{self.name}__isnull": True}) if self.nullable and not self.nulls_first else past

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True} if value is None else {self.name: value})


class _RowComparison(Func):
    """(a, b) < (x, y), the one spelling for which PostgreSQL enters an index at both columns at once."""

    output_field = models.BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> tuple[str, Any]:
        compiled = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(compiled) // 2
        left, right = (", ".join(sql for sql, _values in part) for part in (compiled[:half], compiled[half:]))
        return f"({left}) {self.extra['operator']} ({right})", [
            value for _sql, values in compiled for value in values
        ]


def _segments(columns: Sequence[_Column], values: Sequence[Any]) -> list[Q]:
    """Conditions whose rows, one condition after the other, are all rows past the values.

    The first column's empty values are a segment of their own: an OR with IS NULL would cost the index.
    """
    first, value, rest = columns[0], values[0], columns[1:]
    if value is not None:
        segments = [_past([replace(first, nullable=False), *rest], values)]
        return [*segments, first.same(None)] if first.nullable and not first.nulls_first else segments
    segments = [first.same(None) & _past(rest, values[1:])] if rest else []
    return [*segments, Q(**{f"{first.name}__isnull": False})] if first.nulls_first else segments


def _past(columns: Sequence[_Column], values: Sequence[Any]) -> Q:
    """Rows past the values in the order of the columns."""
    if len({column.descending for column in columns}) == 1 and not any(column.nullable for column in columns):
        held = [
            Value(value, output_field=column.field) for column, value in zip(columns, values, strict=True)
        ]
        operator = "<" if columns[0].descending else ">"
        return Q(_RowComparison(*(F(column.name) for column in columns), *held, operator=operator))
    chain, equal = Q(pk__in=[]), Q()
    for column, value in zip(columns, values, strict=True):
        after = column.after(value)
        chain = chain if after is None else chain | (equal & after)
        equal &= column.same(value)
    if columns[0].nullable:
        return chain
    # Said twice, because PostgreSQL enters the index by a plain bound and not by an OR.
    return columns[0].beyond(values[0], or_equal=True) & chain


def _fetched(queryset: QuerySet[Any], segments: list[Q], columns: list[_Column], size: int) -> list[Any]:
    """Up to one row more than a page."""
    rows: list[Any] = []
    for segment in segments:
        if len(rows) <= size:
            found = queryset.filter(segment).order_by(*(column.ordering() for column in columns))
            rows += found[: size + 1 - len(rows)]
    return rows


def _cursor(direction: str, columns: Sequence[_Column], row: Any) -> str:
    values = [_plain(_value(row, column)) for column in columns]
    text = json.dumps(
        [direction[0], _fingerprint(columns), values], separators=(",", ":"), ensure_ascii=False
    )
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, columns: Sequence[_Column]) -> tuple[str, list[Any]]:
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        direction, fingerprint, values = json.loads(
            urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        )
        if direction not in ("n", "p") or fingerprint != _fingerprint(columns) or len(values) != len(columns):
            raise ValueError
        return {"n": "next", "p": "previous"}[direction], [
            _checked(value, column) for value, column in zip(values, columns, strict=True)
        ]
    except (ValueError, TypeError, ArithmeticError, RecursionError, ValidationError) as damage:
        message = _("This link to a page of the list no longer works. Open the list from its beginning.")
        raise Refused(message) from damage


def _fingerprint(columns: Sequence[_Column]) -> int:
    """The order, whichever way it is read now: a cursor of one order means nothing in another."""
    backwards = columns[0].nulls_first
    return crc32(" ".join(f"{column.descending != backwards:d}{column.name}" for column in columns).encode())


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return _plain(value.pk)
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _checked(value: Any, column: _Column) -> Any:
    """The value as the column's type, inside the column's range. ValueError or ValidationError otherwise."""
    if value is None:
        if not column.nullable:
            raise ValueError(column.name)
        return None
    target = getattr(column.field, "target_field", column.field)
    value = target.to_python(value)
    if isinstance(value, str):
        value.encode()
    has_null_byte = isinstance(value, str) and "\x00" in value
    if value is None or has_null_byte or (isinstance(value, datetime) and is_naive(value)):
        raise ValueError(column.name)
    if isinstance(target, models.DecimalField) and abs(value.adjusted()) > LARGEST_EXPONENT:
        raise ValueError(column.name)
    if isinstance(target, models.IntegerField):
        target.run_validators(value)
    return value


def _value(row: Any, column: _Column) -> Any:
    name = column.name
    if isinstance(row, dict):
        return row[name] if name in row or "__" in name else row[column.field.attname]
    if hasattr(row, name):
        return getattr(row, name)
    for step in name.split("__"):
        row = None if row is None else getattr(row, step)
    return row


def _may_be_null(queryset: QuerySet[Any], name: str) -> bool:
    """Whether a row may lack the value: it is computed, or its field or a relation on the way to it is nullable."""
    if name in queryset.query.annotations:
        return True
    model: Any = queryset.model
    for step in name.split("__"):
        field = model._meta.pk if step == "pk" else model._meta.get_field(step)
        if field.null:
            return True
        model = field.related_model
    return False
