"""What happens to an invoice: submitted, approved, sent back, issued, discarded, credited, written off."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from billing import giving
from billing.crediting import left_to_credit
from billing.invoice_forms import (
    ApproveForm,
    CreditForm,
    GiveForm,
    ReasonForm,
    VersionForm,
    WriteOffForm,
)
from billing.models import Invoice
from billing.queries.invoice import objections_of, title_of
from billing.views.answers import address_of, done, form_page, found_invoice
from deals.queries import words
from deals.views.answers import tried
from foundation.gate import Request, gate
from foundation.once import once

Verb = Callable[[dict[str, Any]], Any]


@gate("billing.change")
def submit(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.change")
    form = VersionForm(request.POST or None, initial={"version": invoice.version})

    def verb(said: dict[str, Any]) -> None:
        invoice.submit(by=request.user, at=timezone.now(), version=said["version"])

    reasons, trouble = objections_of(invoice)
    note = " ".join(reasons) or trouble or _("Nothing has to be looked at: it is approved at once.")
    said = {"heading": _("Submit for approval"), "button": _("Submit"), "note": note}
    return _asked(request, invoice, form, verb, _("It waits for approval"), **said)


@gate("billing.approve")
def approve(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.approve")
    form = ApproveForm(request.POST or None, initial={"version": invoice.version})

    def verb(said: dict[str, Any]) -> None:
        invoice.approve(by=request.user, at=timezone.now(), comment=said["comment"], version=said["version"])

    note = " ".join(objections_of(invoice)[0])
    said = {"heading": _("Approve"), "button": _("Approve"), "note": note}
    return _asked(request, invoice, form, verb, _("Approved: it may be issued"), **said)


@gate("billing.approve")
def send_back(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.approve")
    form = ReasonForm(request.POST or None, initial={"version": invoice.version})

    def verb(said: dict[str, Any]) -> None:
        invoice.send_back(by=request.user, at=timezone.now(), reason=said["reason"], version=said["version"])

    said = {"heading": _("Send back"), "button": _("Send back")}
    return _asked(request, invoice, form, verb, _("Sent back: it is a draft again"), **said)


@gate("billing.issue")
def issue(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.issue")
    form = VersionForm(request.POST or None, initial={"version": invoice.version})

    def verb(said: dict[str, Any]) -> None:
        invoice.issue(by=request.user, at=timezone.now(), version=said["version"])

    total = words.amount_text(invoice.total, invoice.currency)
    note = _(
        "It gets its number and is locked: nobody changes or deletes it any more. What is wrong then is credited."
    )
    said = {
        "heading": _("Issue to %(client)s") % {"client": invoice.account.name},
        "button": _("Issue for %(total)s") % {"total": total},
        "note": note,
    }

    def text() -> str:
        return _("Issued: %(number)s") % {"number": invoice}

    return _asked(request, invoice, form, verb, text, **said)


@gate("billing.change")
def discard(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.change")
    form = VersionForm(request.POST or None, initial={"version": invoice.version})

    def verb(said: dict[str, Any]) -> None:
        invoice.discard(by=request.user, at=timezone.now(), version=said["version"])

    note = _("It stays to be seen and never gets a number.")
    said = {"heading": _("Discard the draft"), "button": _("Discard"), "note": note}
    return _asked(request, invoice, form, verb, _("Discarded"), **said)


@gate("billing.credit")
def credit(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.credit")
    first = {"version": invoice.version}
    left, currency = left_to_credit(invoice), invoice.currency
    form = CreditForm(request.POST or None, left=left, currency=currency, initial=first)
    notes: list[Invoice] = []

    def verb(said: dict[str, Any]) -> None:
        by, at, wanted = request.user, timezone.now(), form.wanted()
        notes.append(invoice.credit(reason=said["reason"], lines=wanted, by=by, at=at))

    note = _("A credit note is issued at once and settles what is still due; the rest is the client's.")
    said = {"heading": _("Credit"), "button": _("Issue the credit note"), "note": note}

    def text() -> str:
        return _("Credit note %(number)s issued") % {"number": notes[0]}

    return _asked(request, invoice, form, verb, text, template="billing/invoice_credit.html", **said)


@gate("billing.credit")
def write_off(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.credit")
    form = WriteOffForm(request.POST or None, initial={"version": invoice.version})

    def verb(said: dict[str, Any]) -> None:
        invoice.write_off(reason=said["reason"], amount=said["amount"], by=request.user, at=timezone.now())

    due = words.amount_text(invoice.due, invoice.currency)
    note = _("%(due)s is still due. What is written off nobody is asked for any more.") % {"due": due}
    said = {"heading": _("Write off"), "button": _("Write off"), "note": note}
    return _asked(request, invoice, form, verb, _("Written off"), **said)


@gate("billing.credit")
def take_back(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.credit")
    form = VersionForm(request.POST or None, initial={"version": invoice.version})

    def verb(said: dict[str, Any]) -> None:
        invoice.take_back_write_off(by=request.user, at=timezone.now())

    amount = words.amount_text(invoice.written_off, invoice.currency)
    note = _("%(amount)s that was written off is due again.") % {"amount": amount}
    said = {"heading": _("Take back the write-off"), "button": _("Take back"), "note": note}
    return _asked(request, invoice, form, verb, _("It is due again"), **said)


@gate("billing.approve")
def give(request: Request, pk: int) -> HttpResponse:
    """To another owner; whoever had it keeps seeing it."""
    invoice = found_invoice(request, pk, "billing.approve")
    form = GiveForm(request.POST or None, person=request.user, initial={"owner": invoice.owner_id})

    def verb(said: dict[str, Any]) -> None:
        giving.assign(invoice, said["owner"], by=request.user, at=timezone.now())

    said = {"heading": _("Give to somebody else"), "button": _("Give")}
    return _asked(request, invoice, form, verb, _("Given"), **said)


def _asked(
    request: Request, invoice: Invoice, form: Any, verb: Verb, text: str | Callable[[], str], **said: Any
) -> HttpResponse:
    """The form, or the verb once; refused, the form with what was typed."""
    status = None
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            status = tried(form, lambda: verb(form.cleaned_data))
            if status == HTTPStatus.OK:
                sent.url = address_of(invoice, request.user)
        if status == HTTPStatus.OK:
            return done(request, invoice, text if isinstance(text, str) else text())
    title = f"{said.pop('heading')}: {title_of(invoice)}"
    return form_page(request, form, invoice, status=status, title=title, **said)
