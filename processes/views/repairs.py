"""What whoever repairs a run may do: try again, skip, put back, cancel, note as seen."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.gate import Request, gate
from foundation.once import once
from foundation.refusals import refused_into
from processes import working
from processes.forms import ReasonForm, RestartForm
from processes.models import Incident, Run
from processes.queries import run_page
from processes.repairing import REPAIR, refuse_others
from processes.views.answers import done, form_page, found_run, sent_in


@gate(REPAIR)
def cancel(request: Request, pk: int) -> HttpResponse:
    run = _found(request, pk)
    form = ReasonForm(sent_in(request))
    title = _("Cancel “%(process)s” for %(title)s") % {"process": run.process.name, "title": run.title}
    told = {"by": request.user, "at": timezone.now()}
    verb = lambda said: working.cancel(run, said["reason"], **told)  # noqa: E731
    return _repaired(request, run, form, verb, title=title, button=_("Cancel the run"), text=_("Cancelled"))


@gate(REPAIR)
def skip(request: Request, pk: int) -> HttpResponse:
    """Go on as though what a run waits for (`token`, else the first there is) were done."""
    run = _found(request, pk)
    token = run_page.standing_token(run, request.POST.get("token") or request.GET.get("token") or "")
    if token is None:
        raise Http404
    form = ReasonForm(sent_in(request))
    told = {"by": request.user, "at": timezone.now()}
    verb = lambda said: working.skip(run, token.key, said["reason"], **told)  # noqa: E731
    title = _("Skip “%(step)s”") % {"step": token.title}
    said = {"title": title, "button": _("Skip the step"), "text": _("Skipped")}
    return _repaired(request, run, form, verb, kept=("token", token.key), **said)


@gate(REPAIR)
def restart(request: Request, pk: int) -> HttpResponse:
    """Put it back, or ahead, to another step."""
    run = _found(request, pk)
    form = RestartForm(sent_in(request), places=run_page.restart_places(run))
    told = {"by": request.user, "at": timezone.now()}

    def verb(said: dict[str, Any]) -> None:
        token, _colon, node = said["to"].partition(":")
        working.restart(run, int(token), node, said["reason"], **told)

    title = _("Go on from another step")
    return _repaired(request, run, form, verb, title=title, button=_("Go on from there"), text=_("Put back"))


@require_POST
@gate(REPAIR)
def retry(request: Request, pk: int) -> HttpResponse:
    incident = _incident(request, pk)
    working.retry(incident, by=request.user, at=timezone.now())
    return done(request, _("Tried again"), incident.run.get_absolute_url())


@require_POST
@gate(REPAIR)
def solve(request: Request, pk: int) -> HttpResponse:
    """Somebody has looked at it."""
    incident = _incident(request, pk)
    working.solve(incident, by=request.user, at=timezone.now())
    return done(request, _("Noted as seen"), incident.run.get_absolute_url())


def _found(request: Request, pk: int) -> Run:
    run = found_run(request, pk)
    refuse_others(request.user, run)
    return run


def _incident(request: Request, pk: int) -> Incident:
    """404 where its run is not seen, 403 where it may not be put right."""
    incident = get_object_or_404(Incident.objects.select_related("run__process"), pk=pk)
    _found(request, incident.run_id)
    return incident


def _repaired(
    request: Request,
    run: Run,
    form: ReasonForm,
    verb: Callable[[dict[str, Any]], None],
    *,
    title: str,
    button: str,
    text: str,
    kept: tuple[str, Any] | None = None,
) -> HttpResponse:
    """Ask for a reason, then do it once."""
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if not sent.already:
                with refused_into(form):
                    verb(form.cleaned_data)
            sent.url = "" if form.errors else run.get_absolute_url()
        if sent.url:
            return done(request, f"{text}: {run.title}", sent.url)
    return form_page(request, form, title=title, button=button, back_url=run.get_absolute_url(), kept=kept)
