"""How the views of processes answer: found or 404, a small form, back to where the person came from with a toast."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from foundation.gate import Request, find
from processes.models import Run, WorkItem

LONGEST_WAY_BACK = 2_000
DRAFT = ("process__outline", "process__graph", "process__drawing")  # large, and read by nobody here
VERSION = ("version__graph", "version__outline", "version__drawing")
CURRENT = tuple(f"process__current__{name}" for name in ("graph", "outline", "drawing"))
WORK_WITH = ("run", "run__process", "assignee", "instead_of", "done_by")


def found_work(request: Request, pk: int) -> WorkItem:
    work = WorkItem.objects.select_related(*WORK_WITH).defer(*(f"run__{name}" for name in DRAFT))
    item: WorkItem = find(work, request, pk)
    return item


def found_run(request: Request, pk: int) -> Run:
    """With the numbers of its version and the newest, but not their graphs, which are kept in the process."""
    runs = Run.objects.select_related("process__current", "version", "started_by")
    run: Run = find(runs.defer(*DRAFT, *VERSION, *CURRENT), request, pk)
    return run


def way_back(request: Request, otherwise: str) -> str:
    """Where the form says the person came from."""
    said = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure())
    is_path = said.startswith("/") and len(said) < LONGEST_WAY_BACK and "\x00" not in said
    return said if is_path and allowed else otherwise


def sent_in(request: Request) -> Any:
    """What a form was sent with, even if that is nothing; None where it is only to be shown."""
    return request.POST if request.method == "POST" else None


def done(request: Request, text: str, url: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(way_back(request, url))


def form_page(
    request: Request, form: BaseForm, *, title: str, button: str, back_url: str, **context: Any
) -> HttpResponse:
    """A form on a page of its own, which a dialog can show too; 422 where it was refused."""
    said = {"form": form, "form_title": title, "button": button, "back_url": back_url, **context}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    said["next"] = way_back(request, "")
    return render(request, "processes/small_form.html", said, status=status)
