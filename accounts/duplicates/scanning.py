"""The search for doubles through the whole base: pairs that share a key, weighed, written down.

A key that many share tells nothing of any two of them and is left out (`info@`, the switchboard of an office tower),
so that the number of pairs grows with the base and not with its square.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.duplicates.match_keys import fill_missing, parties_of
from accounts.duplicates.matching import Comparison, KeyKind, Party, compare
from accounts.models import DuplicatePair

STRONG = [KeyKind.PHONE, KeyKind.EMAIL, KeyKind.DOMAIN, KeyKind.TAX, KeyKind.NAME]
MOST_OF_STRONG, MOST_OF_WEAK = 50, 20
BATCH = 5_000
MOST_KEPT = 50_000  # parties in memory: about 100 MB
LOCK = 7_340_041  # any number, the same in every process

CANDIDATES = """
WITH shared AS (
    SELECT array_agg(account_id ORDER BY account_id) AS ids
    FROM accounts_matchkey
    GROUP BY kind, value
    HAVING count(*) BETWEEN 2 AND CASE WHEN kind = ANY(%s) THEN %s ELSE %s END
)
SELECT DISTINCT one.id AS first_id, other.id AS second_id
FROM shared
CROSS JOIN LATERAL unnest(ids) WITH ORDINALITY AS one (id, place)
CROSS JOIN LATERAL unnest(ids) WITH ORDINALITY AS other (id, place)
WHERE one.place < other.place
ORDER BY first_id, second_id
"""

WRITE = """
INSERT INTO accounts_duplicatepair (first_id, second_id, score, reasons, state, found_at)
SELECT given.first_id, given.second_id, given.score, given.reasons, 'new', %s
FROM (VALUES {places}) AS given (first_id, second_id, score, reasons)
JOIN accounts_account AS one ON one.id = given.first_id
JOIN accounts_account AS other ON other.id = given.second_id
ON CONFLICT (first_id, second_id) DO UPDATE
SET score = excluded.score, reasons = excluded.reasons, found_at = excluded.found_at
"""


@dataclass
class Scan:
    """What a search came to; `is_busy` when another one is at work and nothing was done."""

    compared: int = 0
    found: int = 0
    is_busy: bool = False


def scan(*, at: datetime) -> Scan:
    """Write down every pair that is enough alike; what was decided stays decided, what is alike no more goes."""
    done = Scan()
    with _alone() as is_alone:
        if not is_alone:
            done.is_busy = True
            return done
        fill_missing()
        kept: dict[int, Party] = {}
        for pairs in _candidates():
            enough = list(_enough(pairs, kept))
            done.compared += len(pairs)
            done.found += len(enough)
            _write(enough, at)
        DuplicatePair.objects.undecided().filter(found_at__lt=at).delete()
    return done


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _candidates() -> Iterator[list[tuple[int, int]]]:
    """Pairs in order, by a cursor that stays on the server: millions of them cost no memory here."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(CANDIDATES, [[str(kind) for kind in STRONG], MOST_OF_STRONG, MOST_OF_WEAK])
        while pairs := cursor.fetchmany(BATCH):
            yield pairs


_Found = tuple[int, int, Comparison]


def _enough(pairs: list[tuple[int, int]], kept: dict[int, Party]) -> Iterator[_Found]:
    """`kept` are parties read before: neighbours in the order of pairs share most of them."""
    if len(kept) > MOST_KEPT:
        kept.clear()
    kept |= parties_of(sorted({key for pair in pairs for key in pair} - kept.keys()))
    for first, second in pairs:
        if first in kept and second in kept:
            said = compare(kept[first], kept[second])
            if said.is_enough:
                yield first, second, said


def _write(found: list[_Found], at: datetime) -> None:
    """Clients deleted meanwhile are left out."""
    if not found:
        return
    places = ", ".join(["(%s::bigint, %s::bigint, %s::smallint, %s::varchar[])"] * len(found))
    values = [
        value
        for first, second, said in found
        for value in (first, second, said.score, [str(reason) for reason in said.reasons])
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE.format(places=places), [at, *values])
