"""Custom fields as processes ask about them."""

from collections.abc import Iterator
from typing import Any

from accounts.custom.definitions import Definition, definitions
from foundation.automation import Field, Options

KINDS = {"relation": "choice"}


def custom_fields(
    record: str, words: Any, name: str, *, path: str = "", subject: str = ""
) -> Iterator[Field]:
    """`deal.custom.<key>`, of the kinds the house's own fields have; formulas are not kept, so not asked about.

    `path` leads from the record a process is about, the `subject`, to the one that carries the field: `account__`.
    """
    for field in definitions(record):
        if field.kind == "formula" or field.is_retired:
            continue
        yield Field(
            f"{name}.custom.{field.key}",
            f"{words}: {field.words}",
            KINDS.get(field.kind, field.kind),
            f"{path}custom__{field.key}",
            subject=subject,
            options=_options(field) if field.options else None,
            unit=field.unit,
        )


def _options(field: Definition) -> Options:
    return lambda: [(option.key, option.label) for option in field.options if not option.is_retired]
