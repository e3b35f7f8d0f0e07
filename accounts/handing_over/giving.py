"""Carrying a hand-over out, giving it back and taking it back: change-sets whose rows are every record that moves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.handing_over import planning
from accounts.handing_over.facts import AccountEntrusted
from accounts.models.hand_over import HandOver, HandOverPart
from changes import running, undoing
from changes.models import ChangeKind, ChangeSet, Outcome, ResultRow
from changes.restoring import is_restored
from changes.running import Result
from foundation.errors import Refused
from foundation.telling import tell_many
from users.handing_over import Kind, kind_of, kinds

WORK = "accounts.hand_over"


def register() -> None:
    running.register(WORK, give_rows)
    undoing.leave_to(ChangeKind.HAND_OVER, take_back)


def begin(hand_over: HandOver, *, by: Any, at: datetime) -> ChangeSet:
    """The change-set with a row for each record; what came since it was planned is divided the same way."""
    if not planning.divide(hand_over, at=at):
        raise Refused(_("%(name)s has nothing to hand over.") % {"name": hand_over.person.name})
    made = _opened(ChangeKind.HAND_OVER, str(hand_over), {"hand_over": hand_over.pk}, by=by, at=at)
    for kind in kinds():
        rows = kind.of(hand_over.person_id, at).order_by("pk").values_list("pk", kind.title)
        running.add_rows(made, kind.record, rows.iterator(chunk_size=5_000))
    return _counted(made)


def begin_back(hand_over: HandOver, *, by: Any, at: datetime) -> ChangeSet:
    """The same records the other way, as far as they went."""
    title = _("Given back to %(name)s") % {"name": hand_over.person.name}
    kept = {"hand_over": hand_over.pk, "back": True}
    made = _opened(ChangeKind.REASSIGNMENT, title, kept, by=by, at=at)
    went = ResultRow.objects.filter(change_set=hand_over.change_set_id, outcome=Outcome.DONE).order_by("pk")
    for record in list(went.order_by("record").values_list("record", flat=True).distinct()):
        rows = went.filter(record=record).values_list("object_id", "title")
        running.add_rows(made, record, rows.iterator(chunk_size=5_000))
    return _counted(made)


def go_on(made: ChangeSet, *, by: Any, at: datetime) -> None:
    """At once where it is about few, else by a worker."""
    running.start(made, by=by, at=at)


def give_rows(made: ChangeSet, rows: Sequence[ResultRow], *, by: Any, at: datetime) -> list[Result]:
    """A batch: judged again, because owners and rights may have changed since."""
    hand_over = HandOver.objects.select_related("person").get(pk=made.arguments["hand_over"])
    of_kind: dict[str, list[ResultRow]] = defaultdict(list)
    for row in rows:
        of_kind[row.record].append(row)
    results = []
    for record, same in of_kind.items():
        batch = _Batch(hand_over, kind_of(record), same, at, is_back=bool(made.arguments.get("back")))
        results += batch.give(by=by)
    return results


class _Batch:
    """Rows of one kind."""

    def __init__(
        self, hand_over: HandOver, kind: Kind, rows: Sequence[ResultRow], at: datetime, *, is_back: bool
    ) -> None:
        self.at = at
        self.hand_over, self.kind, self.rows, self.is_back = hand_over, kind, rows, is_back
        names = ["pk", "owner_id", *([kind.client] if kind.client else [])]
        found = kind.records(at).filter(pk__in=[row.object_id for row in rows]).order_by("pk")
        self.found = {record["pk"]: record for record in found.values(*dict.fromkeys(names))}
        clients = {each[kind.client] for each in self.found.values()} if kind.client else set()
        self.to_of_client, self.to_of_key = receivers(hand_over, kind.record, clients, list(self.found))

    def give(self, *, by: Any) -> list[Result]:
        able = self._able(by)
        reasons = {key: self._objection(key, able) for key in (row.object_id for row in self.rows)}
        owners = {
            key: self.hand_over.person_id if self.is_back else self._receiver(key)
            for key, reason in reasons.items()
            if not reason
        }
        reasons |= self.kind.give(owners, by=by, at=self.at) if owners else {}
        return [_result(row, reasons.get(row.object_id, "")) for row in self.rows]

    def _able(self, by: Any) -> set[int]:
        if not self.kind.right:
            return set(self.found)
        if not by.may(self.kind.right):
            return set()
        reached = self.kind.records(self.at).filter(pk__in=list(self.found)).visible_to(by, self.kind.right)
        return set(reached.order_by().values_list("pk", flat=True))

    def _objection(self, key: int, able: set[int]) -> str:
        if key not in self.found:
            return _("It was closed meanwhile, or is gone.")
        expected = self._receiver(key) if self.is_back else self.hand_over.person_id
        if self.found[key]["owner_id"] != expected:
            return _("It belongs to somebody else by now.")
        return "" if key in able else _("You may not change it.")

    def _receiver(self, key: int) -> int:
        client = self.found[key][self.kind.client] if self.kind.client else None
        planned = self.to_of_key.get(key) if client is None else self.to_of_client.get(client)
        return planned or self.hand_over.receivers[0]  # it went to another client since the plan was made


def receivers(
    hand_over: HandOver, record: str, clients: Any, keys: Sequence[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Who gets these clients, and who these records that have none."""
    parts = HandOverPart.objects.filter(hand_over=hand_over).order_by()
    of_clients = parts.filter(account__in=[each for each in clients if each is not None])
    of_keys = parts.filter(record=record, object_id__in=keys)
    return (
        {key: to for key, to in of_clients.values_list("account", "to") if key is not None},
        {key: to for key, to in of_keys.values_list("object_id", "to") if key is not None},
    )


