"""Taking a merge back within thirty days: what moved goes back, and what was edited since is compared three ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts import facts
from accounts.merging import beside
from accounts.merging.fields import plain_fields
from accounts.merging.ledger import move_back, put_back, row_of, settle
from accounts.merging.movers import mover_for, movers_of
from accounts.merging.verb import MODELS, check_references, keep_derived, lock_rows
from accounts.models import Absorbed, Account, Merge
from accounts.relations import holdings
from changes.models import ChangeKind, ChangeSet
from changes.recording import recording
from changes.restoring import counts
from changes.undoing import leave_to
from foundation.errors import Refused
from foundation.facts import tell

DAYS = 30
BEFORE = "before"
Returned = dict[str, dict[int, list[int]]]  # {model: {absorbed record: rows that went back to it}}


@dataclass(frozen=True)
class Difference:
    """A field of the survivor that the merge changed: what stood there, what the merge left, what stands there now."""

    name: str
    before: Any
    left: Any
    now: Any

    @property
    def is_conflict(self) -> bool:
        return bool(self.now != self.left and self.now != self.before)


def until(done: Merge) -> datetime:
    return done.merged_at + timedelta(days=DAYS)


def differences(done: Merge) -> list[Difference]:
    """What the merge changed of the survivor's own fields; conflicts are those edited since."""
    model = MODELS[done.kind]
    if not model._base_manager.filter(pk=done.survivor_id).exists():
        return []
    now = row_of(model, done.survivor_id)
    found = []
    for name in _names(model, done):
        parts = [_part(row, name) for row in (done.before, done.after, now)]
        if parts[0] != parts[1]:
            found.append(Difference(name, *parts))
    return found


def refusal(done: Merge, at: datetime) -> str:
    """Why it cannot be taken back; empty where it can."""
    if done.undone_at is not None:
        return _("This merge was taken back already.")
    if at > until(done):
        return _("A merge can be taken back for 30 days. This one is older.")
    later = Absorbed.objects.filter(kind=done.kind, record_id=done.survivor_id, merge__undone_at=None)
    if later.exists():
        return _("“%(name)s” was merged into another one later. Take that merge back first.") % {
            "name": done.name
        }
    if not MODELS[done.kind]._base_manager.filter(pk=done.survivor_id).exists():
        return _("“%(name)s” is no longer there.") % {"name": done.name}
    return ""


def register() -> None:
    """The page of change-sets leaves merges to this room."""
    leave_to(ChangeKind.MERGE, take_back)


def take_back(changes: ChangeSet, *, by: Any, at: datetime) -> ChangeSet:
    """Undo a merge known by its change-set: by whoever made it, or an administrator."""
    changes.refuse_undo(by, at)
    return Merge.objects.get(change_set=changes).undo(by=by, at=at)


def undo(done: Merge, choices: Mapping[str, str], *, by: Any, at: datetime) -> ChangeSet:
    """Choices are {field: "before"} for conflicts that go back too; the others keep what was written since."""
    with transaction.atomic():
        done = Merge.objects.select_for_update().get(pk=done.pk)
        if why := refusal(done, at):
            raise Refused(why)
        title = _("Undo: %(title)s") % {"title": done.change_set}
        made = ChangeSet.begin(ChangeKind.UNDO, title=title, by=by, at=at, undo_of=done.change_set)
        with recording(made):
            _undo(done, choices, by=by, at=at)
        records = counts(made)
        made.done = sum(records.values())
        made.finish(records, by=by, at=at)
    return made


def _undo(done: Merge, choices: Mapping[str, str], *, by: Any, at: datetime) -> None:
    model = MODELS[done.kind]
    lock_rows(done.kind, [done.survivor_id])
    survivor = model.objects.select_for_update(of=("self",)).get(pk=done.survivor_id)
    absorbed = list(done.absorbed.order_by("record_id").values_list("record_id", flat=True))
    changes = _going_back(done, choices)
    _restore_absorbed(done, model)
    was_called = survivor.name
    _give_fields_back(survivor, changes, done)
    returned = _move_back(done, absorbed)
    _take_along(done, returned)
    _finish(survivor, absorbed)
    for mover in movers_of(done.kind):
        rows = [key for ids in returned.get(mover.model.lower(), {}).values() for key in ids]
        settle(mover, rows, survivor.pk, is_renamed=survivor.name != was_called)
    done.undone_at, done.undone_by = at, by
    done.save(update_fields=["undone_at", "undone_by"])
    tell(_fact(done, survivor, absorbed), by=by, at=at)
    check_references()


