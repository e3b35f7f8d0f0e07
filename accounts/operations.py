"""Stories about a client together with its people, points, addresses, numbers and tags: all of it or nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower

from accounts.duplicates import match_keys
from accounts.duplicates.matching import Place, party_of
from accounts.duplicates.warning import Accepted, missing
from accounts.models import Account, Address, Contact, ContactPoint, Tag, TaxNumber
from accounts.models.account import Kind
from foundation.search_text import sort_key

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
    accepted: Accepted | None = None,
    owner: Any = None,
) -> Account:
    """A new client of whoever adds it, or of `owner`, and the first person there: `contact` (name, position)."""
    points, contact_points = list(points), list(contact_points)
    with transaction.atomic():
        account = Account.create(owner=owner or by, by=by, at=at, **fields)
        for point in points:
            ContactPoint.add(account, by=by, at=at, **point)
        if contact:
            add_contact(account, contact, contact_points, by=by, at=at)
        Address.replace(account, addresses, by=by, at=at)
        TaxNumber.replace(account, tax_numbers, by=by, at=at)
        if tags:
            account.label_with(tags_named(tags), by=by, at=at)
        if accepted is not None:
            accepted.tell(account, by=by, at=at)
        # Now and not when a worker comes by: the next client typed may be this one again.
        _note_keys(account, [*points, *contact_points], addresses, tax_numbers)
    return account


def use_client(
    account: Account,
    points: Iterable[tuple[str, str]],
    contact: dict[str, Any] | None,
    *,
    by: Any,
    at: datetime,
) -> int:
    """What was typed of a client that is there already goes to it: how many things it did not have."""
    with transaction.atomic():
        person = None
        if contact:
            person = account.contacts.filter(sort_key=sort_key(contact["name"])).order_by("pk").first()
        new = missing(points, account, person)
        if contact and person is None:
            add_contact(account, contact, new, by=by, at=at)
            return 1 + len(new)
        for point in new:
            ContactPoint.add(account, contact=person, by=by, at=at, **point)
    return len(new)


def use_contact(contact: Contact, points: Iterable[tuple[str, str]], *, by: Any, at: datetime) -> int:
    """What was typed of a person who is there already goes to them: how many things they did not have."""
    with transaction.atomic():
        new = missing(points, contact.account, contact)
        for point in new:
            ContactPoint.add(contact.account, contact=contact, by=by, at=at, **point)
    return len(new)


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
    accepted: Accepted | None = None,
) -> None:
    """What the whole form says becomes true. Stale when the client is no longer the `version` the person saw."""
    with transaction.atomic():
        account.change(changes, version=version, by=by, at=at)
        if keep_points(account, None, points, by=by, at=at):
            account.count_change()
        Address.replace(account, addresses, by=by, at=at)
        TaxNumber.replace(account, tax_numbers, by=by, at=at)
        account.label_with(tags_named(tags), by=by, at=at)
        if accepted is not None:
            accepted.tell(account, by=by, at=at)


def add_contact(
    account: Account,
    fields: dict[str, Any],
    points: Iterable[Point],
    *,
    by: Any,
    at: datetime,
    accepted: Accepted | None = None,
) -> Contact:
    with transaction.atomic():
        contact = Contact.create(account, by=by, at=at, **fields)
        for point in points:
            ContactPoint.add(account, contact=contact, by=by, at=at, **point)
        if accepted is not None:
            accepted.tell(account, by=by, at=at)
    return contact


def change_contact(
    contact: Contact,
    changes: dict[str, Any],
    points: Sequence[Point],
    *,
    by: Any,
    at: datetime,
    accepted: Accepted | None = None,
    version: int | None = None,
) -> None:
    """What the whole form says becomes true. Stale when the contact is no longer the `version` the person saw."""
    with transaction.atomic():
        contact.change(changes, by=by, at=at, version=version)
        if keep_points(contact.account, contact, points, by=by, at=at):
            contact.count_change()
        if accepted is not None:
            accepted.tell(contact.account, by=by, at=at)


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


def _note_keys(
    account: Account,
    points: Iterable[Point],
    addresses: Iterable[Address],
    numbers: Iterable[tuple[str, str]],
) -> None:
    party = party_of(
        account.name,
        is_person=account.kind == Kind.PERSON,
        website=account.website,
        points=[(point["kind"], point["value"]) for point in points],
        tax_numbers=numbers,
        places=[Place(postcode=each.postcode, city=each.city, street=each.street) for each in addresses],
    )
    match_keys.add_new({account.pk: party})


def _tags(wanted: dict[str, str]) -> dict[str, Tag]:
    lowered = Tag.objects.annotate(lowered=Lower("name")).filter(
        lowered__in=[name.lower() for name in wanted.values()]
    )
    return {tag.name.casefold(): tag for tag in lowered}
