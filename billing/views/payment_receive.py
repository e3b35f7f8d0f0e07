from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from billing.models import Invoice, LegalEntity
from billing.payment_forms import ReceiveForm
from billing.receiving import receive as received
from billing.views.payment_answers import address, done, form_page
from deals.views.answers import tried
from foundation.clock import company_day
from foundation.gate import Request, gate
from foundation.once import once

LARGEST_KEY = 2**63


@gate("billing.receive")
def receive(request: Request) -> HttpResponse:
    """A payment by hand; of an invoice, what is due of it is filled in."""
    form = ReceiveForm(request.POST or None, person=request.user, initial=_first(request))
    status, made = None, []
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        invoice = _invoice(request, said.pop("invoice"))
        del said["client"]
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            by, at = request.user, timezone.now()
            status = tried(form, lambda: made.append(received(invoice=invoice, by=by, at=at, **said)))
            if status == HTTPStatus.OK:
                sent.url = address(made[0], by)
        if status == HTTPStatus.OK:
            return done(made[0], request, _("Received"))
    template = "billing/payment_receive.html"
    said = {"title": _("Receive a payment"), "button": _("Receive"), "template": template}
    return form_page(request, form, status=status, **said)


def _first(request: Request) -> dict[str, Any]:
    """What is known before anything is typed."""
    first: dict[str, Any] = {
        "currency": settings.BASE_CURRENCY,
        "received_on": company_day(timezone.now()),
        "legal_entity": LegalEntity.objects.filter(is_default=True).first(),
    }
    if (invoice := _invoice(request, _key(request, "invoice"))) is not None:
        return first | {
            "invoice": invoice.pk,
            "amount": invoice.due,
            "currency": invoice.currency,
            "legal_entity": invoice.legal_entity_id,
            "account": invoice.account_id,
            "client": invoice.account.name,
            "purpose": _("Payment of %(invoice)s") % {"invoice": invoice},
        }
    account = Account.objects.visible_to(request.user).filter(pk=_key(request, "account") or 0).first()
    return first | {"account": account.pk, "client": account.name} if account else first


def _invoice(request: Request, key: int | None) -> Invoice | None:
    """An issued one of which something is due, if the person sees it."""
    visible = Invoice.objects.visible_to(request.user).unsettled().select_related("account")
    return visible.filter(pk=key).first() if key else None


def _key(request: Request, name: str) -> int | None:
    said = request.GET.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and int(said) < LARGEST_KEY else None
