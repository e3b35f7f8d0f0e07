from datetime import timedelta
from http import HTTPStatus

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.instalment_forms import EQUAL, HAND, ONCE, InstalmentsForm
from billing.models import Invoice
from billing.queries.invoice import title_of
from billing.views.answers import done, form_page, found_invoice
from deals.queries import words
from deals.views.answers import tried
from foundation.errors import Refused
from foundation.gate import Request, gate


@gate("billing.change")
def instalments(request: Request, pk: int) -> HttpResponse:
    """When how much of a draft is to be paid."""
    invoice = found_invoice(request, pk, "billing.change")
    if invoice.is_issued:
        raise Refused(_("%(number)s was issued and does not change any more.") % {"number": invoice})
    had = list(invoice.instalments.order_by("position"))
    first = {
        "version": invoice.version,
        "how": HAND if had else ONCE,
        "first_due_on": invoice.dated_on + timedelta(days=invoice.payment_days),
    }
    form = InstalmentsForm(request.POST or None, had=had, initial=first)
    status = None
    if request.method == "POST" and form.is_valid():
        status = tried(form, lambda: _scheduled(invoice, form, request))
        if status == HTTPStatus.OK:
            return done(request, invoice, _("Saved"))
    total = words.amount_text(invoice.total, invoice.currency)
    said = {
        "title": _("Instalments: %(invoice)s") % {"invoice": title_of(invoice)},
        "button": _("Save"),
        "note": _("The total is %(total)s; the last part takes what is left over.") % {"total": total},
        "template": "billing/invoice_schedule.html",
    }
    return form_page(request, form, invoice, status=status, **said)


def _scheduled(invoice: Invoice, form: InstalmentsForm, request: Request) -> None:
    said, by, at = form.cleaned_data, request.user, timezone.now()
    if said["how"] == EQUAL:
        invoice.divide(
            said["count"],
            first_due_on=said["first_due_on"],
            months=said["months"],
            version=said["version"],
            by=by,
            at=at,
        )
    else:
        parts = form.amounts(invoice.total, invoice.currency)
        invoice.schedule(parts, version=said["version"], by=by, at=at)
