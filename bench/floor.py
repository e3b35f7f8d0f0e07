"""The floor of DESIGN §9: the least a signed-in page with fifty rows can cost. Served only by the bench."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deals.models import Deal
from foundation.gate import gate

FIELDS = ("pk", "title", "state", "amount", "currency", "next_step", "opened_on")


@gate("deals.view")
def floor(request: HttpRequest) -> HttpResponse:
    """Full middleware, one indexed values() query, 50 × 7 cells that are text already."""
    rows = [
        [str(row[name]) for name in FIELDS]
        for row in Deal.objects.order_by("-opened_at", "-pk").values(*FIELDS)[:50]
    ]
    return render(request, "bench/floor.html", {"rows": rows})
