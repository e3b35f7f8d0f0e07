from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.gate import Request, find, gate
from foundation.once import once
from processes import operations
from processes.models import Process
from processes.queries import subjects
from processes.queries.work_page import what_follows
from processes.views.answers import way_back


@require_POST
@gate("processes.start")
def start(request: Request) -> HttpResponse:
    """Begin a process (`process`) for a record (`kind`, `key`) by hand; pressed twice, it begins once."""
    kind = request.POST.get("kind", "")
    record = find(subjects.known_kind(kind).model._default_manager.all(), request, _number(request, "key"))
    offered = Process.objects.visible_to(request.user).startable_by(request.user, kind)
    process = offered.filter(pk=_number(request, "process")).first()
    if process is None:
        raise Http404
    with once(request) as sent:
        if not sent.already:
            run = operations.start(process, record.pk, by=request.user, at=timezone.now())
            text = _("“%(process)s” began.") % {"process": process.name}
            messages.success(request, f"{text} {what_follows(run)}".strip())
            sent.url = way_back(request, run.get_absolute_url())
    return redirect(sent.url)


def _number(request: Request, name: str) -> int:
    said = request.POST.get(name, "")
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise Http404
    return int(said)
