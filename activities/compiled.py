"""Statements made once. A page asks the same questions at every visit, and only their values differ: compiling each
queryset anew costs more than the database needs to answer it.

    late = Compiled(lambda person, at: Task.objects.open().filter(owner=person, due_by__lte=at).values("pk", "title"))
    late.rows(person.pk, timezone.now())

The queryset is built once with marks in place of its values: numbers and moments nobody has. It may only pass them on
(compare with them, annotate them), never look at them or reckon with them.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections

from foundation.statements import statement

FIRST_NUMBER = 8_600_000_000_000_000_001
FIRST_MOMENT = datetime(2, 1, 1, tzinfo=UTC)


class Compiled:
    """`build(*values)` gives a queryset of `values()`; `kinds` says what each value is: int or datetime."""

    def __init__(self, build: Callable[..., Any], *kinds: type) -> None:
        self._build = build
        self._marks: list[Any] = [
            FIRST_NUMBER + place if kind is int else FIRST_MOMENT + timedelta(days=place)
            for place, kind in enumerate(kinds)
        ]
        self._made: tuple[str, str, list[str], Sequence[Any], dict[int, int]] | None = None

    def rows(self, *values: Any) -> list[dict[str, Any]]:
        using, sql, names, said, places = self._made or self._make()
        asked = [values[places[place]] if place in places else each for place, each in enumerate(said)]
        with connections[using].cursor() as cursor:
            cursor.execute(sql, asked)
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _make(self) -> tuple[str, str, list[str], Sequence[Any], dict[int, int]]:
        found = self._build(*self._marks)
        sql, said = statement(found)
        marks = {mark: place for place, mark in enumerate(self._marks)}
        places = {
            place: marks[each]
            for place, each in enumerate(said)
            if type(each) in (int, datetime) and each in marks
        }
        if set(places.values()) != set(marks.values()):
            raise ValueError(
                "A value is nowhere in the statement: it was looked at when the statement was made."
            )
        names = list(found._fields)
        self._made = found.db, sql, names, said, places
        return self._made
