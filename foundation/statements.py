"""A queryset as SQL text, to stand inside a larger statement of our own."""

from typing import Any


def statement(queryset: Any) -> tuple[str, tuple[Any, ...]]:
    """SQL and its values. One that finds nothing stays one, `WHERE 0 = 1`; Django alone would refuse it."""
    return queryset.query.get_compiler(queryset.db, elide_empty=False).as_sql()
