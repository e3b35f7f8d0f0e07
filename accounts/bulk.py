"""Many clients at once: the same rows and facts as the verbs of one client write, in a few statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts import facts
from accounts.duplicates import match_keys
from accounts.duplicates.matching import Party, Place, party_of
from accounts.models import Account, AccountRole, Address, ContactPoint, TaxNumber
from accounts.models.account import Kind
from accounts.models.address import AddressKind
from accounts.relations import holdings
from foundation.copying import copy_rows, new_keys
from foundation.search_text import normalised, sort_key
from foundation.telling import tell_many

BATCH = 2_000
ACCOUNT_COLUMNS = [field.attname for field in Account._meta.concrete_fields]
ADDRESS_PARTS = ("country", "postcode", "city", "street")


@dataclass(kw_only=True, slots=True)
class AccountDraft:
    """A client to be: plain fields, ways to reach it as (kind, value), parts of an address, tax numbers, tags."""

    fields: dict[str, Any]
    points: Sequence[tuple[str, str]] = ()
    address: Mapping[str, str] = field(default_factory=dict)
    tax_numbers: Sequence[tuple[str, str]] = ()
    tags: Sequence[Any] = ()


def add_many(drafts: Sequence[AccountDraft], *, by: Any, at: datetime) -> list[Account]:
    """Values are as the verbs would have cleaned them: names not empty, phones E.164, numbers checked."""
    with transaction.atomic():
        keys = new_keys(Account, len(drafts))
        accounts = [_account(key, draft.fields, at) for key, draft in zip(keys, drafts, strict=True)]
        copy_rows(
            Account, ACCOUNT_COLUMNS, ([getattr(each, name) for name in ACCOUNT_COLUMNS] for each in accounts)
        )
        pairs = list(zip(drafts, accounts, strict=True))
        points = [(account, kind, value) for draft, account in pairs for kind, value in draft.points]
        _copy_beside(pairs, points)
        match_keys.add_new({account.pk: _party(draft, account) for draft, account in pairs})
        tell_many(
            ((facts.AccountCreated(account_id=each.pk, name=each.name), at) for each in accounts), by=by
        )
        tell_many(
            (
                (facts.ContactPointAdded(account_id=account.pk, kind=kind, value=value), at)
                for account, kind, value in points
            ),
            by=by,
        )
    return accounts


def let_see_many(people_of: Mapping[int, Iterable[int]]) -> None:
    """Make people collaborators of clients, such as the owners of their deals: {client: people}."""
    pairs = sorted((account_id, sorted(set(people))) for account_id, people in people_of.items() if people)
    for start in range(0, len(pairs), BATCH):
        part = pairs[start : start + BATCH]
        places = ", ".join(["(%s, %s::bigint[])"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                UPDATE accounts_account AS account
                SET team_ids = ARRAY(SELECT DISTINCT unnest(account.team_ids || given.people) ORDER BY 1)
                FROM (VALUES {places}) AS given (id, people)
                WHERE account.id = given.id AND NOT account.team_ids @> given.people
                """,  # noqa: S608 - only placeholders are put in
                [value for pair in part for value in pair],
            )


