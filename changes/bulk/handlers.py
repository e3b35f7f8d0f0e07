"""Whoever is given many records at once is told once, and not of each."""

from django.urls import reverse
from django.utils.translation import gettext as _

from changes.bulk.editing import WORK
from changes.bulk.kinds import kind_of
from changes.models import ChangeSet
from foundation.models import Event
from users.notifications import notify


def tell_new_owner(event: Event) -> None:
    """Of a bulk edit that gave somebody records; of no other change-set."""
    made = ChangeSet.objects.select_related("by").filter(pk=event.payload["change_set_id"]).first()
    if made is None or made.work != WORK or made.arguments["field"] != "owner" or not made.done:
        return
    kind, owner_id, by = kind_of(made.arguments["record"]), made.arguments["value"], made.by
    if owner_id is None or owner_id == by.pk:
        return
    notify(
        kind.given,
        [owner_id],
        lambda: (
            str(kind.words.given % {"n": made.done}),
            _("Given to you by %(name)s.") % {"name": by.name},
        ),
        url=f"{reverse(kind.list_url)}?owner={owner_id}",
        subject=("change_set", made.pk),
        by=by,
        at=event.recorded_at,
    )
