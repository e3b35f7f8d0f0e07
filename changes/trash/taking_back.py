"""Undoing the making of records: what a change-set created goes into the trash, unless somebody used it since."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from changes import running, undoing
from changes.models import ChangeKind, ChangeSet, Outcome, ResultRow, TrashEntry
from changes.running import Result, add_rows
from changes.trash import verbs
from changes.trash.dependants import Going, gathered
from changes.trash.kinds import is_trashable, kind_of, kinds
from foundation.errors import Refused
from foundation.models import Event, EventSubject
from users.models import User

TRASH, RESTORE = "changes.trash", "changes.restore"


class Taken(NamedTuple):
    """What became of created records that were to be taken away: why some stay, and who used others since."""

    refused: dict[int, str]
    used: dict[int, str]


def register() -> None:
    running.register(TRASH, trash_rows)
    running.register(RESTORE, restore_rows)
    undoing.leave_to(ChangeKind.TRASH, put_set_back)


def take_away(
    record: str, keys: Sequence[int], *, by: Any, at: datetime, undone: ChangeSet, is_decided: bool = False
) -> Taken:
    """Put the records that `undone` created into the trash; those used since only where a person decided so."""
    made = ChangeSet.objects.get(undo_of=undone)
    used = {} if is_decided else used_since(record, keys, undone)
    free = [key for key in keys if key not in used]
    put = verbs.put_many(record, free, by=by, at=at, reason=made.title, change_set=made, is_undo=True)
    return Taken(put.refused, used)


def used_since(record: str, keys: Sequence[int], undone: ChangeSet) -> dict[int, str]:
    """{record: by whom}: something happened to it after the change-set, or hangs on it that the set did not make."""
    kind = kind_of(record)
    used = _by_others(kind.model, gathered(kind.model, keys), undone)
    subjects = EventSubject.objects.filter(
        kind=kind.subject, subject_id__in=keys, at__gt=undone.finished_at or undone.at
    ).order_by()
    record_of = dict(subjects.values_list("event_id", "subject_id"))
    robots = User.objects.filter(is_robot=True).values("pk")
    events = Event.objects.filter(pk__in=record_of).exclude(actor_id__in=robots).order_by("pk")
    for event_id, name in events.values_list("pk", "actor_name"):
        used[record_of[event_id]] = _("%(name)s used it since.") % {"name": name}
    return used


def put_set_back(change_set: ChangeSet, *, by: Any, at: datetime) -> ChangeSet:
    """Undo a bulk deletion: everything of it that still lies in the trash comes back."""
    with undoing.beginning(change_set, work=RESTORE, by=by, at=at) as made:
        entries = TrashEntry.objects.own().filter(change_set=change_set).order_by("pk")
        for kind in sorted(kinds(), key=lambda each: each.order):
            rows = list(entries.filter(record=kind.record).values_list("record_id", "title"))
            add_rows(made, kind.record, rows)
            made.total += len(rows)
    return made


def trash_many(
    record: str, rows: Sequence[tuple[int, str]], *, title: str, reason: str, by: Any, at: datetime
) -> ChangeSet:
    """Put these records (key, title) into the trash as one change-set: at once where they are few, else by a worker."""
    if not rows:
        raise Refused(_("Choose something first."))
    said = {"reason": reason}
    made = ChangeSet.begin(ChangeKind.TRASH, title=title, by=by, at=at, work=TRASH, arguments=said)
    add_rows(made, record, rows)
    made.total = len(rows)
    made.save(update_fields=["total"])
    running.start(made, by=by, at=at)
    return made


def trash_rows(made: ChangeSet, rows: Sequence[ResultRow], *, by: Any, at: datetime) -> list[Result]:
    """A batch of a bulk deletion, as far as the person's right reaches."""
    results = []
    for record in dict.fromkeys(row.record for row in rows):
        kind, mine = kind_of(record), [row for row in rows if row.record == record]
        seen = kind.model._default_manager.filter(pk__in=[row.object_id for row in mine])
        reached = seen.visible_to(by, kind.right) if by.may(kind.right) else seen.none()
        able = set(reached.order_by().values_list("pk", flat=True))
        put = verbs.put_many(
            record, sorted(able), by=by, at=at, reason=made.arguments["reason"], change_set=made
        )
        gone = {entry.record_id for entry in put.entries}
        for row in mine:
            why = put.refused.get(row.object_id) or _("You may not delete it.")
            is_done = row.object_id in gone
            results.append(Result(row.pk) if is_done else Result(row.pk, Outcome.SKIPPED, why))
    return results


def restore_rows(made: ChangeSet, rows: Sequence[ResultRow], *, by: Any, at: datetime) -> list[Result]:
    """A batch of undoing one."""
    entries = TrashEntry.objects.own().filter(change_set=made.undo_of)
    entry_of = {(each.record, each.record_id): each for each in entries}
    lying = {row.pk: entry_of.get((row.record, row.object_id)) for row in rows}
    put = verbs.restore_many([entry.pk for entry in lying.values() if entry], by=by, at=at)
    results = []
    for row in rows:
        entry = lying[row.pk]
        why = put.refused.get(entry.pk, "") if entry else _("It is not in the trash any more.")
        results.append(Result(row.pk, Outcome.SKIPPED, why) if why else Result(row.pk))
    return results


def lies_with(made: ChangeSet, record: str, keys: Sequence[int]) -> set[int]:
    """Those of the records that went into the trash in this change-set, for their own sake or along."""
    if not keys or not is_trashable(record):
        return set()
    entries = TrashEntry.objects.filter(change_set=made, record=record, record_id__in=keys)
    return set(entries.order_by().values_list("record_id", flat=True))


def _by_others(model: Any, going: Going, undone: ChangeSet) -> dict[int, str]:
    """Records that something hangs on whose history does not begin in the change-set."""
    used = {}
    for other, rows in going.rows.items():
        history = getattr(other, "pgh_event_models", {}).get("insert")
        if other is model or history is None:
            continue
        begun = history._base_manager.filter(pgh_context=undone.context, pgh_obj__in=rows, pgh_label="insert")
        ours = set(begun.values_list("pgh_obj_id", flat=True))
        words = other._meta.verbose_name_plural
        for key, root in rows.items():
            if key not in ours:
                used[root] = _("It has %(words)s now that these changes did not make.") % {"words": words}
    return used
