"""Querysets and keys as SQL text, to stand inside a larger statement of our own."""

from collections.abc import Iterable
from typing import Any


def statement(queryset: Any) -> tuple[str, tuple[Any, ...]]:
    """SQL and its values. One that finds nothing stays one, `WHERE 0 = 1`; Django alone would refuse it."""
    return queryset.query.get_compiler(queryset.db, elide_empty=False).as_sql()


def array_text(keys: Iterable[int]) -> str:
    """Keys as PostgreSQL writes an array: one value to parse, where ARRAY[…] would be as many as there are keys."""
    return f"{{{','.join(map(str, keys))}}}"
