"""Many records at once: the selection kept over pages, what would change, and the change as one change-set."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from changes.bulk import editing, trashing
from changes.bulk.forms import BulkForm, ConfirmForm
from changes.bulk.kinds import BulkKind, kind_of
from changes.bulk.selecting import filter_only, how_many, selected, selection_of
from changes.models import ChangeSet, Selection
from changes.models.selection import MOST_KEYS
from changes.rights import BULK_EDIT
from changes.trash.asking import ReasonForm
from foundation.errors import Refused
from foundation.gate import Request, gate
from foundation.once import once
from foundation.refusals import refused_into


@require_http_methods(["GET", "HEAD", "POST"])
@gate(BULK_EDIT)
def selection(request: Request, record: str) -> HttpResponse:
    """The selection on the list as it is filtered: GET says it, POST ticks, unticks, takes all or none."""
    kind, now = kind_of(record), timezone.now()
    said = request.POST if request.method == "POST" else request.GET
    chosen = Selection.of(request.user, record, filter_only(kind, said.get("query", "")), at=now)
    if request.method == "POST":
        if said.get("all"):
            chosen.choose_everything(by=request.user, at=now)
        elif said.get("none"):
            chosen.clear(by=request.user, at=now)
        else:
            add, drop = _keys(said.getlist("add")), _keys(said.getlist("drop"))
            chosen.choose(add, drop, by=request.user, at=now)
    count = how_many(kind, chosen, request.user) if chosen.is_everything else len(chosen.keys)
    return JsonResponse(
        {
            "token": str(chosen.token),
            "all": chosen.is_everything,
            "keys": chosen.left_out if chosen.is_everything else chosen.keys,
            "count": count,
            "text": str(kind.words.picked % {"n": count}),
        }
    )


@require_POST
@gate(BULK_EDIT)
def begin(request: Request, record: str) -> HttpResponse:
    """From the list: the selection kept by its script, or the boxes ticked where there is none."""
    kind, token = kind_of(record), request.POST.get("selection", "")
    if not token:
        query, now = filter_only(kind, request.POST.get("query", "")), timezone.now()
        chosen = Selection.of(request.user, record, query, at=now)
        chosen.clear(by=request.user, at=now)
        chosen.choose(_keys(request.POST.getlist("key")), [], by=request.user, at=now)
        token = str(chosen.token)
    do = request.POST.get("do", "")
    if do == "trash" and kind.trash_right:
        page = reverse("changes:bulk_trash", args=[record])
    else:
        elsewhere = kind.page_of(do)
        page = reverse(elsewhere) if elsewhere else reverse("changes:bulk", args=[record])
    return redirect(f"{page}?{urlencode({'selection': token, 'do': do})}")


@require_http_methods(["GET", "HEAD", "POST"])
@gate(BULK_EDIT)
def bulk(request: Request, record: str) -> HttpResponse:
    """GET asks for the value and shows what would become of the records; POST does it."""
    kind, said = kind_of(record), request.POST if request.method == "POST" else request.GET
    chosen = selection_of(kind, request.user, said.get("selection", ""))
    labels, field = dict(kind.fields()), said.get("do", "")
    if field not in labels:
        raise Refused(_("Choose what to change."))
    is_asked = request.method == "POST" or "preview" in said
    form = BulkForm(said if is_asked else None, kind=kind, field=field, person=request.user)
    records, total = selected(kind, chosen, request.user), how_many(kind, chosen, request.user)
    confirm = ConfirmForm(request.POST if request.method == "POST" else None, total=total)
    if request.method == "POST" and form.is_valid() and confirm.is_valid():
        with refused_into(form):
            return redirect(_done(request, kind, chosen, form))
    context = {"form": form, "confirm": confirm, "field": field, "label": labels[field], "total": total}
    context |= {"kind": kind, "title": kind.words.change % {"n": total}}
    context |= {"selection": chosen, "fields": labels.items(), "list_url": _list_url(kind, chosen)}
    context |= _preview(kind, form, records, request.user) if is_asked and form.is_valid() else {}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or confirm.errors else HTTPStatus.OK
    return render(request, "changes/bulk.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@gate(BULK_EDIT)
def bulk_trash(request: Request, record: str) -> HttpResponse:
    """The selection into the trash: how many would go and which stay, then all of it as one change-set."""
    kind, said = kind_of(record), request.POST if request.method == "POST" else request.GET
    if not kind.trash_right or not request.user.may(kind.trash_right):
        raise Refused(_("You may not delete these."))
    chosen = selection_of(kind, request.user, said.get("selection", ""))
    preview = trashing.preview(kind, chosen, request.user)
    sent_form = request.POST if request.method == "POST" else None
    form, confirm = ReasonForm(sent_form), ConfirmForm(sent_form, total=preview.able)
    if request.method == "POST" and form.is_valid() and confirm.is_valid():
        with refused_into(form), once(request) as sent:
            if not sent.already:
                now, reason = timezone.now(), form.cleaned_data["reason"]
                found = selected(kind, chosen, request.user)
                made = trashing.trash_selected(kind, found, reason, by=request.user, at=now)
                chosen.clear(by=request.user, at=now)
                _tell(request, made, kind.words.trashed)
                sent.url = made.get_absolute_url()
        if not form.errors:
            return redirect(sent.url)
    context = {"form": form, "confirm": confirm, "selection": chosen, "preview": preview, "kind": kind}
    context |= {
        "title": kind.words.delete % {"n": preview.total},
        "button": kind.words.put % {"n": preview.able},
    }
    context["list_url"] = _list_url(kind, chosen)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or confirm.errors else HTTPStatus.OK
    return render(request, "changes/bulk_trash.html", context, status=status)


def _done(request: Request, kind: BulkKind, chosen: Selection, form: BulkForm) -> str:
    with once(request) as sent:
        if not sent.already:
            now, records = timezone.now(), selected(kind, chosen, request.user)
            made = editing.edit_many(kind, records, form.edit(), by=request.user, at=now)
            chosen.clear(by=request.user, at=now)
            _tell(request, made, kind.words.changed)
            sent.url = made.get_absolute_url()
    return sent.url


def _tell(request: Request, made: ChangeSet, words: Any) -> None:
    if not made.is_finished:
        messages.info(request, _("A worker is doing this now. You can leave this page."))
        return
    undo = reverse("changes:undo", args=[made.pk])
    messages.success(request, str(words % {"n": made.done}), extra_tags=f"undo:{undo}" if made.done else "")


def _preview(kind: BulkKind, form: BulkForm, records: Any, person: Any) -> dict[str, Any]:
    with refused_into(form):
        edit = form.edit()
        found = editing.preview(kind, records, edit, by=person)
        return {
            "preview": found,
            "sample": editing.sample_rows(kind, found, edit, person),
            "button": kind.words.change % {"n": found.able},
        }
    return {}


def _list_url(kind: BulkKind, chosen: Selection) -> str:
    return f"{reverse(kind.list_url)}?{chosen.query}".rstrip("?")


def _keys(said: list[str]) -> list[int]:
    return [int(key) for key in said[:MOST_KEYS] if key.isascii() and key.isdigit() and len(key) < 19]
