"""What distribution does when something comes that nobody has."""

from django.utils import timezone

from distribution.models import Record
from distribution.operations import distribute
from foundation.models import Event
from foundation.telling import takes_many
from users.models import User


@takes_many(lambda events: None)  # an import says itself whether its rows are to be distributed
def give_new_lead(event: Event) -> None:
    """A new lead without an owner gets one by the rules."""
    _give(Record.LEAD, event.payload["account_id"], event)


@takes_many(lambda events: None)
def give_new_deal(event: Event) -> None:
    """A new deal without an owner gets one by the rules."""
    _give(Record.DEAL, event.payload["deal_id"], event)


def _give(record: str, key: int, event: Event) -> None:
    # By the clock of now: what counts is who is at work when a worker comes to it.
    distribute(record, [key], by=User.objects.robot(), at=timezone.now(), cause=event)
