"""Deleting a deal: into the trash."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from changes.trash.asking import ask_or_put
from deals.models import Deal
from deals.trash import DELETE
from foundation.gate import Request, find, gate


@require_http_methods(["GET", "HEAD", "POST"])
@gate(DELETE)
def trash(request: Request, pk: int) -> HttpResponse:
    deal = find(Deal.objects.all(), request, pk, DELETE)
    return ask_or_put(request, deal, back=deal.get_absolute_url(), after=reverse("deals:list"))
