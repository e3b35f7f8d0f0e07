"""At a stage with rules: what is missing is asked for, and one submit fills it in and moves."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from deals import operations
from deals.forms import AnywhereForm, MoveForm
from deals.models import Deal, Stage, StageKind
from deals.requirements import Missing, Need, StageNotReady
from deals.stage_forms import WHERE, StageNeedsForm
from deals.views.answers import done, form_page, found_deal, tried, undo_url
from foundation.gate import gate


@gate("deals.move")
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill in what the stage asks for and move the deal there, or go against its rules with a reason."""
    deal = found_deal(request, pk, "deals.move")
    going = AnywhereForm(request.POST or request.GET, deal=deal)
    if not going.is_valid() or going.cleaned_data["stage"].kind == StageKind.LOST:
        return redirect("deals:move", pk)
    where, stage = going.cleaned_data, going.cleaned_data["stage"]
    missing = deal.missing_for(stage, by=request.user)
    if request.method != "POST":
        return ask(request, deal, missing, where, status=HTTPStatus.OK)
    form = _form(request, deal, missing, where, request.POST)
    if not form.is_valid():
        return _page(request, deal, form, where)
    before, rank, now = deal.stage, deal.rank, timezone.now()
    try:
        status = tried(form, lambda: _fill_and_drop(request, deal, form, now))
    except StageNotReady as refusal:
        form.add_error(None, refusal.message)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    if status == HTTPStatus.OK:
        undo = undo_url(deal, rank) if before.pk != stage.pk else ""
        return done(request, deal, said_of_move(deal, before, stage), undo=undo)
    fresh = found_deal(request, pk)
    form.say("version", fresh.version)
    return _page(request, fresh, form, where, status=status)


@gate("deals.change")
def enter_contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """The contacts of the client just chosen, as a piece of the form."""
    deal = found_deal(request, pk, "deals.change")
    where = {"account": request.GET.get("account")}
    form = _form(request, deal, [Missing(Need.CONTACT, "")], where)
    return render(request, "deals/stage_contact.html", {"form": form, "deal": deal})


def ask(
    request: HttpRequest,
    deal: Deal,
    missing: list[Missing],
    where: Mapping[str, Any],
    *,
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> HttpResponse:
    """The form with what is missing; 422 where somebody has just tried to move the deal."""
    return _page(request, deal, _form(request, deal, missing, where), where, status=status)


def place(request: HttpRequest, deal: Deal, where: Mapping[str, Any], now: datetime) -> float | None:
    """The rank asked for: under a card the person sees in that column, else at its top or bottom."""
    stage, after = where["stage"], where.get("after_id")
    if not stage.is_open:
        return None
    if after is not None:
        visible = Deal.objects.visible_to(request.user).open().select_related("stage")
        card = visible.filter(pk=after, stage=stage).exclude(pk=deal.pk).first()
        if card is not None:
            return operations.rank_below(card, deal)
    if where.get("place") == MoveForm.BOTTOM:
        return operations.rank_at_bottom(stage, at=now)
    return operations.rank_at_top(stage, at=now)


def said_of_move(deal: Deal, before: Stage, stage: Stage) -> str:
    """What the toast says."""
    if stage.kind == StageKind.WON:
        return _("Won: %(title)s. Well done!") % {"title": deal.title}
    if before.pk == stage.pk:
        return _("Moved within “%(stage)s”") % {"stage": stage.name}
    if deal.next_step_on is None:
        return _("Moved to “%(stage)s”. What happens next?") % {"stage": stage.name}
    return _("Moved to “%(stage)s”") % {"stage": stage.name}


def _fill_and_drop(request: HttpRequest, deal: Deal, form: StageNeedsForm, now: datetime) -> None:
    said = form.cleaned_data
    operations.fill_and_drop(
        deal,
        said["stage"],
        form.filling(),
        rank=place(request, deal, said, now),
        version=said["version"],
        override=said.get("override", ""),
        by=request.user,
        at=now,
    )


def _form(
    request: HttpRequest, deal: Deal, missing: list[Missing], where: Mapping[str, Any], said: Any = None
) -> StageNeedsForm:
    person: Any = request.user
    first = {name: where.get(name) for name in (*WHERE, "account")}
    first |= {"version": where.get("version") or deal.version, "currency": deal.currency, "quantity": 1}
    first |= {"next_step": deal.next_step, "amount": deal.amount}
    return StageNeedsForm(
        said,
        deal=deal,
        person=person,
        missing=missing,
        may_fill=person.reaches(deal, "deals.change"),
        may_override=person.reaches(deal, "deals.override"),
        initial=first,
    )


def _page(
    request: HttpRequest,
    deal: Deal,
    form: StageNeedsForm,
    where: Mapping[str, Any],
    *,
    status: int | None = None,
) -> HttpResponse:
    said = {"title": deal.title, "stage": where["stage"].name}
    return form_page(
        request,
        form,
        title=_("Before “%(title)s” goes to “%(stage)s”") % said,
        button=_("Save and move") if form.asked else _("Move"),
        status=status,
        template="deals/stage_needs.html",
        action=reverse("deals:enter", args=[deal.pk]),
        deal=deal,
    )
