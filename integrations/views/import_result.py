from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from foundation.gate import find, gate
from integrations import desk, queries
from integrations.models import ImportJob


@require_safe
@gate("integrations.import")
def import_result(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the import is, then what it did; the page asks for its fragment every two seconds."""
    job = find(ImportJob.objects, request, pk)
    if job.is_previewed:
        return redirect("integrations:import_preview", pk)
    template = "integrations/import_result.html"
    fragment = f"{template}#result" if getattr(request, "htmx", None) else template
    person: Any = request.user
    return render(request, fragment, queries.result(job, person.language))


@require_safe
@gate("integrations.import")
def import_rejected(request: HttpRequest, pk: int) -> Any:
    """The rejected rows as a CSV file, with the reason in the last column."""
    job = find(ImportJob.objects, request, pk)
    if not job.rejected_rows:
        raise Http404
    name = f"{Path(job.file_name).stem.removesuffix(desk.REJECTED)}{desk.REJECTED}.csv"
    return FileResponse(
        job.rejected_rows.open("rb"), as_attachment=True, filename=name, content_type="text/csv"
    )
