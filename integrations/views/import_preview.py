from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from foundation.gate import find, gate
from foundation.refusals import refused_into
from integrations import desk, queries
from integrations.forms import MappingForm
from integrations.models import ImportJob


@require_http_methods(["GET", "HEAD", "POST"])
@gate("integrations.import")
def import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file would do, and how it is read; a POST reads it in another way."""
    job = find(ImportJob.objects, request, pk)
    if not job.is_previewed:
        return redirect("integrations:import_result", pk)
    form = MappingForm(request.POST if request.method == "POST" else None, job=job, person=request.user)
    if request.method == "POST" and form.is_valid():
        with refused_into(form):
            desk.remap(job, form.mapping(), by=request.user, at=timezone.now())
            return redirect("integrations:import_preview", pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    person: Any = request.user
    context = {"form": form, **queries.preview(job, person.language)}
    return render(request, "integrations/import_preview.html", context, status=status)


@require_POST
@gate("integrations.import")
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm. A second click only leads to the result of the first."""
    job = find(ImportJob.objects, request, pk)
    if job.is_previewed:
        desk.confirm(job, by=request.user, at=timezone.now())
    return redirect("integrations:import_result", pk)
