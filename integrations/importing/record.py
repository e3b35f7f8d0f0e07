"""One row of a file under its mapping: texts by field, and what is wrong with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.translation import gettext as _

from foundation.errors import Refused
from integrations.fields import Field
from integrations.importing.outcome import Outcome, Problem
from integrations.mapping import Mapping
from integrations.tables import Row
from integrations.values import DayText, UnknownLabel

T = TypeVar("T")
ADDED = "tags"  # what is said for all rows comes beside what a row says, not instead of it


@dataclass(slots=True)
class Record:
    """`texts` holds only what the row or the mapping fills; an empty cell is no text."""

    row: Row
    texts: dict[str, str]
    column_of: dict[str, str]
    problems: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[tuple[str, str, Sequence[str]]] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.texts.get(name, "")

    def has(self, name: str) -> bool:
        return name in self.texts

    def read(self, name: str, reading: Callable[[str], T]) -> T | None:
        """The field as a value; what cannot be read becomes a problem of the row."""
        text = self.texts.get(name)
        if text is None:
            return None
        try:
            return reading(text)
        except UnknownLabel as error:
            self.reject_unknown(name, text, str(error), error.known)
        except ValueError as error:
            self.reject(name, str(error))
        except Refused as refusal:
            self.reject(name, refusal.message)
        return None

    def shortened(self, name: str, longest: int) -> str:
        """The text itself; longer than its column it is refused, never cut."""
        text = self.texts.get(name, "")
        if len(text) > longest:
            self.reject(name, _("Longer than %(longest)s characters.") % {"longest": longest})
            return ""
        return text

    def reject(self, name: str, reason: str) -> None:
        self.problems.append((self.column_of.get(name, name), reason))

    def reject_unknown(self, name: str, text: str, reason: str, known: Sequence[str] = ()) -> None:
        """`known` are the words that may be meant, where they are no records with names of their own."""
        self.unknown.append((name, text, known))
        self.reject(name, reason)

    def tell(self, outcome: Outcome) -> str:
        """Count the rejection and say why, for the list of rejected rows."""
        outcome.rejected += 1
        for column, reason in self.problems:
            outcome.add_problem(Problem(self.row.number, column, reason))
        for name, text, known in self.unknown:
            outcome.add_unknown(name, self.column_of.get(name, name), text, self.row.number, known)
        return "; ".join(f"{column}: {reason}" if column else reason for column, reason in self.problems)


class Layout:
    """Where each field lies in the rows of one file."""

    def __init__(self, mapping: Mapping, headers: list[str], fields: Sequence[Field]) -> None:
        place = {header: index for index, header in enumerate(headers)}
        self.fields = [(name, place[header]) for header, name in mapping.columns.items()]
        self.column_of = {field.name: str(field.label) for field in fields}
        self.column_of |= {name: header for header, name in mapping.columns.items()}
        self.values = {
            name: {found.casefold(): meant for found, meant in meanings.items()}
            for name, meanings in mapping.values.items()
        }
        self.constants = {name: text for name, text in mapping.constants.items() if text}
        self.date_formats = mapping.date_formats

    def record(self, row: Row) -> Record:
        texts = dict(self.constants)
        for name, place in self.fields:
            text = row.cells[place] if place < len(row.cells) else ""
            meanings = self.values.get(name)
            if meanings:
                text = meanings.get(text.casefold(), text)
            if text and name == ADDED and name in self.constants:
                texts[name] = f"{text}; {self.constants[name]}"
            elif text:
                said = self.date_formats.get(name)
                texts[name] = DayText.of(text, said) if said else text
        record = Record(row, texts, self.column_of)
        if row.problem:
            record.problems.append(("", row.problem))
        return record
