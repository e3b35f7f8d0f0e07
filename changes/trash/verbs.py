"""Into the trash and out of it. A record goes with everything that hangs on it, and exactly that comes back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from changes.models import ChangeSet, KeptRows, TrashEntry
from changes.trash import keeping
from changes.trash.dependants import Going, gathered, lock
from changes.trash.kinds import Trashable, forgetting, kind_of, kind_of_model, kinds, minding
from foundation.copying import prepare_triggers
from foundation.errors import Refused
from foundation.telling import tell_many

LONGEST_REASON = 200
BATCH = 200


@dataclass
class Put:
    """What became of the records that were to go: their entries, and why others stay."""

    entries: list[TrashEntry] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def put_in_trash(record: Any, *, by: Any, at: datetime, reason: str = "") -> TrashEntry:
    """Put one record into the trash with what hangs on it. Refused where it may not go."""
    kind = kind_of_model(type(record))
    assert kind is not None
    put = put_many(kind.record, [record.pk], by=by, at=at, reason=reason)
    if put.refused:
        raise Refused(put.refused[record.pk])
    return put.entries[0]


def put_many(
    record: str,
    keys: Sequence[int],
    *,
    by: Any,
    at: datetime,
    reason: str = "",
    change_set: ChangeSet | None = None,
    is_undo: bool = False,
) -> Put:
    """Many of one kind, in a few statements; what may not go stays, with the reason. An undo takes along what it
    finds without asking for the rights to that: whoever made it all may take it all back."""
    kind, put = kind_of(record), Put()
    with transaction.atomic():
        lock(gathered(kind.model, keys))
        there = set(kind.model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
        put.refused = {key: _("It is gone.") for key in keys if key not in there}
        # Gathered again under the locks: whoever was adding something has done so, and nobody can add more.
        going = gathered(kind.model, sorted(there))
        put.refused |= _objections(kind, going, None if is_undo else by)
        if put.refused.keys() & there:
            going = gathered(kind.model, sorted(there - put.refused.keys()))
        if going.roots():
            told = {"by": by, "at": at, "reason": _short(reason), "change_set": change_set}
            entries = _entries(kind, going, told)
            for each in kinds():
                leaving = sorted(going.rows.get(each.model, ()))
                if leaving:
                    each.leaving(leaving)
            payloads = {entry.pk: payload for entry, payload in entries}
            keeping.keep(
                going, {entry.record_id: entry.pk for entry, _p in entries if entry.along_with_id is None}
            )
            _check_references()
            tell_many(
                ((kind_of(each.record).trashed(each, payloads[each.pk]), at) for each, _p in entries), by=by
            )
            put.entries = [entry for entry, _payload in entries if entry.along_with_id is None]
    return put


def restore(entry: TrashEntry, *, by: Any, at: datetime) -> Any:
    """Take a record out of the trash with all that went along. Refused where what it belongs to is gone."""
    put = _restored([entry.top_id], by=by, at=at)
    if put.refused:
        raise Refused(put.refused[entry.top_id])
    held = put.entries[0]
    return kind_of(held.record).model._base_manager.get(pk=held.record_id)


def restore_many(keys: Sequence[int], *, by: Any, at: datetime) -> Put:
    """Several entries, in a few statements; clients before their contacts and deals. What cannot come back stays,
    with the reason ({entry: why})."""
    put = Put()
    found = list(TrashEntry.objects.own().filter(pk__in=keys).order_by("pk"))
    put.refused = {entry.pk: why for entry in found if (why := objection_to_restore(entry, by))}
    for kind in reversed(kinds()):
        same = [entry.pk for entry in found if entry.record == kind.record and entry.pk not in put.refused]
        if same:
            done = _restored(same, by=by, at=at)
            put.entries += done.entries
            put.refused |= done.refused
    return put


def _restored(keys: Sequence[int], *, by: Any, at: datetime) -> Put:
    """Entries of one kind, as many as can come back."""
    put = Put()
    with transaction.atomic():
        found = TrashEntry.objects.own().select_for_update().filter(pk__in=keys).order_by("pk")
        held = {entry.pk: entry for entry in found}
        gone = _("It is not in the trash any more: somebody was quicker.")
        put.refused = {key: gone for key in keys if key not in held}
        put.refused |= _waiting(held)
        _drop(held, put.refused)
        _reconnect(held)
        while held:
            with transaction.atomic():
                absent = _inserted(held)
                if not absent:
                    break
                transaction.set_rollback(True)
            put.refused |= absent
            _drop(held, absent)
        if held:
            _come_back(held, by=by, at=at)
        put.entries = list(held.values())
    return put


def _inserted(held: Mapping[int, TrashEntry]) -> dict[int, str]:
    """Insert their rows; {entry: why} of those whose record itself found no place."""
    prepare_triggers()
    keeping.put_back(list(held), _labels(held))
    kind = kind_of(next(iter(held.values())).record)
    wanted = [entry.record_id for entry in held.values()]
    there = set(kind.model._base_manager.filter(pk__in=wanted).values_list("pk", flat=True))
    why = _("“%(title)s” cannot be put back: what it belonged to is gone.")
    return {entry.pk: why % {"title": entry.title} for entry in held.values() if entry.record_id not in there}


def _come_back(held: Mapping[int, TrashEntry], *, by: Any, at: datetime) -> None:
    """Names, sums and facts of rows that are back; their entries go."""
    keeping.point_back(list(held))
    entries = [*held.values(), *TrashEntry.objects.filter(along_with__in=held).order_by("pk")]
    back = defaultdict(list)
    for each in entries:
        back[each.record].append(each.record_id)
    for kind in kinds():
        if kind.record in back:
            kind.returned(sorted(back[kind.record]))
    _check_references()
    payloads = {record: _payloads(kind_of(record), keys) for record, keys in back.items()}
    told = [
        (kind_of(each.record).restored(each, payloads[each.record][each.record_id]), at)
        for each in entries
        if each.record_id in payloads[each.record]
    ]
    TrashEntry.objects.filter(pk__in=held).delete()
    tell_many(told, by=by)


def objection_to_restore(entry: TrashEntry, person: Any) -> str:
    """Why this person may not take it out: they did not put it there, and their right does not reach it."""
    kind = kind_of(entry.record)
    if entry.by_id == person.pk or (
        person.may(kind.right) and person.reach(kind.right).covers(entry.team_ids)
    ):
        return ""
    return _("Only whoever put it there or may delete it can take it out of the trash.")


def empty_trash(*, at: datetime) -> int:
    """Remove for good what lies there longer than ninety days, a batch after the other; how many there were."""
    gone = 0
    while True:
        with transaction.atomic():
            old = TrashEntry.objects.overdue(at).select_for_update(skip_locked=True).order_by("at", "pk")
            keys = [entry.pk for entry in old[:BATCH]]
            for label, forget in forgetting().items():
                rows = KeptRows.objects.filter(entry__in=keys, model=label, field="").order_by("pk")
                for kept in rows.values_list("rows", flat=True).iterator():
                    forget(kept)
            TrashEntry.objects.filter(pk__in=keys).delete()
        gone += len(keys)
        if len(keys) < BATCH:
            return gone


def _objections(kind: Trashable, going: Going, by: Any) -> dict[int, str]:
    """{record: why it stays}: a room minds, or what would go along is not this person's to delete."""
    found: dict[int, str] = {}
    for each in kinds():
        rows = going.rows.get(each.model, {})
        minded = each.objections(sorted(rows)) if rows else {}
        found |= {rows[key]: why for key, why in minded.items()}
    for label, objections in minding().items():
        rows = going.rows.get(apps.get_model(label), {})
        minded = objections(sorted(rows)) if rows else {}
        found |= {rows[key]: why for key, why in minded.items()}
    if by is None:
        return found
    for each in kinds():
        along = going.along(each)
        if not along:
            continue
        seen = (
            each.model._default_manager.filter(pk__in=along).visible_to(by, each.right)
            if by.may(each.right)
            else ()
        )
        able = {record.pk for record in seen}
        left: dict[int, int] = defaultdict(int)
        for key, root in along.items():
            if key not in able:
                left[root] += 1
        for root, n in left.items():
            why = ngettext(
                "%(n)d of its %(words)s is not yours to delete. Ask whoever is responsible for it.",
                "%(n)d of its %(words)s are not yours to delete. Ask whoever is responsible for them.",
                n,
            )
            found[root] = why % {"n": n, "words": each.words()}
    return found


