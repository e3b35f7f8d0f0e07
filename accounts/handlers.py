"""What clients do when something happens."""

from collections.abc import Sequence

from django.db.models import Q

from accounts import bulk
from accounts.completeness import counting
from accounts.duplicates import match_keys
from accounts.handing_over import giving, notices
from accounts.models import Account
from changes.models import ChangeKind, ChangeSet
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


def keep_completeness_of_many(events: Sequence[Event]) -> None:
    counting.keep(event.payload["account_id"] for event in events)


@takes_many(keep_completeness_of_many)
def keep_completeness(event: Event) -> None:
    """What is known of a client changed: so may have how complete it is."""
    counting.keep([event.payload["account_id"]])


def keep_match_keys_of_many(events: Sequence[Event]) -> None:
    match_keys.keep(event.payload["account_id"] for event in events)


@takes_many(keep_match_keys_of_many)
def keep_match_keys(event: Event) -> None:
    """Names, websites, numbers, addresses or points changed: so did what the client's doubles are found by."""
    match_keys.keep([event.payload["account_id"]])


def make_match_keys_of_many(events: Sequence[Event]) -> None:
    match_keys.keep(match_keys.lacking(event.payload["account_id"] for event in events))


@takes_many(make_match_keys_of_many)
def make_match_keys(event: Event) -> None:
    """A new client: where many are added at once, they have their keys already."""
    keep_match_keys(event)


def add_match_keys_of_many(events: Sequence[Event]) -> None:
    said = [event.payload for event in events]
    match_keys.add_points((each["account_id"], each["kind"], each["value"]) for each in said)


@takes_many(add_match_keys_of_many)
def add_match_keys(event: Event) -> None:
    """A new way to reach a client only adds keys: nothing else has to be read."""
    add_match_keys_of_many([event])


def entrust_clients(event: Event) -> None:
    """A hand-over is carried out: the clients say so."""
    if event.payload["kind"] == ChangeKind.HAND_OVER:
        made = ChangeSet.objects.select_related("by").get(pk=event.payload["change_set_id"])
        giving.entrust(made, by=made.by, at=event.at)


def tell_of_hand_over(event: Event) -> None:
    """Whoever takes over is told once, with numbers; and the head of who leaves."""
    if event.payload["kind"] in (ChangeKind.HAND_OVER, ChangeKind.REASSIGNMENT):
        notices.tell(event.payload["change_set_id"], at=event.at)
