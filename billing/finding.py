"""The words by which invoices and payments are found. They hold the client's name, and follow it."""

from collections.abc import Callable, Sequence
from typing import Any

from foundation.search_text import normalised

BATCH = 1_000
LONGEST = 600


def invoice_words(invoice: Any) -> str:
    return normalised(invoice.number, invoice.account.name)


def payment_words(payment: Any) -> str:
    said = (payment.payer_name, payment.purpose[:LONGEST], payment.reference, payment.payer_tax_number)
    return normalised(payment.account.name if payment.account is not None else "", *said)


def find_anew(model: Any, words: Callable[[Any], str], **which: Any) -> None:
    """The words of these records, in batches by key, where they changed."""
    last = 0
    while rows := _batch(model, which, last):
        changed = []
        for record in rows:
            if (text := words(record)) != record.search_text:
                record.search_text = text
                changed.append(record)
        model.objects.bulk_update(changed, ["search_text"])
        last = rows[-1].pk


def _batch(model: Any, which: dict[str, Any], last: int) -> Sequence[Any]:
    found = model.objects.select_related("account").filter(**which, pk__gt=last)
    return list(found.order_by("pk")[:BATCH])
