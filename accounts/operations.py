"""Stories about a client together with its people, points, addresses, numbers and tags: all of it or nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower

from accounts.models import Account, Address, Contact, ContactPoint, Tag, TaxNumber

Point = dict[str, Any]  # kind and value; note and is_preferred where known


def add_client(
    fields: dict[str, Any],
    *,
    by: Any,
    at: datetime,
    points: Iterable[Point] = (),
    contact: dict[str, Any] | None = None,
    contact_points: Iterable[Point] = (),
    addresses: Sequence[Address] = (),
    tax_numbers: Sequence[tuple[str, str]] = (),
    tags: Sequence[str] = (),
) -> Account:
    """A new client of whoever adds it, with the first person there when `contact` (name, position) is given."""
    with transaction.atomic():
        account = Account.create(owner=by, by=by, at=at, **fields)
        for point in points:
            ContactPoint.add(account, by=by, at=at, **point)
        if contact:
            add_contact(account, contact, contact_points, by=by, at=at)
        Address.replace(account, addresses, by=by, at=at)
        TaxNumber.replace(account, tax_numbers, by=by, at=at)
        if tags:
            account.label_with(tags_named(tags), by=by, at=at)
    return account


def change_client(
    account: Account,
    changes: dict[str, Any],
    *,
    version: int | None,
    points: Sequence[Point],
    addresses: Sequence[Address],
    tax_numbers: Sequence[tuple[str, str]],
    tags: Sequence[str],
    by: Any,
    at: datetime,
) -> None:
    """What the whole form says becomes true. Stale when the client is no longer the `version` the person saw."""
    with transaction.atomic():
        account.change(changes, version=version, by=by, at=at)
        if keep_points(account, None, points, by=by, at=at):
            account.count_change()
        Address.replace(account, addresses, by=by, at=at)
        TaxNumber.replace(account, tax_numbers, by=by, at=at)
        account.label_with(tags_named(tags), by=by, at=at)


def add_contact(
    account: Account, fields: dict[str, Any], points: Iterable[Point], *, by: Any, at: datetime
) -> Contact:
    with transaction.atomic():
        contact = Contact.create(account, by=by, at=at, **fields)
        for point in points:
            ContactPoint.add(account, contact=contact, by=by, at=at, **point)
    return contact


def change_contact(
    contact: Contact, changes: dict[str, Any], points: Sequence[Point], *, by: Any, at: datetime
) -> None:
    with transaction.atomic():
        contact.change(changes, by=by, at=at)
        keep_points(contact.account, contact, points, by=by, at=at)


def keep_points(
    account: Account, contact: Contact | None, wanted: Sequence[Point], *, by: Any, at: datetime
) -> bool:
    """Make these the only points of the contact, or of the client itself; True when anything changed."""
    had = {
        (point.kind, point.value): point
        for point in ContactPoint.objects.filter(account=account, contact=contact)
    }
    asked = {(point["kind"], point["value"]): point for point in wanted}
    for gone in had.keys() - asked.keys():
        had[gone].remove(by=by, at=at)
    for key, point in asked.items():
        if key not in had:
            ContactPoint.add(account, contact=contact, by=by, at=at, **point)
    described = [
        had[key].describe(note=asked[key].get("note", ""), is_preferred=asked[key].get("is_preferred", False))
        for key in had.keys() & asked.keys()
    ]
    return had.keys() != asked.keys() or any(described)


def tags_named(names: Sequence[str]) -> list[Tag]:
    """The tags of these names, made where there are none; case does not count."""
    wanted = {name.casefold(): name for name in names}
    found = _tags(wanted)
    missing = [name for key, name in wanted.items() if key not in found]
    if missing:
        Tag.objects.bulk_create([Tag(name=name) for name in missing], ignore_conflicts=True)
        found = _tags(wanted)
    return list(found.values())


def _tags(wanted: dict[str, str]) -> dict[str, Tag]:
    lowered = Tag.objects.annotate(lowered=Lower("name")).filter(
        lowered__in=[name.lower() for name in wanted.values()]
    )
    return {tag.name.casefold(): tag for tag in lowered}
