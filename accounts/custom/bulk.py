"""Custom fields in bulk edits: which can be changed, their inputs, and their values as the verbs check them."""

from decimal import Decimal
from typing import Any

from django import forms

from accounts.custom import values
from accounts.custom.definitions import definition, definitions
from accounts.custom.forms import MAKERS, ClientField
from changes.bulk.editing import CUSTOM, Edit


def custom_choices(record: str) -> list[tuple[str, str]]:
    """(name, label) of those in use; formulas are computed."""
    return [
        (f"{CUSTOM}{each.key}", each.label)
        for each in definitions(record)
        if each.kind != "formula" and not each.is_retired
    ]


def custom_input(record: str, field: str, person: Any) -> dict[str, forms.Field]:
    found = definition(record, field.removeprefix(CUSTOM))
    assert found is not None
    made = MAKERS[found.kind](found, None)
    made.definition, made.kept = found, None
    if isinstance(made, ClientField):
        made.person = person
    return {"value": made}


def custom_columns(record: str, edit: Edit) -> dict[str, Any]:
    """The value of the edit as a record keeps it, by the edit's field. Refused where no record could have it."""
    key = edit.custom_key
    found = definition(record, key)
    is_number = found is not None and found.kind in {"number", "money"} and edit.value is not None
    checked = values.checked(record, {}, {key: Decimal(edit.value) if is_number else edit.value})
    return {edit.field: checked.get(key)}
