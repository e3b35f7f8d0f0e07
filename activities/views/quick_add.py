import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities.quick_add.chips import FIX, MEETING, NOTE, Draft, refuse_without_words
from activities.quick_add.drafting import draft
from activities.quick_add.planning import KINDS, plan_drafted
from activities.quick_add.planning import take_back as taken_back
from foundation.errors import Refused
from foundation.gate import Request, find, gate
from foundation.once import once


@gate("activities.create")
def quick_add(request: Request) -> HttpResponse:
    """One line, one task, meeting or note. Stays open for the next; sent twice, it is planned once."""
    if request.method != "POST":
        return _page(request, Draft(request.GET.get("line", "")))
    at = timezone.now()
    drafted = _drafted(request, at)
    with once(request) as sent:
        if sent.already:
            return redirect("activities:quick_add")
        try:
            made = plan_drafted(drafted, by=request.user, at=at)
        except Refused as refusal:
            return _page(request, drafted, trouble=refusal.message)
        sent.url = reverse("activities:quick_add")
    said, undo = _said(drafted, made), _undo(drafted, made)
    if not request.htmx:
        messages.success(request, said, extra_tags=f"undo:{undo}")
        return redirect(sent.url)
    answer = _page(request, Draft(""), planned=made, said=said, undo_url=undo)
    answer["HX-Trigger"] = json.dumps({"day:changed": {"said": said}})
    return answer


@require_POST
@gate("activities.create")
def preview(request: Request) -> HttpResponse:
    """What the line would become, as chips to fix; 422 with a sentence where no words are left for the title."""
    drafted, trouble = _drafted(request, timezone.now()), ""
    try:
        if drafted.line:
            refuse_without_words(drafted)
    except Refused as refusal:
        trouble = refusal.message
    if not request.htmx:
        return _page(request, drafted, trouble=trouble)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK
    context = {"draft": drafted, "trouble": trouble, "meeting_url": _meeting_url(drafted)}
    return render(request, "activities/quick_add.html#chips", context, status=status)


@require_POST
@gate("activities.change")
def take_back(request: Request, kind: str, pk: int) -> HttpResponse:
    """Undo of the toast: what was just planned is cancelled, a note goes, and so do the tags the line gave."""
    if kind not in KINDS:
        raise Http404
    made = find(KINDS[kind].objects, request, pk, "activities.change")
    tags = [
        int(key)
        for key in request.GET.getlist("tag")[:9]
        if key.isascii() and key.isdigit() and len(key) < 10
    ]
    taken_back(made, tags=tags, by=request.user, at=timezone.now())
    messages.success(request, _("Taken back: %(title)s") % {"title": made})
    return redirect("activities:my_day")


def _drafted(request: Request, at: Any) -> Draft:
    said = request.POST
    fixes = {name.removeprefix(FIX): said.get(name, "") for name in said if name.startswith(FIX)}
    return draft(said.get("line", ""), person=request.user, at=at, fixes=fixes)


def _page(request: Request, drafted: Draft, *, trouble: str = "", **context: Any) -> HttpResponse:
    said = {"draft": drafted, "trouble": trouble, "meeting_url": _meeting_url(drafted), **context}
    is_fragment = request.htmx and request.headers.get("HX-Target") != "dialog"
    template = "activities/quick_add.html#form" if is_fragment else "activities/quick_add.html"
    return render(
        request, template, said, status=HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK
    )


def _meeting_url(drafted: Draft) -> str:
    if not drafted.is_meeting or drafted.becomes == NOTE:
        return ""
    named = {name: drafted.fields.get(f"{name}_id") for name in ("account", "contact", "deal")}
    asked = {name: key for name, key in named.items() if key} | {"title": drafted.title}
    if drafted.starts_at:
        asked["starts_at"] = timezone.localtime(drafted.starts_at).strftime("%Y-%m-%dT%H:%M")
    return f"{reverse('activities:meeting_create')}?{urlencode(asked)}"


def _said(drafted: Draft, made: Any) -> str:
    texts = {MEETING: _("Meeting planned: %(title)s"), NOTE: _("Note added: %(title)s")}
    text = texts.get(drafted.becomes) or _("Planned: %(title)s")
    return text % {"title": made}


def _undo(drafted: Draft, made: Any) -> str:
    url = reverse("activities:quick_add_take_back", args=[drafted.becomes, made.pk])
    return f"{url}?{urlencode({'tag': [*drafted.tags]}, doseq=True)}" if drafted.tags else url
