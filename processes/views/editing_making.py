"""A new process: blank, from a recipe by a page of questions, or from a file."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.automation import all_subjects
from foundation.gate import Request, gate
from foundation.once import once
from foundation.refusals import refused_into
from processes import operations
from processes.editing.making_forms import BlankForm, RecipeForm, UploadForm
from processes.models import Process
from processes.recipes import RECIPES


@gate("processes.design")
def new(request: Request) -> HttpResponse:
    form = BlankForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def make() -> Process:
            told: dict[str, Any] = {"by": request.user, "at": timezone.now()}
            return operations.create(name=said["name"], subject_kind=said["subject_kind"], **told)

        if (answer := _made(request, form, make)) is not None:
            return answer
    subjects = all_subjects()
    recipes = [(each, subjects[each.subject].label) for each in RECIPES.values() if each.subject in subjects]
    return _page(request, "new", {"form": form, "recipes": recipes})


@gate("processes.design")
def recipe(request: Request, key: str) -> HttpResponse:
    if (chosen := RECIPES.get(key)) is None:
        raise Http404
    form = RecipeForm(chosen, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def make() -> Process:
            answers = form.answers()
            return operations.create(
                name=form.cleaned_data["name"],
                subject_kind=chosen.subject,
                outline=chosen.outline(answers),
                starts=chosen.starts(answers),
                goal=str(chosen.about),
                **chosen.guards,
                by=request.user,
                at=timezone.now(),
            )

        if (answer := _made(request, form, make)) is not None:
            return answer
    return _page(request, "recipe", {"form": form, "recipe": chosen})


@gate("processes.design")
def upload(request: Request) -> HttpResponse:
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if is_sent and form.is_valid():

        def make() -> Process:
            return operations.import_json(form.said, by=request.user, at=timezone.now())

        if (answer := _made(request, form, make)) is not None:
            messages.success(request, _("Imported as a draft. Look at it, then publish it."))
            return answer
    return _page(request, "upload", {"form": form})


def _made(request: Request, form: Any, make: Any) -> HttpResponse | None:
    """Where the new draft is edited; None where it was refused, which the form then says."""
    with once(request) as sent:
        if not sent.already:
            with refused_into(form):
                sent.url = reverse("processes:design", args=[make().pk])
    return redirect(sent.url) if sent.url else None


def _page(request: Request, name: str, context: dict[str, Any]) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if context["form"].errors else HTTPStatus.OK
    return render(request, f"processes/editing/{name}.html", context, status=status)
