"""What invoices and payments offer to processes: fields to ask about, verbs to call."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.automation import ROLES, fixed
from billing import sending
from billing.models import Direction, Invoice, InvoiceKind, InvoiceState, LegalEntity, Method, Payment
from billing.operations import invoice_deal
from deals.automation import stages
from deals.models import Deal
from foundation.automation import Action, Field, Subject, offer, offer_options, offer_subject
from users.automation import people

SUBMIT, ISSUE, SEND = "submit", "issue", "send"
THEN = fixed(
    [
        (SUBMIT, _("submit it for approval")),
        (ISSUE, _("issue it")),
        (SEND, _("issue it and send it by mail")),
    ]
)


def companies() -> list[tuple[Any, Any]]:
    return list(LegalEntity.objects.order_by("name", "pk").values_list("pk", "name"))


def _page(pk: int) -> str:
    return Invoice(pk=pk).get_absolute_url()


def _payment_page(pk: int) -> str:
    return Payment(pk=pk).get_absolute_url()


SUBJECTS = [
    Subject("invoice", _("invoice"), Invoice, _page),
    Subject("payment", _("payment"), Payment, _payment_page),
]
BASE = settings.BASE_CURRENCY

FIELDS = [
    Field("invoice.number", _("Invoice: number"), "text", "number"),
    Field("invoice.kind", _("Invoice: kind"), "choice", "kind", options=fixed(InvoiceKind.choices)),
    Field("invoice.state", _("Invoice: state"), "choice", "state", options=fixed(InvoiceState.choices)),
    Field("invoice.total", _("Invoice: total"), "money", "total"),
    Field("invoice.due", _("Invoice: still due"), "money", "due"),
    Field("invoice.paid", _("Invoice: paid"), "money", "paid"),
    Field(
        "invoice.base_total",
        _("Invoice: total in the company's currency"),
        "money",
        "base_total",
        unit=BASE,
    ),
    Field("invoice.currency", _("Invoice: currency"), "text", "currency"),
    Field("invoice.company", _("Invoice: own company"), "choice", "legal_entity_id", options=companies),
    Field("invoice.owner", _("Invoice: owner"), "person", "owner_id", options=people),
    Field("invoice.dated_on", _("Invoice: date"), "date", "dated_on"),
    Field("invoice.due_on", _("Invoice: due on"), "date", "due_on"),
    Field("invoice.issued_at", _("Invoice: issued"), "moment", "issued_at"),
    Field("invoice.settled_at", _("Invoice: settled"), "moment", "settled_at"),
    Field("invoice.client_name", _("Invoice: client's name"), "text", "account__name"),
    Field(
        "invoice.client_owner", _("Invoice: client's owner"), "person", "account__owner_id", options=people
    ),
    Field("invoice.client_roles", _("Invoice: client's roles"), "choices", "account__roles", options=ROLES),
    Field("invoice.contact_name", _("Invoice: contact's name"), "text", "contact__name"),
    Field("invoice.deal_title", _("Invoice: deal"), "text", "deal__title"),
    Field("invoice.deal_stage", _("Invoice: stage of its deal"), "choice", "deal__stage_id", options=stages),
    Field("payment.amount", _("Payment: amount"), "money", "amount"),
    Field(
        "payment.base_amount",
        _("Payment: amount in the company's currency"),
        "money",
        "base_amount",
        unit=BASE,
    ),
    Field("payment.unallocated", _("Payment: not allocated"), "money", "unallocated"),
    Field("payment.currency", _("Payment: currency"), "text", "currency"),
    Field(
        "payment.direction", _("Payment: direction"), "choice", "direction", options=fixed(Direction.choices)
    ),
    Field("payment.method", _("Payment: how"), "choice", "method", options=fixed(Method.choices)),
    Field("payment.company", _("Payment: own company"), "choice", "legal_entity_id", options=companies),
    Field("payment.owner", _("Payment: owner"), "person", "owner_id", options=people),
    Field("payment.received_on", _("Payment: day"), "date", "received_on"),
    Field("payment.reference", _("Payment: number of the bank's document"), "text", "reference"),
    Field("payment.purpose", _("Payment: purpose"), "text", "purpose"),
    Field("payment.payer_name", _("Payment: payer"), "text", "payer_name"),
    Field("payment.client_name", _("Payment: client's name"), "text", "account__name"),
    Field(
        "payment.client_owner", _("Payment: client's owner"), "person", "account__owner_id", options=people
    ),
    Field("account.invoices", _("Client: invoices"), "list", "account", of="invoice"),
    Field("account.payments", _("Client: payments"), "list", "account", of="payment"),
    Field("deal.invoices", _("Deal: invoices"), "list", "deal", of="invoice"),
]


def draft_of_deal(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    """Once for a deal: one that was invoiced is not invoiced again because a process begins anew."""
    invoice = invoice_deal(Deal.objects.get(pk=deal_id), is_first=True, **told)
    then = arguments.get("then")
    if then == SUBMIT:
        invoice.submit(**told)
    elif then in (ISSUE, SEND):
        invoice.issue(**told)
    if then == SEND:
        sending.send_usual(invoice, **told)


def submit(invoice_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _invoice(invoice_id).submit(**told)


def issue(invoice_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _invoice(invoice_id).issue(**told)


def discard(invoice_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _invoice(invoice_id).discard(**told)


def send(invoice_id: int, arguments: dict[str, Any], **told: Any) -> None:
    sending.send_usual(_invoice(invoice_id), **_mailed(arguments), **told)


def remind(invoice_id: int, arguments: dict[str, Any], **told: Any) -> None:
    sending.remind(_invoice(invoice_id), **_mailed(arguments), **told)


MAILED = {"to": "text", "subject": "text", "text": "text"}

ACTIONS = [
    Action(
        "deal.invoice",
        _("Draft an invoice of the deal"),
        "deal",
        draft_of_deal,
        "billing.create",
        {"then": "invoice_then"},
    ),
    Action("invoice.submit", _("Submit the invoice for approval"), "invoice", submit, "billing.change"),
    Action("invoice.issue", _("Issue the invoice"), "invoice", issue, "billing.issue"),
    Action("invoice.discard", _("Discard the draft of the invoice"), "invoice", discard, "billing.change"),
    Action("invoice.send", _("Send the invoice by mail"), "invoice", send, "billing.issue", MAILED),
    Action("invoice.remind", _("Remind of what is due by mail"), "invoice", remind, "billing.issue", MAILED),
]


def register() -> None:
    offer_subject(*SUBJECTS)
    offer(*FIELDS, *ACTIONS)
    offer_options("invoice_then", THEN)


def _mailed(arguments: dict[str, Any]) -> dict[str, Any]:
    """What is said of the mail; the rest is as a person would be offered it."""
    return {name: str(arguments[name]) for name in MAILED if arguments.get(name)}


def _invoice(invoice_id: int) -> Invoice:
    return Invoice.objects.select_related("account", "legal_entity", "owner", "contact").get(pk=invoice_id)
