"""Reads one sheet of an XLSX file and prints it as JSON lines. Runs as a process of its own.

A workbook is a zip archive of XML: both can be made to unfold without end. This process limits its own
memory and time before it opens the file, so that the worst workbook ends this process and nothing else.
Standard library and python-calamine only: it starts without Django.

First line: {"sheet", "others", "days_from_1904", "first_row"} or {"refused": reason, ...}; then lists of rows.
"""

import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from xml.parsers import expat

MEMORY = 1024 * 2**20
SECONDS = 60
MAX_MEMBERS = 2_000
MAX_EXPANDED = 600 * 2**20
MAX_RATIO = 150
MAX_COLUMNS = 500
BATCH = 500
FAR_CELL = re.compile(rb"""\br=["']([A-Z]{3,})[0-9]""")


class Unreadable(Exception):
    pass


def main(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        counts_from_1904 = guard(path)
        print_sheet(path, counts_from_1904)
    except Unreadable as refusal:
        say({"refused": str(refusal)})


def guard(path: str) -> bool:
    """Refuses an archive that would unfold without measure; tells whether its days count from 1904."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            refuse_bombs(members)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    refuse_declarations(archive, member)
            for member in members:
                if member.filename.startswith("xl/worksheets/"):
                    refuse_far_cells(archive, member)
            if "xl/workbook.xml" not in archive.namelist():
                raise Unreadable("not-a-workbook")
            start = archive.open("xl/workbook.xml").read(65_536)
            return re.search(rb"""date1904=["'](1|true|on)["']""", start) is not None
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise Unreadable("not-a-workbook") from error


def refuse_bombs(members: list[zipfile.ZipInfo]) -> None:
    expanded = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MAX_MEMBERS or expanded > MAX_EXPANDED:
        raise Unreadable("too-large")
    if expanded > 20 * 2**20 and expanded > packed * MAX_RATIO:
        raise Unreadable("too-large")
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or member.flag_bits & 1:
            raise Unreadable("strange-members")


def refuse_declarations(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """No honest workbook declares a document type; entities and outside files begin with one."""

    class PrologueOver(Exception):
        pass

    def declared(*_: object) -> None:
        raise Unreadable("declares-entities")

    def element(*_: object) -> None:
        raise PrologueOver

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = element
    try:
        with archive.open(member) as file:
            while chunk := file.read(4096):
                parser.Parse(chunk)
    except PrologueOver:
        return
    except expat.ExpatError as error:
        raise Unreadable("not-a-workbook") from error


def refuse_far_cells(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """A cell in column XFD makes the reader allocate the whole sheet: say so before it does."""
    tail = b""
    with archive.open(member) as file:
        while chunk := file.read(2**20):
            if FAR_CELL.search(tail + chunk):
                raise Unreadable("too-many-columns")
            tail = chunk[-32:]


def print_sheet(path: str, counts_from_1904: bool) -> None:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_path(path)
        names = [
            each.name
            for each in workbook.sheets_metadata
            if each.visible == SheetVisibleEnum.Visible and each.typ == SheetTypeEnum.WorkSheet
        ]
        sheet, chosen = None, ""
        for name in names:
            sheet, chosen = workbook.get_sheet_by_name(name), name
            if sheet.end is not None:
                break
        if sheet is None or sheet.end is None:
            raise Unreadable("empty")
        if sheet.width > MAX_COLUMNS:
            raise Unreadable("too-many-columns")
        say(
            {
                "sheet": chosen,
                "others": [each for each in names if each != chosen][:20],
                "days_from_1904": counts_from_1904,
            }
        )
        print_rows(sheet.iter_rows())
    except CalamineError as error:
        raise Unreadable("not-a-workbook") from error


def print_rows(rows: Iterable[Sequence[object]]) -> None:
    batch = []
    for row in rows:
        batch.append([text(value) for value in row])
        if len(batch) == BATCH:
            say(batch)
            batch = []
    if batch:
        say(batch)
    say(None)  # the end was reached, not a limit


def text(value: object) -> str:
    """A cell as text: whole numbers without a point, days as ISO dates."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def number_text(value: float) -> str:
    """Fifteen significant digits, as a spreadsheet shows them, never in powers of ten."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    shown = f"{value:.15g}"
    return shown if "e" not in shown else f"{value:.20f}".rstrip("0").rstrip(".")


def say(message: object) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=True))
    sys.stdout.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
