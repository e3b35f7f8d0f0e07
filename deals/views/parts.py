"""Who takes part in a deal, and what it is about."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deals.forms import DealContactForm, DealLineForm
from deals.views.answers import done, form_page, found_deal, tried
from foundation.gate import gate
from foundation.once import once


@gate("deals.change")
def contact_add(request: HttpRequest, pk: int) -> HttpResponse:
    deal = found_deal(request, pk, "deals.change")
    form = DealContactForm(request.POST or None, deal=deal, person=request.user)
    status = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        status = tried(
            form,
            lambda: deal.add_contact(said["contact"], said["role"], by=request.user, at=timezone.now()),
        )
        if status == HTTPStatus.OK:
            return done(request, deal, _("%(name)s takes part in the deal") % {"name": said["contact"].name})
    title = _("Add a contact to “%(title)s”") % {"title": deal.title}
    return form_page(request, form, title=title, button=_("Add contact"), status=status, deal=deal)


@require_POST
@gate("deals.change")
def contact_remove(request: HttpRequest, pk: int, part_pk: int) -> HttpResponse:
    deal = found_deal(request, pk, "deals.change")
    part = get_object_or_404(deal.deal_contacts.select_related("contact"), pk=part_pk)
    deal.remove_contact(part, by=request.user, at=timezone.now())
    return done(request, deal, _("%(name)s no longer takes part in the deal") % {"name": part.contact.name})


@gate("deals.change")
def line_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A product the deal is about. Sent twice, it is added once."""
    deal = found_deal(request, pk, "deals.change")
    form = DealLineForm(request.POST or None)
    status = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            status = tried(
                form,
                lambda: deal.add_line(said["product"], said["quantity"], by=request.user, at=timezone.now()),
            )
            sent.url = deal.get_absolute_url() if status == HTTPStatus.OK else ""
        if status == HTTPStatus.OK:
            return done(request, deal, _("Added: %(product)s") % {"product": said["product"].name})
    title = _("Add a product to “%(title)s”") % {"title": deal.title}
    return form_page(request, form, title=title, button=_("Add product"), status=status, deal=deal)


@require_POST
@gate("deals.change")
def line_remove(request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
    deal = found_deal(request, pk, "deals.change")
    line = get_object_or_404(deal.lines.select_related("product"), pk=line_pk)
    deal.remove_line(line, by=request.user, at=timezone.now())
    return done(request, deal, _("Taken off: %(product)s") % {"product": line.product.name})
