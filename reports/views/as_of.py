from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from foundation.gate import gate
from foundation.refusals import refused_into
from reports.as_of_page import asked_of, board_page, known_since, list_page
from reports.forms import ParametersForm
from reports.links import query_of
from reports.readers import Reader
from reports.registry import find_report

KEY = "pipeline-on"


@gate("reports.view")
def pipeline_on(request: HttpRequest) -> HttpResponse:
    """The pipeline as it stood when a past day ended, as a board or a list; to look at only."""
    found, reader = find_report(KEY), Reader(request.user)
    said = {each.key: request.GET.get(each.key, "") for each in found.parameters}
    form = ParametersForm(said, found, reader)
    is_list = request.GET.get("as") == "list"
    context: dict[str, Any] = {"report": found, "form": form, "is_list": is_list, "query": query_of(said)}
    with refused_into(form):
        asked = asked_of(reader, found.parsed(said, reader))
        context |= {"on": asked.on, "before": known_since(asked)}
        context |= list_page(asked, request.GET.get("after", "")) if is_list else board_page(asked)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "reports/as_of.html", context, status=status)
