from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from foundation.gate import gate
from foundation.refusals import refused_into
from integrations import desk, queries
from integrations.forms import ImportStartForm
from integrations.uploads import LimitedUploadHandler


@csrf_exempt  # only until the upload handler is in place: the check itself is in _start
@require_http_methods(["GET", "HEAD", "POST"])
@gate("integrations.import")
def import_start(request: HttpRequest) -> HttpResponse:
    """Choose a file."""
    request.upload_handlers.insert(0, LimitedUploadHandler(request))
    return _start(request)


@csrf_protect
def _start(request: HttpRequest) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ImportStartForm(*sent, person=request.user, request=request)
    if request.method == "POST" and form.is_valid():
        with refused_into(form):
            entity, file = form.cleaned_data["entity"], form.cleaned_data["file"]
            job = desk.receive(file, entity, by=request.user, at=timezone.now())
            return redirect("integrations:import_preview", job.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "recent": queries.recent(request.user)}
    return render(request, "integrations/import_start.html", context, status=status)
