from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.models import Quote
from billing.queries import quote as queries
from billing.views.invoice import why_page
from billing.views.quote_answers import found_quote
from foundation.gate import Request, find, gate


@require_safe
@gate("billing.view")
def quote(request: Request, pk: int) -> HttpResponse:
    """Everything about one version of a quote."""
    found = found_quote(request, pk)
    context = queries.page_of(found, request.user, is_whole=request.GET.get("lines") == "all")
    return render(request, "billing/quote.html", context)


@require_safe
@gate("billing.view")
def timeline(request: Request, pk: int) -> HttpResponse:
    """Older entries of what happened."""
    found = find(Quote.objects.all(), request, pk)
    entries = queries.timeline_of(found, request.GET.get("before"))
    return render(request, "deals/timeline.html", {"timeline": entries})


@require_safe
@gate("billing.view")
def why(request: Request, pk: int, line_pk: int) -> HttpResponse:
    """How the price of a line came about."""
    found = found_quote(request, pk)
    title, template = queries.title_of(found), "billing/quote_why.html"
    return why_page(request, found, line_pk, title=title, template=template)
