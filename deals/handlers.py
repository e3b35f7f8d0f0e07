"""What deals do when something happens below them."""

from collections.abc import Sequence

from accounts import bulk
from accounts.models import Account, AccountRole
from deals.models import Deal
from foundation.models import Event
from foundation.search_text import normalised
from foundation.telling import takes_many
from users.models import User


def make_clients(events: Sequence[Event]) -> None:
    bulk.become_clients(bulk.latest(events), by=User.objects.robot())


@takes_many(make_clients)
def make_client(event: Event) -> None:
    """Who buys is a client, whatever they were before."""
    account = Account.objects.filter(pk=event.payload["account_id"]).first()
    if account is not None:
        account.become(AccountRole.CLIENT, by=User.objects.robot(), at=event.at, cause=event)


def refresh_search_text(event: Event) -> None:
    """A renamed client's deals are found by the new name."""
    if "name" not in event.payload["fields"]:
        return
    account = Account.objects.filter(pk=event.payload["account_id"]).first()
    if account is None:  # merged into another meanwhile, and its deals with it
        return
    deals = list(account.deals.only("pk", "title"))
    for deal in deals:
        deal.search_text = normalised(deal.title, account.name)
    Deal.objects.bulk_update(deals, ["search_text"], batch_size=1000)
