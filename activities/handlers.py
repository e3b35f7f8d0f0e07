"""What activities do when something happens, to them or below them."""

from collections.abc import Sequence

from activities.operations import sync_next_step
from activities.touching import tell_touches
from foundation.models import Event
from foundation.telling import takes_many
from users.models import User


def keep_next_steps(events: Sequence[Event]) -> None:
    """Each deal once, however many of its tasks were told of."""
    latest = {deal: event for event in events for deal in _deals_of(event)}
    people = User.objects.in_bulk({event.actor_id for event in latest.values()})
    for deal, event in sorted(latest.items()):
        sync_next_step(deal, by=people[event.actor_id], at=event.at, cause=event)


@takes_many(keep_next_steps)
def keep_next_step(event: Event) -> None:
    """The earliest open task of a deal is the deal's next step."""
    deals = _deals_of(event)
    if deals:
        by = User.objects.get(pk=event.actor_id)
        for deal in deals:
            sync_next_step(deal, by=by, at=event.at, cause=event)


def keep_touches_of_many(events: Sequence[Event]) -> None:
    tell_touches(
        (deal for event in events for deal in _deals_of(event)), at=max(event.at for event in events)
    )


@takes_many(keep_touches_of_many)
def keep_touches(event: Event) -> None:
    """The deal knows when its client was last touched and is met next."""
    keep_touches_of_many([event])


def _deals_of(event: Event) -> list[int]:
    """The deal it is about, and the one it was about before."""
    said = (event.payload.get("deal_id"), event.payload.get("from_deal_id"))
    return sorted({key for key in said if key is not None})
