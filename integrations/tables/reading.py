"""The door for files: what kind it is, where its headings are, and which rows may be used."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.tables.table import MAX_COLUMNS, MAX_ROWS, Row, Source, Table, TableError
from integrations.tables.text import text_format, text_rows
from integrations.tables.vcards import card_rows, cards_format
from integrations.tables.workbook import workbook_format, workbook_rows

NAMES = {".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".xlsm": "xlsx"}
NAMES |= {".vcf": "vcf", ".vcard": "vcf"}
NUMBER_OR_DATE = re.compile(r"^[\d\s.,:/%$€₽+-]+$")


def read_table(file: str | Path | IO[bytes], name: str = "") -> Table:
    """Opens a CSV, TSV, XLSX or vCard file. Raises TableError with a sentence if it cannot be read as a table."""
    kept = None
    if isinstance(file, str | Path):
        source = Source(Path(file), name or Path(file).name)
    else:
        kept = _copied(file)
        source = Source(Path(kept.name), name or Path(str(getattr(file, "name", ""))).name)
    kind = _kind(source)
    if kind == "xlsx":
        book = workbook_format(source)
        table = _table(source, kind, lambda: workbook_rows(source), book.warnings)
        table.counts_days_from_1904 = book.counts_days_from_1904
    elif kind == "vcf":
        table = _cards(source)
    else:
        how = text_format(source)
        table = _table(source, kind, lambda: text_rows(source, how), how.warnings)
        table.encoding, table.delimiter = how.encoding.removesuffix("-sig"), how.delimiter
    table.kept_file = kept
    return table


def _copied(file: IO[bytes]) -> Any:
    kept = tempfile.NamedTemporaryFile(prefix="table-")  # noqa: SIM115 - lives as long as the table
    shutil.copyfileobj(file, kept)
    kept.flush()
    return kept


def _kind(source: Source) -> str:
    if source.suffix == ".xls":
        raise TableError(_("Old .xls workbooks are not read. Save the file as .xlsx or CSV."))
    if source.suffix not in NAMES:
        raise TableError(_("Tables are read from .csv, .tsv, .txt, .xlsx and .vcf files."))
    try:
        size = source.path.stat().st_size
        with source.path.open("rb") as opened:
            start = opened.read(512)
    except OSError as error:
        raise TableError(_("The file cannot be opened.")) from error
    if size == 0:
        raise TableError(_("The file is empty."))
    if size > settings.UPLOAD_MAX_BYTES:
        raise too_big()
    return _checked_against_content(NAMES[source.suffix], start)


def too_big() -> TableError:
    return TableError(
        _("The file is larger than %(size)s MB.") % {"size": settings.UPLOAD_MAX_BYTES // 2**20}
    )


def _checked_against_content(kind: str, start: bytes) -> str:
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableError(
            _("The workbook is in the old .xls format or locked by a password. Save it as .xlsx without one.")
        )
    if kind == "xlsx":
        raise TableError(
            _("The file is named .xlsx but is not a readable workbook. Save it again from your spreadsheet.")
        )
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" or start.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8")
    ):
        raise TableError(_("The file is a page, a picture or a document, not a table."))
    return kind


def _cards(source: Source) -> Table:
    encoding, headers, warnings = cards_format(source)

    def rows() -> Iterator[Row]:
        return _counted(card_rows(source, encoding, headers))

    table = Table(name=source.name, kind="vcf", headers=headers, header_row=0, opened=rows, warnings=warnings)
    table.encoding = encoding.removesuffix("-sig")
    return table


def _table(source: Source, kind: str, opened: Callable[[], Iterator[Row]], warnings: list[str]) -> Table:
    header, first = _header(opened)
    warnings = list(warnings)
    headers = _checked_headers(header.cells, warnings)
    if first is None:
        raise TableError(_("The file has headings but no rows below them."))
    if header.number > 3:
        warnings.append(_("The headings were found in row %(row)s.") % {"row": header.number})

    def rows() -> Iterator[Row]:
        return _below(opened(), header.number, len(headers), kind == "xlsx")

    return Table(
        name=source.name, kind=kind, headers=headers, header_row=header.number, opened=rows, warnings=warnings
    )


def _header(opened: Callable[[], Iterator[Row]]) -> tuple[Row, Row | None]:
    """The first row with as many values as the rows below it: a title above a table has fewer."""
    all_rows = opened()
    filled = [row for row in islice(all_rows, 50) if row.cells or row.problem][:10]
    if not filled:
        raise TableError(_("The file is empty."))
    usual = max(sum(1 for cell in row.cells if cell) for row in filled)
    for position, row in enumerate(filled):
        if row.problem:
            raise TableError(_("Row %(row)s: %(problem)s") % {"row": row.number, "problem": row.problem})
        if sum(1 for cell in row.cells if cell) * 2 > usual or position == len(filled) - 1:
            break
    following = filled[position + 1] if position + 1 < len(filled) else None
    if following is None:
        following = next((each for each in all_rows if each.cells or each.problem), None)
    return row, following


def _checked_headers(cells: list[str], warnings: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MAX_COLUMNS:
        raise TableError(_("The table has more than %(count)s columns.") % {"count": MAX_COLUMNS})
    if all(not cell or NUMBER_OR_DATE.match(cell) or "@" in cell for cell in cells):
        raise TableError(_("The first row holds values, not headings. Add a row that names the columns."))
    headers = [cell or _("Column %(number)s") % {"number": number} for number, cell in enumerate(cells, 1)]
    seen: dict[str, str] = {}
    twice = []
    for header in headers:
        if header.casefold() in seen and header not in twice:
            twice.append(header)
        seen[header.casefold()] = header
    if twice:
        raise TableError(
            ngettext(
                "The column %(names)s is there more than once. Rename or remove one of them.",
                "The columns %(names)s are there more than once. Rename or remove one of each.",
                len(twice),
            )
            % {"names": ", ".join(f"“{each[:60]}”" for each in twice[:10])}
        )
    if "" in cells:
        warnings.append(_("Some columns have no heading; they are named by their number."))
    return headers


def _below(rows: Iterator[Row], header_row: int, width: int, pads: bool) -> Iterator[Row]:
    """The rows under the headings that hold anything, each as wide as the headings."""
    filled = (row for row in rows if row.number > header_row and (row.cells or row.problem))
    for row in _counted(filled):
        yield row if row.problem or len(row.cells) == width else _fitted(row, width, pads)


def _counted(rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows, 1):
        if count > MAX_ROWS:
            raise TableError(
                _("The table has more than %(count)s rows. Split it into parts.") % {"count": MAX_ROWS}
            )
        yield row


def _fitted(row: Row, width: int, pads: bool) -> Row:
    cells = row.cells
    if len(cells) > width and not any(cells[width:]):
        return Row(row.number, cells[:width])
    if len(cells) < width and pads:
        return Row(row.number, cells + [""] * (width - len(cells)))
    problem = _("The row has %(found)s values under %(expected)s headings.") % {
        "found": len(cells),
        "expected": width,
    }
    return Row(row.number, (cells + [""] * width)[:width], problem)
