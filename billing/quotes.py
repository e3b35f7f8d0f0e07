"""What takes more than one record: a quote of a deal; and whose day is over, told once by whichever worker comes."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing.drafting import DraftLine
from billing.models import Quote
from deals.models import Deal
from foundation.clock import company_day
from foundation.errors import Refused
from users.models import User

BATCH = 200


def quote_deal(deal: Deal, *, by: Any, at: datetime, cause: Any = None) -> Quote:
    """A draft for the deal's client: its lines, priced by the rules; where it has none one line, of its title and
    amount. Refused without a client, and where a draft for the deal waits to be finished."""
    with transaction.atomic():
        # One at a time for a deal: of two who press at once the second is told of the first one's draft.
        Deal.objects.select_for_update().values_list("pk").get(pk=deal.pk)
        deal = Deal.objects.select_related("account", "account__owner", "owner").get(pk=deal.pk)
        if deal.account is None:
            raise Refused(_("Choose the client of the deal first: the quote is for them."))
        unfinished = deal.quotes.filter(state="draft").order_by("-pk").first()
        if unfinished is not None:
            raise Refused(
                _("%(draft)s of this deal is not sent yet. Go on with it, or withdraw it first.")
                % {"draft": unfinished}
            )
        asked = [
            DraftLine(product_id=line.product_id, quantity=line.quantity)
            for line in deal.lines.order_by("pk")
        ]
        if not asked and deal.amount:
            asked = [DraftLine(title=deal.title, price=deal.amount)]
        said: dict[str, Any] = {"account": deal.account, "deal": deal, "currency": deal.currency}
        return Quote.draft(lines=asked, by=by, at=at, cause=cause, **said)


def tell_expired(*, at: datetime) -> int:
    """How many expired now. Each in a transaction of its own: two workers at once tell each of them once."""
    robot, count, last = User.objects.robot(), 0, 0
    over = Quote.objects.over(on=company_day(at)).order_by("pk")
    while found := list(over.filter(pk__gt=last)[:BATCH]):
        count += sum(quote.expire(by=robot, at=at) for quote in found)
        last = found[-1].pk
    return count
