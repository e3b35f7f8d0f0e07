"""Tables of banks (CSV): rows between other lines, columns under headings, amounts as each bank writes them."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from django.utils.translation import gettext as _

from billing.bank.reading.amounts import amount_of, day_of
from billing.bank.reading.decoding import decoded
from billing.bank.reading.layout import MOST_COLUMNS, Layout, guessed
from billing.bank.reading.line import IN, OUT, Line
from billing.bank.reading.statement import Draft, Statement
from foundation.errors import Refused

DELIMITERS = ";\t,|"
LOOKED_AT = 200
MOST_ROWS = 200_000
LONGEST_CELL = 10_000
TOTALS = re.compile(
    r"$|итог|всего|оборот|сальдо|остаток|total|summe|saldo|balance|jumlah|suma", re.IGNORECASE
)
SAID_OUT = (
    "d",
    "db",
    "dr",
    "debit",
    "s",
    "soll",
    "out",
    "-",
    "дебет",
    "расход",
    "списание",
    "исходящий",
    "debe",
)
SAID_IN = (
    "c",
    "k",
    "cr",
    "credit",
    "h",
    "haben",
    "in",
    "+",
    "кредит",
    "приход",
    "поступление",
    "входящий",
    "haber",
)


@dataclass(frozen=True)
class Table:
    """Headings and the rows below them, each with its number in the file."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]

    @property
    def sample(self) -> list[list[str]]:
        return [cells for _number, cells in self.rows[:LOOKED_AT]]


def table_of(content: bytes) -> Table:
    """Refused for what is no table: nothing below the headings, or a single column."""
    text = decoded(content)
    delimiter = _delimiter(text)
    rows = list(islice(_rows(text, delimiter), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise Refused(_("The file holds more than %(most)d rows.") % {"most": MOST_ROWS})
    place = _place_of_headings(rows)
    if place is None:
        raise Refused(_("This is no statement that can be read: neither 1C, camt.053 or MT940 nor a table."))
    headings = [each.strip() for each in rows[place][1]]
    if len(headings) > MOST_COLUMNS:
        raise Refused(_("The table has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    return Table(headings, [(number, cells) for number, cells in rows[place + 1 :] if any(cells)])


def read_table(
    content: bytes, *, account: str, currency: str, layout: Layout | None = None
) -> list[Statement]:
    """`account` and `currency` are those the person said, for a table that does not. Refused where the layout
    cannot be guessed, or where it does not fit the table."""
    table = table_of(content)
    how = layout or guessed(table.headings, table.sample)
    if how is None or not how.is_enough:
        raise Unmapped(table)
    drafts: dict[tuple[str, str], Draft] = {}
    unread: list[str] = []
    for number, cells in table.rows:
        row = {name: cells[at].strip() if at < len(cells) else "" for name, at in how.columns.items()}
        key = (row.get("account") or account, (row.get("currency") or currency).upper()[:3])
        line = _line(row, how)
        if line is None:
            unread += _why_left_out(number, row, how)
            continue
        draft = drafts.setdefault(key, Draft(account=key[0], currency=key[1]))
        draft.lines.append(line)
    if not drafts:
        raise Refused(_("No row of the table could be read: look at which column is what."))
    first = next(iter(drafts.values()))
    first.differences += unread[:50]
    return [each.finished("csv") for each in drafts.values()]


class Unmapped(Refused):
    """A person has to say which column is what; `table` is what they see."""

    def __init__(self, table: Table) -> None:
        super().__init__(
            _("It is not certain which column is what, or how days and amounts are written: say it.")
        )
        self.table = table


def _line(row: dict[str, str], how: Layout) -> Line | None:
    on, moved = day_of(row.get("on", ""), how.day_order), _moved(row, how)
    if on is None or not moved:
        return None
    return Line(
        direction=IN if moved > 0 else OUT,
        amount=abs(moved),
        on=on,
        number=row.get("number", ""),
        name=row.get("name", ""),
        tax_number=row.get("tax_number", ""),
        bank_account=row.get("bank_account", ""),
        bank_code=row.get("bank_code", ""),
        purpose=row.get("purpose", ""),
    )


def _moved(row: dict[str, str], how: Layout) -> Decimal | None:
    """What came in, negative for what went out; None where the row does not say one amount."""
    if "amount" in how.columns and row.get("amount"):
        amount = amount_of(row["amount"], how.mark)
        side = row.get("direction", "").strip().lower()
        if amount is None or "direction" not in how.columns:
            return amount
        if side in SAID_OUT or side in SAID_IN:
            return -abs(amount) if side in SAID_OUT else abs(amount)
        return None
    came, went = (_side(row, name, how) for name in ("came", "went"))
    if came is None or went is None or (came and went):
        return None
    return came - abs(went)


def _side(row: dict[str, str], name: str, how: Layout) -> Decimal | None:
    text = row.get(name, "")
    return amount_of(text, how.mark) if text else Decimal(0)


def _why_left_out(number: int, row: dict[str, str], how: Layout) -> list[str]:
    """Nothing for a row of zero and for one that is no movement, such as a total below the table."""
    if TOTALS.match(row.get("on", "")) or _moved(row, how) == 0:
        return []
    return [_("Row %(number)d is left out: its day or its amount cannot be read.") % {"number": number}]


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    try:
        for cells in reader:
            if any(len(each) > LONGEST_CELL for each in cells):
                raise Refused(
                    _("Row %(number)d holds a text too long to be read.") % {"number": reader.line_num}
                )
            yield reader.line_num, [_unwrapped(each) for each in cells]
    except csv.Error:
        raise Refused(
            _("Row %(number)d cannot be read: a quotation mark is not closed, perhaps.")
            % {"number": reader.line_num}
        ) from None


def _unwrapped(cell: str) -> str:
    """The text in ="0012", which keeps spreadsheets from making it a number."""
    found = re.fullmatch(r'="(.*)"', cell.strip())
    return (found[1] if found else cell).strip().replace("\x00", "")


def _delimiter(text: str) -> str:
    head = [each for each in text[:65536].splitlines()[:50] if each.strip()]
    if head and (said := re.fullmatch(r"sep=(.)", head[0].strip())):
        return said[1]
    return max(DELIMITERS, key=lambda mark: sum(min(row.count(mark), 30) for row in head))


def _place_of_headings(rows: Sequence[tuple[int, list[str]]]) -> int | None:
    """The first row with at least two words and no amount, as wide as most rows are."""
    widths = [len(cells) for _number, cells in rows[:LOOKED_AT] if len(cells) > 1]
    if not widths:
        return None
    usual = max(set(widths), key=widths.count)
    for place, (_number, cells) in enumerate(rows[:50]):
        words = [each for each in cells if re.search(r"[^\W\d_]{2}|№", each)]
        figures = [each for each in cells if re.fullmatch(r"[\d.,\s/:-]+", each)]
        if len(words) >= 2 and not figures and len(cells) >= min(usual, 3):
            return place
    return None
