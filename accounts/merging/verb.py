"""Making several clients, or several contacts, one: everything they have becomes the survivor's, in one transaction.

Locks are taken as the rooms' own verbs take them: rows of upper rooms first, then the records in the order of their
keys. The absorbed are deleted, so that no list has to leave them out; the database refuses that while any row still
points at one of them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts import facts
from accounts.completeness import counting
from accounts.duplicates import match_keys
from accounts.merging import beside
from accounts.merging.fields import Choices, resolved
from accounts.merging.ledger import keep_absorbed, move, row_of, set_aside, settle
from accounts.merging.movers import movers_of
from accounts.models import Absorbed, Account, Contact, MatchKey, Merge, Relation
from accounts.models.relation import HOLDING
from accounts.relations import holdings
from changes.models import ChangeKind
from changes.recording import change_set
from foundation.errors import Refused
from foundation.facts import tell

FEWEST, MOST = 2, 5
MODELS: dict[str, Any] = {"account": Account, "contact": Contact}


def merge(
    survivor: Any, others: Sequence[int], choices: Choices, *, by: Any, at: datetime, cause: Any = None
) -> Merge:
    """The others (keys) go into the survivor. Refused where one of them is gone by now."""
    kind = survivor._meta.model_name
    keys = sorted({survivor.pk, *others})
    if not FEWEST <= len(keys) <= MOST:
        raise Refused(_("Choose two to five records to merge."))
    absorbed = [key for key in keys if key != survivor.pk]
    title = _("Merged into %(name)s") % {"name": survivor.name}
    with change_set(ChangeKind.MERGE, title=title, by=by, at=at) as changes:
        records = _locked(kind, keys)
        survivor = next(each for each in records if each.pk == survivor.pk)
        _check_together(records)
        done = _written_down(kind, survivor, records, by, at)
        done.change_set = changes.change_set
        wanted = resolved(survivor, records, choices)
        if kind == "account":
            beside.choose_addresses(done, survivor, records, choices)
            beside.prefer_one_point(done, [{"account": keys, "contact": None}])
        else:
            beside.prefer_one_point(done, [{"account": [survivor.account_id], "contact": keys}])
        was_called = survivor.name
        if kind == "account":
            # Nobody stands below one of those that become one with it.
            Account.objects.filter(pk__in=keys, parent__in=keys).update(parent=None)
        moved = [(mover, move(done, mover, absorbed)) for mover in movers_of(kind)]
        if kind == "account":
            beside.redirect_custom(done, absorbed)
            beside.move_pairs(done, absorbed, at)
        beside.copy_timeline(done, absorbed)
        _take_on(done, survivor, wanted, absorbed)
        _finish(done, survivor)
        for mover, rows in moved:
            settle(mover, rows, survivor.pk, is_renamed=survivor.name != was_called)
        told = _fact(kind, survivor, done, [each.name for each in records if each.pk != survivor.pk])
        tell(told, by=by, at=at, cause=cause)
        check_references()
    return done


def check_references() -> None:
    """Whoever still points at a record that is gone is found now and not when all is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def keep_derived(account_ids: Sequence[int]) -> None:
    """What doubles are found by, and how complete they are, is true at once: nobody has to wait for a worker."""
    match_keys.keep(account_ids)
    counting.keep(account_ids)


def lock_rows(kind: str, keys: Sequence[int]) -> None:
    """What hangs on these records, upper rooms first, as their verbs lock it."""
    for mover in movers_of(kind):
        list(mover.of(keys).select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _locked(kind: str, keys: Sequence[int]) -> list[Any]:
    lock_rows(kind, keys)
    model = MODELS[kind]
    found = list(model.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    if len(found) != len(keys):
        raise Refused(_("One of them was merged or removed meanwhile. Look at them again."))
    return found


def _check_together(records: Sequence[Any]) -> None:
    if isinstance(records[0], Contact) and len({each.account_id for each in records}) > 1:
        raise Refused(_("These contacts belong to different clients. Merge the clients first."))


def _written_down(kind: str, survivor: Any, records: Sequence[Any], by: Any, at: datetime) -> Merge:
    done = Merge.objects.create(
        kind=kind,
        survivor_id=survivor.pk,
        name=survivor.name,
        before=row_of(type(survivor), survivor.pk),
        merged_at=at,
        merged_by=by,
    )
    Absorbed.objects.bulk_create(
        Absorbed(merge=done, kind=kind, record_id=each.pk, survivor_id=survivor.pk, name=each.name)
        for each in records
        if each.pk != survivor.pk
    )
    keep_absorbed(done, type(survivor))
    return done


def _take_on(done: Merge, survivor: Any, wanted: dict[str, Any], absorbed: Sequence[int]) -> None:
    model = type(survivor)
    if model is Account:
        _open_circles(done, survivor, wanted)
        MatchKey.objects.filter(account__in=absorbed).delete()
    # Past the ORM's own cascades: a row that no mover took along must stop this, not vanish.
    gone = model._base_manager.filter(pk__in=absorbed)
    gone._raw_delete(using=gone.db)
    for name, value in wanted.items():
        setattr(survivor, name, value)
    survivor.version += 1
    survivor.save()


def _open_circles(done: Merge, survivor: Account, wanted: dict[str, Any]) -> None:
    """Where an absorbed one stood below what the survivor stands above, nothing stands above the survivor."""
    above = Relation.objects.filter(to_account=survivor.pk, in_tree=True, until=None).select_related("kind")
    for relation in above:
        if holdings.stands_above(survivor.pk, relation.from_account_id):
            set_aside(done, Relation, [relation.pk], field="to_account")
        elif relation.kind.key != HOLDING:
            wanted["parent_id"] = None
    parent = wanted.get("parent_id")
    if parent is not None and holdings.stands_above(survivor.pk, parent):
        wanted["parent_id"] = None


def _finish(done: Merge, survivor: Any) -> None:
    if isinstance(survivor, Account):
        holdings.follow_parents([survivor.pk])
    else:
        survivor.account.count_change()
    keep_derived([survivor.pk if isinstance(survivor, Account) else survivor.account_id])
    done.name = survivor.name
    done.after = row_of(type(survivor), survivor.pk)
    done.save(update_fields=["name", "after", "change_set"])


def _fact(kind: str, survivor: Any, done: Merge, names: list[str]) -> Any:
    if kind == "account":
        return facts.AccountMerged(account_id=survivor.pk, merge_id=done.pk, names=names)
    return facts.ContactMerged(
        account_id=survivor.account_id,
        contact_id=survivor.pk,
        name=survivor.name,
        merge_id=done.pk,
        names=names,
    )
