"""Tables as a page shows them: every value written in the reader's language, intervals beside their shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern
from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from foundation.money import NO_BREAK, money_text, number_text
from reports.statistics import SMALL_SAMPLE, Share
from reports.tables import Column, Kind, Row, Table

NUMERIC = {Kind.COUNT, Kind.MONEY, Kind.AMOUNT, Kind.PERCENT, Kind.DAYS}


@dataclass(frozen=True)
class Cell:
    text: str
    url: str = ""
    label: str = ""
    note: str = ""
    is_number: bool = False
    is_small: bool = False


@dataclass(frozen=True)
class ShownTable:
    heads: list[tuple[str, bool]]
    rows: list[SafeString]


def shown(table: Table) -> ShownTable:
    """The ends of an interval stand under their share and have no columns of their own."""
    keys = {column.key for column in table.columns}
    ends = {f"{key}_{end}" for key in keys for end in ("low", "high")} & keys
    columns = [column for column in table.columns if column.key not in ends]
    return ShownTable(
        [(str(column.title), column.kind in NUMERIC) for column in columns],
        [_row_html([_cell(column, row) for column in columns]) for row in table.rows],
    )


def _row_html(cells: Sequence[Cell]) -> SafeString:
    """Written here, because a template takes ten turns a cell and a report has hundreds of them."""
    head, *others = cells
    return SafeString(f'<tr><th scope="row">{_linked(head)}</th>{"".join(map(_cell_html, others))}</tr>')


def _cell_html(cell: Cell) -> str:
    look = (' class="end is-small"' if cell.is_small else ' class="end"') if cell.is_number else ""
    note = f"<small>{escape(cell.note)}</small>" if cell.note else ""
    return f'<td data-label="{escape(cell.label)}"{look}><span>{_linked(cell)}{note}</span></td>'


def _linked(cell: Cell) -> str:
    text = escape(cell.text)
    return f'<a href="{escape(cell.url)}">{text}</a>' if cell.url else text


def _cell(column: Column, row: Row) -> Cell:
    key, sample = column.key, row.samples.get(column.key)
    low, high = row.values.get(f"{key}_low"), row.values.get(f"{key}_high")
    note = interval_text(low, high, sample) if sample is not None and low is not None else ""
    return Cell(
        text=written(row.values.get(key), column.kind, row.values.get("currency", "")),
        url=row.links.get(key, ""),
        label=str(column.title),
        note=note,
        is_number=column.kind in NUMERIC,
        is_small=sample is not None and sample < SMALL_SAMPLE,
    )


def written(value: Any, kind: Kind, currency: str = "") -> str:
    if value is None:
        return "–" if kind in NUMERIC else ""
    match kind:
        case Kind.COUNT:
            return count_text(value)
        case Kind.MONEY:
            return worth_text(value)
        case Kind.AMOUNT:
            return money_text(value, currency, get_language() or "en")
        case Kind.PERCENT:
            return percent_text(value)
        case Kind.DAYS:
            return days_text(value)
        case Kind.DATE:
            return date_format(value, "SHORT_DATE_FORMAT")
    return str(value)


def count_text(number: int) -> str:
    return number_text(number, get_language() or "en")


def worth_text(amount: Decimal) -> str:
    """In the company's currency; without cents where there are none, as on a dashboard most sums have."""
    if amount == amount.to_integral_value():
        return f"{count_text(int(amount))}{NO_BREAK}{settings.BASE_CURRENCY}"
    return money_text(amount, settings.BASE_CURRENCY, get_language() or "en")


def percent_text(fraction: float, decimals: int = 1) -> str:
    pattern, locale = _percent_pattern(get_language() or "en", decimals)
    return pattern.apply(Decimal(str(fraction)), locale)


@lru_cache(maxsize=16)
def _percent_pattern(language: str, decimals: int) -> tuple[NumberPattern, Locale]:
    """The language's own: “63.2%” in English, “63,2 %” in Russian."""
    locale = Locale.parse(to_locale(language))
    pattern = locale.percent_formats[None].pattern.replace("0", "0." + "0" * decimals)
    return parse_pattern(pattern), locale


def days_text(number: float) -> str:
    return number_format(int(number) if number == int(number) else number, use_l10n=True)


def interval_text(low: float | None, high: float | None, sample: int) -> str:
    counted = _("n=%(n)s") % {"n": count_text(sample)}
    if low is None or high is None:
        return counted
    return f"{percent_text(low)}{NO_BREAK}–{NO_BREAK}{percent_text(high)}, {counted}"


def share_cell(found: Share | None, label: str) -> Cell:
    if found is None or found.value is None:
        return Cell("–" if found else "", label=label, is_number=True)
    note = interval_text(found.low, found.high, found.whole)
    return Cell(percent_text(found.value), "", label, note, True, found.is_small)
