"""Builders of clients for tests and the demo company."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import (
    Account,
    AccountRole,
    Consent,
    ConsentPurpose,
    Contact,
    CustomField,
    CustomOption,
    Relation,
    RelationKind,
)
from users.models import User


def make_account(
    name: str = "Romashka Flowers", *, owner: User | None = None, at: datetime | None = None, **fields: Any
) -> Account:
    fields.setdefault("roles", [AccountRole.CLIENT])
    return Account.create(
        name=name, owner=owner, by=owner or User.objects.robot(), at=at or timezone.now(), **fields
    )


def make_contact(
    account: Account, name: str = "Ivan Petrov", position: str = "Director", **fields: Any
) -> Contact:
    by = account.owner or User.objects.robot()
    return Contact.create(account, name=name, position=position, by=by, at=timezone.now(), **fields)


def make_custom_field(key: str, kind: str = "text", *, record: str = "client", **parts: Any) -> CustomField:
    """A field as an administrator defines it; `options` are {key: label} of those to choose from."""
    options = parts.pop("options", {})
    parts.setdefault("label", key.replace("_", " ").capitalize())
    field = CustomField(record=record, key=key, kind=kind, **parts)
    field.full_clean()
    field.save()
    for position, (option, label) in enumerate(options.items()):
        CustomOption.objects.create(field=field, key=option, label=label, position=position)
    return field


def relate(key: str, first: Account, second: Account, **parts: Any) -> Relation:
    """The first is to the second what the kind of this key says: `relate("holding", parent, subsidiary)`."""
    parts = {"by": first.owner or User.objects.robot(), "at": timezone.now()} | parts
    return Relation.tie(RelationKind.objects.get(key=key), first, second, **parts)


def allow(account: Account, purpose: str, channel: str, *, is_given: bool = True, **parts: Any) -> Consent:
    """A yes, or a no, as if said today; `contact` says whose it is."""
    parts = {
        "contact": None, "source": "a letter", "on": timezone.localdate(), "at": timezone.now(),
        "by": account.owner or User.objects.robot(),
    } | parts  # fmt: skip
    asked = ConsentPurpose.objects.get(key=purpose)
    return Consent.record(account, purpose=asked, channel=channel, is_given=is_given, **parts)
