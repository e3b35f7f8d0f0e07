"""Keeping the keys by which doubles are found: of a client, of many, of those written past the verbs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from accounts.duplicates.matching import Party, Place, keys_of, party_of
from accounts.models import Account, Address, ContactPoint, MatchKey, TaxNumber
from accounts.models.account import Kind
from foundation.copying import copy_rows

BATCH = 2_000


def keep(account_ids: Iterable[int]) -> None:
    """Make the keys of these clients those of what is known of them now: six statements at most, however many."""
    asked = sorted(set(account_ids))
    with transaction.atomic():
        # Two workers of one client would each write what they read: the second waits and reads afresh.
        locked = Account.objects.select_for_update(no_key=True).filter(pk__in=asked).order_by("pk")
        ids = list(locked.values_list("pk", flat=True))
        wanted = {(pk, *key) for pk, party in parties_of(ids).items() for key in keys_of(party)}
        mine = MatchKey.objects.filter(account__in=ids).order_by()
        had = {(account, kind, value): pk for pk, account, kind, value in mine.values_list(
            "pk", "account_id", "kind", "value"
        )}  # fmt: skip
        gone = [had[key] for key in had.keys() - wanted]
        if gone:
            MatchKey.objects.filter(pk__in=gone).delete()
        _insert(sorted(wanted - had.keys()))


def add_new(parties: Mapping[int, Party]) -> None:
    """Keys of clients that have none yet: {client: what is known of it}."""
    rows = ((pk, *key) for pk, party in parties.items() for key in sorted(keys_of(party)))
    copy_rows(MatchKey, ("account_id", "kind", "value"), rows)


def lacking(account_ids: Iterable[int]) -> list[int]:
    """Those of these clients that have no key."""
    asked = set(account_ids)
    having = MatchKey.objects.filter(account__in=asked).order_by().distinct()
    return sorted(asked - set(having.values_list("account_id", flat=True)))


def add_points(points: Iterable[tuple[int, str, str]]) -> None:
    """Keys of new ways to reach clients, (client, kind, value): nothing else of them is read."""
    wanted = {(account_id, *key) for account_id, kind, value in points for key in keys_of_point(kind, value)}
    mine = MatchKey.objects.filter(account__in={key[0] for key in wanted}).order_by()
    _insert(sorted(wanted - set(mine.values_list("account_id", "kind", "value"))))


def keys_of_point(kind: str, value: str) -> set[tuple[str, str]]:
    """Exactly what the point adds to `keys_of` the client that has it."""
    if kind not in ("phone", "email", "website"):
        return set()
    return keys_of(party_of("", points=[(kind, value)]))


def fill_missing() -> int:
    """Keys for clients that have none, such as those loaded past the verbs. How many those were."""
    without = Account.objects.filter(~Exists(MatchKey.objects.filter(account=OuterRef("pk")))).order_by("pk")
    done, last = 0, 0
    while ids := list(without.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        parties = parties_of(ids)
        with transaction.atomic():
            add_new(parties)
        done, last = done + len(ids), ids[-1]
    return done


def parties_of(account_ids: Iterable[int]) -> dict[int, Party]:
    """What is known of clients, in four statements."""
    ids = list(account_ids)
    points: dict[int, list[tuple[str, str]]] = defaultdict(list)
    numbers: dict[int, list[tuple[str, str]]] = defaultdict(list)
    places: dict[int, list[Place]] = defaultdict(list)
    of_these = ContactPoint.objects.filter(account__in=ids).order_by()
    for account_id, kind, value in of_these.values_list("account_id", "kind", "value"):
        points[account_id].append((kind, value))
    for account_id, kind, value in (
        TaxNumber.objects.filter(account__in=ids).order_by().values_list("account_id", "kind", "value")
    ):
        numbers[account_id].append((kind, value))
    where = Address.objects.filter(account__in=ids).order_by("pk")
    for account_id, postcode, city, street in where.values_list("account_id", "postcode", "city", "street"):
        places[account_id].append(Place(postcode=postcode, city=city, street=street))
    accounts = Account.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "name", "kind", "website")
    return {
        pk: party_of(
            name,
            is_person=kind == Kind.PERSON,
            website=website,
            points=points[pk],
            tax_numbers=numbers[pk],
            places=places[pk],
        )
        for pk, name, kind, website in accounts
    }


def _insert(rows: list[tuple[Any, ...]]) -> None:
    """Rows that may be there by now, of clients that may be gone by now."""
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        places = ", ".join(["(%s, %s, %s)"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO accounts_matchkey (account_id, kind, value)
                SELECT given.account_id, given.kind, given.value
                FROM (VALUES {places}) AS given (account_id, kind, value)
                JOIN accounts_account AS account ON account.id = given.account_id
                ON CONFLICT DO NOTHING
                """,  # noqa: S608 - only placeholders are put in
                [value for row in part for value in row],
            )
