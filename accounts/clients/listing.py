"""A page of a list of clients or contacts: rows of text in the chosen columns, counted and summed up to a cap."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from accounts.clients.asked import CLIENTS
from accounts.clients.columns import ListPage, about
from accounts.custom.columns import named_clients
from foundation.keyset import CappedCount, Page
from foundation.money import compact_money_text, money_text
from lists.arranging import Arrangement
from lists.cells import Fixed
from lists.registry import Cell, Column, RecordList, Row
from lists.selecting import capped_totals, selected_page
from lists.sorting import Heading, headings, sorting


@dataclass(frozen=True)
class Shown:
    """`totals` are (class, short, exact) of money columns; none where no such column is shown."""

    page: Page
    rows: list[Row]
    count: CappedCount
    headings: list[Heading]
    totals: list[tuple[str, str, str]]
    sort_refused: Any


@dataclass(frozen=True)
class Listing:
    """How a list of this room is read and written out. `record` is what its custom fields are of, `about` what stands
    below a name."""

    of: RecordList
    record: str
    page: Callable[[Mapping[int, str]], ListPage]
    about: Callable[[Mapping[str, Any], Any], str]

    def shown(self, found: Any, arrangement: Arrangement, person: Any, cursor: str | None) -> Shown:
        """Two statements: the count with the sums, then the rows."""
        columns = arrangement.columns
        count, sums = capped_totals(found, columns)
        so_many = count.n if count.is_exact else None
        order = sorting(self.of, arrangement.query.get("sort", ""), so_many)
        fixed = Fixed(self.of, columns, person)
        page = selected_page(found, self.of, columns, order.terms, cursor, fixed.needs)
        on = self.page(named_clients(self.record, columns, page.rows, person))
        return Shown(
            page,
            [self._row(row, on, columns, fixed(row)) for row in page.rows],
            count,
            headings(self.of, columns, order, arrangement.query, so_many),
            totals_of(columns, sums) if any(column.money for column in columns) else [],
            order.refused,
        )

    def row_of(self, found: Any, person: Any, columns: Sequence[Column]) -> Row | None:
        """The row of the one record in `found` afresh, its cells without their labels; one statement."""
        fixed = Fixed(self.of, columns, person)
        page = selected_page(found, self.of, columns, ("name",), None, fixed.needs)
        if not page.rows:
            return None
        on = self.page(named_clients(self.record, [*columns], page.rows, person))
        row = self._row(page.rows[0], on, columns, fixed(page.rows[0]))
        return row._replace(cells=[Cell._make(tuple(cell)[1:]) for cell in row.cells])

    def _row(self, row: dict[str, Any], on: ListPage, columns: Sequence[Column], fixed: str) -> Row:
        name = columns[0].cell(row, on)
        cells: Any = [(column.label, *column.cell(row, on)) for column in columns[1:]]
        return Row(row["pk"], f"row-{row['pk']}", name.text, name.url, self.about(row, on), cells, fixed)


def totals_of(columns: Sequence[Column], sums: dict[str, Decimal]) -> list[tuple[str, str, str]]:
    language = get_language() or "en"
    found = []
    for column in columns[1:]:
        amount = sums.get(column.money)
        short = "" if amount is None else compact_money_text(amount, settings.BASE_CURRENCY, language)
        exactly = "" if amount is None else money_text(amount, settings.BASE_CURRENCY, language)
        found.append((column.css, short, exactly))
    return found


clients = Listing(CLIENTS, "client", ListPage, about)
