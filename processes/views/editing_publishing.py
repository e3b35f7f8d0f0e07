"""A draft on its way to being carried out: tried on the past, published, compared, exported."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from foundation.errors import Refused, Stale
from foundation.gate import Request, find, gate
from processes import dry_run as trying
from processes import operations
from processes.editing.around import Around
from processes.editing.cards import start_words
from processes.editing.comparing import compared, lines_of
from processes.editing.making_forms import PublishForm
from processes.editing.page import editor, revision_said
from processes.models import Process
from processes.queries.moving import latest_moves, on_older_versions
from processes.repairing import REPAIR

MOST_VERSIONS = 100
PERIODS = (7, 30, 90, 365)


@require_POST
@gate("processes.design")
def publish(request: Request, pk: int) -> HttpResponse:
    process = find(Process.objects.select_related("current", "owner"), request, pk)
    form = PublishForm(request.POST)
    if process.draft_revision != revision_said(request.POST):
        raise Stale(_("Somebody else changed this process meanwhile. Look at it again."))
    try:
        note = form.cleaned_data["note"] if form.is_valid() else ""
        version = operations.publish(process, by=request.user, at=timezone.now(), note=note)
    except Refused as refusal:
        context = editor(Around(process), now=timezone.now()) | {"refused": refusal.message}
        return render(
            request, "processes/editing/design.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    messages.success(request, _("Version %(number)d is running.") % {"number": version.number})
    return redirect("processes:design", process.pk)


@gate("processes.design")
def versions(request: Request, pk: int) -> HttpResponse:
    """The versions, and two of them compared: `before` and `after` are numbers, 0 the draft."""
    process = find(Process.objects.select_related("current"), request, pk)
    found = list(process.versions.select_related("published_by").order_by("-number")[:MOST_VERSIONS])
    under_way = on_older_versions(process)
    known = {str(each.number): each for each in found} | {"0": process}
    newest = str(found[0].number) if found else "0"
    earlier = str(found[1].number) if len(found) > 1 else newest
    after = request.GET.get("after", "0")
    before = request.GET.get("before", newest if after == "0" else earlier)
    for each in found:
        each.under_way = under_way.get(each.pk, 0)
    context = {"process": process, "versions": found, "before": before, "after": after}
    context |= {"may_move": request.user.may(REPAIR), "moves": latest_moves(process, request.user)}
    if before in known and after in known:
        around = Around(process)
        context["lines"] = compared(lines_of(known[before], around), lines_of(known[after], around))
    return render(request, "processes/editing/versions.html", context)


@require_GET
@gate("processes.design")
def export(request: Request, pk: int) -> HttpResponse:
    process = find(Process.objects.all(), request, pk)
    response = JsonResponse(
        operations.exported(process.key), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = f'attachment; filename="{process.key}.json"'
    return response


@gate("processes.design")
def dry_run(request: Request, pk: int) -> HttpResponse:
    process = find(Process.objects.all(), request, pk)
    said = request.GET.get("days", "")
    days = int(said) if said.isdigit() and int(said) in PERIODS else 30
    context = {"process": process, "days": days, "periods": PERIODS, "back": _back(process)}
    try:
        around = Around(process)
        trial = trying.tried(process, days, timezone.now())
        for each in trial.heard:
            each.words = start_words(each.start, around)
        context["trial"] = trial
    except Refused as refusal:
        context["refused"] = refusal.message
    return render(request, "processes/editing/dry_run.html", context)


def _back(process: Process) -> str:
    return reverse("processes:design", args=[process.pk])