def _entries(
    kind: Trashable, going: Going, told: Mapping[str, Any]
) -> list[tuple[TrashEntry, dict[str, Any]]]:
    """Entries of the records, then of those that go along, with what their facts say."""
    counts = going.counts()
    found = []
    payloads = _payloads(kind, going.roots())
    for key, payload in payloads.items():
        entry = TrashEntry(
            record=kind.record, record_id=key, title=payload["title"][:200], team_ids=payload["team_ids"],
            counts=counts.get(key, {}), **told,
        )  # fmt: skip
        found.append((entry, payload))
    TrashEntry.objects.bulk_create([entry for entry, _payload in found], batch_size=1_000)
    top = {entry.record_id: entry for entry, _payload in found}
    along = []
    for each in kinds():
        rows = going.along(each)
        for key, payload in _payloads(each, rows).items():
            entry = TrashEntry(
                record=each.record, record_id=key, title=payload["title"][:200], team_ids=payload["team_ids"],
                along_with=top[rows[key]], **told,
            )  # fmt: skip
            along.append((entry, payload))
    TrashEntry.objects.bulk_create([entry for entry, _payload in along], batch_size=1_000)
    return found + along


def _payloads(kind: Trashable, keys: Any) -> dict[int, dict[str, Any]]:
    """What facts and entries say of records: their title, who sees them, their client."""
    found = {}
    records = (
        kind.model._base_manager.select_related(*kind.beside) if kind.beside else kind.model._base_manager
    )
    for record in records.filter(pk__in=list(keys)).order_by("pk"):
        payload: dict[str, Any] = {"title": str(record), "team_ids": kind.team_of(record)}
        payload["account_id"] = getattr(record, "account_id", record.pk)
        for name in ("contact_id", "deal_id", "owner_id", *kind.names):
            payload[name] = getattr(record, name, None)
        found[record.pk] = payload
    return found


