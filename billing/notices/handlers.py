"""Who is told when something happens to invoices and prices.

Each handler runs later and reads the record afresh. Nobody is told of what they did themselves.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account
from billing.guard import approvers
from billing.models import Invoice, InvoiceState, Quote, RecurringInvoice
from billing.queries.invoice import title_of
from foundation.models import Event
from users.heads import heads_of
from users.models import User
from users.notifications import notify

MOST_JUDGES = 20


def tell_of_waiting(event: Event) -> None:
    """Those whose approval the broken rule needs; else the head of its owner; else whoever may approve everything."""
    invoice = _invoice(event)
    if invoice is None or invoice.state != InvoiceState.WAITING:
        return
    reasons = " ".join(event.payload.get("reasons") or [])
    _tell(
        "invoice.waiting",
        _judges(invoice),
        lambda: (_titled(invoice, _("Approve it: %(name)s")), reasons),
        event,
    )


def tell_of_judgement(event: Event) -> None:
    """Approved by somebody, or sent back. One that nobody had to look at is told to nobody."""
    invoice = _invoice(event)
    if invoice is None or (event.name == "invoice.approved" and invoice.approved_by_id is None):
        return
    said = event.payload.get("reason") or event.payload.get("comment") or ""
    is_back = event.name == "invoice.returned"

    def words() -> tuple[str, str]:
        return _titled(invoice, _("Sent back: %(name)s") if is_back else _("Approved: %(name)s")), said

    _tell("invoice.judged", [invoice.owner_id, invoice.created_by_id], words, event)


def tell_of_owner(event: Event) -> None:
    """What an owner hears of their invoice: given, overdue, paid, opened by the client."""
    invoice = _invoice(event)
    if invoice is None:
        return
    told = event.fact
    _tell(event.name, [invoice.owner_id], lambda: (title_of(invoice), told.sentence() if told else ""), event)


def tell_of_answer(event: Event) -> None:
    """The owner hears what the client said to a quote, and when nobody answered in time."""
    quote, told = Quote.objects.filter(pk=event.payload["quote_id"]).first(), event.fact
    if quote is None or told is None:
        return
    notify(
        "quote.answered",
        [quote.owner_id],
        lambda: (str(quote), told.sentence()),
        url=quote.get_absolute_url(),
        subject=("quote", quote.pk),
        by=_actor(event),
        at=event.recorded_at,
    )


def tell_of_refusal(event: Event) -> None:
    recurring = RecurringInvoice.objects.filter(pk=event.payload["recurring_id"]).first()
    if recurring is None:
        return
    notify(
        "recurring.refused",
        [recurring.owner_id],
        lambda: (recurring.title, event.payload.get("reason", "")),
        url=recurring.get_absolute_url(),
        subject=("recurring", recurring.pk),
        by=_actor(event),
        at=event.recorded_at,
    )


def tell_of_terms(event: Event) -> None:
    """Whoever answers for the client, so that nobody promises the old price."""
    account = Account.objects.filter(pk=event.payload["account_id"]).first()
    told = event.fact
    if account is None or told is None:
        return
    notify(
        "price_terms.changed",
        [account.owner_id],
        lambda: (account.name, told.sentence()),
        url=account.get_absolute_url(),
        subject=("account", account.pk),
        by=_actor(event),
        at=event.recorded_at,
    )


def _judges(invoice: Invoice) -> list[int]:
    """Their keys; those who own or wrote it are not asked."""
    active = User.objects.filter(is_active=True, is_robot=False).exclude(
        pk__in=[invoice.owner_id or 0, invoice.created_by_id]
    )
    if role := approvers(invoice):
        return list(active.filter(roles__key=role).values_list("pk", flat=True)[:MOST_JUDGES])
    head = heads_of([invoice.owner]).get(invoice.owner.pk) if invoice.owner else None
    if head is not None and active.filter(pk=head).exists():
        return [head]
    of_all = active.filter(roles__grants__verb="billing.approve", roles__grants__scope="all").distinct()
    return list(of_all.values_list("pk", flat=True)[:MOST_JUDGES])


def _tell(kind: str, people: Iterable[int | None], say: Callable[[], tuple[str, str]], event: Event) -> None:
    invoice_id = event.payload["invoice_id"]
    notify(
        kind,
        people,
        say,
        url=Invoice(pk=invoice_id).get_absolute_url(),
        subject=("invoice", invoice_id),
        by=_actor(event),
        at=event.recorded_at,
    )


def _invoice(event: Event) -> Invoice | None:
    found = Invoice.objects.select_related("account", "owner", "legal_entity")
    return found.filter(pk=event.payload["invoice_id"]).first()


def _titled(invoice: Invoice, sentence: str) -> str:
    return f"{sentence % {'name': title_of(invoice)}}, {invoice.account.name}"


def _actor(event: Event) -> Any:
    return User.objects.filter(pk=event.actor_id).first() if event.actor_id else None
