"""What takes more than one record: an invoice of a deal."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing.drafting import DraftLine
from billing.models import Invoice
from deals.models import Deal
from foundation.errors import Refused


def invoice_deal(deal: Deal, *, is_first: bool = False, by: Any, at: datetime, cause: Any = None) -> Invoice:
    """A draft for the deal's client: its lines, priced by the rules; where it has none one line, of its title and
    amount. Refused without a client, and where a draft for the deal waits to be finished; with `is_first` also where
    something was invoiced already."""
    with transaction.atomic():
        # One at a time for a deal: of two who press at once the second is told of the first one's draft.
        Deal.objects.select_for_update().values_list("pk").get(pk=deal.pk)
        deal = Deal.objects.select_related("account", "account__owner", "owner").get(pk=deal.pk)
        if deal.account is None:
            raise Refused(_("Choose the client of the deal first: the invoice is for them."))
        unfinished = deal.invoices.filter(state__in=["draft", "waiting", "approved"]).order_by("-pk").first()
        if unfinished is not None:
            raise Refused(
                _("%(draft)s of this deal is not issued yet. Go on with it, or discard it first.")
                % {"draft": unfinished}
            )
        if is_first and (before := deal.invoices.charged().order_by("pk").first()) is not None:
            raise Refused(_("The deal is invoiced already: %(number)s.") % {"number": before})
        asked = [
            DraftLine(product_id=line.product_id, quantity=line.quantity)
            for line in deal.lines.order_by("pk")
        ]
        if not asked and deal.amount:
            asked = [DraftLine(title=deal.title, price=deal.amount)]
        return Invoice.draft(
            account=deal.account,
            deal=deal,
            lines=asked,
            currency=deal.currency,
            by=by,
            at=at,
            cause=cause,
        )
