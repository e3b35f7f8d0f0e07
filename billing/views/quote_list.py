from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from billing.models import Quote, QuoteState
from billing.queries import quotes as queries
from billing.quote_filters import QuoteFilter
from billing.views.payment_list import with_said
from foundation.clock import company_day
from foundation.gate import Request, gate

FIELDS = {"q", "state", "day_from", "day_to", "cursor"}


@gate("billing.view")
def quotes(request: Request) -> HttpResponse:
    """Quotes the person sees, the latest first."""
    visible = Quote.objects.visible_to(request.user)
    filterset = QuoteFilter(request.GET, queryset=visible, request=request)
    found, said = filterset.qs, filterset.said
    page = queries.list_page(found, request.GET.get("cursor"), company_day(timezone.now()))
    context = {
        "page": page,
        "links": {name: with_said(request, cursor=getattr(page, name)) for name in ("previous", "next")},
        "sums": queries.sums_of(found),
        "said": said,
        "troubles": filterset.troubles,
        "kept": [(name, value) for name in request.GET for value in request.GET.getlist(name)
                 if name not in FIELDS],
        "states": QuoteState.choices,
        "may_create": request.user.may("billing.create"),
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if filterset.troubles else HTTPStatus.OK
    return render(request, "billing/quotes.html", context, status=status)
