"""How invoices and payments follow a client or a contact that goes into another. What was printed stays as it was."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.merging.movers import Mover
from accounts.merging.movers import register as register_movers
from billing.models import Invoice
from foundation.search_text import normalised

BATCH = 1_000
ORDER = 30


def register() -> None:
    register_movers(
        Mover(
            kind="account",
            model="billing.Invoice",
            field="account",
            words=_("Invoices"),
            settle=settle,
            order=ORDER,
        ),
        Mover(kind="account", model="billing.Payment", field="account", words=_("Payments"), order=ORDER),
        Mover(kind="contact", model="billing.Invoice", field="contact", words=_("Invoices"), order=ORDER),
    )


def settle(keys: Sequence[int]) -> None:
    """Invoices are found by their client's name."""
    for start in range(0, len(keys), BATCH):
        changed = []
        for invoice in Invoice.objects.filter(pk__in=keys[start : start + BATCH]).select_related("account"):
            text = normalised(invoice.number, invoice.account.name)
            if text != invoice.search_text:
                invoice.search_text = text
                changed.append(invoice)
        Invoice.objects.bulk_update(changed, ["search_text"])
