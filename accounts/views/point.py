"""One phone or e-mail, corrected where it stands on the card; without a script, on a page of its own."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.card import shown_point
from accounts.models import ContactPoint
from foundation.errors import Forbidden, Stale
from foundation.gate import Request, find, gate
from foundation.refusals import refused_into

# What a phone's keyboard should offer for each kind.
KEYBOARDS = {"phone": ("tel", "tel"), "email": ("email", "email"), "website": ("url", "url")}


class PointForm(forms.Form):
    value = forms.CharField(label=gettext_lazy("value"), max_length=254)
    seen = forms.CharField(max_length=254)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
def point_edit(request: Request, pk: int) -> HttpResponse:
    """A fragment: the field, the value, or the field with what is wrong. Undo posts the value in the address."""
    point = find(ContactPoint.objects.select_related("account", "contact"), request, pk)
    if not request.user.reaches(point.account, "accounts.change"):
        raise Forbidden("accounts.change")
    if request.method != "POST":
        return _shown(request, point) if "shown" in request.GET else _field(request, point)
    before = point.value
    form = PointForm(request.POST if "value" in request.POST else request.GET)
    if form.is_valid():
        try:
            with refused_into(form):
                said = form.cleaned_data
                point.correct(said["value"], seen=said["seen"], by=request.user, at=timezone.now())
        except Stale as stale:
            form.add_error(None, stale.message)
    if form.errors:
        return _field(request, point, form)
    return _saved(request, point, before)


def _saved(request: Request, point: ContactPoint, before: str) -> HttpResponse:
    undo = f"{_address(point)}?{urlencode({'value': before, 'seen': point.value})}"
    changed = before != point.value
    if not request.htmx:
        messages.success(request, _("Saved."), extra_tags=f"undo:{undo}" if changed else "")
        return redirect(point.account)
    answer = _shown(request, point)
    if changed:
        answer["HX-Trigger"] = json.dumps(
            {"toast": {"text": _("Saved."), "kind": "success", "undo_url": undo}}
        )
    return answer


def _shown(request: Request, point: ContactPoint) -> HttpResponse:
    return render(request, "accounts/point.html", {"point": shown_point(point), "may_change": True})


def _field(request: Request, point: ContactPoint, form: PointForm | None = None) -> HttpResponse:
    typed = form.data.get("value", "") if form is not None else None
    kind, keyboard = KEYBOARDS.get(point.kind, ("text", "text"))
    now = shown_point(point)
    context: dict[str, Any] = {
        "point": now,
        "account": point.account,
        "whose": point.contact or point.account,
        "action": _address(point),
        "value": now.text if typed is None else typed,
        "seen": point.value if form is None else form.data.get("seen", point.value),
        "type": kind,
        "keyboard": keyboard,
        "errors": [each for errors in form.errors.values() for each in errors] if form is not None else [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if context["errors"] else HTTPStatus.OK
    template = "accounts/point_form.html" if request.htmx else "accounts/point_page.html"
    return render(request, template, context, status=status)


def _address(point: ContactPoint) -> str:
    return reverse("accounts:point_edit", args=[point.pk])
