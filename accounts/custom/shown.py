"""Custom fields as a page shows them: values in words, formulas computed."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import formats

from accounts.custom import formula
from accounts.custom.definitions import OWN_NUMBERS, Definition, definitions
from accounts.custom.homes import numbers_of
from accounts.custom.values import number_words
from accounts.models import Account


@dataclass(frozen=True, slots=True)
class ShownField:
    """`look` is the class of the value; `url` what it leads to, empty when there is nothing to open. `column` is
    its name among the columns of a list, empty where it cannot be changed there."""

    label: str
    text: str
    look: str = ""
    url: str = ""
    column: str = ""


def shown_fields(record: Any, person: Any) -> list[ShownField]:
    """The filled fields of a record in their order, retired ones too; one statement where a client is named.

    A client this person may not see is not there; without a person none is, as in lists of many records.
    """
    fields = definitions(record.custom_record)
    if not fields:
        return []
    names, shown = _names(record, fields, person), []
    for field in fields:
        value = value_of(record, field, fields)
        if value is not None and (field.kind != "relation" or value in names):
            is_open = field.tree is None and not field.is_retired
            column = f"custom.{field.key}" if is_open else ""
            shown.append(replace(shown_value(field, value, names), column=column))
    return shown


def value_of(record: Any, field: Definition, fields: tuple[Definition, ...]) -> Any:
    if field.tree is None:
        return record.custom.get(field.key)
    numbers = numbers_of(record, fields, OWN_NUMBERS[field.record])
    decimals = {key: None if value is None else Decimal(value) for key, value in numbers.items()}
    return formula.computed(field.tree, decimals, field.decimals)


def _names(record: Any, fields: tuple[Definition, ...], person: Any) -> dict[int, str]:
    relations = [
        record.custom[field.key]
        for field in fields
        if field.kind == "relation" and field.key in record.custom
    ]
    if not relations or person is None:
        return {}
    return dict(Account.objects.visible_to(person).filter(pk__in=relations).values_list("pk", "name"))


def shown_value(field: Definition, value: Any, names: dict[int, str]) -> ShownField:
    """One value that is not empty; `names` are those of the clients it may name."""
    match field.kind:
        case "number" | "formula":
            return ShownField(field.label, number_words(field, Decimal(value)), "number")
        case "money":
            return ShownField(field.label, number_words(field, Decimal(value)), "money")
        case "date":
            return ShownField(field.label, formats.date_format(date.fromisoformat(value)))
        case "choice":
            return ShownField(field.label, field.option_label(value))
        case "choices":
            return ShownField(field.label, ", ".join(field.option_label(each) for each in value))
        case "relation":
            return ShownField(field.label, names[value], "", reverse("accounts:card", args=[value]))
    return ShownField(field.label, value)
