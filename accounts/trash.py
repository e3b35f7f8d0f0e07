"""How clients and contacts go into the trash and come back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from accounts import facts
from accounts.merging.redirects import survivor_of
from accounts.models import Account, Contact, Relation
from accounts.models.relation import HOLDING
from accounts.relations import holdings
from changes.models import TrashEntry
from changes.trash import kinds
from changes.trash.kinds import Shown, Trashable

DELETE, VIEW = "accounts.delete", "accounts.view"


def register() -> None:
    kinds.register(
        Trashable(
            record="client",
            subject="account",
            model=Account,
            right=DELETE,
            view_right=VIEW,
            team_of=lambda account: account.team_ids,
            trashed=lambda entry, _said: facts.AccountTrashed(
                account_id=entry.record_id, name=entry.title, reason=entry.reason
            ),
            restored=lambda entry, _said: facts.AccountRestored(account_id=entry.record_id, name=entry.title),
            returned=stand_in_no_circle,
            moved_to=lambda key: survivor_of("account", key),
        )
    )
    kinds.register(
        Trashable(
            record="contact",
            subject="contact",
            model=Contact,
            right=DELETE,
            view_right=VIEW,
            team_of=lambda contact: contact.account.team_ids,
            trashed=lambda entry, said: facts.ContactTrashed(**_contact(entry, said), reason=entry.reason),
            restored=lambda entry, said: facts.ContactRestored(**_contact(entry, said)),
            moved_to=lambda key: survivor_of("contact", key),
            beside=("account",),
            page=lambda contact: contact.account.get_absolute_url(),
            order=10,
        )
    )
    kinds.show(
        Shown(
            model="accounts.Contact",
            url=lambda record, key: f"/clients/{key}/#people" if record == "client" else "",
        )
    )


def stand_in_no_circle(keys: Sequence[int]) -> None:
    """Who was put below a client while what stood above that lay in the trash stays there: the old tie is not tied."""
    holdings.lock_trees()
    above = Relation.objects.filter(Q(to_account__in=keys), in_tree=True, until=None).select_related("kind")
    for relation in above.order_by("pk"):
        if holdings.stands_above(relation.to_account_id, relation.from_account_id):
            if relation.kind.key == HOLDING:
                Account.objects.filter(pk=relation.to_account_id).update(parent=None)
            Relation.objects.filter(pk=relation.pk).delete()


def _contact(entry: TrashEntry, said: Mapping[str, Any]) -> dict[str, Any]:
    return {"account_id": said["account_id"], "contact_id": entry.record_id, "name": entry.title}