def entrust(made: ChangeSet, *, by: Any, at: datetime) -> None:
    """Once all is given: each client that changed hands says so on its timeline, with the dossier behind it."""
    hand_over = HandOver.objects.select_related("person").filter(change_set=made.pk).first()
    if hand_over is None:
        return
    parts = HandOverPart.objects.filter(planning.changed_hands(), hand_over=hand_over, account__isnull=False)
    went = parts.order_by("pk").values_list("account", "to__name").iterator()
    tell_many(
        (
            (
                AccountEntrusted(
                    account_id=account,
                    hand_over_id=hand_over.pk,
                    from_name=hand_over.person.name,
                    to_name=name,
                ),
                at,
            )
            for account, name in went
            if account is not None
        ),
        by=by,
    )


def take_back(change_set: ChangeSet, *, by: Any, at: datetime) -> ChangeSet:
    """Undo: who was shut out may sign in again, and what nobody gave away since goes back."""
    with transaction.atomic():
        hand_over = HandOver.objects.select_for_update(of=("self",)).select_related("person")
        held = hand_over.get(change_set=change_set.pk)
        if held.given_back_id is not None:
            raise Refused(_("It went back already."))
        change_set.refuse_undo(by, at)
        if held.shuts_out:
            held.person.reactivate(by=by, at=at)
        made = undoing.put_back(change_set, by=by, at=at)
        _take_back_untracked(held, made, by=by, at=at)
    made.refresh_from_db()
    return made


def _take_back_untracked(hand_over: HandOver, made: ChangeSet, *, by: Any, at: datetime) -> None:
    """Records without a history, which are few: those that still belong to whoever got them."""
    kept = [kind for kind in kinds() if not is_restored(kind.record)]
    went = ResultRow.objects.filter(change_set=hand_over.change_set_id, outcome=Outcome.DONE)
    for kind in kept:
        rows = list(went.filter(record=kind.record).order_by("pk"))
        if not rows:
            continue
        batch = _Batch(hand_over, kind, rows, at, is_back=True)
        said = {each.row_id: each for each in batch.give(by=by)}
        ResultRow.objects.bulk_create(
            ResultRow(
                change_set=made,
                record=row.record,
                object_id=row.object_id,
                title=row.title,
                outcome=said[row.pk].outcome,
                reason=said[row.pk].reason,
            )
            for row in rows
        )
        done = sum(each.outcome == Outcome.DONE for each in said.values())
        ChangeSet.objects.filter(pk=made.pk).update(
            total=F("total") + len(rows), done=F("done") + done, skipped=F("skipped") + len(rows) - done
        )


def _opened(kind: str, title: str, arguments: Mapping[str, Any], *, by: Any, at: datetime) -> ChangeSet:
    return ChangeSet.begin(kind, title=title, by=by, at=at, work=WORK, arguments=dict(arguments))


def _counted(made: ChangeSet) -> ChangeSet:
    made.total = ResultRow.objects.filter(change_set=made).count()
    if not made.total:
        raise Refused(_("There is nothing to give."))
    made.save(update_fields=["total"])
    return made


def _result(row: ResultRow, reason: str) -> Result:
    return Result(row.pk, Outcome.SKIPPED if reason else Outcome.DONE, reason)
