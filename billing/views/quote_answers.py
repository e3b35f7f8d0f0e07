"""How the views of quotes answer: the quote found, a form page, the way on."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from billing.models import Quote
from billing.queries.quote import WITH, title_of
from deals.views.answers import form_page as page_of_form
from foundation.gate import Request, find


def found_quote(request: Request, pk: int, verb: str | None = None) -> Quote:
    """404 where it is not seen, 403 where the verb does not reach it."""
    quote: Quote = find(Quote.objects.select_related(*WITH), request, pk, verb)
    return quote


def done(request: Request, url: str, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(url)


def address_of(quote: Quote, person: Any) -> str:
    """The quote; the list where it is no more the person's to see."""
    sees = person.reaches(quote, "billing.view")
    return quote.get_absolute_url() if sees else reverse("billing:quotes")


def form_page(request: Request, form: Any, quote: Quote | None = None, **said: Any) -> HttpResponse:
    """The templates of forms of invoices show it, so it is their `invoice` too."""
    said.setdefault("template", "billing/quote_form.html")
    name = title_of(quote) if quote else ""
    return page_of_form(request, form, invoice=quote, quote=quote, quote_title=name, **said)
