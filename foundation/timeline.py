"""The timeline of a record: its events, newest first, by one indexed query."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from foundation.facts import from_payload

SIZE = 20

QUERY = """
    SELECT event.id, event.at, event.name, event.actor_id, event.actor_name, event.cause_id, event.payload
    FROM (
        SELECT event_id, at FROM foundation_eventsubject
        WHERE kind = %(kind)s AND subject_id = %(key)s
          AND (%(at)s::timestamptz IS NULL OR (at, event_id) < (%(at)s::timestamptz, %(before)s)){only}
        ORDER BY at DESC, event_id DESC LIMIT %(limit)s) AS subject
    JOIN foundation_event AS event ON event.id = subject.event_id AND event.at = subject.at
    ORDER BY event.at DESC, event.id DESC
"""
ONLY = """
          AND EXISTS (SELECT FROM foundation_event AS told
            WHERE told.id = event_id AND told.at = foundation_eventsubject.at AND told.name = ANY(%(names)s))"""


@dataclass(frozen=True)
class Entry:
    """A line of the timeline, ready for the template."""

    pk: int
    at: datetime
    name: str
    icon: str
    label: str
    sentence: str
    actor_id: int | None
    actor_name: str
    cause_id: int | None
    payload: dict[str, Any] = field(default_factory=dict)
    detail: Any = None  # what a room shows below the sentence; has a `template`


@dataclass(frozen=True)
class TimelinePage:
    entries: list[Entry]
    older: str | None


def page(
    kind: str, key: int, *, before: str | None = None, limit: int = SIZE, names: Sequence[str] = ()
) -> TimelinePage:
    """Entries of the record, only of facts with these names if any are given; `before` is what the page before it
    gave as `older`."""
    at, event_id = _cursor(before)
    asked = {"kind": kind, "key": key, "at": at, "before": event_id, "limit": limit + 1, "names": list(names)}
    with connection.cursor() as cursor:
        cursor.execute(QUERY.replace("{only}", ONLY if names else ""), asked)  # type: ignore[arg-type]
        rows = cursor.fetchall()
    entries = [_entry(row) for row in rows[:limit]]
    older = f"{entries[-1].at.isoformat()}|{entries[-1].pk}" if len(rows) > limit else None
    return TimelinePage(entries, older)


def _cursor(text: str | None) -> tuple[datetime | None, int | None]:
    try:
        at, event_id = (text or "").split("|")
        return datetime.fromisoformat(at), int(event_id)
    except ValueError:
        return None, None


def _entry(row: tuple) -> Entry:  # type: ignore[type-arg]
    pk, at, name, actor_id, actor_name, cause_id, payload = row
    payload = json.loads(payload) if isinstance(payload, str) else payload
    told = from_payload(name, payload)
    icon, label, sentence = (told.icon, str(told.label), told.sentence()) if told else ("point", name, name)
    return Entry(pk, at, name, icon, label, sentence, actor_id, actor_name, cause_id, payload)
