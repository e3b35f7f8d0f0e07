"""What was written down, shown with its event in a timeline as it reads now; and which facts go together there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.phones import shown
from foundation import timeline
from foundation.timeline import Entry, TimelineKind

LONGEST = 1_200
# Which key of an event's payload names the record whose words are shown, by the event's name.
SHOWN = {
    "call.logged": "call_id",
    "note.added": "note_id",
    "message.logged": "message_id",
    "file.added": "file_id",
}
KINDS = (
    TimelineKind("notes", _("Notes"), ("note.",), 10),
    TimelineKind("calls", _("Calls"), ("call.",), 20),
    TimelineKind("messages", _("Messages"), ("message.",), 30),
    TimelineKind("files", _("Files"), ("file.",), 40),
    TimelineKind("meetings", _("Meetings"), ("meeting.",), 50),
    TimelineKind("tasks", _("Tasks"), ("task.",), 60),
    TimelineKind(
        "stages", _("Stages"), ("deal.created", "deal.moved", "deal.won", "deal.lost", "deal.reopened"), 70
    ),
)
RECORDS = """
    SELECT 'call_id', id, author_id, note, phone, false, 0 FROM activities_call WHERE id = ANY(%(call_id)s)
    UNION ALL
    SELECT 'note_id', id, author_id, text, '', is_pinned, 0 FROM activities_note WHERE id = ANY(%(note_id)s)
    UNION ALL
    SELECT 'message_id', id, author_id, text, '', false, 0 FROM activities_message WHERE id = ANY(%(message_id)s)
    UNION ALL
    SELECT 'file_id', id, author_id, '', '', false, size FROM activities_attachment WHERE id = ANY(%(file_id)s)
"""
PAGES = {"call_id": "call", "note_id": "note", "message_id": "message", "file_id": "file"}


@dataclass(frozen=True, slots=True)
class Detail:
    """A record below its event's sentence; `is_gone` where it was taken back since."""

    kind: str
    pk: int
    author_id: int | None = None
    text: str = ""
    has_more: bool = False
    phone: str = ""
    is_pinned: bool = False
    size: str = ""
    url: str = ""
    is_gone: bool = False
    author: str = ""
    at: datetime | None = None

    @property
    def template(self) -> str:
        return "activities/record_detail.html"


def details_of(entries: Sequence[Entry]) -> dict[int, Detail]:
    """What the entries of a page stand for, by the event's key; one statement, none where nothing was written down."""
    wanted = {
        entry.pk: (SHOWN[entry.name], entry.payload.get(SHOWN[entry.name]))
        for entry in entries
        if entry.name in SHOWN
    }
    if not wanted:
        return {}
    keys = {kind: [key for each, key in wanted.values() if each == kind] for kind in PAGES}
    with connection.cursor() as cursor:
        cursor.execute(RECORDS, keys)
        found = {(row[0], row[1]): row for row in cursor.fetchall()}
    return {event: _detail(kind, key, found.get((kind, key))) for event, (kind, key) in wanted.items()}


def _detail(kind: str, key: Any, row: Any) -> Detail:
    if row is None:
        return Detail(PAGES[kind], key, is_gone=True)
    _kind, pk, author_id, text, phone, is_pinned, size = row
    return Detail(
        kind=PAGES[kind],
        pk=pk,
        author_id=author_id,
        text=text[:LONGEST],
        has_more=len(text) > LONGEST,
        phone=shown(phone) if phone else "",
        is_pinned=is_pinned,
        size=filesizeformat(size) if size else "",
        url=reverse(f"activities:{PAGES[kind]}", args=[pk]),
    )


def register() -> None:
    for kind in KINDS:
        timeline.offer_kind(kind)
    timeline.offer_details(details_of)
