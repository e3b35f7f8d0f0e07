"""Whoever had a worker make many changes is told when they are made: they need not wait beside it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from changes.models import ChangeSet
from users.notifications import NotificationKind, notify
from users.notifications import register as register_kind
from users.notifications.kinds import APP

KIND = NotificationKind(
    "change_set.finished",
    gettext_lazy("My changes to many records are done"),
    gettext_lazy("Changes"),
    "checks",
    frozenset({APP}),
    order=75,
)


def register() -> None:
    register_kind(KIND)


def tell_of_end(change_set: ChangeSet, *, by: Any, at: datetime) -> None:
    """Done or broken off. They set it going and did not see it end, so they are told although they did it."""
    done = {"done": change_set.done, "skipped": change_set.skipped + change_set.conflicts}
    notify(
        KIND.key,
        [change_set.by_id],
        lambda: (
            change_set.title,
            change_set.error or _("%(done)d changed, %(skipped)d left out") % done,
        ),
        url=change_set.get_absolute_url(),
        subject=("change_set", change_set.pk),
        by=None,
        at=at,
    )
