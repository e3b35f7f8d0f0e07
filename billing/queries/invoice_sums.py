"""How many invoices and how much money in each currency, without counting a large table to draw a page."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.queries import words
from foundation.statements import statement

CAP = 1_000
# A credit note takes back; a discarded draft asks for nothing.
SUMS = """
    SELECT currency, count(*), coalesce(sum(total * way) FILTER (WHERE state <> 'discarded'), 0),
           coalesce(sum(due * way), 0)
    FROM (SELECT *, CASE kind WHEN 'credit_note' THEN -1 ELSE 1 END AS way FROM ({rows})
          AS found (currency, total, due, kind, state)) AS signed
    GROUP BY currency ORDER BY count(*) DESC, currency
"""
FIELDS = ("currency", "total", "due", "kind", "state")


@dataclass(frozen=True)
class InCurrency:
    """What the invoices found come to in one currency."""

    currency: str
    count: int
    total: Decimal
    due: Decimal


@dataclass(frozen=True)
class Sums:
    """`is_exact` is False where counting stopped at the cap; then there are no sums."""

    invoices: int = 0
    rows: list[InCurrency] = field(default_factory=list)
    is_exact: bool = True


@dataclass(frozen=True)
class SumRow:
    title: str
    total: str
    due: str


def sums_of(invoices: Any, *, cap: int | None = CAP) -> Sums:
    """One statement. Without a cap as long as it takes."""
    wanted = invoices.order_by().values_list(*FIELDS)
    rows, parameters = statement(wanted if cap is None else wanted[: cap + 1])
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(rows=rows), parameters)
        found = [InCurrency(*row) for row in cursor.fetchall()]
    count = sum(row.count for row in found)
    if cap is not None and count > cap:
        return Sums(cap, [], is_exact=False)
    return Sums(count, found)


def count_text(sums: Sums) -> str:
    said = words.count_text(sums.invoices, is_exact=sums.is_exact)
    return ngettext("%(n)s invoice", "%(n)s invoices", sums.invoices) % {"n": said}


def sum_rows(sums: Sums) -> list[SumRow]:
    """The lines of the totals row: one a currency."""
    return [
        SumRow(
            title=_("Together in %(currency)s") % {"currency": row.currency},
            total=words.amount_text(row.total, row.currency),
            due=words.amount_text(row.due, row.currency) if row.due else "",
        )
        for row in sums.rows
    ]
