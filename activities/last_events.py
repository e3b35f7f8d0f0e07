"""The last event of a name on a record's timeline, found by the timeline's index and by no other."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

# Further back nobody looks: a record with more events since has been told everything anew.
FAR = 500

LAST = """
    SELECT told.at, cause.name
    FROM (SELECT event_id, at FROM foundation_eventsubject WHERE kind = %(kind)s AND subject_id = %(key)s
          ORDER BY at DESC, event_id DESC LIMIT %(far)s) AS subject
    JOIN foundation_event AS told ON told.id = subject.event_id AND told.at = subject.at AND told.name = %(name)s
    LEFT JOIN foundation_event AS cause ON cause.id = told.cause_id AND cause.at = told.at
    WHERE %(actor)s::bigint IS NULL OR told.actor_id = %(actor)s
    ORDER BY told.at DESC, told.id DESC LIMIT 1
"""


class Last(NamedTuple):
    """When it was told, and the name of what caused it in the same moment."""

    at: datetime
    cause: str


def last_event(kind: str, key: int, name: str, *, actor_id: int | None = None) -> Last | None:
    asked: dict[str, str | int | None] = {
        "kind": kind,
        "key": key,
        "name": name,
        "actor": actor_id,
        "far": FAR,
    }
    with connection.cursor() as cursor:
        cursor.execute(LAST, asked)
        found = cursor.fetchone()
    return Last(found[0], found[1] or "") if found else None
