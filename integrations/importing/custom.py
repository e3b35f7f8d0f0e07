"""Custom fields as columns of a file: by label or key, labels accepted for options, checked as the verbs check."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from accounts.custom.definitions import Definition, definitions
from accounts.custom.values import checked_value, options_named, read_number
from accounts.models.custom_values import ExactEncoder
from integrations.fields import Field
from integrations.importing.record import Record
from integrations.values import Reader, UnknownLabel

PREFIX = "custom."
KINDS = {
    "text": "text",
    "number": "number",
    "money": "amount",
    "date": "day",
    "choice": "choice",
    "choices": "choice",
}


class WithCustomFields:
    """The fields of an importer: the house's own, then those an administrator has defined by now."""

    def __init__(self, own: Sequence[Field] | Callable[[], Sequence[Field]], record: str) -> None:
        self._own, self._record = own, record

    def __get__(self, _importer: Any, _owner: type) -> tuple[Field, ...]:
        own = self._own() if callable(self._own) else self._own
        return (*own, *(_field(each) for each in importable(self._record)))


def importable(record: str) -> list[Definition]:
    """Formulas are computed; a client that a field names would have to be looked up for every row."""
    return [each for each in definitions(record) if each.kind in KINDS and not each.is_retired]


def read_custom(record: Record, kind: str, reader: Reader) -> dict[str, Any]:
    """{key: value} of what the row fills; what does not fit is a problem of the row, with the range and the unit."""
    found = {}
    for each in importable(kind):
        name = PREFIX + each.key
        if record.has(name):
            found[each.key] = record.read(name, partial(_read, each, reader))
    return found


def custom_changes(kept: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if kept.get(key) != value}


def as_copied(custom: dict[str, Any]) -> dict[str, Any]:
    """For COPY, which writes plain JSON: Decimals as the numbers they are kept as."""
    copied: dict[str, Any] = json.loads(json.dumps(custom, cls=ExactEncoder))
    return copied


def _field(each: Definition) -> Field:
    return Field(
        name=PREFIX + each.key, label=each.words, kind=KINDS[each.kind], synonyms=[each.label, each.key]
    )


def _read(definition: Definition, reader: Reader, text: str) -> Any:
    match definition.kind:
        case "number" | "money":
            given: Any = read_number(definition, text, reader.language, reader.amount)
        case "date":
            given = reader.day(text)
        case "choice":
            given = next(iter(_options(definition, text)), "")
        case "choices":
            given = _options(definition, text)
        case _:
            given = text.strip()
    return checked_value(definition, given, None)


def _options(definition: Definition, text: str) -> list[str]:
    try:
        return options_named(definition, text)
    except ValueError as error:
        known = [each.label for each in definition.options if not each.is_retired]
        raise UnknownLabel(str(error), known) from None
