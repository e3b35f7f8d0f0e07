from functools import partial
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.invoice_forms import HeaderForm
from billing.queries.invoice import title_of
from billing.views.answers import done, form_page, found_invoice
from deals.views.answers import tried
from foundation.errors import Refused
from foundation.gate import Request, gate
from lists.three_way import BOTH, Merging

AS_IT_IS = (
    "legal_entity", "bank_account", "contact", "currency", "dated_on", "payment_days", "language", "tax_mode",
    "tax_rounding", "price_list", "promo_code", "discount_percent", "discount_amount", "note", "version",
)  # fmt: skip


@gate("billing.change")
def edit(request: Request, pk: int) -> HttpResponse:
    """Change the header. Where somebody was first, what only one of the two changed stays; the rest is asked."""
    invoice = found_invoice(request, pk, "billing.change")
    if invoice.is_issued:
        raise Refused(_("%(number)s was issued and does not change any more.") % {"number": invoice})
    blank = partial(HeaderForm, person=request.user, invoice=invoice, initial=as_it_is(invoice))
    merging = Merging(request.POST or None, blank, invoice.version, follows={"account": "client"})
    form, status = blank(merging.data), None
    if merging.conflicts:
        form.add_error(None, BOTH)
        status = HTTPStatus.CONFLICT
    elif request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        status = tried(
            form, lambda: invoice.change(form.changes(), by=request.user, at=timezone.now(), version=version)
        )
        if status == HTTPStatus.OK:
            return done(request, invoice, _("Saved"))
    said = {
        "title": _("Change: %(invoice)s") % {"invoice": title_of(invoice)},
        "button": _("Save"),
        "template": "billing/invoice_edit.html",
        "merging": merging,
        "original": merging.original(blank()),
    }
    return form_page(request, form, invoice, status=status, **said)


def as_it_is(invoice: Any) -> dict[str, Any]:
    first = {name: getattr(invoice, name) for name in AS_IT_IS}
    return first | {"client": invoice.account.name, "account": invoice.account_id}
