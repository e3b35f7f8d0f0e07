from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from changes.trash.found import says_when_trashed
from deals.models import Deal
from deals.queries import page as queries
from foundation.gate import find, gate


@gate("deals.view")
@says_when_trashed("deal")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one deal."""
    deal = find(queries.with_team(Deal.objects.select_related(*queries.WITH)), request, pk)
    return render(
        request, "deals/page.html", queries.page_of(deal, request.user, request.GET.get("only", ""))
    )


@gate("deals.view")
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Older entries of the timeline, or all of a kind."""
    deal = find(Deal.objects.all(), request, pk)
    before = request.GET.get("before")
    entries = queries.timeline_of(deal, before, request.GET.get("only", ""))
    part = "deals/timeline.html" if before and getattr(request, "htmx", None) else "deals/timeline_part.html"
    return render(request, part, {"deal": deal, "timeline": entries})
