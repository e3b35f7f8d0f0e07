"""A client or deal to another owner in two clicks: whom to offer, what goes along, and all of it as one change-set."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Value, When
from django.utils.translation import gettext as _

from accounts.models import Account
from changes.models import ChangeKind, ChangeSet
from changes.recording import change_set
from changes.restoring import make_known, restorer_of
from users.handing_over import Kind, kinds
from users.models import User

OFFERED, MOST_ALONG = 8, 1_000


@dataclass(frozen=True)
class Along:
    """Open records of the client that are its owner's, and go to the new owner with it."""

    kind: Kind
    rows: Mapping[int, str]

    @property
    def words(self) -> str:
        return f"{self.kind.words} ({len(self.rows)})"


def nearest(reader: Any, *, owner_id: int | None, team_ids: Collection[int]) -> list[dict[str, Any]]:
    """Whom to offer first: who works on it already, then the owner's department or the reader's own. One statement."""
    people = User.objects.visible_to(reader).active().exclude(pk=owner_id)
    beside = User.objects.filter(pk=owner_id or reader.pk).values("department")
    near = Case(
        When(pk__in=list(team_ids), then=Value(0)),
        When(department__in=beside, then=Value(1)),
        default=Value(2),
    )
    found = people.annotate(near=near).order_by("near", "sort_key", "pk")
    return list(found.values("pk", "name", "department__name")[:OFFERED])


def goes_along(account: Account, *, by: Any, at: datetime) -> list[Along]:
    """What this person may give with the client, of its owner's; kinds without any are left out. A statement each."""
    if account.owner_id is None:
        return []
    found = []
    for kind in kinds():
        if kind.client != "account_id" or (kind.right and not by.may(kind.right)):
            continue
        records = kind.of(account.owner_id, at).filter(account=account.pk)
        if kind.right:
            records = records.visible_to(by, kind.right)
        rows = dict(records.order_by("pk").values_list("pk", kind.title)[:MOST_ALONG])
        found += [Along(kind, rows)] if rows else []
    return found


def give(
    kind: str, record: Any, owner: Any, *, along: Collection[Along] = (), by: Any, at: datetime
) -> ChangeSet | None:
    """The record, of the kind change-sets call so, to somebody, or to nobody, with what goes along. None where it is
    theirs already."""
    if record.owner_id == (owner.pk if owner else None):
        return None
    title = _("%(record)s to %(name)s") % {"record": record, "name": owner.name if owner else _("nobody")}
    with change_set(ChangeKind.REASSIGNMENT, title=title, by=by, at=at) as changes:
        make_known(restorer_of(kind), [record.pk])
        record.assign(owner, by=by, at=at)
        for each in along if owner else ():
            # Only what can be put back is told apart in the change-set.
            refused = each.kind.give(dict.fromkeys(each.rows, owner.pk), by=by, at=at)
            for key, why in refused.items():
                changes.skip(each.kind.record, key, each.rows[key], why)
    return changes.change_set
