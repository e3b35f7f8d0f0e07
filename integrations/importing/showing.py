"""What a row would change in a record, field by field, in words: as it is and as it would be."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.formats import date_format, localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.custom.definitions import definition
from accounts.custom.shown import shown_value

MOST_SHOWN = 10
MOST_CHARACTERS = 120
ADDED = ("points", "tax_numbers")  # pairs of a kind and a value, beside those that are there
RECORD = {"account": "client", "contact": "contact", "deal": "deal"}


def shown(row: int, target: Any, changes: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """`changes` as an importer's `differences` has them."""
    fields = [
        {"label": label, "before": words(before), "after": words(after)}
        for label, before, after in _changes(target, changes, labels)
    ]
    return {"row": row, "record": str(target)[:MOST_CHARACTERS], "fields": fields}


def words(value: Any) -> str:
    """A value as the page says it; empty for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, int | Decimal):
        return str(localize(value, use_l10n=True))
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(words, value)))[:MOST_CHARACTERS]
    return str(value)[:MOST_CHARACTERS]


def _changes(
    target: Any, changes: Mapping[str, Any], labels: Mapping[str, str]
) -> Iterator[tuple[str, Any, Any]]:
    for name, after in changes.items():
        if name in ADDED:
            for kind, value in after:
                yield labels.get(kind, kind), "", value
        elif name == "address":
            address = next(iter(_account_of(target).addresses.all()), None)
            for part, text in after.items():
                yield labels.get(part, part), getattr(address, part, ""), text
        elif name == "custom":
            yield from _custom(target, after)
        elif name == "tags":
            yield (
                labels.get(name, name),
                [str(each) for each in target.tags.all()],
                [str(each) for each in after],
            )
        else:
            before = (
                [target.next_step, target.next_step_on]
                if name == "next_step"
                else getattr(target, name, None)
            )
            yield labels.get(name, name), _label(target, name, before), _label(target, name, after)


def _custom(target: Any, after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    record = RECORD.get(target._meta.model_name, "")
    for key, value in after.items():
        field = definition(record, key)
        if field is not None:
            before = target.custom.get(key)
            yield field.label, _custom_words(field, before), _custom_words(field, value)


def _custom_words(field: Any, value: Any) -> str:
    return "" if value is None else shown_value(field, value, {}).text


def _label(target: Any, name: str, value: Any) -> Any:
    """The word for a value that is one of some choices."""
    try:
        field = target._meta.get_field(name)
    except FieldDoesNotExist:
        return value
    of_one = getattr(field, "base_field", field)  # what a list of choices is a list of
    choices: dict[Any, Any] = dict(getattr(of_one, "flatchoices", None) or ())
    if isinstance(value, list):
        return [choices.get(each, each) for each in value]
    return choices.get(value, value) if choices else value


def _account_of(target: Any) -> Any:
    return target if hasattr(target, "addresses") else target.account
