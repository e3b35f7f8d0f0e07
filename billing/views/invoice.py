"""The page of one invoice."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.queries import invoice_page as queries
from billing.views.answers import found_invoice
from foundation.gate import Request, gate

LONGEST_CURSOR = 2_000


@require_safe
@gate("billing.view")
def invoice(request: Request, pk: int) -> HttpResponse:
    found = found_invoice(request, pk)
    return render(request, "billing/invoice.html", queries.page_of(found, request.user))


@require_safe
@gate("billing.view")
def invoice_timeline(request: Request, pk: int) -> HttpResponse:
    """Older entries of what happened."""
    found = found_invoice(request, pk)
    before = request.GET.get("before", "")[:LONGEST_CURSOR].replace("\x00", "")
    context = {"invoice": found, "timeline": queries.timeline_of(found, before)}
    return render(request, "billing/invoice_timeline.html", context)
