"""CSV and TSV: one pass over the file with the strict reader of the standard library.

The strict reader complains about quotes instead of repairing them silently; its complaint becomes the
problem of one row, unless a quote swallows the rest of the file.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from integrations.tables import encodings
from integrations.tables.table import MAX_CELL_CHARACTERS, Row, Source, TableError

DELIMITERS = ",;\t|"
SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
FORMULA_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)
DISARMED = ("'=", "'+", "'-", "'@")  # how exports of ours and of others keep a cell from being run
BLANKS = " \t\r\n\xa0\ufeff"


@dataclass(frozen=True)
class TextFormat:
    encoding: str
    delimiter: str
    has_separator_line: bool
    warnings: list[str]


def text_format(source: Source) -> TextFormat:
    encoding, warnings = encodings.detected(source.path)
    with source.path.open(encoding=encoding, newline="") as file:
        first = file.readline(64 * 1024)
        sample = first + file.read(64 * 1024)
    if not sample.strip(BLANKS + "\x00"):
        raise TableError(_("The file is empty."))
    if encodings.looks_encoded_twice(sample):
        warnings = [
            *warnings,
            _(
                "The text looks as if it was encoded twice (“Ð Ñ” instead of letters): check it before importing."
            ),
        ]
    stated = SEPARATOR_LINE.match(first)
    if stated:
        return TextFormat(encoding, stated.group(1), True, warnings)
    return TextFormat(encoding, _sniffed_delimiter(sample, source.suffix), False, warnings)


def text_rows(source: Source, how: TextFormat) -> Iterator[Row]:
    """Every record of the file with its number; blank ones have no cells."""
    with source.path.open(encoding=how.encoding, newline="") as file:
        yield from _records(file, how)


def unwrapped(cell: str) -> str:
    """The value of a cell without blanks around it; ="0012" is how Excel is told to keep zeros."""
    cell = cell.strip(BLANKS)
    if cell.startswith('="'):
        found = FORMULA_TEXT.match(cell)
        if found:
            return found.group(1).replace('""', '"').strip(BLANKS)
    if cell.startswith(DISARMED):
        return cell[1:]
    return cell


def _records(file: Iterator[str], how: TextFormat) -> Iterator[Row]:
    reader = csv.reader(file, delimiter=how.delimiter, strict=True)
    number = 0
    if how.has_separator_line:
        next(file)
        number = 1
    while True:
        number += 1
        line = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(number, [], _quoting_problem(str(error), number, reader.line_num - line))
            continue
        yield _row(number, cells)


def _row(number: int, cells: list[str]) -> Row:
    cells = [unwrapped(cell) for cell in cells]
    if not any(cells):
        return Row(number, [])
    for cell in cells:
        if "\x00" in cell:
            return Row(number, cells, _("A value holds a zero byte, which no text can."))
        if len(cell) > MAX_CELL_CHARACTERS:
            return Row(number, cells, too_long())
    return Row(number, cells)


def too_long() -> str:
    return _("A value is longer than %(count)s characters.") % {"count": MAX_CELL_CHARACTERS}


def _quoting_problem(error: str, number: int, lines: int) -> str:
    """The problem of one row; a quote that swallowed the rows below it makes the file unreadable."""
    if "unexpected end of data" in error or ("field larger" in error and lines > 1):
        raise TableError(
            _(
                "A quotation mark opened in row %(row)s is never closed. Close it or remove it, then try again."
            )
            % {"row": number}
        )
    if "field larger" in error:
        return too_long()
    if lines > 1:
        return _("Quotation marks do not match: %(count)s lines were read as one row.") % {"count": lines}
    return _("Quotation marks inside a value must be doubled.")


def _sniffed_delimiter(sample: str, suffix: str) -> str:
    """The delimiter that splits the first lines into the most columns, the same number each time."""
    candidates = "\t" + DELIMITERS if suffix in {".tsv", ".tab"} else DELIMITERS
    return max(candidates, key=lambda delimiter: _columns_made(sample, delimiter))


def _columns_made(sample: str, delimiter: str) -> float:
    lines = sample.splitlines(keepends=True)
    if len(lines) > 2:
        lines = lines[:-1]  # the sample may end inside a line
    widths: Counter[int] = Counter()
    reader = csv.reader(iter(lines), delimiter=delimiter)
    try:
        for cells in islice(reader, 25):
            if any(cells):
                widths[len(cells)] += 1
    except csv.Error:
        pass
    if not widths:
        return 0.0
    width, times = max(widths.items(), key=lambda each: (each[1], each[0]))
    return 0.0 if width == 1 else width * times / sum(widths.values())