def _waiting(held: Mapping[int, TrashEntry]) -> dict[int, str]:
    """{entry: why not} of those whose record belongs to another that lies in the trash itself."""
    found: dict[int, str] = {}
    if not held:
        return found
    model = kind_of(next(iter(held.values())).record).model
    for column, kind in _named_kinds(model):
        if column.related_model is model:
            continue
        for entry, key in keeping.missing(list(held), model, column):
            lying = TrashEntry.objects.filter(record=kind.record, record_id=key).first()
            if lying is not None:
                said = {"title": lying.title, "words": kind.words(1)}
                found[entry] = _("“%(title)s” is in the trash too (%(words)s): restore it first.") % said
    return found


def _reconnect(held: Mapping[int, TrashEntry]) -> None:
    """What rows name is found where it went by a merge; rows that name what lies in the trash come back with that."""
    entries = list(held)
    with_them = TrashEntry.objects.filter(Q(pk__in=entries) | Q(along_with__in=entries))
    mine = set(with_them.values_list("record", "record_id"))
    for label in sorted(_labels(held)):
        model = apps.get_model(label)
        for column, kind in _named_kinds(model):
            keys = {key for _entry, key in keeping.missing(entries, model, column)}
            for key in sorted(key for key in keys if (kind.record, key) not in mine):
                lying = TrashEntry.objects.filter(record=kind.record, record_id=key).first()
                into = kind.moved_to(key) if lying is None else None
                if lying is not None:
                    keeping.hand_over(entries, model, column, key, lying.top_id)
                elif into is not None:
                    keeping.rename(entries, model, column.column, key, into)


def _named_kinds(model: Any) -> list[tuple[Any, Trashable]]:
    """The columns in which rows of a model name records that can lie in the trash."""
    named = [
        (each, kind_of_model(each.related_model)) for each in model._meta.concrete_fields if each.is_relation
    ]
    return [(column, kind) for column, kind in named if kind is not None and not kind.is_part]


def _labels(held: Mapping[int, TrashEntry]) -> set[str]:
    rows = KeptRows.objects.filter(entry__in=held, field="").order_by()
    return set(rows.values_list("model", flat=True).distinct())


def _drop(held: dict[int, TrashEntry], refused: Mapping[int, str]) -> None:
    for key in refused:
        held.pop(key, None)


def _short(reason: str) -> str:
    return " ".join(reason.replace("\x00", "").split())[:LONGEST_REASON]


def _check_references() -> None:
    """Whoever still names a record that is gone is found now and not when all is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
