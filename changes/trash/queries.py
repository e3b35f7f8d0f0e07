"""What the pages of the trash show."""

from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from changes.models import ChangeKind, TrashEntry
from changes.models.change_set import EVERYBODYS
from changes.queries import moment_text
from changes.trash.dependants import described_counts
from changes.trash.kinds import kind_of, kinds
from changes.trash.verbs import objection_to_restore
from foundation.keyset import Page, capped_count, keyset_page
from users.models import User

SIZE = 50
FIELDS = ("pk", "record", "record_id", "title", "by__name", "at", "reason", "counts")
CONTENTS = 3


class Row(NamedTuple):
    pk: int
    kind: str
    title: str
    url: str
    along: str
    by: str
    at: str
    reason: str
    until: str


class Choice(NamedTuple):
    value: str
    title: str
    is_current: bool


def entries_asked(person: Any, said: QueryDict) -> Any:
    """What this person may look through, as they filtered it: kind, who, one change-set."""
    entries = TrashEntry.objects.own().visible_to(person)
    if said.get("kind") in {kind.record for kind in kinds()}:
        entries = entries.filter(record=said["kind"])
    if who := _key(said.get("who", "")):
        entries = entries.filter(by_id=who)
    if change_set := _key(said.get("set", "")):
        entries = entries.filter(change_set_id=change_set)
    return entries


def page_of(entries: Any, cursor: str | None) -> Page:
    """A page, newest first; one statement."""
    found = keyset_page(entries.values(*FIELDS), order=("-pk",), cursor=cursor, size=SIZE)
    return found._replace(rows=[_row(row) for row in found.rows])


def choices_of_kind(said: QueryDict) -> list[Choice]:
    current = said.get("kind", "")
    found = [Choice("", _("All"), not current)]
    return found + [
        Choice(kind.record, kind.words().capitalize(), kind.record == current) for kind in reversed(kinds())
    ]


def people_who_deleted(said: QueryDict) -> list[Choice]:
    """For administrators: everybody who has something in the trash."""
    theirs = TrashEntry.objects.own().filter(by_id=OuterRef("pk"))
    people = User.objects.filter(Exists(theirs)).order_by("name", "pk").values_list("pk", "name")
    current = said.get("who", "")
    everybodys = Choice("", _("Everybody's"), not current)
    return [everybodys, *(Choice(str(pk), name, current == str(pk)) for pk, name in people)]


def entry_in_words(entry: TrashEntry, person: Any) -> dict[str, Any]:
    """One entry for its page: what it is, who put it there, what comes back with it, and whether this person may."""
    kind = kind_of(entry.record)
    return {
        "entry": entry,
        "kind": kind.words(1).capitalize(),
        "at": moment_text(entry.at),
        "until": _day(entry.kept_until),
        "along": described_counts(entry.counts),
        "objection": objection_to_restore(entry, person),
    }


def is_readable(entry: TrashEntry, person: Any) -> bool:
    """Whoever saw the record sees that it is in the trash."""
    view = kind_of(entry.record).view_right
    sees = person.may(view) and person.reach(view).covers(entry.team_ids)
    return bool(sees or entry.by_id == person.pk or person.may(EVERYBODYS))


def in_trash_words(change_set: Any) -> str:
    """“12 created records were put into the trash”, of an undo; empty where none were."""
    if change_set.kind not in (ChangeKind.UNDO, ChangeKind.TRASH):
        return ""
    found = capped_count(TrashEntry.objects.filter(change_set=change_set), cap=100_000)
    if not found.n:
        return ""
    if change_set.undo_of_id is None:
        words = ngettext(
            "%(n)s record was put into the trash.", "%(n)s records were put into the trash.", found.n
        )
    else:
        words = ngettext(
            "%(n)s created record was put into the trash.",
            "%(n)s created records were put into the trash.",
            found.n,
        )
    return words % {"n": found.text}


def _row(row: dict[str, Any]) -> Row:
    entry = TrashEntry(pk=row["pk"], record=row["record"], at=row["at"])
    along = [f"{words}: {n}" for words, n in described_counts(row["counts"])]
    return Row(
        row["pk"],
        kind_of(row["record"]).words(1),
        row["title"],
        entry.get_absolute_url(),
        ", ".join(along[:CONTENTS]) + (" …" if len(along) > CONTENTS else ""),
        row["by__name"],
        moment_text(row["at"]),
        row["reason"],
        _day(entry.kept_until),
    )


def _day(moment: Any) -> str:
    return str(date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT"))


def _key(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0
