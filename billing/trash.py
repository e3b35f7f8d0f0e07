"""What becomes of money when a client or a deal goes into the trash: drafts go along, what was issued or paid stays.

So a client with an issued invoice or a payment is not deleted; a deal is, and its invoices name it no more.
"""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from billing.models import Invoice, Payment, Quote
from changes.trash import kinds
from changes.trash.kinds import Shown


def register() -> None:
    kinds.stays("billing.Invoice", "deal", Q(issued_at__isnull=False))
    kinds.stays("billing.RecurringInvoice", "deal")
    kinds.minds("billing.Invoice", issued)
    kinds.minds("billing.Payment", received)
    kinds.show(
        Shown(model="billing.Invoice"), Shown(model="billing.Quote"), Shown(model="billing.RecurringInvoice")
    )
    kinds.stays("billing.Quote", "deal", Q(sent_at__isnull=False))
    kinds.minds("billing.Quote", sent)


def issued(keys: Sequence[int]) -> dict[int, str]:
    found = Invoice.objects.issued().filter(pk__in=keys).order_by("-pk").values_list("pk", "number")
    said = _("Invoice %(number)s was issued, and nothing issued is deleted.")
    return {key: said % {"number": number} for key, number in found}


def sent(keys: Sequence[int]) -> dict[int, str]:
    found = Quote.objects.filter(pk__in=keys, sent_at__isnull=False).values_list("pk", "number")
    said = _("Quote %(number)s was sent, and nothing sent is deleted.")
    return {key: said % {"number": number} for key, number in found.order_by("-pk")}


def received(keys: Sequence[int]) -> dict[int, str]:
    """Every one: money that came stays in the books, also when it was voided."""
    return dict.fromkeys(Payment.objects.filter(pk__in=keys).values_list("pk", flat=True),
                         _("There are payments of it, and no payment is deleted."))  # fmt: skip
