"""An invoice on paper: looked at, sent by mail, opened by a link."""

from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing import sending
from billing.documents import printing
from billing.models import Invoice, InvoiceLink
from billing.models.languages import LANGUAGES
from billing.paper_forms import LinkForm, RevokeForm, SendForm
from billing.queries.invoice import title_of
from billing.queries.papers import addresses_of, links_of
from billing.views.answers import form_page, found_invoice
from deals.queries.words import amount_text
from deals.views.answers import tried
from foundation.clock import company_day
from foundation.gate import Request, gate
from foundation.once import once

USUAL = timedelta(days=60)
# What a browser may do with a PDF that it shows: show it, on our own pages only.
ONLY_SHOWN = "default-src 'none'; frame-ancestors 'self'; object-src 'self'; plugin-types application/pdf"


def language_asked(request: Request, invoice: Invoice) -> str:
    said = request.GET.get("language", "")
    return said if said in dict(LANGUAGES) else invoice.language


@require_safe
@gate("billing.view")
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]
def paper(request: Request, pk: int) -> HttpResponse:
    """The PDF beside what can be done with it."""
    invoice, now = found_invoice(request, pk), timezone.now()
    language = language_asked(request, invoice)
    made = printing.asked(invoice, language, by=request.user, at=now)
    context = {
        "invoice": invoice,
        "invoice_title": title_of(invoice),
        "print": made,
        "language": made.language,
        "languages": LANGUAGES,
        "address": f"{reverse('billing:pdf', args=[pk])}?language={made.language}",
        "links": links_of(invoice, company_day(now)),
        "may_send": invoice.is_issued and request.user.reaches(invoice, "billing.issue"),
    }
    template = "billing/paper_view.html" if request.headers.get("HX-Request") else "billing/paper.html"
    return render(request, template, context)


@require_safe
@gate("billing.view")
def pdf(request: Request, pk: int) -> HttpResponseBase:
    """The file; to the page that waits for it where it is not made yet."""
    invoice = found_invoice(request, pk)
    language = language_asked(request, invoice)
    made = printing.asked(invoice, language, by=request.user, at=timezone.now())
    if not made.is_ready:
        return redirect(f"{reverse('billing:paper', args=[pk])}?language={made.language}")
    answer = file_answer(invoice, made, is_download="download" in request.GET)
    answer["X-Frame-Options"] = "SAMEORIGIN"  # shown within the page above it
    return answer


def file_answer(invoice: Invoice, made: Any, *, is_download: bool) -> FileResponse:
    answer = FileResponse(
        made.file.open("rb"),
        as_attachment=is_download,
        filename=printing.name_of(invoice, sending.file_title(invoice, made.language)),
        content_type="application/pdf",
    )
    answer["Content-Security-Policy"] = ONLY_SHOWN
    answer["Cache-Control"] = "private, no-store"
    return answer


@gate("billing.issue")
def send(request: Request, pk: int) -> HttpResponse:
    invoice, now = found_invoice(request, pk, "billing.issue"), timezone.now()
    subject, text = sending.suggested_text(invoice, amount_text(invoice.total, invoice.currency))
    initial = {
        "to": ", ".join(addresses_of(invoice)),
        "subject": subject,
        "text": text,
        "language": invoice.language or "en",
        "opens_until": company_day(now) + USUAL,
    }
    form, status = SendForm(request.POST or None, initial=initial), None
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            status = tried(form, partial(_send, request, invoice, form))
            if status == HTTPStatus.OK:
                sent.url = reverse("billing:paper", args=[pk])
                messages.success(request, _("It is on its way: a worker sends it now."))
                return redirect(sent.url)
    said = {"title": _("Send by mail"), "button": _("Send"), "status": status}
    return form_page(request, form, invoice, **said)


def _send(request: Request, invoice: Invoice, form: SendForm) -> None:
    said, now = form.cleaned_data, timezone.now()
    with transaction.atomic():
        link = None
        if said["with_link"] and sending.LINK in said["text"]:
            link = InvoiceLink.make(invoice, expires_on=said["opens_until"], by=request.user, at=now)
        sending.send(
            invoice, to=form.addresses(), subject=said["subject"], text=said["text"],
            language=said["language"], link=link, by=request.user, at=now,
        )  # fmt: skip


@gate("billing.issue")
def make_link(request: Request, pk: int) -> HttpResponse:
    invoice, now = found_invoice(request, pk, "billing.issue"), timezone.now()
    form, status = LinkForm(request.POST or None, until=company_day(now) + USUAL), None
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["opens_until"]
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            verb = partial(InvoiceLink.make, invoice, expires_on=until, by=request.user, at=now)
            status = tried(form, verb)
            if status == HTTPStatus.OK:
                sent.url = f"{reverse('billing:paper', args=[pk])}#links"
                messages.success(request, _("The link is made. Copy it and send it to whom you like."))
                return redirect(sent.url)
    note = _("Whoever has the link reads this invoice and its PDF, and nothing else of ours.")
    said = {"title": _("New link"), "button": _("Make the link"), "status": status, "note": note}
    return form_page(request, form, invoice, **said)


@gate("billing.issue")
def revoke_link(request: Request, pk: int) -> HttpResponse:
    link = get_object_or_404(InvoiceLink, pk=pk)
    invoice = found_invoice(request, link.invoice_id, "billing.issue")
    form = RevokeForm(request.POST or None)
    if request.method == "POST":
        link.revoke(by=request.user, at=timezone.now())
        messages.success(request, _("The link opens nothing any more."))
        return redirect(f"{reverse('billing:paper', args=[invoice.pk])}#links")
    note = _("Whoever has it opens nothing any more. This cannot be taken back; a new link can be made.")
    return form_page(request, form, invoice, title=_("Revoke the link"), button=_("Revoke"), note=note)
