"""What money does when something happens below it."""

from billing import sending
from billing.finding import find_anew, invoice_words, payment_words
from billing.models import Invoice, Payment
from foundation.models import Event


def refresh_search_text(event: Event) -> None:
    """A renamed client's invoices and payments are found by the new name."""
    if "name" in event.payload["fields"]:
        of_client = {"account": event.payload["account_id"]}
        find_anew(Invoice, invoice_words, **of_client)
        find_anew(Payment, payment_words, **of_client)


def send_by_mail(event: Event) -> None:
    sending.deliver(event)
