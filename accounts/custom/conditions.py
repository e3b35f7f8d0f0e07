"""Custom fields as processes ask about them."""

from collections.abc import Iterator
from typing import Any

from accounts.custom.definitions import definitions
from foundation.automation import Field


def custom_fields(record: str, words: Any, subject: str, *, path: str = "") -> Iterator[Field]:
    """`deal.custom.<key>`, of the kinds the house's own fields have; formulas are not kept, so not asked about.

    `path` leads from the record a process is about to the one that carries the field: `account__`.
    """
    for field in definitions(record):
        if field.kind == "formula" or field.is_retired:
            continue
        kind = "choice" if field.kind in {"choice", "choices", "relation"} else field.kind
        name = f"{subject}.custom.{field.key}"
        yield Field(name, f"{words}: {field.words}", kind, f"{path}custom__{field.key}")
