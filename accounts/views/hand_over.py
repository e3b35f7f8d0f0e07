"""Handing over a colleague's portfolio: what there is, who gets what, the run, and the way back."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.handing_over import pages, preview
from accounts.handing_over.forms import PlanForm, StartForm
from accounts.models.hand_over import RIGHT, HandOver
from foundation.gate import Request, find, gate
from foundation.once import once
from foundation.refusals import refused_into
from users.models import User


@require_safe
@gate(RIGHT)
def hand_overs(request: Request) -> HttpResponse:
    """Whose portfolio may be handed over, and the hand-overs there were."""
    letters = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    page = pages.list_page(request.user, request.GET.get("cursor"))
    context = {"people": pages.people_led(request.user, letters), "letters": letters}
    return render(request, "accounts/hand_overs.html", context | {"rows": page.rows, "links": _links(page)})


@require_http_methods(["GET", "HEAD", "POST"])
@gate(RIGHT)
def hand_over(request: Request, pk: int) -> HttpResponse:
    """What a colleague answers for, and who would take over; POST plans it and gives nothing yet."""
    person = _person(request, pk)
    now = timezone.now()
    form = PlanForm(request.POST or None, person=person, by=request.user)
    if request.method == "POST" and form.is_valid():
        with refused_into(form), once(request) as sent:
            if not sent.already:
                sent.url = HandOver.plan(person, **form.plan(), by=request.user, at=now).get_absolute_url()
            return redirect(sent.url)
    context = {
        "colleague": person,
        "owned": preview.owned(person, request.user.language, now),
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/hand_over.html", context, status=status)


@require_safe
@gate(RIGHT)
def hand_over_plan(request: Request, pk: int) -> HttpResponse:
    """A draft: everybody before and after, and each client with whom it goes to. Later: what became of it."""
    found = _led(request, pk)
    if not found.is_draft:
        context = pages.result_page(found, request.user)
        return render(request, "accounts/hand_over_result.html", context | {"hand_over": found})
    return _plan(request, found, None, HTTPStatus.OK)


@require_POST
@gate(RIGHT)
def hand_over_pick(request: Request, pk: int) -> HttpResponse:
    """Clients of one page of the draft to others than planned."""
    found = _led(request, pk)
    picks = {
        int(name.removeprefix("part-")): int(str(value))
        for name, value in request.POST.items()
        if name.startswith("part-") and _is_key(name.removeprefix("part-")) and _is_key(str(value))
    }
    n = found.pick(picks, by=request.user, at=timezone.now())
    messages.success(request, _("Picks kept: %(n)d") % {"n": n})
    cursor = request.POST.get("cursor", "")
    query = f"?{urlencode({'cursor': cursor})}" if cursor else ""
    return redirect(f"{found.get_absolute_url()}{query}#parts")


@require_POST
@gate(RIGHT)
def hand_over_start(request: Request, pk: int) -> HttpResponse:
    """Give everything; more than two hundred records by a worker."""
    found = _led(request, pk)
    total = sum(sum(counts.values()) for counts in preview.given(found).values())
    form = StartForm(request.POST, total=total)
    if form.is_valid():
        with refused_into(form), once(request) as sent:
            if not sent.already:
                made = found.start(by=request.user, at=timezone.now())
                sent.url = made.get_absolute_url()
                _tell(request, made)
            return redirect(sent.url)
    return _plan(request, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@gate(RIGHT)
def hand_over_back(request: Request, pk: int) -> HttpResponse:
    """Who was away is back."""
    found = _led(request, pk)
    with once(request) as sent:
        if not sent.already:
            made = found.give_back(by=request.user, at=timezone.now())
            sent.url = made.get_absolute_url()
            _tell(request, made)
    return redirect(sent.url)


def _plan(request: Request, found: HandOver, form: StartForm | None, status: int) -> HttpResponse:
    cursor = request.GET.get("cursor")
    context = pages.plan_page(found, cursor, request.user.language, timezone.now())
    context["links"] = _links(context["links"])
    form = form or StartForm(total=context["total"])
    context |= {"hand_over": found, "form": form, "cursor": cursor or ""}
    return render(request, "accounts/hand_over_plan.html", context, status=status)


def _tell(request: Request, made: Any) -> None:
    if not made.is_finished:
        messages.info(request, _("A worker is handing over. You can leave this page."))
    else:
        messages.success(request, _("Handed over: %(n)d") % {"n": made.done})


def _links(page: Any) -> dict[str, str]:
    return {
        "previous": urlencode({"cursor": page.previous}) if page.previous else "",
        "next": urlencode({"cursor": page.next}) if page.next else "",
    }


def _person(request: Request, pk: int) -> User:
    person = User.objects.filter(pk=pk, is_robot=False).select_related("department").first()
    if person is None or not request.user.reach(RIGHT).covers_person(pk):
        raise Http404
    return person


def _led(request: Request, pk: int) -> HandOver:
    """Of a colleague whom the right reaches; who only got something reads dossiers."""
    found = find(
        HandOver.objects.select_related("person", "planned_by", "change_set", "given_back"), request, pk
    )
    if not request.user.reach(RIGHT).covers_person(found.person_id):
        raise Http404
    return found  # type: ignore[no-any-return]


def _is_key(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 19
