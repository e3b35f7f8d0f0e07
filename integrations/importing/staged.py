"""Rows laid by in a temporary table until all of a file are read, so that those of one invoice come together.

Neither the file's order nor its length matters: memory holds one batch of invoices.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

NOTHING = Decimal(0)
SORTED = """
    CREATE TEMPORARY TABLE import_papers ON COMMIT DROP AS
    SELECT company, kind, number, line, place, dense_rank() OVER (ORDER BY company, kind, number COLLATE "C") AS paper
    FROM import_lines
"""
BETWEEN = """
    SELECT company, kind, number, line FROM import_papers WHERE paper >= %s AND paper < %s ORDER BY paper, place
"""


class Paper(NamedTuple):
    """Which document a row is of."""

    company: int
    kind: str
    number: str


@dataclass(slots=True)
class StagedLine:
    """A row that could be read; amounts are not negative, `kind` says what they are."""

    row: int
    cells: list[str]
    company: int
    number: str
    kind: str = "invoice"
    key: str = ""
    account: int | None = None
    dated_on: date | None = None
    due_on: date | None = None
    currency: str = ""
    said_currency: bool = False
    product: int | None = None
    title: str = ""
    unit: str = ""
    quantity: Decimal = NOTHING
    price: Decimal = NOTHING
    amount: Decimal = NOTHING
    net: Decimal = NOTHING
    tax: Decimal = NOTHING
    tax_rate: Decimal = NOTHING
    tax_mode: str = "on_top"
    total: Decimal | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def paper(self) -> Paper:
        return Paper(self.company, self.kind, self.number)

    @property
    def content(self) -> tuple[Any, ...]:
        """What makes two lines of one invoice the same."""
        return (
            self.product,
            self.title,
            self.quantity.normalize(),
            self.price.normalize(),
            self.net + self.tax,
        )

    def reject(self, column: str, reason: str) -> None:
        self.problems.append((column, reason))


NAMES = [each.name for each in fields(StagedLine)]
DECIMALS = {"quantity", "price", "amount", "net", "tax", "tax_rate", "total"}
DATES = {"dated_on", "due_on"}


class Staged:
    """The rows of one file, inside a transaction."""

    def __init__(self) -> None:
        self.spoilt: dict[Paper, int] = {}
        self.drop()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE import_lines (company bigint, kind text, number text, place integer, line text)"
                " ON COMMIT DROP"
            )

    def spoil(self, paper: Paper, row: int) -> None:
        """A row of this document was rejected."""
        self.spoilt.setdefault(paper, row)

    def add(self, lines: Sequence[StagedLine]) -> None:
        written = io.StringIO()
        writer = csv.writer(written)
        for line in lines:
            writer.writerow([*line.paper, line.row, _packed(line)])
        written.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert("COPY import_lines FROM STDIN WITH (FORMAT csv)", written)

    def batches(self, size: int) -> Iterator[list[tuple[Paper, list[StagedLine]]]]:
        """So many documents at a time, each with its rows in the order of the file."""
        with connection.cursor() as cursor:
            cursor.execute(SORTED)
            cursor.execute("CREATE INDEX ON import_papers (paper, place)")
            cursor.execute("SELECT coalesce(max(paper), 0) FROM import_papers")
            (last,) = cursor.fetchone()
            for first in range(1, last + 1, size):
                cursor.execute(BETWEEN, [first, first + size])
                rows = cursor.fetchall()
                yield [
                    (Paper(*key), [_unpacked(row[3]) for row in same])
                    for key, same in groupby(rows, key=itemgetter(0, 1, 2))
                ]

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.import_lines, pg_temp.import_papers")


def _packed(line: StagedLine) -> str:
    return json.dumps([getattr(line, name) for name in NAMES], default=str, ensure_ascii=False)


def _unpacked(text: str) -> StagedLine:
    values = dict(zip(NAMES, json.loads(text), strict=True))
    for name in DECIMALS:
        values[name] = None if values[name] is None else Decimal(values[name])
    for name in DATES:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    return StagedLine(**values)
