"""What the survivor of a merge will say: for each field the value of one record, or of all together.

A choice is {name: key of the record whose value is taken, or "all"}. Names are columns, `custom.<key>` and `addresses`.
Where nobody chose, the survivor's value stands; where it has none, that of the record dealt with last.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.custom.definitions import Definition, definitions
from accounts.models import AccountRole

ALL = "all"
JOINED = {"roles"}
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

Choices = Mapping[str, str]


def plain_fields(model: Any) -> list[Any]:
    """The fields a person fills in, but for those that are joined and the custom ones."""
    return [
        each
        for each in model._meta.concrete_fields
        if each.editable and not each.primary_key and each.name not in JOINED and each.name != "account"
    ]


def custom_fields(record: str, records: Sequence[Any]) -> list[Definition]:
    """Those any of the records has a value in."""
    return [each for each in definitions(record) if any(each.key in record.custom for record in records)]


def is_filled(value: Any) -> bool:
    return value not in (None, "", [], {}, ())


def best_first(records: Sequence[Any]) -> list[Any]:
    """The record that should stay comes first: who says most, then who was dealt with last, then the oldest."""
    return sorted(records, key=lambda each: (-_fullness(each), -_dealt_with(each).timestamp(), each.pk))


def usual(name: str, survivor: Any, records: Sequence[Any]) -> str:
    """What is chosen where nobody chose."""
    if is_filled(value_of(survivor, name)):
        return str(survivor.pk)
    filled = [each for each in records if is_filled(value_of(each, name))]
    newest = max(filled, key=lambda each: (_dealt_with(each), each.pk), default=survivor)
    return str(newest.pk)


def can_join(model: Any, name: str) -> bool:
    """Longer texts can stand one below another."""
    return "." not in name and isinstance(model._meta.get_field(name), models.TextField)


def value_of(record: Any, name: str) -> Any:
    column, dot, key = name.partition(".")
    return record.custom.get(key) if dot else getattr(record, record._meta.get_field(column).attname)


def resolved(survivor: Any, records: Sequence[Any], choices: Choices) -> dict[str, Any]:
    """{column: value} of the survivor, the derived ones aside."""
    keys = {each.pk for each in records}
    found: dict[str, Any] = {}
    for each in plain_fields(type(survivor)):
        found[each.attname] = _chosen(each.name, survivor, records, choices)
    if found.get("parent_id") in keys:
        found["parent_id"] = None
    found["custom"] = _custom(survivor, records, choices, keys)
    if hasattr(survivor, "roles"):
        roles = {role for each in records for role in each.roles}
        found["roles"] = sorted(roles - ({AccountRole.LEAD} if AccountRole.CLIENT in roles else set()))
        found["team_ids"] = sorted({person for each in records for person in each.team_ids})
        moments = [each.last_event_at for each in records if each.last_event_at]
        found["last_event_at"] = max(moments, default=None)
    found["created_at"] = min(each.created_at for each in records)
    return found


def chosen_key(name: str, survivor: Any, records: Sequence[Any], choices: Choices) -> str:
    """The choice as it counts: one that names no record of these is no choice."""
    known = {str(each.pk) for each in records}
    asked = choices.get(name, "")
    if asked in known or (asked == ALL and name != "addresses" and can_join(type(survivor), name)):
        return asked
    return usual(name, survivor, records)


def joined(values: Sequence[str]) -> str:
    return "\n\n".join(dict.fromkeys(value.strip() for value in values if value.strip()))


def label_of(model: Any, name: str) -> str:
    if name == "addresses":
        return str(_("addresses"))
    return str(model._meta.get_field(name).verbose_name)


def _chosen(name: str, survivor: Any, records: Sequence[Any], choices: Choices) -> Any:
    key = chosen_key(name, survivor, records, choices)
    if key == ALL:
        ordered = [survivor, *(each for each in records if each.pk != survivor.pk)]
        return joined([value_of(each, name) for each in ordered])
    return next(value_of(each, name) for each in records if str(each.pk) == key)


def _custom(survivor: Any, records: Sequence[Any], choices: Choices, keys: set[int]) -> dict[str, Any]:
    found = dict(survivor.custom)
    for each in custom_fields(survivor.custom_record, records):
        name = f"custom.{each.key}"
        if each.kind == "choices":
            value: Any = sorted({option for one in records for option in one.custom.get(each.key) or []})
        else:
            value = _chosen(name, survivor, records, choices)
        is_itself = each.kind == "relation" and value in keys
        if is_filled(value) and not is_itself:
            found[each.key] = value
        else:
            found.pop(each.key, None)
    return found


def _fullness(record: Any) -> int:
    filled = [is_filled(getattr(record, each.attname)) for each in plain_fields(type(record))]
    return sum(filled) + len(record.custom)


def _dealt_with(record: Any) -> datetime:
    return getattr(record, "last_event_at", None) or record.created_at or LONG_AGO
