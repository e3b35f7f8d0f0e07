"""The canvas: the same draft as the outline shows, drawn; changed by requests of JSON, kept after each change."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import Refused, Stale
from foundation.gate import Request, find, gate
from processes.canvas import doing, forms
from processes.canvas.page import page_of
from processes.canvas.reading import said_in
from processes.canvas.showing import state_of
from processes.editing.around import Around
from processes.editing.page import revision_said
from processes.models import Process


@require_safe
@gate("processes.design")
def canvas(request: Request, pk: int) -> HttpResponse:
    return render(request, "processes/editing/canvas.html", page_of(_process(request, pk)))


@require_POST
@gate("processes.design")
def save(request: Request, pk: int) -> HttpResponse:
    """The whole draft, after something was moved, taken back or done again."""
    process = _process(request, pk)
    return _answered(request, process, doing.keep_all)


@require_POST
@gate("processes.design")
def do(request: Request, pk: int) -> HttpResponse:
    """One change of the shape: add, connect, delete, arrange."""
    process = _process(request, pk)
    return _answered(request, process, doing.do)


@gate("processes.design")
def part(request: Request, pk: int) -> HttpResponse:
    """The form of a step or line, and what it says; `again` only draws it anew for what was chosen in it."""
    around, line = Around(_process(request, pk)), request.GET.get("line", "")
    key, is_line = line or request.GET.get("key", ""), bool(line)
    if not key:
        return HttpResponse()  # nothing is chosen, so nothing is asked
    if request.method != "POST":
        return _form(request, around, key, forms.form_of(around, key, is_line=is_line))
    form = forms.form_of(around, key, request.POST, is_line=is_line)
    if "again" in request.POST:
        form._errors = {}  # it is not finished, so nothing in it is wrong yet
        return _form(request, around, key, form)
    if form.is_valid():
        try:
            told = {"revision": revision_said(request.POST), "by": request.user, "at": timezone.now()}
            forms.keep(around, key, form, is_line=is_line, **told)
            return JsonResponse({"state": state_of(around.process)})
        except Stale as stale:
            return _conflict(around.process, stale)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return _form(request, around, key, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _answered(request: Request, process: Process, verb: Callable[..., Any]) -> HttpResponse:
    """What the draft is after it, or why it was not done; what the browser has is never thrown away."""
    try:
        focus = verb(process, said_in(request.body), by=request.user, at=timezone.now())
    except Stale as stale:
        return _conflict(process, stale)
    except Refused as refusal:
        leaves = isinstance(refusal, doing.LeavesOutline)
        told = {"sentence": refusal.message, "leaves_outline": leaves}
        return JsonResponse(told, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return JsonResponse({"state": state_of(process), "focus": focus or ""})


def _conflict(process: Process, stale: Stale) -> HttpResponse:
    process.refresh_from_db()
    told = {"sentence": stale.message, "revision": process.draft_revision}
    return JsonResponse(told, status=HTTPStatus.CONFLICT)


def _form(request: HttpRequest, around: Around, key: str, form: Any, status: int = 200) -> HttpResponse:
    for asked in form.asked.values():
        asked.count = asked.matches(timezone.now()) if asked.rows or asked.kept else None
    context = {"process": around.process, "around": around, "form": form, "key": key}
    context["address"] = (
        f"{reverse('processes:canvas_part', args=[around.process.pk])}?{urlencode(request.GET)}"
    )
    return render(request, "processes/editing/canvas_form.html", context, status=status)


def _process(request: HttpRequest, pk: int) -> Any:
    return find(Process.objects.select_related("current", "owner"), request, pk)
