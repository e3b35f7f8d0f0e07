from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing import facts
from billing.facts import quotes as quote_facts
from billing.models.header import begun
from billing.models.paper_line import ByHand, PaperLine
from billing.models.quote_states import QuoteState
from foundation.errors import Refused
from foundation.facts import tell

if TYPE_CHECKING:
    from billing.models.invoice import Invoice
    from billing.models.quote import Quote

TAKEN = (
    "owner", "bank_account", "contact", "language", "tax_mode", "tax_rounding", "price_list", "discount_percent",
    "discount_amount", "payment_days", "note",
)  # fmt: skip
# As they were agreed: neither a promo code that ended nor another price since then changes them.
AGREED = ("promo_code", "discount", "net", "tax", "total")


class QuoteInvoicing:
    """An accepted quote becomes the draft of an invoice, to the cent. Mixed into Quote."""

    def to_invoice(self: Any, *, by: Any, at: datetime, cause: Any = None) -> "Invoice":
        """Once, unless that draft was discarded. Its prices are by hand: they were agreed."""
        from billing.models.invoice import Invoice, InvoiceState

        with transaction.atomic():
            quote: Quote = self._locked()
            if quote.state != QuoteState.ACCEPTED:
                raise Refused(_("Only what was accepted is invoiced from its quote."))
            if quote.invoice is not None and quote.invoice.state != InvoiceState.DISCARDED:
                raise Refused(_("It is invoiced already: %(invoice)s.") % {"invoice": quote.invoice})
            invoice: Invoice = begun(
                Invoice,
                account=quote.account,
                deal=quote.deal,
                legal_entity=quote.legal_entity,
                currency=quote.currency,
                header={name: getattr(quote, name) for name in TAKEN},
                by=by,
                at=at,
            )
            for name in AGREED:
                setattr(invoice, name, getattr(quote, name))
            invoice.team_ids = sorted({*invoice.team_ids, *quote.team_ids})
            invoice.save(force_insert=True)
            invoice.lines.model.objects.bulk_create(_lines(quote, invoice))
            quote.invoice = invoice
            quote.version += 1
            quote.save(update_fields=["invoice", "version"])
            event = tell(
                quote_facts.QuoteInvoiced(invoice_id=invoice.pk, **quote.told()), by=by, at=at, cause=cause
            )
            tell(facts.InvoiceDrafted(**invoice.told()), by=by, at=at, cause=event)
        self.refresh_from_db()
        return invoice


def _lines(quote: Any, invoice: Any) -> list[Any]:
    columns = [each.attname for each in PaperLine._meta.get_fields() if each.concrete]  # type: ignore[union-attr]
    made = []
    for line in quote.lines.order_by("position", "pk"):
        said = {name: getattr(line, name) for name in columns} | {"asked_price": line.price}
        if line.product_id is not None:
            said |= {"by_hand": ByHand.PRICE, "percent_by_hand": None, "reason": line.reason or str(quote)}
        made.append(invoice.lines.model(invoice=invoice, **said))
    return made