def note_activity_many(moments: Mapping[int, datetime]) -> None:
    """The clients' last activity moves forward, never back: {client: moment}."""
    pairs = sorted(moments.items())
    for start in range(0, len(pairs), BATCH):
        part = pairs[start : start + BATCH]
        places = ", ".join(["(%s, %s::timestamptz)"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                UPDATE accounts_account AS account SET last_event_at = given.at
                FROM (VALUES {places}) AS given (id, at)
                WHERE account.id = given.id
                  AND (account.last_event_at IS NULL OR account.last_event_at < given.at)
                """,  # noqa: S608 - only placeholders are put in
                [value for pair in part for value in pair],
            )


def become_clients(moments: Mapping[int, datetime], *, by: Any) -> None:
    """Who bought is a client from that moment on, and a lead no longer: {account: moment}."""
    with transaction.atomic():
        accounts = list(
            Account.objects.select_for_update(of=("self",))
            .filter(pk__in=moments)
            .exclude(roles__contains=[AccountRole.CLIENT])
            .order_by("pk")
        )
        for account in accounts:
            account.roles = sorted({*account.roles, AccountRole.CLIENT} - {AccountRole.LEAD})
            account.version += 1
        Account.objects.bulk_update(accounts, ["roles", "version"], batch_size=BATCH)
        told = (
            (facts.AccountRoleTaken(account_id=each.pk, role=AccountRole.CLIENT), moments[each.pk])
            for each in accounts
        )
        tell_many(told, by=by)


def attach_to_parents(parent_of: Mapping[int, int]) -> dict[int, int]:
    """Make clients subsidiaries: {client: parent}. Those that would close a circle are left and returned."""
    above = _ancestors(parent_of)
    circles = {
        child: parent for child, parent in parent_of.items() if _returns(child, parent, above, parent_of)
    }
    fitting = {child: parent for child, parent in parent_of.items() if child not in circles}
    accounts = [Account(pk=child, parent_id=parent) for child, parent in sorted(fitting.items())]
    Account.objects.bulk_update(accounts, ["parent"], batch_size=BATCH)
    holdings.follow_parents(fitting)
    return circles


def _copy_beside(
    pairs: Sequence[tuple[AccountDraft, Account]], points: Sequence[tuple[Account, str, str]]
) -> None:
    """What lies in tables of its own."""
    copy_rows(
        Address,
        ("account_id", "kind", *ADDRESS_PARTS),
        (
            (account.pk, AddressKind.OFFICE, *(draft.address.get(part, "") for part in ADDRESS_PARTS))
            for draft, account in pairs
            if draft.address
        ),
    )
    copy_rows(
        ContactPoint,
        ("account_id", "kind", "value", "note", "is_preferred"),
        ((account.pk, kind, value, "", False) for account, kind, value in points),
    )
    copy_rows(
        TaxNumber,
        ("account_id", "kind", "value"),
        ((account.pk, kind, value) for draft, account in pairs for kind, value in draft.tax_numbers),
    )
    copy_rows(
        Account.tags.through,
        ("account_id", "tag_id"),
        ((account.pk, tag.pk) for draft, account in pairs for tag in draft.tags),
    )


def _party(draft: AccountDraft, account: Account) -> Party:
    place = Place(**{part: draft.address.get(part, "") for part in ("postcode", "city", "street")})
    return party_of(
        account.name,
        is_person=account.kind == Kind.PERSON,
        website=account.website,
        points=draft.points,
        tax_numbers=draft.tax_numbers,
        places=[place] if draft.address else [],
    )


def _account(key: int, fields: dict[str, Any], at: datetime) -> Account:
    owner = fields.get("owner")
    said = {"preferred_channel": ""} | fields  # what the database would fill in, copied rows must say
    account = Account(pk=key, created_at=at, last_event_at=at, team_ids=[owner.pk] if owner else [], **said)
    account.sort_key = sort_key(account.name)
    account.search_text = normalised(account.name, account.website)
    return account


def _ancestors(parent_of: Mapping[int, int]) -> dict[int, int]:
    """Parents of everything above the new parents, a level a statement."""
    above: dict[int, int] = {}
    level = set(parent_of.values())
    for _level in range(50):
        rows = Account.objects.filter(pk__in=level, parent__isnull=False).order_by("pk")
        found = dict(rows.values_list("pk", "parent_id"))
        level = {parent for parent in found.values() if parent not in above}
        above |= found
        if not level:
            break
    return above


def _returns(child: int, parent: int, above: Mapping[int, int], given: Mapping[int, int]) -> bool:
    seen = {child}
    while parent:
        if parent in seen:
            return True
        seen.add(parent)
        parent = given.get(parent, 0) or above.get(parent, 0)
    return False


def latest(events: Iterable[Any]) -> dict[int, datetime]:
    """{account: moment of its last event} of events whose payload names an account."""
    found: dict[int, datetime] = {}
    for event in events:
        account_id = event.payload.get("account_id")
        if account_id is not None and (account_id not in found or found[account_id] < event.at):
            found[account_id] = event.at
    return found
