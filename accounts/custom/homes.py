"""Which records have custom fields: clients and contacts, and what upper rooms add."""

from typing import Any

from accounts.custom.definitions import Definition

_homes: dict[str, Any] = {}


def serve(model: Any) -> None:
    """A model with `CustomValues` lets its records have custom fields."""
    _homes[model.custom_record] = model


def served() -> dict[str, Any]:
    """{kind of record: model}."""
    return dict(_homes)


def carries(record: str, key: str, value: Any = None) -> bool:
    """Whether any record has a value in a field, or this option of it. The option is found by the column's index."""
    model = _homes.get(record)
    if model is None:
        return False
    if value is None:
        return bool(model.objects.filter(custom__has_key=key).exists())
    one, several = {"custom__contains": {key: value}}, {"custom__contains": {key: [value]}}
    return bool(model.objects.filter(**one).exists() or model.objects.filter(**several).exists())


def numbers_of(record: Any, fields: tuple[Definition, ...], own: tuple[str, ...]) -> dict[str, Any]:
    """What formulas of a record are computed from: its own numbers and those of its custom fields."""
    numeric = {field.key for field in fields if field.kind in {"number", "money"}}
    return {name: getattr(record, name) for name in own} | {
        key: value for key, value in record.custom.items() if key in numeric
    }
