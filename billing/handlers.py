"""What money does when something happens below it."""

from billing import sending
from billing.finding import find_anew, invoice_words, payment_words
from billing.models import Invoice, Payment, StatementLine
from foundation.models import Event


def refresh_search_text(event: Event) -> None:
    """A renamed client's invoices and payments are found by the new name."""
    if "name" in event.payload["fields"]:
        of_client = {"account": event.payload["account_id"]}
        find_anew(Invoice, invoice_words, **of_client)
        find_anew(Payment, payment_words, **of_client)


def send_by_mail(event: Event) -> None:
    sending.deliver(event)


def close_statement_line(event: Event) -> None:
    """A payment decided about on its own page: its line of the bank waits no more."""
    said = event.payload
    paid = said.get("invoice_ids", []) if event.name == "payment.allocated" else []
    StatementLine.close_of(
        said["payment_id"],
        by_id=event.actor_id,
        at=event.at,
        invoice_id=paid[0] if len(paid) == 1 else None,
        ignored_for=said["reason"] if event.name == "payment.voided" else "",
    )
