"""Runs under way taken to another version: a look beforehand, the move itself, what became of it, and back again."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import Forbidden, Refused
from foundation.gate import Request, find, gate
from foundation.once import once
from processes.models import Process, Run, VersionMove
from processes.moving import batches
from processes.moving.plan import Plan
from processes.moving.preview import preview
from processes.queries import moving as queries
from processes.repairing import REPAIR, refuse_others, runs_to_repair
from processes.views.answers import done, found_run

CHOICE, TIME, AGAIN = "node:", "time:", "again:"


@gate("processes.design")
def design_move(request: Request, pk: int) -> HttpResponse:
    """Runs of the versions `from`, by number, or of all older ones, taken to the current version."""
    process, sources = _process(request, pk)
    runs = runs_to_repair(request.user, process)
    back = reverse("processes:design_versions", args=[process.pk])
    return _page(request, process, sources, runs, back=back, only=None)


@gate(REPAIR)
def run_move(request: Request, pk: int) -> HttpResponse:
    """One run alone."""
    run = found_run(request, pk)
    refuse_others(request.user, run)
    if not run.is_active or run.version_id == run.process.current_id or run.process.current_id is None:
        raise Refused(_("It is over, or on the newest version already."))
    runs = Run.objects.filter(pk=run.pk)
    return _page(request, run.process, {run.version_id}, runs, back=run.get_absolute_url(), only=run)


@require_safe
@gate("processes.design")
def move_runs(request: Request, pk: int) -> HttpResponse:
    """The runs of a group (`standing`) that stand alike."""
    process, sources = _process(request, pk)
    runs = runs_to_repair(request.user, process).visible_to(request.user)
    context = queries.alike(runs, sources, request.GET.get("standing", ""), request.GET)
    return render(request, "processes/moving/runs.html", context | {"process": process})


@require_safe
@gate(REPAIR)
def move(request: Request, pk: int) -> HttpResponse:
    """What became of a move; while it is under way, how far it is."""
    found = find(queries.moves(), request, pk)
    context = queries.page_of(found, request.user, request.GET)
    template = "processes/moving/move.html"
    is_progress = bool(request.htmx) and found.is_under_way
    return render(request, f"{template}#progress" if is_progress else template, context)


@require_POST
@gate(REPAIR)
def move_undo(request: Request, pk: int) -> HttpResponse:
    found: VersionMove = find(queries.moves(), request, pk)
    batches.undo(found, by=request.user, at=timezone.now())
    return redirect(found)


def _process(request: Request, pk: int) -> tuple[Process, set[int]]:
    """The process and the versions runs are taken from; 404 where nothing is published."""
    process: Process = find(Process.objects.select_related("current"), request, pk)
    if process.current is None:
        raise Http404
    if not request.user.may(REPAIR):
        raise Forbidden(REPAIR)
    numbers = [int(each) for each in request.GET.getlist("from") if each.isdecimal() and len(each) < 7]
    older = process.versions.exclude(pk=process.current.pk)
    older = older.filter(number__in=numbers) if numbers else older
    return process, set(older.values_list("pk", flat=True))


def _plan(request: Request, process: Process, sources: set[int]) -> Plan:
    """What the form says; empty answers are none."""
    said = {name: str(value) for name, value in request.POST.items() if value}
    return Plan(
        process.current_id or 0,
        frozenset(sources),
        {name.removeprefix(CHOICE): value for name, value in said.items() if name.startswith(CHOICE)},
        {name.removeprefix(TIME): value for name, value in said.items() if name.startswith(TIME)},
        frozenset(name.removeprefix(AGAIN) for name in said if name.startswith(AGAIN)),
    )


def _page(
    request: Request, process: Process, sources: set[int], runs: Any, *, back: str, only: Run | None
) -> HttpResponse:
    """The look beforehand, again after each answer; with `do=move`, the move, once."""
    plan = _plan(request, process, sources)
    is_move = request.method == "POST" and request.POST.get("do") == "move"
    is_seen = request.POST.get("looked", plan.decided) == plan.decided
    refused = (
        ""
        if is_seen or not is_move
        else _("You chose something else since you looked. This is what it would do.")
    )
    if is_move and is_seen:
        with once(request) as sent:
            if not sent.already:
                try:
                    asked = {"by": request.user, "at": timezone.now(), "runs": None if only is None else runs}
                    sent.url = _after(batches.begin(process, plan, **asked), only)
                except Refused as refusal:
                    refused = refusal.message
        if sent.url:
            return done(
                request, _("Moved: see what became of each run") if only is None else _("Moved"), sent.url
            )
    context = queries.form_of(preview(runs, plan), plan, process)
    context |= {
        "decided": plan.decided,
        "back": back,
        "only": only,
        "refused": refused,
        "query": request.META.get("QUERY_STRING", ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "processes/moving/preview.html", context, status=status)


def _after(made: VersionMove, only: Run | None) -> str:
    """One run that was moved shows itself; else what became of them is read."""
    if only is not None and made.rows.filter(outcome="moved").exists():  # type: ignore[attr-defined]
        return only.get_absolute_url()
    return made.get_absolute_url()
