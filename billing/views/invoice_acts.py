"""What happens to an invoice: approval, issue, credit, write-off. One form, one verb each."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing import giving
from billing.crediting import left_to_credit
from billing.forms.acts import ApproveForm, AssignForm, CreditForm, ReasonForm, VersionForm, WriteOffForm
from billing.queries.words import money
from billing.views.answers import act, found_invoice, sent_in
from foundation.gate import Request, gate

ANSWERS = ["GET", "HEAD", "POST"]


def _told(request: Request) -> dict[str, Any]:
    return {"by": request.user, "at": timezone.now()}


@require_http_methods(ANSWERS)
@gate("billing.change")
def invoice_submit(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.change")
    form = VersionForm(sent_in(request), initial={"version": invoice.version})
    return act(
        request,
        invoice,
        form,
        lambda said: invoice.submit(version=said["version"], **_told(request)),
        title=_("Ask for approval of %(invoice)s") % {"invoice": invoice},
        button=_("Ask for approval"),
        done=_("Asked."),
    )


@require_http_methods(ANSWERS)
@gate("billing.approve")
def invoice_approve(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.approve")
    form = ApproveForm(sent_in(request), initial={"version": invoice.version})
    return act(
        request,
        invoice,
        form,
        lambda said: invoice.approve(version=said["version"], comment=said["comment"], **_told(request)),
        title=_("Approve %(invoice)s, %(total)s")
        % {"invoice": invoice, "total": money(invoice.total, invoice.currency)},
        button=_("Approve"),
        done=_("Approved."),
    )


@require_http_methods(ANSWERS)
@gate("billing.approve")
def invoice_send_back(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.approve")
    form = ReasonForm(sent_in(request), initial={"version": invoice.version})
    return act(
        request,
        invoice,
        form,
        lambda said: invoice.send_back(version=said["version"], reason=said["reason"], **_told(request)),
        title=_("Send %(invoice)s back") % {"invoice": invoice},
        button=_("Send back"),
        done=_("Sent back."),
    )


@require_http_methods(ANSWERS)
@gate("billing.issue")
def invoice_issue(request: Request, pk: int) -> HttpResponse:
    """From here on nobody changes it: said before it is done."""
    invoice = found_invoice(request, pk, "billing.issue")
    form = VersionForm(sent_in(request), initial={"version": invoice.version})
    return act(
        request,
        invoice,
        form,
        lambda said: invoice.issue(version=said["version"], **_told(request)),
        title=_("Issue %(invoice)s, %(total)s")
        % {"invoice": invoice, "total": money(invoice.total, invoice.currency)},
        told=_("It gets its number and does not change any more. A mistake is credited."),
        button=_("Issue"),
        done=_("Issued."),
    )


@require_http_methods(ANSWERS)
@gate("billing.change")
def invoice_discard(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.change")
    form = VersionForm(sent_in(request), initial={"version": invoice.version})
    return act(
        request,
        invoice,
        form,
        lambda said: invoice.discard(version=said["version"], **_told(request)),
        title=_("Discard %(invoice)s") % {"invoice": invoice},
        told=_("It stays to be seen among the discarded ones and never gets a number."),
        button=_("Discard"),
        done=_("Discarded."),
    )


@require_http_methods(ANSWERS)
@gate("billing.credit")
def invoice_credit(request: Request, pk: int) -> HttpResponse:
    """All that is left of it, or so many of each line."""
    invoice = found_invoice(request, pk, "billing.credit")
    left = left_to_credit(invoice) if invoice.is_issued else {}
    form = CreditForm(sent_in(request), left=left)
    return act(
        request,
        invoice,
        form,
        lambda said: invoice.credit(reason=said["reason"], lines=form.quantities(), **_told(request)),
        title=_("Credit %(invoice)s") % {"invoice": invoice},
        told=_(
            "A credit note is issued at once. What is not paid yet is settled by it; the rest is the client's."
        ),
        button=_("Issue the credit note"),
        done=_("Credited."),
    )


@require_http_methods(ANSWERS)
@gate("billing.credit")
def invoice_write_off(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.credit")
    form = WriteOffForm(sent_in(request))
    return act(
        request,
        invoice,
        form,
        lambda said: invoice.write_off(reason=said["reason"], amount=said["amount"], **_told(request)),
        title=_("Write off what is due of %(invoice)s, %(due)s")
        % {"invoice": invoice, "due": money(invoice.due, invoice.currency)},
        button=_("Write off"),
        done=_("Written off."),
    )


@require_http_methods(ANSWERS)
@gate("billing.credit")
def invoice_take_back(request: Request, pk: int) -> HttpResponse:
    invoice = found_invoice(request, pk, "billing.credit")
    form = VersionForm(sent_in(request))
    return act(
        request,
        invoice,
        form,
        lambda _said: invoice.take_back_write_off(**_told(request)),
        title=_("Take the write-off of %(invoice)s back") % {"invoice": invoice},
        told=_("%(amount)s is due again.") % {"amount": money(invoice.written_off, invoice.currency)},
        button=_("Take back"),
        done=_("It is due again."),
    )


@require_http_methods(ANSWERS)
@gate("billing.approve")
def invoice_assign(request: Request, pk: int) -> HttpResponse:
    """To another owner; whoever had it keeps seeing it."""
    invoice = found_invoice(request, pk, "billing.approve")
    form = AssignForm(sent_in(request), person=request.user)
    return act(
        request,
        invoice,
        form,
        lambda said: giving.assign(invoice, said["owner"], **_told(request)),
        title=_("Give %(invoice)s to somebody") % {"invoice": invoice},
        button=_("Give"),
        done=_("Given."),
    )
