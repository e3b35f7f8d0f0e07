"""The timeline of a record: its events, newest first, by one indexed query.

Rooms say which of their facts go together (`offer_kind`), so that a reader can choose among them, and may show the
record behind an event as it is now (`offer_details`): one statement for a page of entries.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection

from foundation.facts import catalogue, from_payload

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
class TimelineKind:
    """Facts a reader looks for together: those whose names begin with one of the prefixes."""

    key: str
    label: Any
    prefixes: tuple[str, ...]
    order: int = 100


@dataclass(frozen=True)
class TimelinePage:
    entries: list[Entry]
    older: str | None


Details = Callable[[Sequence[Entry]], dict[int, Any]]
_kinds: dict[str, TimelineKind] = {}
_details: list[Details] = []


def offer_kind(kind: TimelineKind) -> None:
    _kinds[kind.key] = kind


def offer_details(details: Details) -> None:
    """`details(entries)` gives what to show with some of them, by the event's key, in at most one statement."""
    if details not in _details:
        _details.append(details)


def kinds() -> list[TimelineKind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.key))


def page(
    kind: str, key: int, *, before: str | None = None, limit: int = SIZE, only: str | None = None
) -> TimelinePage:
    """Entries of the record; `before` is what the page before it gave as `older`, `only` the key of a kind."""
    at, event_id = _cursor(before)
    chosen = _kinds.get(only or "")
    names = [name for name in catalogue() if chosen and name.startswith(chosen.prefixes)]
    wanted: dict[str, Any] = {
        "kind": kind,
        "key": key,
        "at": at,
        "before": event_id,
        "limit": limit + 1,
        "names": names,
    }
    with connection.cursor() as cursor:
        cursor.execute(QUERY.replace("{only}", ONLY if chosen else ""), wanted)
        rows = cursor.fetchall()
    entries = _detailed([_entry(row) for row in rows[:limit]])
    older = f"{entries[-1].at.isoformat()}|{entries[-1].pk}" if len(rows) > limit else None
    return TimelinePage(entries, older)


def _detailed(entries: list[Entry]) -> list[Entry]:
    found: dict[int, Any] = {}
    for details in _details if entries else ():
        found |= details(entries)
    return [replace(entry, detail=found[entry.pk]) if entry.pk in found else entry for entry in entries]


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
    return Entry(
        pk=pk,
        at=at,
        name=name,
        icon=told.icon if told else "point",
        label=str(told.label) if told else name,
        sentence=told.sentence() if told else name,
        actor_id=actor_id,
        actor_name=actor_name,
        cause_id=cause_id,
        payload=payload,
    )
