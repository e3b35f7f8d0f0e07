"""What was written down, shown with its event in a timeline as it reads now; and which facts go together there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import timeline
from accounts.phones import shown
from accounts.timeline import TimelineKind
from foundation.timeline import Entry

LONGEST = 1_200
HAVE_TOP, ON_TOP = ("account", "deal"), "on top"
# Which key of an event's payload names the record whose words are shown, by the event's name.
SHOWN = {
    "call.logged": "call_id",
    "note.added": "note_id",
    "message.logged": "message_id",
    "file.added": "file_id",
}
KINDS = (
    TimelineKind("notes", gettext_lazy("Notes"), ("note.",), 10),
    TimelineKind("calls", gettext_lazy("Calls"), ("call.",), 20),
    TimelineKind("messages", gettext_lazy("Messages"), ("message.",), 30),
    TimelineKind("files", gettext_lazy("Files"), ("file.",), 40),
    TimelineKind("meetings", gettext_lazy("Meetings"), ("meeting.",), 50),
    TimelineKind("tasks", gettext_lazy("Tasks"), ("task.",), 60),
    TimelineKind(
        "stages",
        gettext_lazy("Stages"),
        ("deal.created", "deal.moved", "deal.won", "deal.lost", "deal.reopened"),
        70,
    ),
)
RECORDS = """
    SELECT 'call_id', id, author_id, note, phone, false, 0, at FROM activities_call WHERE id = ANY(%(call_id)s)
    UNION ALL
    SELECT 'note_id', id, author_id, text, '', is_pinned, 0, at FROM activities_note WHERE id = ANY(%(note_id)s)
    UNION ALL
    SELECT 'message_id', id, author_id, text, '', false, 0, at FROM activities_message WHERE id = ANY(%(message_id)s)
    UNION ALL
    SELECT 'file_id', id, author_id, '', '', false, size, at FROM activities_attachment WHERE id = ANY(%(file_id)s)
"""
PINNED = """
    UNION ALL (SELECT 'on top', note.id, author_id, text, person.name, true, 0, at
        FROM activities_note AS note JOIN users_user AS person ON person.id = author_id
        WHERE is_pinned AND {about}_id = %(about)s ORDER BY at DESC, note.id DESC LIMIT 5)
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
    day: str = ""

    @property
    def template(self) -> str:
        return "activities/record_detail.html"


def details_of(
    about: str, about_id: int, entries: Sequence[Entry], is_first: bool
) -> tuple[dict[int, Detail], list[Detail]]:
    """What the entries of a page stand for, by the event's key, and the notes kept on top; at most one statement."""
    wanted = {
        entry.pk: (SHOWN[entry.name], entry.payload.get(SHOWN[entry.name]))
        for entry in entries
        if entry.name in SHOWN
    }
    has_top = is_first and about in HAVE_TOP
    if not wanted and not has_top:
        return {}, []
    keys: dict[str, Any] = {kind: [key for each, key in wanted.values() if each == kind] for kind in PAGES}
    with connection.cursor() as cursor:
        cursor.execute(RECORDS + (PINNED.format(about=about) if has_top else ""), keys | {"about": about_id})
        rows = cursor.fetchall()
    found = {(row[0], row[1]): row for row in rows}
    shown_with = {event: _detail(kind, key, found.get((kind, key))) for event, (kind, key) in wanted.items()}
    pinned = sorted((row for row in rows if row[0] == ON_TOP), key=lambda row: (row[7], row[1]), reverse=True)
    return shown_with, [_detail("note_id", row[1], row) for row in pinned]


def _detail(kind: str, key: Any, row: Any) -> Detail:
    if row is None:
        return Detail(PAGES[kind], key, is_gone=True)
    is_on_top = row[0] == ON_TOP
    _kind, pk, author_id, text, phone, is_pinned, size, at = row
    return Detail(
        kind=PAGES[kind],
        pk=pk,
        author_id=author_id,
        text=text[:LONGEST],
        has_more=len(text) > LONGEST,
        phone=shown(phone) if phone and not is_on_top else "",
        author=phone if is_on_top else "",
        day=formats.date_format(timezone.localtime(at), _("j M Y")) if is_on_top else "",
        is_pinned=is_pinned,
        size=filesizeformat(size) if size else "",
        url=reverse(f"activities:{PAGES[kind]}", args=[pk]),
    )


def register() -> None:
    for kind in KINDS:
        timeline.offer_kind(kind)
    timeline.offer_details(details_of)
