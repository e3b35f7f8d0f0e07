"""Custom fields as columns of a list: read with the row, said in words, sorted by what their indexes hold."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models.fields.json import KeyTextTransform

from accounts.custom import formula
from accounts.custom.definitions import OWN_NUMBERS, Definition, definitions
from accounts.custom.editing import custom_editor
from accounts.custom.filters import PREFIX, as_number
from accounts.custom.shown import shown_value
from accounts.models import Account
from lists.registry import Cell, Column

ENDED = ("number", "money", "formula")


def custom_columns(record: str, right: str) -> dict[str, Column]:
    """A column for each field in use, changed with this right. The page that shows them knows the `names` of clients
    they name."""
    fields = definitions(record)
    made = (_column(each, fields, right) for each in fields if not each.is_retired)
    return {column.name: column for column in made}


def named_clients(
    record: str, columns: list[Column], rows: list[dict[str, Any]], person: Any
) -> dict[int, str]:
    """Names of the clients in the chosen columns, of those this person may see. No statement where none is named."""
    shown = {column.name for column in columns}
    keys = [
        each.key for each in definitions(record) if each.kind == "relation" and PREFIX + each.key in shown
    ]
    named = {row["custom"][key] for row in rows for key in keys if key in row["custom"]}
    if not named:
        return {}
    return dict(Account.objects.visible_to(person).filter(pk__in=named).values_list("pk", "name"))


def _column(field: Definition, fields: tuple[Definition, ...], right: str) -> Column:
    css = "end" if field.kind in ENDED else ""
    alias, sorted_by = f"custom_{field.key}", _sorted_by(field)
    own = OWN_NUMBERS[field.record] if field.tree is not None else ()

    def cell(row: Mapping[str, Any], page: Any) -> Cell:
        value = row["custom"].get(field.key) if field.tree is None else _computed(field, fields, row)
        if value is None or (field.kind == "relation" and value not in page.names):
            return Cell(css, "")
        shown = shown_value(field, value, page.names)
        return Cell(css, shown.text, shown.url)

    return Column(
        name=PREFIX + field.key,
        label=field.words,
        needs=("custom", *own),
        cell=cell,
        css=css,
        order=alias if sorted_by is not None else "",
        money=alias if field.kind == "money" else "",
        computed={alias: sorted_by} if sorted_by is not None else {},
        editor=custom_editor(field, right) if field.tree is None else None,
    )


def _sorted_by(field: Definition) -> Any:
    """The expression of the field's index; options and formulas have no order worth the name."""
    match field.kind:
        case "number" | "money":
            return as_number(field.key)
        case "text" | "date":
            return KeyTextTransform(field.key, "custom")
    return None


def _computed(field: Definition, fields: tuple[Definition, ...], row: Mapping[str, Any]) -> Decimal | None:
    numeric = {each.key for each in fields if each.kind in {"number", "money"}}
    numbers = {name: row[name] for name in OWN_NUMBERS[field.record]}
    numbers |= {key: value for key, value in row["custom"].items() if key in numeric}
    decimals = {key: None if value is None else Decimal(value) for key, value in numbers.items()}
    assert field.tree is not None
    return formula.computed(field.tree, decimals, field.decimals)
