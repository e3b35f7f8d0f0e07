"""Merging clients or contacts: side by side, a last look, the result, and taking it back."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.bulk_edit import CLIENTS
from accounts.merging import page, result
from accounts.merging.forms import AddForm, alike, colleagues_of
from accounts.merging.verb import MOST
from accounts.models import Merge
from changes.bulk import selecting
from foundation.errors import Refused
from foundation.gate import Request, find, gate
from foundation.once import once

TEMPLATES = {"choose": "accounts/merge.html", "preview": "accounts/merge_preview.html"}


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
def merge_clients(request: Request) -> HttpResponse:
    """Two to five clients side by side; with `other` one more is taken in."""
    if request.GET.get("other"):
        form = AddForm(request.GET, person=request.user)
        if form.is_valid():
            keys = [*request.GET.getlist("id"), str(form.cleaned_data["other"].pk)]
            return redirect(f"{request.path}?{urlencode([('id', key) for key in dict.fromkeys(keys)])}")
    else:
        form = AddForm(person=request.user)
    return _merge(request, "account", form)


@require_safe
@gate("accounts.change")
def merge_selected(request: Request) -> HttpResponse:
    """The first few of a selection of the list, to be merged."""
    chosen = selecting.selection_of(CLIENTS, request.user, request.GET.get("selection", ""))
    keys = selecting.selected(CLIENTS, chosen, request.user).order_by("pk").values_list("pk", flat=True)
    return redirect(f"{reverse('accounts:merge')}?{urlencode([('id', key) for key in keys[: MOST + 1]])}")


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
def merge_contacts(request: Request) -> HttpResponse:
    """Two to five contacts of one client side by side."""
    return _merge(request, "contact", None)


@require_safe
@gate("accounts.view")
def merged(request: Request, pk: int) -> HttpResponse:
    """What became of a merge, and the way back."""
    done = _found(request, pk)
    return render(request, "accounts/merged.html", result.shown(done, request.user, timezone.now()))


@require_POST
@gate("accounts.change")
def unmerge(request: Request, pk: int) -> HttpResponse:
    """Take it back; fields edited since stay unless the person says otherwise."""
    done = _found(request, pk, "accounts.change")
    choices = {name.removeprefix(page.PREFIX): value for name, value in request.POST.dict().items()}
    try:
        done.undo(choices, by=request.user, at=timezone.now())
    except Refused as refusal:
        context = result.shown(done, request.user, timezone.now()) | {"refusal": refusal.message}
        return render(request, "accounts/merged.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("The merge was taken back."))
    return redirect(done)


def _merge(request: Request, kind: str, form: Any) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    asked = page.draft(kind, request.user, sent.getlist("id"), sent.dict())
    rows, moving = (
        (page.side_by_side(asked, request.user), page.counts(asked)) if asked.is_ready else ([], [])
    )
    seen, refusal = page.fingerprint(rows, moving), ""
    step = sent.get("step", "") if request.method == "POST" and asked.is_ready else ""
    if step == "merge":
        if sent.get("seen") == seen:
            done, refusal = _done(request, asked)
            if done:
                return redirect(done)
        else:
            refusal = _("Something changed since you looked. Look at it again.")
    step = "preview" if step == "preview" else "choose"
    context = {
        "asked": asked,
        "rows": rows,
        "moving": moving,
        "seen": seen,
        "refusal": refusal,
        "form": form,
        "has_all": any(row.has_all for row in rows),
        "columns": page.columns(asked, timezone.localdate()),
        "here": request.path,
        "alike": _others(request, asked),
        "final": page.final(asked, request.user) if step == "preview" else [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal or (form and form.errors) else HTTPStatus.OK
    return render(request, TEMPLATES[step], context, status=status)


def _done(request: Request, asked: page.Draft) -> tuple[str, str]:
    """(where the result is, why not)."""
    with once(request) as sent:
        if sent.already:
            return sent.url, ""
        try:
            done = asked.survivor.merge(asked.others, asked.choices, by=request.user, at=timezone.now())
        except Refused as refusal:
            return "", refusal.message
        sent.url = reverse("accounts:merged", args=[done.pk])
    return sent.url, ""


def _others(request: Request, asked: page.Draft) -> list[Any]:
    """Whom it may be merged with: possible duplicates of a client, the other people of a contact's client."""
    if asked.is_ready:
        return []
    survivor = asked.survivor
    return alike(survivor, request.user) if asked.kind == "account" else colleagues_of(survivor)


def _found(request: Request, pk: int, verb: str | None = None) -> Merge:
    """The merge, where the person sees what is left of it (else 404) and may change it."""
    done = Merge.objects.filter(pk=pk).select_related("merged_by", "undone_by").first()
    account = result.account_of(done) if done else None
    if done is None or account is None:
        raise Http404
    find(type(account).objects.all(), request, account.pk, verb)
    return done
