"""One run: where it stands and what happened; and older lines of its history."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.gate import Request, gate
from processes.queries import run_page as queries
from processes.views.answers import found_run


@require_safe
@gate("processes.work")
def run(request: Request, pk: int) -> HttpResponse:
    context = queries.page_of(found_run(request, pk), request.user, request.GET.get("cursor"))
    return render(request, "processes/run.html", context)


@require_safe
@gate("processes.work")
def run_history(request: Request, pk: int) -> HttpResponse:
    """Older lines, fetched in place; without a script, the page from there."""
    found = found_run(request, pk)
    context = queries.page_of(found, request.user, request.GET.get("cursor"))
    return render(request, "processes/run.html#history" if request.htmx else "processes/run.html", context)
