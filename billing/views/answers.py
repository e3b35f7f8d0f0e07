"""How the views of invoices answer: the invoice found, a form page, the way on."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from billing.models import Invoice
from billing.queries.invoice import WITH, title_of
from deals.views.answers import form_page as page_of_form
from deals.views.answers import way_back
from foundation.gate import Request, find


def found_invoice(request: Request, pk: int, verb: str | None = None) -> Invoice:
    """404 where it is not seen, 403 where the verb does not reach it."""
    invoice: Invoice = find(Invoice.objects.select_related(*WITH), request, pk, verb)
    return invoice


def done(request: Request, invoice: Invoice, text: str) -> HttpResponse:
    """To the invoice; to the list where it is no more the person's to see."""
    messages.success(request, text)
    return redirect(way_back(request, address_of(invoice, request.user)))


def address_of(invoice: Invoice, person: Any) -> str:
    sees = person.reaches(invoice, "billing.view")
    return invoice.get_absolute_url() if sees else reverse("billing:list")


def form_page(request: Request, form: Any, invoice: Invoice | None = None, **said: Any) -> HttpResponse:
    said.setdefault("template", "billing/invoice_form.html")
    name = title_of(invoice) if invoice else ""
    return page_of_form(request, form, invoice=invoice, invoice_title=name, **said)
