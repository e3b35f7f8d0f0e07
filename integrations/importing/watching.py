"""What a look at a file notices about its columns: days that read two ways, numbers far from all the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.errors import Refused
from integrations.fields import Field
from integrations.mapping import ENTERED
from integrations.tables import Row, Table
from integrations.values import HOUR, THREE_NUMBERS, Reader

DAY_FIRST, MONTH_FIRST = "d/m/y", "m/d/y"
EXAMPLES = 3
MOST_NUMBERS = 20_000
FEWEST_NUMBERS = 5
FAR = 1000  # times the usual number: another unit is likelier than such a value
SHOWN_ROWS = 5


@dataclass
class Days:
    """Days of one column written with three numbers, none of which is plainly the year in front."""

    place: int
    name: str
    column: str
    examples: list[str] = field(default_factory=list)
    day_first: str = ""
    month_first: str = ""
    same: str = ""

    def see(self, text: str) -> None:
        hour = HOUR.search(text)
        found = THREE_NUMBERS.fullmatch((text[: hour.start()] if hour else text).strip())
        if not found or found[2] == "." or len(found[1]) == 4:
            return
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            self.day_first = self.day_first or text
        elif second > 12 >= first:
            self.month_first = self.month_first or text
        elif first == second <= 12:
            self.same = text
        elif first <= 12 and len(self.examples) < EXAMPLES and text not in self.examples:
            self.examples.append(text)

    @property
    def proved(self) -> str:
        """The order that every day of the column allows and one of them demands; none where that is not so."""
        if not self.is_met or (self.day_first and self.month_first):
            return ""
        if self.examples and not (self.day_first or self.month_first):
            return ""
        if self.month_first:
            return MONTH_FIRST
        return DAY_FIRST

    @property
    def is_met(self) -> bool:
        return bool(self.examples or self.day_first or self.month_first or self.same)

    def as_json(self) -> dict[str, Any]:
        return {
            "field": self.name,
            "column": self.column,
            "examples": self.examples or [self.day_first or self.month_first or self.same],
            "proof": (self.day_first or self.month_first) if self.proved else "",
            "is_mixed": bool(self.day_first and self.month_first),
        }


@dataclass
class Numbers:
    place: int
    name: str
    column: str
    is_amount: bool
    seen: list[tuple[int, Decimal]] = field(default_factory=list)
    with_sign: int = 0

    def see(self, row: int, text: str, reader: Reader) -> None:
        has_sign = text.endswith("%")
        self.with_sign += has_sign
        if has_sign or len(self.seen) >= MOST_NUMBERS:
            return
        try:
            self.seen.append((row, reader.amount(text)))
        except (ValueError, Refused):
            return  # rejected with its row, or a number with its unit

    def warnings(self) -> Iterator[str]:
        if self.with_sign and self.seen:
            said = ngettext(
                "“%(column)s”: %(some)d value has a %% sign, %(others)d have none.",
                "“%(column)s”: %(some)d values have a %% sign, %(others)d have none.",
                self.with_sign,
            )
            yield said % {
                "column": self.column,
                "some": self.with_sign,
                "others": len(self.seen),
            }
        shares = [row for row, number in self.seen if 0 < abs(number) < 1]
        if shares and not self.is_amount and len(shares) * 2 < len(self.seen):
            yield _("“%(column)s”: between whole numbers stand parts of one (rows %(rows)s): percents?") % {
                "column": self.column,
                "rows": _rows(shares),
            }
        yield from self._far()

    def _far(self) -> Iterator[str]:
        sizes = [abs(number) for _row, number in self.seen if number]
        if len(sizes) < FEWEST_NUMBERS:
            return
        usual = median(sizes)
        far = [row for row, number in self.seen if abs(number) > usual * FAR]
        if far:
            said = ngettext(
                "“%(column)s”: %(count)d value is over a thousand times the usual %(usual)s (rows %(rows)s)."
                " Another unit?",
                "“%(column)s”: %(count)d values are over a thousand times the usual %(usual)s (rows %(rows)s)."
                " Another unit?",
                len(far),
            )
            usual_text = f"{usual:f}".rstrip("0").rstrip(".") if "." in f"{usual:f}" else f"{usual:f}"
            yield said % {
                "column": self.column,
                "count": len(far),
                "usual": usual_text,
                "rows": _rows(far),
            }


class Watch:
    """Sees every row of a look at a file. `column_of` says of a field which heading fills it."""

    def __init__(
        self, columns: Mapping[str, str], fields: Sequence[Field], table: Table, reader: Reader
    ) -> None:
        kinds = {each.name: each.kind for each in fields}
        self.reader = reader
        self.days: list[Days] = []
        self.numbers: list[Numbers] = []
        for header, name in columns.items():
            kind, place = (
                kinds.get(name, "moment" if name.startswith(ENTERED) else ""),
                table.headers.index(header),
            )
            if kind in ("day", "moment"):
                self.days.append(Days(place, name, header))
            elif kind in ("number", "amount"):
                self.numbers.append(Numbers(place, name, header, kind == "amount"))

    def see(self, row: Row) -> None:
        if row.problem:
            return
        for days in self.days:
            if text := row.cells[days.place]:
                days.see(text)
        for numbers in self.numbers:
            if text := row.cells[numbers.place]:
                numbers.see(row.number, text, self.reader)

    def asked(self) -> list[Days]:
        return [each for each in self.days if each.is_met]

    def warnings(self) -> list[str]:
        return [said for each in self.numbers for said in each.warnings()]


def example_day(text: str, date_format: str) -> date | None:
    """What the text is under this order; None where it is no day."""
    reader = Reader(date_format=date_format)
    try:
        return reader.day(text)
    except ValueError:
        return None


def _rows(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows[:SHOWN_ROWS])) + (" …" if len(rows) > SHOWN_ROWS else "")
