"""How the views of invoices and payments answer: what they find, forms on pages of their own, the way back."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect

from billing.models import Invoice
from billing.queries.invoice_page import BESIDE
from deals.views.answers import form_page as page_of_form
from deals.views.answers import tried, way_back
from foundation.gate import Request, find
from foundation.once import once

FORM = "billing/form.html"


def found_invoice(request: Request, pk: int, verb: str | None = None) -> Invoice:
    """404 where it is not seen, 403 where the verb does not reach it."""
    invoice: Invoice = find(Invoice.objects.select_related(*BESIDE), request, pk, verb)
    return invoice


def sent_in(request: Request) -> Any:
    """What a form was sent with, even if that is nothing; None where it is only to be shown."""
    return request.POST if request.method == "POST" else None


def form_page(request: Request, form: BaseForm, *, template: str = FORM, **said: Any) -> HttpResponse:
    """On a page of its own, which a dialog can show too; 422 where it was refused, 409 where somebody was first."""
    return page_of_form(request, form, template=template, **said)


def act(
    request: Request,
    record: Any,
    form: BaseForm,
    verb: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    button: str,
    done: str,
    template: str = FORM,
    **context: Any,
) -> HttpResponse:
    """A form and one verb. Sent twice, it is done once; refused, it comes back with all that was typed."""
    status = None
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if not sent.already:
                said: dict[str, Any] = dict(form.cleaned_data)
                status = tried(form, lambda: verb(said))
                sent.url = way_back(request, record.get_absolute_url()) if status == HTTPStatus.OK else ""
        if sent.url:
            if status is not None:
                messages.success(request, done)
            return redirect(sent.url)
    return form_page(
        request, form, title=title, button=button, status=status, template=template, record=record, **context
    )
