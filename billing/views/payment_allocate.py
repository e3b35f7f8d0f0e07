from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.payment_forms import AllocateForm
from billing.queries.payment import offers
from billing.views.payment_answers import address, done, form_page, found_payment
from deals.queries.words import amount_text
from deals.views.answers import tried
from foundation.gate import Request, gate
from foundation.once import once


@gate("billing.receive")
def allocate(request: Request, pk: int) -> HttpResponse:
    """What the payment settles: suggested, with why, and changed by hand."""
    payment, status = found_payment(request, pk, "billing.receive"), None
    form = AllocateForm(
        request.POST or None, offers=offers(payment, request.user), initial={"version": payment.version}
    )
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            parts, version = form.parts(), form.cleaned_data["version"]
            status = tried(
                form,
                lambda: payment.allocate(parts, by=request.user, at=timezone.now(), version=version),
            )
            if status == HTTPStatus.OK:
                sent.url = address(payment, request.user)
        if status == HTTPStatus.OK:
            return done(payment, request, _("Allocated"))
    left = amount_text(payment.unallocated, payment.currency)
    said = {"title": _("Allocate %(left)s") % {"left": left}, "button": _("Allocate"), "left": left}
    template = "billing/payment_allocate.html"
    return form_page(request, form, payment=payment, status=status, template=template, **said)
