"""How the views of calls, notes, messages and files answer: a form in the composer, a dialog or a page; a way back."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.consents.forms import WelcomeForm
from activities.forms.records import About
from activities.queries.next_step import next_step_of
from deals.views.answers import way_back
from foundation.once import once
from foundation.refusals import refused_into

COMPOSER = "composer-body"
# How the fields of a form stand: lines of fields, and those behind “More”.
LAYOUTS: dict[str, dict[str, Any]] = {
    "note": {"lines": [["account"], ["text"], ["is_pinned"]]},
    "call": {
        "lines": [["account"], ["result", "direction", "contact"], ["note"], ["next_title", "next_in", "next_on"]],
        "more": ["duration", "at", "phone"],
    },
    "message": {
        "lines": [
            ["account"], ["channel", "direction", "contact"], ["subject"], ["text"],
            ["next_title", "next_in", "next_on"],
        ],
        "more": ["at"],
    },
    "file": {"lines": [["account"], ["file"]]},
}  # fmt: skip


def asked(
    request: HttpRequest, form: BaseForm, kind: str, *, title: str, button: str, **context: Any
) -> HttpResponse:
    """The form where it was asked for: its fields in the composer, else a page, of which a dialog shows the middle."""
    layout = LAYOUTS[kind]
    said = {
        "form": form,
        "kind": kind,
        "form_title": title,
        "button": button,
        "action": request.get_full_path(),
        "next": way_back(request, ""),
        "lines": [_fields(form, line) for line in layout["lines"]],
        "despite": form["despite"] if getattr(form, "unwelcome", "") else None,
        "hint": form.hint() if isinstance(form, WelcomeForm) else "",
        "more": _fields(form, layout.get("more", [])),
        "is_in_composer": in_composer(request),
        **context,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    template = "composer_form" if in_composer(request) else "record_form"
    return render(request, f"activities/{template}.html", said, status=status)


def done_once(request: HttpRequest, form: BaseForm, verb: Callable[[], Any]) -> tuple[Any, str]:
    """Run a verb for a form sent once or twice. (what it made or None, where that leads; empty when refused)."""
    made = None
    with once(request) as sent:
        if sent.already:
            return None, sent.url
        with refused_into(form):
            made = verb()
            sent.url = made.get_absolute_url()
    return made, sent.url


def logged(
    request: HttpRequest, about: Any, text: str, *, undo: str = "", record_url: str = ""
) -> HttpResponse:
    """Back to where the person was, with what was done and what comes next: something is given for the logging."""
    step, plan_url = next_step_of(about, request.user)
    tags = [f"undo:{undo}" if undo else "", f"link:{plan_url}" if plan_url else ""]
    messages.success(request, f"{text} {step}".strip(), extra_tags=" ".join(filter(None, tags)))
    return back(request, record_url)


def back(request: HttpRequest, otherwise: str = "") -> HttpResponse:
    url = way_back(request, otherwise or reverse("home"))
    if not in_composer(request):
        return redirect(url)
    answer = HttpResponse()
    answer["HX-Refresh"] = "true"
    return answer


def in_composer(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", None)) and request.headers.get("HX-Target", "").endswith(COMPOSER)


def about_of(request: HttpRequest) -> About:
    return About.asked(request.GET, request.user)


def _fields(form: BaseForm, names: list[str]) -> list[Any]:
    return [form[name] for name in names if name in form.fields]
