"""Files: added to a client, a deal or a task, taken away, and fetched through the gate."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import uploads
from activities.forms.records import FileForm
from activities.models import Attachment
from activities.views.record_answers import about_of, asked, back, done_once, logged
from changes.trash.found import says_when_trashed
from changes.trash.verbs import put_in_trash
from deals.views.answers import way_back
from foundation.errors import Forbidden, Refused
from foundation.gate import Request, find, gate

NOTHING_RUNS = "default-src 'none'; sandbox"


@require_http_methods(["GET", "HEAD", "POST"])
@gate("activities.create")
def file_add(request: Request) -> HttpResponse:
    about = about_of(request)
    form = FileForm(
        request.POST or None, request.FILES or None, about=about, person=request.user, auto_id="record_%s"
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        links = form.links() | {"task": about.task, "meeting": about.meeting}
        kept, url = done_once(
            request, form, lambda: Attachment.add(upload, **links, by=request.user, at=timezone.now())
        )
        if url:
            text = _("File added: %(name)s") % {"name": kept.name if kept else ""}
            return logged(request, kept, f"{text}.", record_url="/") if kept else back(request)
    return asked(request, form, "file", title=_("Add a file"), button=_("Add the file"))


@require_safe
@gate("activities.view")
@says_when_trashed("file")
def file(request: Request, pk: int) -> HttpResponseBase:
    """Always a download; a browser must neither guess its kind nor run anything in it."""
    row = find(Attachment.objects.all(), request, pk)
    try:
        content = row.file.open("rb")
    except FileNotFoundError:
        raise Refused(_("The file “%(name)s” is no longer on the server.") % {"name": row.name}) from None
    kind = row.kind if row.kind in uploads.SAFE_KINDS else uploads.ANYTHING
    answer = FileResponse(content, as_attachment=True, filename=row.name, content_type=kind)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = NOTHING_RUNS
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@gate("activities.change")
def file_remove(request: Request, pk: int) -> HttpResponse:
    row = find(Attachment.objects.all(), request, pk)
    if not request.user.reach("activities.change").covers_person(row.author_id):
        raise Forbidden("activities.change")
    entry = put_in_trash(row, by=request.user, at=timezone.now())
    undo = reverse("changes:trash_restore", args=[entry.pk])
    messages.success(request, _("File removed: %(name)s") % {"name": row.name}, extra_tags=f"undo:{undo}")
    return redirect(way_back(request, "/"))
