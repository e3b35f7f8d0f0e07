"""Undoing a change-set: what still stands as it left it is put back; what somebody changed since is a conflict.

The undo is a change-set of its own, with a row for each record. Conflicts are left alone until a person chooses.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from changes import running
from changes.models import ChangeKind, ChangeSet, Outcome, ResultRow
from changes.recording import recording
from changes.restoring import REAL, RecordChange, Restorer, allowed_keys, compared, restorer_of, restorers
from changes.running import Result
from changes.trash.kinds import is_trashable
from foundation.errors import Refused

WORK = "changes.undo"
RECORD = (
    "record"  # the field in conflict where it is the record itself, made by what is undone and used since
)

# In the order they were changed, which is the order in which neighbours share most.
ADD_ROWS = (
    """
    INSERT INTO changes_resultrow (change_set_id, record, object_id, title, outcome, reason, fields)
    SELECT %s::bigint, %s, step.pgh_obj_id, '', 'todo', '', '{{}}'::varchar[]"""
    + REAL
    + " GROUP BY step.pgh_obj_id ORDER BY min(step.pgh_id)"
)


# Kinds of changes whose rooms undo them by verbs of their own: what moved goes back, not fields alone.
_by_rooms: dict[str, Callable[..., ChangeSet]] = {}


def leave_to(kind: str, take_back: Callable[..., ChangeSet]) -> None:
    """`take_back(change_set, by=, at=)` undoes changes of this kind and gives the change-set of the undo."""
    _by_rooms[kind] = take_back


def register() -> None:
    running.register(WORK, put_back_rows)


def undo(change_set: ChangeSet, *, by: Any, at: datetime) -> ChangeSet:
    """Put everything back that nobody changed since. Refused to a second one, to strangers and after thirty days."""
    if take_back := _by_rooms.get(change_set.kind):
        return take_back(change_set, by=by, at=at)
    return put_back(change_set, by=by, at=at)


def put_back(change_set: ChangeSet, *, by: Any, at: datetime) -> ChangeSet:
    """The undo itself, for rooms that have more to take back than records."""
    with beginning(change_set, work=WORK, by=by, at=at) as made:
        made.total = sum(_add_rows(made, change_set, restorer) for restorer in restorers())
    return made


@contextmanager
def beginning(change_set: ChangeSet, *, work: str, by: Any, at: datetime) -> Iterator[ChangeSet]:
    """The change-set of an undo, carried out after the block, which adds its rows and says their `total`."""
    with transaction.atomic():
        held = ChangeSet.objects.select_for_update(of=("self",)).select_related("by").get(pk=change_set.pk)
        held.refuse_undo(by, at)
        title = _("Undo: %(title)s") % {"title": held.title}
        made = ChangeSet.begin(ChangeKind.UNDO, title=title, by=by, at=at, work=work, undo_of=held)
        yield made
        if not made.total:
            raise Refused(_("Nothing of what these changes did can be put back."))
        made.save(update_fields=["total"])
        running.start(made, by=by, at=at)


def put_back_rows(made: ChangeSet, rows: Sequence[ResultRow], *, by: Any, at: datetime) -> list[Result]:
    """A batch of an undo; `made` is the undo."""
    assert made.undo_of is not None
    of_kind: dict[str, list[ResultRow]] = defaultdict(list)
    for row in rows:
        of_kind[row.record].append(row)
    results = []
    for record, same in of_kind.items():
        results += _put_back_same(restorer_of(record), made.undo_of, same, by=by, at=at)
    return results


def resolve(made: ChangeSet, choices: Mapping[int, Collection[str]], *, by: Any, at: datetime) -> int:
    """Put these fields of these rows ({row: fields}) back over what stands there now; how many rows were."""
    with transaction.atomic():
        held = ChangeSet.objects.select_for_update(of=("self",)).select_related("undo_of").get(pk=made.pk)
        if held.undo_of is None or not held.is_finished:
            raise Refused(_("There are no conflicts to decide here."))
        if held.by_id != by.pk and not by.may("admin.configure"):
            raise Refused(_("Only whoever undid these changes or an administrator may decide that."))
        rows = ResultRow.objects.select_for_update().filter(
            change_set=held, outcome=Outcome.CONFLICT, pk__in=choices
        )
        done = 0
        with recording(held):
            for row in rows.order_by("pk"):
                done += _resolve(held, row, set(choices[row.pk]) & set(row.fields), by=by, at=at)
    return done


def _resolve(made: ChangeSet, row: ResultRow, names: set[str], *, by: Any, at: datetime) -> int:
    assert made.undo_of is not None
    restorer = restorer_of(row.record)
    if row.fields == [RECORD]:
        return _taken_after_all(made, row, by=by, at=at) if names else 0
    change = compared(restorer, made.undo_of, [row.object_id], is_locked=True).get(row.object_id)
    if change is None or not names:
        return 0
    able = _able(restorer, [row.object_id], names, by)
    values = {
        each.name: each.before
        for each in change.fields
        if each.name in names and row.object_id in able[restorer.right_for(each.name)]
    }
    if not values:
        raise Refused(_("You may not change what stands there."))
    refused = restorer.put_back({row.object_id: values}, by=by, at=at, undone=made.undo_of)
    if refused:
        raise Refused(refused[row.object_id])
    return _resolved(made, row, values)


def _taken_after_all(made: ChangeSet, row: ResultRow, *, by: Any, at: datetime) -> int:
    """Somebody used what these changes made, and a person decided that it goes into the trash all the same."""
    assert made.undo_of is not None
    taken = taking_back().take_away(
        row.record, [row.object_id], by=by, at=at, undone=made.undo_of, is_decided=True
    )
    if taken.refused:
        raise Refused(taken.refused[row.object_id])
    return _resolved(made, row, {RECORD})


def _resolved(made: ChangeSet, row: ResultRow, names: Collection[str]) -> int:
    row.fields = [name for name in row.fields if name not in names]
    if not row.fields:
        row.outcome = Outcome.DONE
        made.count_resolved()
    row.save(update_fields=["fields", "outcome"])
    return 1


def _put_back_same(
    restorer: Restorer, undone: ChangeSet, rows: Sequence[ResultRow], *, by: Any, at: datetime
) -> list[Result]:
    keys = [row.object_id for row in rows]
    changes = compared(restorer, undone, keys, is_locked=True)
    names = {each.name for change in changes.values() for each in change.fields}
    able = _able(restorer, keys, names, by)
    made_in_it = [key for key, change in changes.items() if change.is_new and not change.is_gone]
    taken = _take_away(restorer, made_in_it, by=by, at=at, undone=undone)
    refused = dict(taken.refused)
    wanted: dict[int, dict[str, Any]] = {}
    for key, change in changes.items():
        if change.is_new:
            continue
        values = {
            each.name: each.before
            for each in change.fields
            if not each.is_conflict and not each.is_back and key in able[restorer.right_for(each.name)]
        }
        if values:
            wanted[key] = values
    if wanted:
        refused |= restorer.put_back(wanted, by=by, at=at, undone=undone)
    made = rows[0].change_set
    gone = [key for key in keys if key not in changes or changes[key].is_gone]
    lying = taking_back().lies_with(made, restorer.record, gone)
    return [
        _made_result(row, taken.used, lying)
        or _result(row, restorer, changes.get(row.object_id), able, refused)
        for row in rows
    ]


def _made_result(row: ResultRow, used: Mapping[int, str], lying: Collection[int]) -> Result | None:
    """Of a record that the undone changes made: used since, or in the trash already along with another."""
    if row.object_id in used:
        return Result(row.pk, Outcome.CONFLICT, used[row.object_id], (RECORD,))
    return Result(row.pk) if row.object_id in lying else None


def _result(
    row: ResultRow,
    restorer: Restorer,
    change: RecordChange | None,
    able: Mapping[str, set[int]],
    refused: Mapping[int, str],
) -> Result:
    key = row.object_id
    if change is None or change.is_gone:
        return Result(row.pk, Outcome.SKIPPED, _("It is gone."))
    if key in refused:
        return Result(row.pk, Outcome.SKIPPED, refused[key])
    if not change.is_known:
        return Result(row.pk, Outcome.SKIPPED, _("Nothing says what stood there before."))
    conflicts = tuple(
        each.name for each in change.fields if each.is_conflict and each.name not in restorer.hidden
    )
    if conflicts and not change.is_new:
        return Result(row.pk, Outcome.CONFLICT, _("Somebody changed it since."), conflicts)
    shown = [each for each in change.fields if not each.is_back and each.name not in restorer.hidden]
    if not change.is_new and any(key not in able[restorer.right_for(each.name)] for each in shown):
        return Result(row.pk, Outcome.SKIPPED, _("You may not change it."))
    return Result(row.pk)


def _take_away(restorer: Restorer, keys: Sequence[int], *, by: Any, at: datetime, undone: ChangeSet) -> Any:
    """Undo the making of records: into the trash, where records of their kind go there."""
    back = taking_back()
    if not keys:
        return back.Taken({}, {})
    if not is_trashable(restorer.record):
        said = _("It was made by these changes; making it cannot be undone.")
        return back.Taken(dict.fromkeys(keys, said), {})
    return back.take_away(restorer.record, keys, by=by, at=at, undone=undone)


def taking_back() -> Any:
    """The trash undoes what makes records; it asks this file for the rest."""
    from changes.trash import taking_back as back

    return back


def _able(restorer: Restorer, keys: Sequence[int], names: Iterable[str], by: Any) -> dict[str, set[int]]:
    """By right: the records this person may do it to."""
    rights = {restorer.right_for(name) for name in names}
    return {right: allowed_keys(restorer, keys, by, right) for right in rights}


def _add_rows(made: ChangeSet, undone: ChangeSet, restorer: Restorer) -> int:
    with connection.cursor() as cursor:
        cursor.execute(restorer.filled_in(ADD_ROWS), [made.pk, restorer.record, undone.context])
        return cursor.rowcount
