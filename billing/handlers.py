"""What money does when something happens below it."""

from billing import loyalty, sending
from billing.finding import find_anew, invoice_words, payment_words
from billing.models import Invoice, Payment, Quote, StatementLine
from foundation.models import Event


def refresh_search_text(event: Event) -> None:
    """A renamed client's invoices, quotes and payments are found by the new name."""
    if "name" in event.payload["fields"]:
        of_client = {"account": event.payload["account_id"]}
        find_anew(Invoice, invoice_words, **of_client)
        find_anew(Quote, invoice_words, **of_client)
        find_anew(Payment, payment_words, **of_client)


def send_by_mail(event: Event) -> None:
    sending.deliver(event)


def move_level(event: Event) -> None:
    """A level follows what was invoiced and credited at once, not only at night."""
    loyalty.move_level(event.payload["account_id"], at=event.at, cause=event)


def earn_points(event: Event) -> None:
    loyalty.earn(event.payload["invoice_id"], at=event.at, cause=event)


def take_points_back(event: Event) -> None:
    loyalty.take_back(event.payload["invoice_id"], event.payload["credit_note_id"], at=event.at, cause=event)


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
