from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from foundation.errors import Refused
from foundation.gate import gate
from foundation.refusals import refused_into
from reports.cells import shown
from reports.forms import ParametersForm
from reports.readers import Reader
from reports.registry import find_report


@gate("reports.view")
def report(request: HttpRequest, key: str) -> HttpResponse:
    """Any report of the catalogue: its parameters, its rows, its method."""
    try:
        found = find_report(key)
    except Refused as unknown:
        raise Http404 from unknown
    reader, table = Reader(request.user), None
    asked = {each.key: request.GET.get(each.key, "") for each in found.parameters}
    form = ParametersForm(asked, found, reader)
    with refused_into(form):
        table = found.answer(reader, asked)
    context = {"report": found, "form": form, "table": shown(table) if table else None, "answer": table}
    status = HTTPStatus.OK if table else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "reports/report.html", context, status=status)
