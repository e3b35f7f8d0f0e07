"""Why something changed: from an event back over what caused it to the first fact; rules and runs named on the way."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.urls import reverse

from foundation.automation import all_subjects
from foundation.facts import from_payload
from processes.models import Run
from processes.queries import subjects, words

LONGEST, MOST = 24, 20

# A wait's end has no cause of its own: what a run does goes back to the fact that began it.
BACK = """
    WITH RECURSIVE back AS (
        SELECT event.id AS first, 0 AS place, event.* FROM foundation_event AS event WHERE event.id = ANY(%s)
        UNION ALL
        SELECT back.first, back.place + 1, before.*
        FROM back
        LEFT JOIN processes_run AS run
            ON back.cause_id IS NULL AND run.id = (back.payload->>'run_id')::bigint AND run.event_id <> back.id
        JOIN foundation_event AS before ON before.id = coalesce(back.cause_id, run.event_id)
        WHERE back.place < %s
    )
    SELECT first, id, at, name, actor_name, payload FROM back ORDER BY first, place
"""
CAUSED = """
    SELECT subject.event_id, subject.at FROM foundation_eventsubject AS subject
    JOIN foundation_event AS event ON event.id = subject.event_id AND event.at = subject.at
    WHERE subject.kind = %s AND subject.subject_id = %s AND event.cause_id IS NOT NULL
        AND event.name NOT LIKE 'process.%%' AND (subject.at, subject.event_id) < (%s, %s)
    ORDER BY subject.at DESC, subject.event_id DESC LIMIT %s
"""


class Link(NamedTuple):
    """One event of a chain. `part`: fact, rule (what a process tells of itself) or action."""

    pk: int
    at: datetime
    when: str
    part: str
    icon: str
    sentence: str
    who: str
    record: Any
    process_url: str
    run_url: str
    is_hidden: bool


def chains(keys: Collection[int], person: Any) -> dict[int, list[Link]]:
    """By event: what changed first, the first fact last. Five statements, and one for each kind of record in them."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(BACK, [list(keys), LONGEST])
        rows = [(*row[:5], _object(row[5])) for row in cursor.fetchall()]
    about = {row[1]: _about(row[3], row[5]) for row in rows}
    seen = _seen({pair for pairs in about.values() for pair in pairs}, person)
    runs = {row[5]["run_id"] for row in rows if row[5].get("run_id")}
    visible = set(Run.objects.visible_to(person).filter(pk__in=runs).values_list("pk", flat=True))
    found: dict[int, list[Link]] = {}
    for first, pk, at, name, who, payload in rows:
        chain = found.setdefault(first, [])
        if all(each.pk != pk for each in chain):
            chain.append(
                _link(pk, at, name, who, payload, about.get(pk, []), seen, visible, is_first=not chain)
            )
    return found


def caused_page(
    kind: str, key: int, before: tuple[datetime, int]
) -> tuple[list[int], tuple[int, datetime] | None]:
    """Events of a record that something caused, the latest first; and from where the next page goes on."""
    with connection.cursor() as cursor:
        cursor.execute(CAUSED, [kind, key, *before, MOST + 1])
        rows = cursor.fetchall()
    last = rows[MOST - 1] if len(rows) > MOST else None
    return [pk for pk, _at in rows[:MOST]], (last[0], last[1]) if last else None


def _about(name: str, payload: dict[str, Any]) -> list[tuple[str, int]]:
    """The records an event concerns, as its fact says."""
    told = from_payload(name, payload)
    return [(kind, key) for kind, key in told.subjects() if key is not None] if told else []


def _seen(pairs: Collection[tuple[str, int]], person: Any) -> dict[tuple[str, int], str]:
    """The records this person sees, with their titles."""
    found: dict[tuple[str, int], str] = {}
    for kind, about in all_subjects().items():
        keys = {key for each, key in pairs if each == kind}
        if keys:
            rows = about.model._default_manager.visible_to(person).filter(pk__in=keys)
            found |= {(kind, row.pk): about.title(row) for row in rows}
    return found


def _link(
    pk: int, at: datetime, name: str, who: str, payload: dict[str, Any], about: list[tuple[str, int]],
    seen: dict[tuple[str, int], str], visible: set[int], *, is_first: bool,
) -> Link:  # fmt: skip
    told = from_payload(name, payload)
    is_ours = name.startswith("process.")
    records = [pair for pair in about if pair in seen]
    run = payload.get("run_id")
    is_hidden = not records and run not in visible
    return Link(
        pk, at, words.moment_text(at),
        part="rule" if is_ours else "action" if is_first else "fact",
        icon=told.icon if told and not is_hidden else "point",
        sentence="" if is_hidden else told.sentence() if told else name,
        who="" if is_hidden else who,
        record=_record(records[0], seen) if records and not is_ours else None,
        process_url=reverse("processes:process", args=[payload["process_id"]]) if payload.get("process_id") else "",
        run_url=reverse("processes:run", args=[run]) if run in visible else "",
        is_hidden=is_hidden,
    )  # fmt: skip


def _record(pair: tuple[str, int], seen: dict[tuple[str, int], str]) -> dict[str, str]:
    return {"title": seen[pair], "url": subjects.way_to(*pair)}


def _object(payload: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(payload) if isinstance(payload, str) else payload
    return found
