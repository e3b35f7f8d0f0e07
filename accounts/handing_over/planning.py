"""Who gets what: the units of a portfolio, divided and kept as the parts of a hand-over."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q

from accounts.handing_over import splitting
from accounts.handing_over.splitting import Shares, Unit
from accounts.models import Account
from accounts.models.hand_over import HandOver, HandOverPart, Way
from foundation.copying import copy_rows
from users.handing_over import Kind, kinds

CLIENT = "client"
COLUMNS = ("hand_over_id", "account_id", "record", "object_id", "title", "to_id", "counts", "worth")


def divide(hand_over: HandOver, *, at: datetime) -> int:
    """Bring the parts in line with what the person has now: new ones are divided, those that stay keep whom they were
    promised to, what is gone is dropped. How many parts there are."""
    units = {unit.key: unit for unit in units_of(hand_over, at)}
    parts = {_key(part): part for part in HandOverPart.objects.filter(hand_over=hand_over).order_by("pk")}
    HandOverPart.objects.filter(pk__in=[part.pk for key, part in parts.items() if key not in units]).delete()
    stay = [part for key, part in parts.items() if key in units and _is_other(part, units[key])]
    for part in stay:
        part.counts, part.worth = dict(units[_key(part)].counts), units[_key(part)].worth
    HandOverPart.objects.bulk_update(stay, ["counts", "worth"], batch_size=1_000)
    new = [unit for key, unit in units.items() if key not in parts]
    shares = shares_of(hand_over, new)
    copy_rows(HandOverPart, COLUMNS, (_row(hand_over, unit, shares[unit.key]) for unit in new))
    return len(units)


def units_of(hand_over: HandOver, at: datetime) -> list[Unit]:
    """Clients, each with what the person has to do there, then what has no client. A statement a kind, and three."""
    found: dict[tuple[str, int], Unit] = {}
    known: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    for kind in kinds():
        for pk, title, client, worth, team in _records(kind, hand_over.person_id, at):
            key = (CLIENT, client) if client is not None else (kind.record, pk)
            unit = found.setdefault(key, Unit(key, title=title[:200]))
            unit.counts[kind.record] += 1
            unit.worth += worth or Decimal(0)
            known[key].update(team or ())
    _describe(found, known, hand_over)
    return list(found.values())


def shares_of(hand_over: HandOver, units: Sequence[Unit]) -> Shares:
    """Clients by the way that was chosen; what has no client is spread, kind by kind."""
    receivers = list(hand_over.receivers)
    clients = [unit for unit in units if unit.key[0] == CLIENT]
    has = loads(receivers) if hand_over.way != Way.EQUALLY else {}
    divided = {
        Way.TERRITORY: splitting.by_territory,
        Way.RELATIONS: splitting.by_relations,
    }.get(Way(hand_over.way), splitting.level)
    shares = divided(clients, receivers, has)
    for record in sorted({unit.key[0] for unit in units} - {CLIENT}):
        same = [unit for unit in units if unit.key[0] == record]
        way = splitting.by_relations if hand_over.way == Way.RELATIONS else splitting.level
        shares |= way(same, receivers, {})
    return shares


def changed_hands() -> Q:
    """Parts by which a client changed hands: the client itself, or promises there; a task alone is no hand-over."""
    own = Q(counts__has_key=CLIENT)
    promises = [kind.record for kind in kinds() if kind.worth]
    return own & Q(account__owner=F("to")) | ~own & Q(counts__has_any_keys=promises)


def loads(people: Sequence[int]) -> dict[int, int]:
    """How many clients each of them has."""
    rows = Account.objects.filter(owner__in=people).order_by().values("owner").annotate(n=Count("pk"))
    return {row["owner"]: row["n"] for row in rows}


def _records(kind: Kind, person_id: int, at: datetime) -> Iterable[tuple[int, str, int | None, Any, Any]]:
    names = ["pk", kind.title, kind.client, kind.worth, kind.team]
    asked = list(dict.fromkeys(name for name in names if name))
    for row in kind.of(person_id, at).order_by("pk").values(*asked).iterator(chunk_size=5_000):
        yield tuple(row[name] if name else None for name in names)  # type: ignore[misc]


def _describe(
    units: dict[tuple[str, int], Unit], known: dict[tuple[str, int], Counter[int]], hand_over: HandOver
) -> None:
    """Names of clients, who knows them, and where they lie, as far as the way needs it."""
    clients = [key for record, key in units if record == CLIENT]
    owners: dict[int, int | None] = {}
    rows = (
        Account.objects.filter(pk__in=clients)
        .order_by("pk")
        .values_list("pk", "name", "owner_id", "team_ids")
    )
    for pk, name, owner_id, team_ids in rows:
        units[CLIENT, pk].title = name
        owners[pk] = owner_id
        if units[CLIENT, pk].counts[CLIENT] == 0:  # not theirs: its team was not read with it
            known[CLIENT, pk].update(team_ids)
    for key, unit in units.items():
        best = [person for person, _n in known[key].most_common() if person != hand_over.person_id]
        owner = owners.get(key[1]) if key[0] == CLIENT else None
        unit.knows = [*([owner] if owner else []), *best]
    if hand_over.way == Way.TERRITORY:
        from accounts.territories import territories_of

        for pk, territory in territories_of(clients).items():
            units[CLIENT, pk].place, units[CLIENT, pk].place_owner = territory.pk, territory.person_id


def _key(part: HandOverPart) -> tuple[str, int]:
    return (CLIENT, part.account_id) if part.account_id else (part.record, part.object_id or 0)


def _is_other(part: HandOverPart, unit: Unit) -> bool:
    return part.counts != dict(unit.counts) or part.worth != unit.worth


def _row(hand_over: HandOver, unit: Unit, to: int) -> tuple[Any, ...]:
    record, key = unit.key
    is_client = record == CLIENT
    return (
        hand_over.pk,
        key if is_client else None,
        "" if is_client else record,
        None if is_client else key,
        unit.title,
        to,
        dict(unit.counts),
        unit.worth,
    )
