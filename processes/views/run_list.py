"""The finder of runs, and many of them at once: first what would happen to which, then it happens."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from foundation.errors import Forbidden, Refused
from foundation.gate import Request, gate
from foundation.keyset import CappedCount, capped_count
from foundation.once import once
from processes import run_selection as selection
from processes.forms import DelegateForm, NudgeForm, ReasonForm
from processes.models import Run
from processes.queries import run_list as queries
from processes.queries.process_list import runs_page
from processes.queries.work_list import links
from processes.views.answers import DRAFT, sent_in, way_back

RIGHTS = {"cancel": "processes.repair", "nudge": "processes.nudge", "give": "processes.work"}


@require_safe
@gate("processes.work")
def runs(request: Request) -> HttpResponse:
    person, now = request.user, timezone.now()
    asks = queries.asked(person, request.GET)
    found = queries.narrowed(person, asks, now)
    page = runs_page(found, request.GET.get("cursor"), now)
    count = capped_count(found) if page.next or page.previous else CappedCount(len(page.rows), True)
    context = {
        "page": page,
        "links": links(request.GET, page),
        "asks": asks,
        "choices": queries.choices(person, asks),
        "chips": queries.chips(request.GET),
        "ways": [way for way, right in RIGHTS.items() if person.may(right)],
        "count_text": ngettext("%(n)s run", "%(n)s runs", count.n) % {"n": count.text},
    }
    return render(request, "processes/run_list.html", context)


@gate("processes.work")
def run_bulk(request: Request) -> HttpResponse:
    """GET shows what would happen to the chosen runs; POST does it, once, and says what was left out and why."""
    said = request.POST if request.method == "POST" else request.GET
    way, now = said.get("do", ""), timezone.now()
    found = _chosen(request, said.getlist("run"))
    if way not in RIGHTS or not found:
        raise Refused(_("Choose some runs first."))
    if not request.user.may(RIGHTS[way]):
        raise Forbidden(RIGHTS[way])
    chosen = selection.chosen_for(way, found, request.user, now)
    form = _form(way, request)
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if not sent.already:
                done, refused = _do(way, chosen, form.cleaned_data, by=request.user, at=now)
                _tell(request, done, [*chosen.skipped, *refused])
            sent.url = way_back(request, reverse("processes:runs"))
        return redirect(sent.url)
    context = {"form": form, "way": way, "chosen": chosen, "title": _title(way, len(chosen.able)),
               "next": way_back(request, reverse("processes:runs"))}  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "processes/run_bulk.html", context, status=status)


def _chosen(request: Request, said: list[str]) -> list[Run]:
    keys = {key for each in said if (key := queries.number(each)) is not None}
    if len(keys) > selection.MOST:
        raise Refused(_("At most %(n)d runs at once.") % {"n": selection.MOST})
    seen = Run.objects.visible_to(request.user).filter(pk__in=keys)
    return list(seen.select_related("process").defer(*DRAFT).order_by("-started_at", "-pk"))


def _form(way: str, request: Request) -> Any:
    if way == "give":
        return DelegateForm(sent_in(request), holder=None)
    return ReasonForm(sent_in(request)) if way == "cancel" else NudgeForm(sent_in(request))


def _do(
    way: str, chosen: selection.Chosen, said: dict[str, Any], **told: Any
) -> tuple[int, list[selection.Skipped]]:
    if way == "cancel":
        return selection.cancel_each(chosen, reason=said["reason"], **told)
    if way == "nudge":
        return selection.nudge_each(chosen, text=said["text"], **told)
    return selection.give_each(chosen, said["person"], reason=said["reason"], **told)


def _tell(request: Request, done: int, skipped: list[selection.Skipped]) -> None:
    messages.success(request, ngettext("%(n)d run changed", "%(n)d runs changed", done) % {"n": done})
    if skipped:
        why = "; ".join(f"{each.run.title}: {each.why}" for each in skipped[:5])
        said = ngettext("%(n)d left out. %(why)s", "%(n)d left out. %(why)s", len(skipped))
        messages.warning(request, said % {"n": len(skipped), "why": why})


def _title(way: str, n: int) -> str:
    return {
        "cancel": ngettext("Cancel %(n)d run", "Cancel %(n)d runs", n),
        "nudge": ngettext("Remind of %(n)d run", "Remind of %(n)d runs", n),
        "give": ngettext("Hand on the work of %(n)d run", "Hand on the work of %(n)d runs", n),
    }[way] % {"n": n}
