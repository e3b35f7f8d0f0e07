"""Finding records of one table by a few letters."""

from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.db.models.lookups import Contains

from foundation.search_text import readings
from foundation.statements import array_text, statement

CAP = 1_000
SHORTEST_FOR_TRIGRAMS = 3


def matching(queryset: Any, query: str, *, column: str = "search_text", cap: int | None = CAP) -> Any:
    """Rows containing every word of the query, in whichever keyboard layout it was typed; at most `cap`.

    The cap makes the match a subquery the planner cannot flatten, so that it never walks the ordering index in
    search of a rare word. An empty query leaves the rows as they are. Without a cap it is a plain condition, for
    those who count or who take a few hundred unordered rows themselves.
    """
    wanted = readings(query)
    if not any(wanted):
        return queryset
    anyhow = reduce(or_, (_every_word(column, reading) for reading in wanted if reading))
    if cap is None:
        return queryset.filter(anyhow)
    return _capped(queryset, anyhow, cap)


def _capped(queryset: Any, condition: Q, cap: int) -> Any:
    """Rows by the keys of at most `cap`; the queryset's own conditions, such as who sees them, are asked only there."""
    keys = queryset.order_by().filter(condition).values("pk")[:cap]
    return queryset.model._default_manager.filter(pk__in=keys)


def among_first(queryset: Any, query: str, *, order: tuple[str, ...], walk: int, most: int) -> list[int]:
    """Keys of at most `most` matching rows among the first `walk` in that order, in no order of their own.

    A common word is found here in a few milliseconds; its trigram index would give tens of thousands of rows first.
    A rare one is left to the index: the whole walk is taken only when its first third promises to fill the page.
    """
    wanted = [reading.split() for reading in readings(query) if reading]
    if not wanted:
        return []
    first, parameters = statement(queryset.order_by(*order).values_list("pk", "search_text")[:walk])
    anyhow = " OR ".join(
        " AND ".join("' ' || words LIKE %s" if _is_short(word) else "words LIKE %s" for word in reading)
        for reading in wanted
    )
    found = (
        f"SELECT key FROM (SELECT * FROM ({first}) AS walk LIMIT %s) AS first (key, words) "  # noqa: S608 (no text of people's)
        f"WHERE {anyhow} LIMIT %s"
    )
    words = [f"% {word}%" if _is_short(word) else f"%{word}%" for reading in wanted for word in reading]
    keys: list[int] = []
    with connection.cursor() as cursor:
        for length in (walk // 3, walk):
            cursor.execute(found, [*parameters, length, *words, most])
            keys = [key for (key,) in cursor.fetchall()]
            if len(keys) == most or len(keys) * 10 < most:
                break
    return keys


class _Among(Func):
    """Whether the column is one of many keys. They are one value, because a thousand written out cost milliseconds,
    and a subquery, because the planner would look for a plain array of them all along the ordering index."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> tuple[str, Any]:
        column, values = compiler.compile(self.source_expressions[0])
        return f"{column} IN (SELECT unnest(%s::bigint[]))", [*values, array_text(self.extra["keys"])]


def among(queryset: Any, keys: Any) -> Any:
    """Rows by their keys."""
    return queryset.filter(_Among(F("pk"), keys=tuple(keys)))


def similar(queryset: QuerySet[Any], query: str, *, column: str = "search_text", cap: int = 50) -> Any:
    """Rows with a word much like the query: for typos, when nothing matched exactly."""
    wanted = [reading for reading in readings(query) if len(reading) > SHORTEST_FOR_TRIGRAMS]
    if not wanted:
        return queryset.none()
    alike = reduce(or_, (Q(TrigramWordSimilar(F(column), Value(reading))) for reading in wanted))
    return _capped(queryset, alike, cap)


def _every_word(column: str, reading: str) -> Q:
    """The words that tell most are looked up in the index: a number first, then up to three long words. The rest is
    checked on what they give, because short common words, such as a legal form, have the longest lists of all."""
    words = sorted(
        reading.split(), key=lambda word: (len(word) > 3 and word.isdigit(), len(word)), reverse=True
    )
    telling = [word for word in words[:3] if len(word) > 3] or words[:1]
    every = reduce(and_, (_word(column, word) for word in telling))
    padded = Concat(Value(" "), F(column), output_field=TextField())
    for word in words[len(telling) :]:
        every &= Q(Contains(padded, Value(f" {word}" if _is_short(word) else word)))
    return every


def _word(column: str, word: str) -> Q:
    if _is_short(word):
        return Q(**{f"{column}__startswith": word}) | Q(**{f"{column}__contains": f" {word}"})
    return Q(**{f"{column}__contains": word})


def _is_short(word: str) -> bool:
    return len(word) < SHORTEST_FOR_TRIGRAMS
