"""vCards 2.1, 3.0 and 4.0 as a table: a row a card, a column for each way to reach somebody.

Read by ourselves: the library stops at the files Lotus Notes and Android write. Facts: RFC 2426 and RFC 6350, and the
vCard 2.1 of the Versit consortium. What is not text (photos, keys, sounds) and what we have no column for is left out.
"""

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from integrations.tables import encodings
from integrations.tables.table import MAX_CELL_CHARACTERS, Row, Source, TableError
from integrations.tables.text import too_long

BEGIN, END = "BEGIN:VCARD", "END:VCARD"
LONGEST_LINE = 1_000_000  # a photo on one line; longer is no address book
LONGEST_CARD = 20_000  # lines
MOST_VALUES = 20
UNQUOTED_COLON = re.compile(r':(?=(?:[^"]*"[^"]*")*[^"]*$)')
UNQUOTED_SEMICOLON = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
UNESCAPED_SEMICOLON = re.compile(r"(?<!\\);")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# How a property becomes columns; several of one card become “Phone”, “Phone 2” and so on.
SINGLE = {"FN": "Full name", "TITLE": "Job Title", "ROLE": "Profession", "BDAY": "Birthday", "UID": "UID"}
SINGLE |= {"CATEGORIES": "Labels", "NICKNAME": "Nickname"}
SEVERAL = {"TEL": "Phone", "EMAIL": "E-mail", "URL": "Website", "NOTE": "Notes", "IMPP": "Messenger"}
NAME = ("Last Name", "First Name", "Middle Name", "Name Prefix", "Name Suffix")
ADDRESS = ("", "", "Street", "City", "Region", "Postcode", "Country")
SCHEMES = ("tel:", "mailto:")


@dataclass
class Card:
    """One card: its columns in the order they were met, and the line on which it begins."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    def put(self, column: str, text: str) -> None:
        self.cells.setdefault(column, text)

    def put_another(self, column: str, text: str) -> None:
        """In the first free one of “Phone”, “Phone 2”, …; the same value again is left out."""
        for number in range(1, MOST_VALUES + 1):
            place = column if number == 1 else f"{column} {number}"
            if self.cells.get(place) == text:
                return
            if place not in self.cells:
                self.cells[place] = text
                return
        last = f"{column} {MOST_VALUES}"
        self.cells[last] = f"{self.cells[last]}\n{text}"


def cards_format(source: Source) -> tuple[str, list[str], list[str]]:
    """The encoding, the columns of all cards together, and warnings. One pass over the file."""
    encoding, warnings = encodings.detected(source.path)
    columns: dict[str, None] = {}
    for card in _cards(source, encoding):
        columns |= dict.fromkeys(card.cells)
    if not columns:
        raise TableError(_("There is no contact card in the file."))
    return encoding, sorted(columns, key=_place), warnings


def card_rows(source: Source, encoding: str, columns: list[str]) -> Iterator[Row]:
    """A row a card, numbered from 1 in the order of the file."""
    for number, card in enumerate(_cards(source, encoding), 1):
        cells = [card.cells.get(column, "") for column in columns]
        problem = card.problem
        if not problem and any("\x00" in cell for cell in cells):
            problem = _("A value holds a zero byte, which no text can.")
        if not problem and any(len(cell) > MAX_CELL_CHARACTERS for cell in cells):
            problem = too_long()
        yield Row(number, cells, problem)


def _cards(source: Source, encoding: str) -> Iterator[Card]:
    with source.path.open(encoding=encoding, errors="replace", newline=None) as file:
        card, depth = None, 0
        for number, line in _unfolded(_lines(file)):
            word = line.strip().upper()
            if word == BEGIN:
                depth += 1
                card = card or Card(number)
            elif word == END:
                depth = max(depth - 1, 0)
                if card is not None and depth == 0:
                    yield card
                    card = None
            elif (
                card is not None and depth == 1
            ):  # cards within cards, such as an agent's, are not contacts here
                if number - card.line > LONGEST_CARD:
                    raise TableError(
                        _("The card that begins in line %(line)s never ends.") % {"line": card.line}
                    )
                _take(card, line)
        if card is not None:
            card.problem = _("The card breaks off: its end is missing.")
            yield card


def _lines(file: Iterable[str]) -> Iterator[str]:
    for line in file:
        if len(line) > LONGEST_LINE:
            raise TableError(_("A line of the file is too long for a contact card."))
        yield line.rstrip("\r\n")


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Whole lines with the number of their first: continued by a blank, or by = where they are quoted-printable."""
    whole, began = "", 0
    for number, line in enumerate(lines, 1):
        if _is_quoted_printable(whole) and whole.endswith("="):
            whole = whole[:-1] + line.lstrip(" \t")
        elif line[:1] in (" ", "\t") and whole:
            whole += line[1:]
        else:
            if whole:
                yield began, whole
            whole, began = line, number
        if len(whole) > LONGEST_LINE:
            raise TableError(_("A line of the file is too long for a contact card."))
    if whole:
        yield began, whole


