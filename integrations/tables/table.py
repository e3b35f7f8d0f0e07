"""What a read file is: headings, then rows of text that know their number in the file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from foundation.errors import Refused

MAX_ROWS = 1_000_000
MAX_COLUMNS = 500
MAX_CELL_CHARACTERS = 32_768  # what one cell of a spreadsheet can hold


class TableError(Refused):
    """The file as a whole cannot be read; the message is a sentence for the person who chose it."""


class Row(NamedTuple):
    """One row below the headings.

    `number` counts the rows of the file from 1, as a spreadsheet shows them. A row with a `problem`
    (a sentence) must be rejected: its cells are what could be read of it.
    """

    number: int
    cells: list[str]
    problem: str = ""


@dataclass(kw_only=True)
class Table:
    """A readable file. `rows()` may be called again and reads the file anew, row by row."""

    name: str
    kind: str  # "csv", "tsv", "xlsx" or "vcf"
    headers: list[str]
    header_row: int
    opened: Callable[[], Iterator[Row]] = field(repr=False)
    encoding: str = ""
    delimiter: str = ""
    counts_days_from_1904: bool = False
    warnings: list[str] = field(default_factory=list)
    kept_file: Any = field(default=None, repr=False)  # a temporary copy lives as long as the table

    def rows(self) -> Iterator[Row]:
        return self.opened()

    def sample(self, size: int = 20) -> list[Row]:
        found = []
        for row in self.rows():
            found.append(row)
            if len(found) == size:
                break
        return found


@dataclass(frozen=True)
class Source:
    """The file under its own name, wherever its bytes lie."""

    path: Path
    name: str

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()
