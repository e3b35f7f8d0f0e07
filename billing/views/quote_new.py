from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing import quotes
from billing.invoice_forms import NewInvoiceForm, NothingForm
from billing.models import Quote
from billing.views.invoice_new import first_known
from billing.views.quote_answers import form_page
from deals.models import Deal
from deals.views.answers import tried
from foundation.gate import Request, find, gate
from foundation.once import once


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
            sent.url = reverse("billing:quote_lines", args=[drafted[0].pk]) if drafted else ""
        if status == HTTPStatus.OK:
            return redirect(sent.url)
    said = {"title": _("New quote"), "button": _("Write the lines"), "template": "billing/quote_new.html"}
    return form_page(request, form, None, status=status, **said)


@gate("billing.create")
def of_deal(request: Request, pk: int) -> HttpResponse:
    """A draft of what the deal is about, in one press; a link opened shows what will be done."""
    deal = find(Deal.objects.select_related("account", "owner"), request, pk)
    if request.method == "POST":
        with once(request) as sent:
            if not sent.already:
                made = quotes.quote_deal(deal, by=request.user, at=timezone.now())
                sent.url = reverse("billing:quote_lines", args=[made.pk])
        messages.success(request, _("Drafted of the deal “%(title)s”") % {"title": deal.title})
        return redirect(sent.url)
    context = {"deal": deal, "title": _("Quote “%(title)s”") % {"title": deal.title}, "button": _("Draft it")}
    return form_page(request, NothingForm(), None, template="billing/quote_of_deal.html", **context)


def _drafted(form: NewInvoiceForm, request: Request) -> Quote:
    said = form.cleaned_data
    deal = Deal.objects.visible_to(request.user).filter(pk=said["deal"]).first() if said["deal"] else None
    return Quote.draft(
        account=said["account"], deal=deal, by=request.user, at=timezone.now(), **form.header()
    )
