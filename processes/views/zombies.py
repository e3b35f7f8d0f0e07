"""What nobody will finish, and what is dead weight; and what may be done about it, to one or to several at once."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from foundation.gate import Request, find, gate
from foundation.keyset import capped_count
from foundation.once import once
from foundation.refusals import refused_into
from processes import tidying
from processes.forms import DelegateForm, KeepForm, ReasonForm, SureForm
from processes.models import Process, Run, WorkItem
from processes.queries import dead_weight, zombies
from processes.queries.work_list import links
from processes.repairing import REPAIR
from processes.views.answers import done, form_page, sent_in, way_back
from processes.working import cancel, delegate, nudge

TABS = [
    ("runs", gettext_lazy("Stand still")), ("work", gettext_lazy("Nobody to do it")),
    ("steps", gettext_lazy("Steps")), ("fields", gettext_lazy("Fields")), ("processes", gettext_lazy("Processes")),
]  # fmt: skip
# What may be done to the ticked: the form, its title and button.
DEEDS = {
    "nudge": (gettext_lazy("Remind of the selected"), gettext_lazy("Remind")),
    "give": (gettext_lazy("Give the selected to somebody else"), gettext_lazy("Give")),
    "cancel": (gettext_lazy("Cancel the selected runs"), gettext_lazy("Cancel the runs")),
}


@require_safe
@gate(REPAIR)
def zombie_list(request: Request) -> HttpResponse:
    """One kind at a time (`kind`), of one process (`process`) or of all; of runs within the person's reach."""
    kind = request.GET.get("kind", "runs")
    if kind not in dict(TABS):
        raise Http404
    now, only = timezone.now(), _number(request.GET.get("process", ""))
    context: dict[str, Any] = {"kind": kind, "tabs": TABS, "may_design": request.user.may("processes.design")}
    context["may_nudge"], context["only"] = request.user.may("processes.nudge"), only
    context |= _people(request, kind, only, now) if kind in ("runs", "work") else _weights(kind, only, now)
    return render(request, "processes/zombies.html", context)


def _people(request: Request, kind: str, only: int | None, now: Any) -> dict[str, Any]:
    runs = Run.objects.repairable_by(request.user)
    runs = runs.filter(process=only) if only else runs
    cursor = request.GET.get("cursor")
    if kind == "runs":
        limits = zombies.usual(now)
        found = zombies.stuck_runs(runs, limits, now)
        page = zombies.runs_page(found, limits, cursor, now)
    else:
        found = zombies.dead_work(WorkItem.objects.filter(run__in=runs.order_by().values("pk")), now)
        page = zombies.work_page(found, cursor, now)
    return {"page": page, "links": links(request.GET, page), "count": capped_count(found)}


def _weights(kind: str, only: int | None, now: Any) -> dict[str, Any]:
    found = dead_weight.published(**({"pk": only} if only else {}))
    match kind:
        case "steps":
            return {"rows": dead_weight.steps(found, now)}
        case "fields":
            return {"rows": dead_weight.fields(found)}
    return {"rows": dead_weight.processes(found, now)}


@gate(REPAIR)
def zombie_bulk(request: Request) -> HttpResponse:
    """Remind, give away or cancel (`do`) the ticked runs (`pick`): asked first, then done, each by itself."""
    deed = request.POST.get("do") or request.GET.get("do") or ""
    if deed not in DEEDS or (deed == "nudge" and not request.user.may("processes.nudge")):
        raise Http404
    said = request.POST.getlist("pick") or request.GET.getlist("pick")
    picks = [key for each in said[: tidying.MOST] if (key := _number(each))]
    runs = list(Run.objects.repairable_by(request.user).active().filter(pk__in=picks).order_by("pk"))
    is_dead = "work" in (request.POST.get("kind"), request.GET.get("kind"))
    form = _form(request, deed)
    if request.method == "POST" and form.is_valid() and runs:
        with once(request) as sent:
            if not sent.already:
                _say(request, _do(deed, runs, form.cleaned_data, request.user, is_dead=is_dead))
            sent.url = _back(request)
        return redirect(sent.url)
    title, button = DEEDS[deed]
    n = ngettext("%(n)d run", "%(n)d runs", len(runs)) % {"n": len(runs)}
    context: dict[str, Any] = {
        "picks": runs,
        "do": deed,
        "back_url": _back(request),
        "title": f"{title}: {n}",
    }
    kept = ("kind", "work") if is_dead else None
    return form_page(request, form, button=str(button), kept=kept, **context)


def _form(request: Request, deed: str) -> Any:
    match deed:
        case "give":
            return DelegateForm(sent_in(request), holder=None)
        case "cancel":
            return ReasonForm(sent_in(request))
    return SureForm(sent_in(request))


def _do(deed: str, runs: list[Run], said: dict[str, Any], by: Any, *, is_dead: bool) -> tidying.Tidied:
    """Reminding and giving away concern the open work of these runs; `is_dead`: only what nobody will do."""
    told: dict[str, Any] = {"by": by, "at": timezone.now()}
    if deed == "cancel":
        return tidying.each_one(runs, lambda run: cancel(run, said["reason"], **told))
    work = WorkItem.objects.open().filter(run__in=runs).select_related("run", "assignee").order_by("pk")
    items = list((zombies.dead_work(work, told["at"]) if is_dead else work)[: tidying.MOST])
    if deed == "nudge":
        return tidying.each_one(items, lambda item: nudge(item, **told))
    to, reason = said["person"], said["reason"]
    return tidying.each_one(items, lambda item: delegate(item, to, reason=reason, **told))


def _say(request: Request, tidied: tidying.Tidied) -> None:
    if tidied.done:
        messages.success(request, _("Done: %(n)d") % {"n": tidied.done})
    if tidied.refused:
        title, why = tidied.refused[0]
        said = {"n": len(tidied.refused), "title": title, "why": why}
        messages.warning(request, _("Left out: %(n)d. %(title)s: %(why)s") % said)
    if not tidied.done and not tidied.refused:
        messages.warning(request, _("None of these waits for anybody."))


@gate("processes.design")
def keep(request: Request, pk: int) -> HttpResponse:
    """It stays; look at it again on a day."""
    process = find(Process.objects.defer("outline", "graph", "drawing"), request, pk)
    form = KeepForm(sent_in(request))
    if request.method == "POST" and form.is_valid():
        with refused_into(form):
            tidying.keep(process, form.cleaned_data["until"], by=request.user, at=timezone.now())
        if not form.errors:
            return done(request, _("Kept: %(name)s") % {"name": process.name}, process.get_absolute_url())
    title = _("Keep “%(name)s”") % {"name": process.name}
    return form_page(request, form, title=title, button=_("Keep"), back_url=process.get_absolute_url())


def _back(request: Request) -> str:
    return way_back(request, reverse("processes:zombies"))


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
