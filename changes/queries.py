"""What the pages of change-sets show."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from changes.models import ChangeKind, ChangeSet, ChangeState, Outcome, ResultRow
from changes.restoring import (
    FieldChange,
    RecordChange,
    Restorer,
    allowed_keys,
    changed_keys,
    compared,
    restorer_of,
    words_of,
)
from changes.undoing import RECORD
from foundation.keyset import Page, keyset_page
from foundation.money import number_text

SIZE = 50
RECORDS = 25
FIELDS = (
    "pk", "title", "kind", "state", "at", "by__name", "done", "skipped", "conflicts", "total", "undone_by__pk",
)  # fmt: skip
STATE_TAGS = {
    "queued": "tag tag-info",
    "running": "tag tag-info",
    "done": "tag tag-good",
    "failed": "tag tag-bad",
}


class Row(NamedTuple):
    pk: int
    title: str
    kind: str
    by: str
    at: str
    state: str
    state_css: str
    done: str
    left_out: str
    is_undone: bool


class ShownField(NamedTuple):
    """A field in words. `conflict` is what stands there now, where somebody changed it since."""

    name: str
    label: str
    before: str
    left: str
    conflict: str = ""


@dataclass
class ShownRecord:
    pk: int
    title: str
    url: str
    note: str = ""
    row_id: int = 0
    fields: list[ShownField] = field(default_factory=list)


class Tab(NamedTuple):
    record: str
    title: str
    n: str
    is_current: bool


def sets_page(sets: Any, cursor: str | None) -> Page:
    """A page of change-sets, newest first; one statement."""
    page = keyset_page(sets.values(*FIELDS), order=("-pk",), cursor=cursor, size=SIZE)
    return page._replace(rows=[_row(row) for row in page.rows])


def _row(row: dict[str, Any]) -> Row:
    left_out = row["skipped"] + row["conflicts"]
    return Row(
        row["pk"],
        row["title"],
        str(ChangeKind(row["kind"]).label),
        row["by__name"],
        moment_text(row["at"]),
        str(ChangeState(row["state"]).label),
        STATE_TAGS[row["state"]],
        str(row["done"]),
        str(left_out) if left_out else "",
        row["undone_by__pk"] is not None,
    )


def moment_text(at: Any) -> str:
    return str(date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT"))


def tabs(change_set: ChangeSet, said: str | None) -> list[Tab]:
    """Kinds of records it changed; the first one where none is asked for."""
    found = change_set.records
    current = said if said in found else next(iter(found), "")
    return [
        Tab(record, restorer_of(record).title_of(), number_text(n, get_language() or "en"), record == current)
        for record, n in found.items()
    ]


def changed_records(
    change_set: ChangeSet, record: str, after: int, reader: Any
) -> tuple[list[ShownRecord], int]:
    """A page of what it did to records of a kind, and the key to go on after; 0 at the end."""
    restorer, found = restorer_of(record), list[RecordChange]()
    while len(found) <= RECORDS:
        keys = changed_keys(restorer, change_set, after=after, limit=RECORDS + 1)
        if not keys:
            break
        changes, after = compared(restorer, change_set, keys), keys[-1]
        found += [changes[key] for key in keys if changes[key].is_shown(restorer)]
    shown = _shown(restorer, found[:RECORDS], reader)
    return shown, found[RECORDS - 1].pk if len(found) > RECORDS else 0


def conflicts(made: ChangeSet, after: int, reader: Any) -> tuple[list[ShownRecord], int]:
    """Records of an undo that somebody changed since, with what stands there now."""
    if made.undo_of is None:
        return [], 0
    waiting = ResultRow.objects.filter(change_set=made, outcome=Outcome.CONFLICT, pk__gt=after).order_by("pk")
    rows = list(waiting[: RECORDS + 1])
    more, rows = len(rows) > RECORDS, rows[:RECORDS]
    shown: list[ShownRecord] = []
    for record in dict.fromkeys(row.record for row in rows):
        restorer = restorer_of(record)
        row_of = {row.object_id: row for row in rows if row.record == record}
        changes = compared(restorer, made.undo_of, list(row_of))
        for change in changes.values():
            change.fields = [each for each in change.fields if each.name in row_of[change.pk].fields]
        for each in _shown(restorer, list(changes.values()), reader, with_now=True):
            each.row_id = row_of[each.pk].pk
            if row_of[each.pk].fields == [RECORD]:
                was, now = _("was not there"), row_of[each.pk].reason
                each.fields = [ShownField(RECORD, _("the record itself"), was, "", now)]
            shown.append(each)
    return shown, rows[-1].pk if more else 0


def _shown(
    restorer: Restorer, changes: list[RecordChange], reader: Any, *, with_now: bool = False
) -> list[ShownRecord]:
    seen = allowed_keys(restorer, [change.pk for change in changes], reader)
    records = restorer.model._default_manager.in_bulk(seen)
    visible = [change for change in changes if change.pk in seen]
    words = _words(restorer, [each for change in visible for each in _fields(restorer, change)], reader)
    said = iter(words)
    shown = []
    for change in changes:
        if change.pk not in seen:
            why = _("gone, or in the trash") if change.is_gone else _("You may not see this record.")
            shown.append(ShownRecord(change.pk, f"ID{change.pk}", "", why))
            continue
        record = records[change.pk]
        fields = []
        for each in _fields(restorer, change):
            before, left, now = next(said)
            is_conflict = with_now or each.is_conflict
            fields.append(
                ShownField(each.name, restorer.label_of(each.name), before, left, now if is_conflict else "")
            )
        note = _("added") if change.is_new else ""
        shown.append(ShownRecord(change.pk, str(record), record.get_absolute_url(), note, 0, fields))
    return shown


def _fields(restorer: Restorer, change: RecordChange) -> list[FieldChange]:
    return [each for each in change.fields if each.name not in restorer.hidden]


def _words(restorer: Restorer, fields: list[FieldChange], reader: Any) -> list[tuple[str, str, str]]:
    """Before, left and now of each field; all values of one field asked for together."""
    texts: list[tuple[str, str, str]] = [("", "", "")] * len(fields)
    for name in dict.fromkeys(each.name for each in fields):
        places = [place for place, each in enumerate(fields) if each.name == name]
        values = [value for place in places for value in fields[place][1:]]
        said = words_of(restorer, name, values, reader)
        for number, place in enumerate(places):
            texts[place] = (said[number * 3], said[number * 3 + 1], said[number * 3 + 2])
    return texts


def conflict_count(change_set: ChangeSet) -> int:
    """How many records of a set that is not large somebody changed since."""
    found = 0
    for record in change_set.records:
        restorer = restorer_of(record)
        changes = compared(restorer, change_set, changed_keys(restorer, change_set))
        found += sum(
            any(each.is_conflict for each in _fields(restorer, change)) for change in changes.values()
        )
    return found


def skipped_rows(change_set: ChangeSet) -> list[Any]:
    """The first of those left out, with why."""
    rows = ResultRow.objects.filter(change_set=change_set, outcome=Outcome.SKIPPED).order_by("pk")
    return list(rows.values("record", "object_id", "title", "reason")[:RECORDS])


def failed_rows(change_set: ChangeSet) -> Any:
    """(kind, key, title, reason) of everything left out, for a file."""
    rows = ResultRow.objects.filter(
        change_set=change_set, outcome__in=[Outcome.SKIPPED, Outcome.CONFLICT]
    ).order_by("pk")
    return rows.values_list("record", "object_id", "title", "reason").iterator(chunk_size=2_000)


def undo_words(number: int) -> str:
    return ngettext("Undo %(n)s change", "Undo %(n)s changes", number) % {"n": number}
