"""The outline of a process: read as sentences, changed where it stands, with or without a script."""

import json
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.errors import Refused, Stale
from foundation.gate import Request, find, gate
from processes import operations
from processes.editing import deeds, parts, previewing
from processes.editing.around import Around
from processes.editing.page import Undoing, editor, opened_by_itself, revision_said
from processes.models import Process


@gate("processes.design")
def design(request: Request, pk: int) -> HttpResponse:
    process = find(Process.objects.select_related("current", "owner"), request, pk)
    opened = request.GET.get("open", opened_by_itself(process))
    return shown(request, Around(process), opened=opened)


@require_POST
@gate("processes.design")
def part(request: Request, pk: int, key: str) -> HttpResponse:
    """Keep the form of a part; `again` only draws it anew for what was chosen in it."""
    around = Around(find(Process.objects.select_related("current", "owner"), request, pk))
    form = parts.form_of(around, key, request.POST)
    if "again" in request.POST:
        form._errors = {}  # it is not finished, so nothing in it is wrong yet
        return shown(request, around, opened=key, form=form)
    if form.is_valid():
        try:
            told = {"revision": revision_said(request.POST), "by": request.user, "at": timezone.now()}
            parts.keep(around, key, form, **told)
            return _saved(request, around.process, key)
        except Stale:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return shown(request, around, opened=key, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@gate("processes.design")
def do(request: Request, pk: int) -> HttpResponse:
    """One click in the outline: add, move, copy, take away."""
    process = find(Process.objects.select_related("current", "owner"), request, pk)
    said = request.POST
    done = deeds.do(process, said.get("do", ""), said.get("key", ""), said.get("more", ""))
    before = {name: getattr(process, name) for name in done.changed}
    now = timezone.now()
    operations.edit(process, revision=revision_said(said), by=request.user, at=now, **done.changed)
    if done.undo:
        Undoing(request.session).keep(process, before)
    if not request.htmx:
        if done.undo:
            messages.success(request, done.undo, extra_tags=f"undo:{_undo_url(process)}")
        opens = f"?open={done.opens}" if done.opens else ""
        return redirect(f"{_url(process)}{opens}#{done.opens or done.focus}")
    response = shown(request, Around(process), opened=done.opens, focus=done.focus)
    if done.undo:
        toast = {"text": done.undo, "kind": "success", "undo_url": _undo_url(process)}
        response["HX-Trigger"] = json.dumps({"toast": toast})
    return response


@require_POST
@gate("processes.design")
def undo(request: Request, pk: int) -> HttpResponse:
    process = find(Process.objects.all(), request, pk)
    before = Undoing(request.session).of(process)
    told = {"revision": process.draft_revision, "by": request.user, "at": timezone.now()}
    operations.edit(process, **told, **before)
    messages.success(request, _("It is back where it was."))
    return redirect(_url(process))


@require_POST
@gate("processes.design")
def count(request: Request, pk: int, key: str) -> HttpResponse:
    """How many records the condition typed into an open form holds for now."""
    around = Around(find(Process.objects.all(), request, pk))
    form = parts.form_of(around, key, request.POST)
    prefix = request.POST.get("counts", "")
    asked = getattr(form, "asked", {}).get(prefix)
    found = asked.matches(timezone.now()) if asked is not None and asked.rows else None
    return HttpResponse(around.count_words(found))


@require_POST
@gate("processes.design")
def reads(request: Request, pk: int, key: str) -> HttpResponse:
    """How the texts typed into an open form would read on the last record the person may see."""
    around = Around(find(Process.objects.all(), request, pk))
    form = parts.form_of(around, key, request.POST)
    context = {"preview": previewing.preview(around, form, request.user, timezone.now())}
    return render(request, "processes/editing/preview.html", context)


def shown(request: Request, around: Around, *, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
    """The page, or only the editor for a script."""
    context = editor(around, now=timezone.now(), **more)
    name = "editor" if request.htmx else "design"
    return render(request, f"processes/editing/{name}.html", context, status=status)


def _saved(request: Request, process: Process, key: str) -> HttpResponse:
    if request.htmx:
        return shown(request, Around(process), opened=opened_by_itself(process), focus=key)
    return redirect(f"{_url(process)}#{key}")


def _url(process: Process) -> str:
    return reverse("processes:design", args=[process.pk])


def _undo_url(process: Process) -> str:
    return reverse("processes:design_undo", args=[process.pk])
