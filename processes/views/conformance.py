"""How a process is kept: what people really did, the runs behind each figure, and the table as a file."""

import csv
import io

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from foundation.gate import Request, find, gate
from processes.models import Process
from processes.queries.conformance import LABELS, MARKS, USUAL_PERIOD, Conformance, table
from processes.queries.work_list import links
from processes.repairing import REPAIR

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@gate(REPAIR)
def conformance(request: Request, pk: int) -> HttpResponse:
    context = _asked(request, pk).page(request.user)
    context["labels"] = [(mark, LABELS[mark]) for mark in MARKS]
    return render(request, "processes/conformance.html", context)


@require_safe
@gate(REPAIR)
def conformance_runs(request: Request, pk: int) -> HttpResponse:
    """The runs behind a figure (`what`, of a `node`, a `person` or a `way`), of those the person sees."""
    asked = _asked(request, pk)
    page = asked.runs_page(request.user, request.GET, timezone.now())
    context = {"process": asked.process, "page": page, "links": links(request.GET, page), "days": asked.days}
    context["heading"] = asked.words_of(request.GET)
    return render(request, "processes/conformance_runs.html", context)


@require_safe
@gate(REPAIR)
def conformance_table(request: Request, pk: int) -> HttpResponse:
    """The steps as a file."""
    text = io.StringIO()
    writer = csv.writer(text)
    for line in table(_asked(request, pk).page(request.user)["steps"]):
        writer.writerow([_defused(each) for each in line])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="conformance-{pk}.csv"'
    return response


def _asked(request: Request, pk: int) -> Conformance:
    process = find(Process.objects.select_related("owner").defer("outline", "graph", "drawing"), request, pk)
    days = request.GET.get("days", "")
    is_number = days.isascii() and days.isdigit() and len(days) < 5
    return Conformance(process, int(days) if is_number else USUAL_PERIOD, timezone.now())


def _defused(cell: object) -> object:
    """A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell
