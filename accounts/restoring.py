"""How a client's fields are put back when a change-set is undone, and custom fields in words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import formats

from accounts.assigning import assign_many
from accounts.custom.definitions import Definition, definition
from accounts.custom.values import number_words
from accounts.models import Account, Contact
from changes import restoring
from changes.models import ChangeSet
from changes.restoring import Restorer, Values, history_of, named_values, one_by_one
from foundation.errors import Refused

ASSIGN, CHANGE = "accounts.assign", "accounts.change"
CHANGED = (
    "name", "kind", "industry_id", "employees", "annual_revenue", "founded_year", "website", "parent_id", "source_id",
    "about", "custom",
)  # fmt: skip
GIVEN = ("owner_id", "team_ids")  # whoever got a client in what is undone sees it no longer
CONTACT_CHANGED = ("name", "position", "note", "preferred_channel", "has_left", "custom")


def register() -> None:
    restoring.register(
        Restorer(
            record="client",
            model=Account,
            history=history_of(Account),
            rights=dict.fromkeys(GIVEN, ASSIGN) | dict.fromkeys(CHANGED, CHANGE),
            parts=frozenset({"custom"}),
            hidden=frozenset({"team_ids"}),
            put_back=put_back_many,
            label=lambda name: custom_label("client", name),
            words=lambda name, values, reader: custom_words("client", name, values, reader),
        )
    )
    restoring.register(
        Restorer(
            record="contact",
            model=Contact,
            history=history_of(Contact),
            rights=dict.fromkeys(CONTACT_CHANGED, CHANGE),
            parts=frozenset({"custom"}),
            put_back=one_by_one(Contact, put_contact_back),
            label=lambda name: custom_label("contact", name),
            words=lambda name, values, reader: custom_words("contact", name, values, reader),
        )
    )


def put_back_many(
    wanted: Mapping[int, Values], *, by: Any, at: datetime, undone: ChangeSet
) -> dict[int, str]:
    """Owners alone in a few statements, whatever else one by one."""
    given = {key: values for key, values in wanted.items() if values.keys() <= set(GIVEN)}
    rest = {key: values for key, values in wanted.items() if key not in given}
    with transaction.atomic():
        refused = _give_back(given, by=by, at=at)
        return refused | one_by_one(Account, put_back)(rest, by=by, at=at, undone=undone)


def _give_back(wanted: Mapping[int, Values], *, by: Any, at: datetime) -> dict[int, str]:
    owners, teams = (
        {key: values[name] for key, values in wanted.items() if name in values} for name in GIVEN
    )
    return assign_many(owners, teams=teams, by=by, at=at) if wanted else {}


def put_back(account: Account, values: Mapping[str, Any], *, by: Any, at: datetime) -> None:
    given = {name: value for name, value in values.items() if name in GIVEN}
    named = named_values(Account, {name: value for name, value in values.items() if name not in given})
    if given and (refused := _give_back({account.pk: given}, by=by, at=at)):
        raise Refused(refused[account.pk])
    if named:
        account.change(named, by=by, at=at)


def put_contact_back(contact: Contact, values: Mapping[str, Any], *, by: Any, at: datetime) -> None:
    contact.change(named_values(Contact, values), by=by, at=at)


def custom_label(record: str, name: str) -> str | None:
    """A custom field's label; None for a column."""
    field = _field(record, name)
    return field.label if field else name.partition(".")[2] or None


def custom_words(record: str, name: str, values: Sequence[Any], reader: Any) -> list[str] | None:
    """Values of a custom field in words, clients only as far as the reader sees them; None for a column."""
    field = _field(record, name)
    if field is None:
        return None
    names: dict[int, str] = {}
    if field.kind == "relation":
        wanted = {value for value in values if value is not None}
        seen = Account.objects.visible_to(reader).filter(pk__in=wanted) if wanted else Account.objects.none()
        names = dict(seen.order_by().values_list("pk", "name"))
    return [_word(field, value, names) for value in values]


def _field(record: str, name: str) -> Definition | None:
    column, _dot, key = name.partition(".")
    return definition(record, key) if column == "custom" and key else None


def _word(field: Definition, value: Any, names: Mapping[int, str]) -> str:
    if value in (None, "", []):
        return "—"
    match field.kind:
        case "number" | "money":
            return number_words(field, Decimal(value))
        case "date":
            return str(formats.date_format(date.fromisoformat(value)))
        case "choice":
            return field.option_label(value)
        case "choices":
            return ", ".join(field.option_label(each) for each in value)
        case "relation":
            return names.get(value, f"ID{value}")
    return str(value)
