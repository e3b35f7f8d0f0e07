from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from billing import operations
from billing.invoice_forms import NewInvoiceForm, NothingForm
from billing.models import Invoice, TaxMode
from billing.models.header import usual_currency, usual_legal_entity
from billing.views.answers import form_page
from deals.filters import LARGEST_KEY
from deals.models import Deal
from deals.views.answers import tried
from foundation.errors import Refused
from foundation.gate import Request, find, gate
from foundation.once import once

USUAL_DAYS = 14


@gate("billing.create")
def new(request: Request) -> HttpResponse:
    """A draft for a client; its lines are written next. Sent twice, it is drafted once."""
    form = NewInvoiceForm(request.POST or None, person=request.user, initial=first_known(request))
    status, drafted = None, []
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            status = tried(form, lambda: drafted.append(_drafted(form, request)))
            sent.url = reverse("billing:lines", args=[drafted[0].pk]) if drafted else ""
        if status == HTTPStatus.OK:
            return redirect(sent.url)
    said = {"title": _("New invoice"), "button": _("Write the lines"), "template": "billing/invoice_new.html"}
    return form_page(request, form, None, status=status, **said)


@gate("billing.create")
def of_deal(request: Request, pk: int) -> HttpResponse:
    """A draft of what the deal is about, in one press; a link opened shows what will be done."""
    deal = find(Deal.objects.select_related("account", "owner"), request, pk)
    if request.method == "POST":
        with once(request) as sent:
            if not sent.already:
                made = operations.invoice_deal(deal, by=request.user, at=timezone.now())
                sent.url = reverse("billing:lines", args=[made.pk])
        messages.success(request, _("Drafted of the deal “%(title)s”") % {"title": deal.title})
        return redirect(sent.url)
    context = {
        "deal": deal,
        "title": _("Invoice “%(title)s”") % {"title": deal.title},
        "button": _("Draft it"),
    }
    return form_page(request, NothingForm(), None, template="billing/invoice_of_deal.html", **context)


def _drafted(form: NewInvoiceForm, request: Request) -> Invoice:
    said = form.cleaned_data
    deal = Deal.objects.visible_to(request.user).filter(pk=said["deal"]).first() if said["deal"] else None
    return Invoice.draft(
        account=said["account"], deal=deal, by=request.user, at=timezone.now(), **form.header()
    )


def first_known(request: Request) -> dict[str, Any]:
    """What is known before anything is typed."""
    first: dict[str, Any] = {"payment_days": USUAL_DAYS, "tax_mode": TaxMode.ON_TOP}
    try:
        entity = usual_legal_entity()
        first |= {"legal_entity": entity.pk, "currency": usual_currency(entity)}
    except Refused:
        pass  # said when the form is sent
    account = Account.objects.visible_to(request.user).filter(pk=key_of(request, "account") or 0).first()
    if deal := Deal.objects.visible_to(request.user).filter(pk=key_of(request, "deal") or 0).first():
        first |= {"deal": deal.pk, "currency": deal.currency}
        account = account or deal.account
    return first | {"account": account.pk, "client": account.name} if account else first


def key_of(request: Request, name: str) -> int | None:
    said = request.GET.get(name, "")
    is_key = said.isascii() and said.isdigit() and len(said) < 20 and int(said) <= LARGEST_KEY
    return int(said) if is_key else None
