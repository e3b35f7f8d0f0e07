"""`User.unread`: how many notifications a person has not read. Exact, because it changes with the rows themselves.

Whoever changes it holds the person's row until the end of the transaction.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection

from users.models.notification import Notification


def add(rows: Iterable[Notification]) -> None:
    """New rows count. One statement, which locks the people in the order of their keys, like everybody does."""
    more = Counter(row.person_id for row in rows if row.read_at is None)
    if not more:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH locked AS MATERIALIZED ("
            "  SELECT id FROM users_user WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE)"
            " UPDATE users_user SET unread = unread + more.n FROM locked"
            " JOIN unnest(%s::bigint[], %s::int[]) AS more (id, n) ON more.id = locked.id"
            " WHERE users_user.id = locked.id",
            [list(more), list(more), list(more.values())],
        )


def take(person: Any, n: int) -> None:
    """So many were read, or with a minus are unread again."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE users_user SET unread = unread - %s WHERE id = %s", [n, person.pk])


def recounted() -> dict[int, int]:
    """People whose counter is wrong, with the right number: for tests and for the night's check."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person.id, coalesce(found.n, 0) FROM users_user AS person LEFT JOIN ("
            "  SELECT person_id, count(*) AS n FROM users_notification WHERE read_at IS NULL GROUP BY person_id"
            ") AS found ON found.person_id = person.id WHERE person.unread <> coalesce(found.n, 0)"
        )
        return dict(cursor.fetchall())
