"""How invoices and payments follow a client or a contact that goes into another. What was printed stays as it was."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.merging.movers import Mover
from accounts.merging.movers import register as register_movers
from billing.finding import BATCH, find_anew, invoice_words, payment_words
from billing.models import Invoice, Payment, Quote

ORDER = 30


def register() -> None:
    register_movers(
        Mover(
            kind="account",
            model="billing.Invoice",
            field="account",
            words=_("Invoices"),
            settle=settle_invoices,
            order=ORDER,
        ),
        Mover(
            kind="account",
            model="billing.Payment",
            field="account",
            words=_("Payments"),
            settle=settle_payments,
            order=ORDER,
        ),
        # Before the invoices, as those who make them lock it.
        Mover(
            kind="account",
            model="billing.RecurringInvoice",
            field="account",
            words=_("Recurring invoices"),
            order=ORDER + 1,
        ),
        Mover(kind="contact", model="billing.RecurringInvoice", field="contact", order=ORDER + 1),
        # After the invoices, as those who issue lock them.
        Mover(
            kind="account",
            model="billing.CreditLimit",
            field="account",
            words=_("Credit limits"),
            order=ORDER - 1,
        ),
        Mover(kind="contact", model="billing.Invoice", field="contact", words=_("Invoices"), order=ORDER),
        Mover(
            kind="account",
            model="billing.Quote",
            field="account",
            words=_("Quotes"),
            settle=settle_quotes,
            order=ORDER - 2,
        ),
        Mover(kind="contact", model="billing.Quote", field="contact", words=_("Quotes"), order=ORDER - 2),
    )


def settle_invoices(keys: Sequence[int]) -> None:
    """They are found by their client's name."""
    for start in range(0, len(keys), BATCH):
        find_anew(Invoice, invoice_words, pk__in=keys[start : start + BATCH])


def settle_quotes(keys: Sequence[int]) -> None:
    for start in range(0, len(keys), BATCH):
        find_anew(Quote, invoice_words, pk__in=keys[start : start + BATCH])


def settle_payments(keys: Sequence[int]) -> None:
    for start in range(0, len(keys), BATCH):
        find_anew(Payment, payment_words, pk__in=keys[start : start + BATCH])
