"""What clients do when something happens."""

from collections.abc import Sequence

from django.db.models import Q

from accounts import bulk
from accounts.models import Account
from foundation.models import Event
from foundation.telling import takes_many


def note_activity_of_many(events: Sequence[Event]) -> None:
    bulk.note_activity_many(bulk.latest(events))


@takes_many(note_activity_of_many)
def note_activity(event: Event) -> None:
    """The client's last activity moves forward, never back."""
    account_id = event.payload.get("account_id")
    if account_id is not None:
        stale = Q(last_event_at__isnull=True) | Q(last_event_at__lt=event.at)
        Account.objects.filter(stale, pk=account_id).update(last_event_at=event.at)