def _is_quoted_printable(line: str) -> bool:
    return "QUOTED-PRINTABLE" in line.partition(":")[0].upper()


def _take(card: Card, line: str) -> None:
    halves = UNQUOTED_COLON.split(line, maxsplit=1) if '"' in line else line.split(":", 1)
    if len(halves) < 2:
        return
    head, text = halves
    name, *rest = UNQUOTED_SEMICOLON.split(head)
    name = name.rpartition(".")[2].strip().upper()
    words = {each.strip().upper() for each in rest}
    if name not in SINGLE and name not in SEVERAL and name not in ("N", "ORG", "ADR"):
        return
    if words & {"ENCODING=B", "ENCODING=BASE64", "BASE64"}:
        return
    if words & {"ENCODING=QUOTED-PRINTABLE", "QUOTED-PRINTABLE"}:
        text = _from_quoted_printable(text, words)
    _place_value(card, name, text.strip(), is_fax="FAX" in str(words))


def _from_quoted_printable(text: str, words: set[str]) -> str:
    """Its bytes are in the charset the line names, UTF-8 where it names none."""
    charset = next(
        (word.partition("=")[2].strip('"') for word in words if word.startswith("CHARSET=")), "UTF-8"
    )
    raw = quopri.decodestring(text.encode("utf-8", "replace"))
    try:
        return raw.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return raw.decode("utf-8", "replace")


def _place_value(card: Card, name: str, text: str, *, is_fax: bool) -> None:
    if not text:
        return
    if name == "N":
        for column, part in zip(NAME, _parts(text), strict=False):
            if part:
                card.put(column, part.replace(",", " "))
    elif name == "ADR":
        _place_address(card, _parts(text))
    elif name == "ORG":
        company, *department = [part for part in _parts(text) if part] or [""]
        if company:
            card.put("Company", company)
        if department:
            card.put("Department", ", ".join(department))
    elif name in SINGLE:
        card.put(SINGLE[name], _plain(text))
    else:
        value = _plain(text)
        for scheme in SCHEMES:
            if value.lower().startswith(scheme):
                value = value[len(scheme) :].replace(";ext=", " ext. ")
        card.put_another("Fax" if is_fax and name == "TEL" else SEVERAL[name], value)


def _place_address(card: Card, parts: list[str]) -> None:
    """The first fills the columns of an address; others are kept as one text each."""
    if any(column in card.cells for column in ADDRESS[2:]):
        card.put_another("Other address", ", ".join(part for part in parts if part))
        return
    for column, part in zip(ADDRESS, parts, strict=False):
        if column and part:
            card.put(column, " ".join(part.split()))


def _parts(text: str) -> list[str]:
    return [_plain(part) for part in UNESCAPED_SEMICOLON.split(text)]


def _plain(text: str) -> str:
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text).strip()


def _place(column: str) -> tuple[int, int, str]:
    """Names first, then how to reach them, then the rest; numbers of one column in their order."""
    word, _blank, number = column.rpartition(" ")
    base, place = (word, int(number)) if number.isdigit() else (column, 1)
    order = [
        "Full name",
        *NAME,
        "Company",
        "Department",
        "Job Title",
        "Phone",
        "E-mail",
        "Messenger",
        "Website",
    ]
    return (order.index(base) if base in order else len(order), place, base)
