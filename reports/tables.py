"""What a report answers: typed columns, rows, links to the rows behind each number, notes on the method."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from django.conf import settings

from foundation.money import rounded
from reports.statistics import Share


class Kind(StrEnum):
    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    AMOUNT = "amount"
    PERCENT = "percent"
    DAYS = "days"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """`title` is translated when shown. Percents are held as fractions, money in the company's
    currency, amounts in whole units of the currency that the row says under `currency`."""

    key: str
    title: Any
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Row:
    """Values by column key; `links` lead to the rows behind; `samples` say how many a share was taken of."""

    values: dict[str, Any]
    links: dict[str, str] = field(default_factory=dict)
    samples: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    columns: Sequence[Column]
    rows: list[Row]
    notes: list[Any] = field(default_factory=list)
    chart: dict[str, Any] | None = None


def count(key: str, title: Any) -> Column:
    return Column(key, title, Kind.COUNT)


def money(key: str, title: Any) -> Column:
    return Column(key, title, Kind.MONEY)


def amount(key: str, title: Any) -> Column:
    return Column(key, title, Kind.AMOUNT)


def percent(key: str, title: Any) -> Column:
    return Column(key, title, Kind.PERCENT)


def days(key: str, title: Any) -> Column:
    return Column(key, title, Kind.DAYS)


def plain(value: Any, kind: Kind) -> Any:
    """For JSON: money as a string with two decimals, percents as 63.15, whole days as integers, ISO dates."""
    if value is None:
        return None
    match kind:
        case Kind.MONEY:
            return f"{rounded(value, settings.BASE_CURRENCY):.2f}"
        case Kind.AMOUNT:
            return f"{value:f}"
        case Kind.PERCENT:
            return float(Decimal(str(value * 100)).quantize(Decimal("0.01"), ROUND_HALF_UP))
        case Kind.DAYS:
            return int(value) if value == int(value) else float(value)
        case Kind.DATE:
            return value.isoformat() if isinstance(value, date) else str(value)
        case Kind.COUNT:
            return int(value)
    return str(value)


def share_values(key: str, found: Share | None) -> dict[str, Any]:
    """A share and the ends of its interval, as three columns."""
    if found is None:
        return {key: None, f"{key}_low": None, f"{key}_high": None}
    return {key: found.value, f"{key}_low": found.low, f"{key}_high": found.high}


def records(table: Table) -> Iterable[dict[str, Any]]:
    """The rows as JSON has them."""
    for row in table.rows:
        yield {column.key: plain(row.values.get(column.key), column.kind) for column in table.columns}
