"""Drawings: how a process goes, and where a run stands."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import Refused
from foundation.gate import Request, find, gate
from processes import operations
from processes.models import Process
from processes.queries import heat, run_page
from processes.views.answers import done, found_run


@require_safe
@gate("processes.work")
def process_heat(request: Request, pk: int) -> HttpResponse:
    processes = Process.objects.select_related("owner").defer("outline", "drawing")
    process = find(processes, request, pk)
    page = heat.page_of(process, timezone.now(), request.user, _days(request.GET.get("days", "")))
    return render(
        request, "processes/heat.html", {"process": process, "has_outline": process.graph is None, **page}
    )


@require_POST
@gate("processes.design")
def use_deadline(request: Request, pk: int) -> HttpResponse:
    """The deadline that nine of ten would have kept at a step (`node`) goes into the draft."""
    process = find(Process.objects.all(), request, pk)
    node, now = request.POST.get("node", ""), timezone.now()
    deadline = heat.suggestion(process, node, now, _days(request.POST.get("days", "")))
    if deadline is None:
        raise Refused(_("Too little has been done here to suggest a deadline."))
    operations.set_deadline(process, node, deadline.amount, deadline.unit, by=request.user, at=now)
    text = _("In the draft now, with the deadline that nine of ten would keep. It holds once you publish it.")
    return done(request, text, reverse("processes:design", args=[process.pk]))


def _days(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 0


@require_safe
@gate("processes.work")
def run_drawing(request: Request, pk: int) -> HttpResponse:
    run = found_run(request, pk)
    return render(request, "processes/run_drawing.html", {"run": run, "drawing": run_page.drawing(run)})
