"""XLSX, read by a process of its own (workbook_reader.py) that may die of a bomb without harm."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from integrations.tables.table import MAX_CELL_CHARACTERS, MAX_COLUMNS, Row, Source, TableError
from integrations.tables.text import BLANKS, too_long

READER = Path(__file__).with_name("workbook_reader.py")


@dataclass(frozen=True)
class WorkbookFormat:
    counts_days_from_1904: bool
    warnings: list[str]


def workbook_format(source: Source) -> WorkbookFormat:
    lines = _lines(source)
    try:
        first = next(lines)
    finally:
        lines.close()
    warnings = []
    if first["others"]:
        warnings.append(
            _("Only the sheet “%(sheet)s” is read; not read: %(others)s.")
            % {"sheet": first["sheet"], "others": ", ".join(first["others"])}
        )
    return WorkbookFormat(first["days_from_1904"], warnings)


def workbook_rows(source: Source) -> Iterator[Row]:
    lines = _lines(source)
    number = 0
    try:
        next(lines)
        for batch in lines:
            for cells in batch:
                number += 1
                yield _row(number, [cell.strip(BLANKS) for cell in cells])
    finally:
        lines.close()


def _row(number: int, cells: list[str]) -> Row:
    if not any(cells):
        return Row(number, [])
    for cell in cells:
        if len(cell) > MAX_CELL_CHARACTERS:
            return Row(number, cells, too_long())
        if "\x00" in cell:
            return Row(number, cells, _("A value holds a zero byte, which no text can."))
    return Row(number, cells)


def _lines(source: Source) -> Any:
    """What the reading process prints, one JSON value a line; it is ended when nobody listens any more."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(READER), str(source.path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            said = json.loads(line)
            if said is None:
                return
            if isinstance(said, dict) and "refused" in said:
                raise TableError(_sentence(said["refused"]))
            yield said
        raise TableError(_sentence("too-large"))
    except ValueError as error:
        raise TableError(_sentence("not-a-workbook")) from error
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _sentence(reason: str) -> str:
    sentences = {
        "not-a-workbook": _(
            "The file is named .xlsx but is not a readable workbook. Save it again from your spreadsheet."
        ),
        "too-large": _("The workbook unfolds to more than can be read. Save the sheet as CSV and try again."),
        "strange-members": _(
            "The workbook holds files that no spreadsheet puts there, or is locked by a password."
        ),
        "declares-entities": _("The workbook declares entities, which no spreadsheet does; it was not read."),
        "too-many-columns": _("The table has more than %(count)s columns.") % {"count": MAX_COLUMNS},
        "empty": _("The file is empty."),
    }
    return sentences[reason]
