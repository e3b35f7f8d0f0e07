from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from foundation.gate import gate
from foundation.refusals import refused_into
from integrations import queries
from integrations.exporting import desk
from integrations.exporting.lists import taken
from integrations.forms_export import ExportForm


@require_http_methods(["GET", "HEAD", "POST"])
@gate("integrations.export")
def export_list(request: HttpRequest, key: str) -> HttpResponseBase:
    """A list as it stands in its address: how much it is and why it is taken, then the file."""
    person: Any = request.user
    wanted = taken(key, request.GET, person)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refused_into(form):
            pieces = desk.export(wanted, **form.cleaned_data, by=person, at=timezone.now())
            answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
            name = f"{key}-{timezone.localdate():%Y-%m-%d}.csv"
            answer["Content-Disposition"] = f'attachment; filename="{name}"'
            return answer
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, **queries.export(wanted, person.language)}
    return render(request, "integrations/export.html", context, status=status)