def _names(model: Any, done: Merge) -> list[str]:
    names = [each.attname for each in plain_fields(model)]
    names += [name for name in ("roles", "created_at", "last_event_at") if name in done.before]
    custom = {*done.before.get("custom", {}), *done.after.get("custom", {})}
    return [*names, *(f"custom.{key}" for key in sorted(custom))]


def _part(row: Mapping[str, Any], name: str) -> Any:
    column, dot, key = name.partition(".")
    return row.get("custom", {}).get(key) if dot else row.get(column)


def _going_back(done: Merge, choices: Mapping[str, str]) -> dict[str, Any]:
    return {
        each.name: each.before
        for each in differences(done)
        if not each.is_conflict or choices.get(each.name) == BEFORE
    }


def _restore_absorbed(done: Merge, model: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT jsonb_agg(row)::text FROM accounts_absorbed WHERE merge_id = %s", [done.pk])
        (rows,) = cursor.fetchone()  # type: ignore[misc]
    back = put_back(model, rows)
    if len(back) != done.absorbed.count():
        raise Refused(_("What they belonged to is gone: this merge can no longer be taken back."))
    model.objects.filter(pk__in=back).update(version=F("version") + 1)


def _give_fields_back(survivor: Any, changes: Mapping[str, Any], done: Merge) -> None:
    for name, value in changes.items():
        column, dot, key = name.partition(".")
        if dot:
            survivor.custom.pop(key, None)
            survivor.custom |= {} if value is None else {key: value}
            continue
        field = survivor._meta.get_field(column)
        target = field.target_field if field.is_relation else field
        if field.is_relation and value is not None:
            value = value if field.related_model._base_manager.filter(pk=value).exists() else None
        setattr(survivor, field.attname, None if value is None else target.to_python(value))
    if isinstance(survivor, Account):
        came = set(done.after["team_ids"]) - set(done.before["team_ids"])
        owner = {survivor.owner_id} if survivor.owner_id else set()
        survivor.team_ids = sorted((set(survivor.team_ids) - came) | owner)
    survivor.version += 1
    survivor.save()


def _move_back(done: Merge, absorbed: list[int]) -> Returned:
    steps = done.moves.annotate(text=Cast("rows", TextField())).order_by("-pk")
    returned: Returned = {}
    for step in steps:
        mover = mover_for(done.kind, step.model, step.field)
        if step.model == beside.TIMELINE:
            beside.take_timeline_back(step, done, absorbed)
        elif step.field == beside.PREFERRED:
            beside.prefer_again(step)
        elif step.field.startswith("custom."):
            beside.redirect_back(step, _model(step.model), done.survivor_id)
        elif step.ids and mover is not None:
            back = move_back(mover, step, done.survivor_id)
            returned.setdefault(step.model.lower(), {}).setdefault(step.from_id, []).extend(back)
        elif step.text != "[]":
            put_back(_model(step.model), step.text)
    return returned


def _take_along(done: Merge, returned: Returned) -> None:
    """What was added since about a deal or a contact that went back goes with it: it is about the same client."""
    for mover in movers_of(done.kind):
        for name, model in mover.companions():
            for from_id, keys in returned.get(model, {}).items():
                rows = mover.of([done.survivor_id]).filter(**{f"{name}__in": keys})
                if name != "deal" and any(each == "deal" for each, _model in mover.companions()):
                    rows = rows.filter(deal=None)
                rows.update(**{mover.column: from_id})


def _finish(survivor: Any, absorbed: list[int]) -> None:
    if isinstance(survivor, Account):
        # In the order in which their holdings may be read: whoever stands above is there by now.
        holdings.follow_parents([survivor.pk, *absorbed])
        keep_derived([survivor.pk, *absorbed])
    else:
        survivor.account.count_change()
        keep_derived([survivor.account_id])


def _model(label: str) -> Any:
    return apps.get_model(label)


def _fact(done: Merge, survivor: Any, absorbed: list[int]) -> Any:
    names = list(done.absorbed.order_by("record_id").values_list("name", flat=True))
    if done.kind == "account":
        return facts.AccountSeparated(account_id=survivor.pk, others=absorbed, names=names)
    return facts.ContactSeparated(
        account_id=survivor.account_id,
        contact_id=survivor.pk,
        name=survivor.name,
        others=absorbed,
        names=names,
    )
