"""Notes: written down, reworded, kept on top."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms.records import NoteEditForm, NoteForm
from activities.mentions import mentioned_in, suggested
from activities.models import Note
from activities.queries.records import may_edit, record_page
from activities.views.record_answers import about_of, asked, back, done_once, logged
from deals.views.answers import tried, way_back
from foundation.errors import Forbidden
from foundation.gate import Request, find, gate


@require_http_methods(["GET", "HEAD", "POST"])
@gate("activities.create")
def note_add(request: Request) -> HttpResponse:
    about = about_of(request)
    form = NoteForm(request.POST or None, about=about, person=request.user, auto_id="record_%s")
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        note, url = done_once(
            request,
            form,
            lambda: Note.add(
                said["text"], is_pinned=said["is_pinned"], mentioned=_mentioned(said["text"], request.user),
                **form.links(), by=request.user, at=timezone.now(),
            ),
        )  # fmt: skip
        if url:
            return logged(request, note, _("Note added."), record_url=url) if note else back(request, url)
    return asked(request, form, "note", title=_("New note"), button=_("Add the note"))


@require_safe
@gate("activities.view")
def note(request: Request, pk: int) -> HttpResponse:
    record = find(Note.objects.select_related("account", "contact", "deal", "author"), request, pk)
    return render(request, "activities/record.html", record_page("note", record, request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@gate("activities.change")
def note_edit(request: Request, pk: int) -> HttpResponse:
    note = _found(request, pk)
    initial = {"text": note.text, "seen": note.text}
    form = NoteEditForm(request.POST or None, initial=initial, auto_id="record_%s")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        text, seen = form.cleaned_data["text"], form.cleaned_data["seen"].replace("\r\n", "\n")
        mentioned = _mentioned(text, request.user)
        status = tried(
            form,
            lambda: note.edit(text, seen=seen, mentioned=mentioned, by=request.user, at=timezone.now()),
        )
        if status == HTTPStatus.OK:
            messages.success(request, _("Saved."))
            return redirect(way_back(request, note.get_absolute_url()))
    context = {"form": form, "note": note, "next": way_back(request, "")}
    return render(request, "activities/note_edit.html", context, status=status)


@require_POST
@gate("activities.change")
def note_pin(request: Request, pk: int) -> HttpResponse:
    """Pin, or with `pinned=0` let go."""
    note = _found(request, pk)
    verb = note.unpin if request.POST.get("pinned") == "0" else note.pin
    verb(by=request.user, at=timezone.now())
    text = _("Kept on top.") if note.is_pinned else _("No longer on top.")
    messages.success(request, text)
    return redirect(way_back(request, note.get_absolute_url()))


@require_safe
@gate("activities.create")
def colleagues(request: Request) -> HttpResponse:
    """Names beginning with the letters typed after @."""
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    return JsonResponse({"names": suggested(typed) if typed else []})


def _found(request: Request, pk: int) -> Note:
    note: Note = find(Note.objects.select_related("account", "deal"), request, pk)
    if not may_edit(note, request.user):
        raise Forbidden("activities.change")
    return note


def _mentioned(text: str, author: object) -> list[int]:
    return [person.pk for person in mentioned_in(text) if person.pk != author.pk]  # type: ignore[attr-defined]
