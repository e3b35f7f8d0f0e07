"""Drawings: how a process goes, and where a run stands."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from foundation.gate import Request, find, gate
from processes.models import Process
from processes.queries import heat, run_page
from processes.views.answers import found_run


@require_safe
@gate("processes.work")
def process_heat(request: Request, pk: int) -> HttpResponse:
    processes = Process.objects.select_related("owner").defer("outline", "graph", "drawing")
    process = find(processes, request, pk)
    return render(
        request, "processes/heat.html", {"process": process, **heat.page_of(process, timezone.now())}
    )


@require_safe
@gate("processes.work")
def run_drawing(request: Request, pk: int) -> HttpResponse:
    run = found_run(request, pk)
    return render(request, "processes/run_drawing.html", {"run": run, "drawing": run_page.drawing(run)})
