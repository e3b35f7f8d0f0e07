"""Every process with how it stands, and one of them with its steps and runs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.gate import Request, find, gate
from processes.models import Process
from processes.queries import process_list as queries
from processes.queries.work_list import links


@require_safe
@gate("processes.work")
def process_list(request: Request) -> HttpResponse:
    may = request.user.may
    context = {"rows": queries.rows(request.user), "may_design": may("processes.design")}
    context["may_repair"] = may("processes.repair")
    return render(request, "processes/list.html", context)


@require_safe
@gate("processes.work")
def process(request: Request, pk: int) -> HttpResponse:
    processes = Process.objects.select_related("owner", "current").defer(
        "outline", "graph", "drawing", *(f"current__{name}" for name in ("graph", "outline", "drawing"))
    )
    context = queries.page_of(find(processes, request, pk), request.user, request.GET)
    return render(request, "processes/process.html", context | {"links": links(request.GET, context["page"])})
