"""Through the pipeline: move, win, lose, reopen, and take the last step back."""

import math
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deals import operations
from deals.forms import LoseForm, MoveForm, ReopenForm, VersionForm
from deals.models import Deal, Stage, StageKind
from deals.requirements import StageNotReady
from deals.views.answers import card_answer, done, form_page, found_deal, tried, undo_url, wants_card
from deals.views.entering import ask, place, said_of_move
from foundation.errors import Refused, Stale
from foundation.gate import gate


@gate("deals.move")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """A drop on the board, a step of the path, or the “Move to…” form."""
    deal = found_deal(request, pk, "deals.move")
    first = {"stage": deal.stage_id, "version": deal.version, "place": MoveForm.TOP}
    form = MoveForm(request.POST or None, deal=deal, initial=first)
    if not form.is_valid():
        title = _("Move “%(title)s”") % {"title": deal.title}
        return form_page(request, form, title=title, button=_("Move"), deal=deal)
    stage = form.cleaned_data["stage"]
    if stage.kind == StageKind.LOST:
        return _lose_form(
            request, deal, LoseForm(initial={"version": form.cleaned_data["version"]}), asked=True
        )
    return _moved(request, deal, form, stage)


@gate("deals.move")
def win(request: HttpRequest, pk: int) -> HttpResponse:
    deal = found_deal(request, pk, "deals.move")
    form = VersionForm(request.POST or None, initial={"version": deal.version})
    status = None
    rank = deal.rank
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            status = tried(form, lambda: deal.win(by=request.user, at=timezone.now(), version=version))
        except StageNotReady as refusal:
            where = {"stage": refusal.entering, "version": version}
            return ask(request, found_deal(request, pk), list(refusal.missing), where)
        if status == HTTPStatus.OK:
            text = _("Won: %(title)s. Well done!") % {"title": deal.title}
            return done(request, deal, text, undo=undo_url(deal, rank))
    title = _("Close “%(title)s” as won") % {"title": deal.title}
    return form_page(request, form, title=title, button=_("Won"), status=status, deal=deal)


@gate("deals.move")
def lose(request: HttpRequest, pk: int) -> HttpResponse:
    deal = found_deal(request, pk, "deals.move")
    form = LoseForm(request.POST or None, initial={"version": deal.version})
    rank = deal.rank
    if request.method != "POST" or not form.is_valid():
        return _lose_form(request, deal, form)
    said = form.cleaned_data
    status = tried(
        form,
        lambda: deal.lose(
            said["reason"], note=said["note"], version=said["version"], by=request.user, at=timezone.now()
        ),
    )
    if status == HTTPStatus.OK:
        return done(request, deal, _("Lost: %(title)s") % {"title": deal.title}, undo=undo_url(deal, rank))
    return _lose_form(request, deal, form, status=status)


@gate("deals.move")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    deal = found_deal(request, pk, "deals.move")
    before = (
        deal.stage_events.filter(to_stage=deal.stage_id)
        .order_by("-at", "-pk")
        .values("from_stage_id")
        .first()
    )
    first = {"stage": before["from_stage_id"] if before else None, "version": deal.version}
    form = ReopenForm(request.POST or None, deal=deal, initial=first)
    status = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        status = tried(
            form,
            lambda: deal.reopen(
                by=request.user, at=timezone.now(), stage=said["stage"], version=said["version"]
            ),
        )
        if status == HTTPStatus.OK:
            text = _("Reopened in “%(stage)s”. What happens next?") % {"stage": deal.stage.name}
            return done(request, deal, text)
    title = _("Reopen “%(title)s”") % {"title": deal.title}
    return form_page(request, form, title=title, button=_("Reopen"), status=status, deal=deal)


@require_POST
@gate("deals.move")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Behind the toast of a move: back to the stage and the place before it."""
    deal = found_deal(request, pk, "deals.move")
    form = VersionForm({"version": request.GET.get("version")})
    if not form.is_valid() or form.cleaned_data["version"] is None:
        raise Refused(_("There is no move to take back."))
    version = form.cleaned_data["version"]
    rank = _rank(request.GET.get("rank", ""))
    operations.take_back(deal, version=version, rank=rank, by=request.user, at=timezone.now())
    return done(
        request, deal, _("Back in “%(stage)s”: %(title)s") % {"stage": deal.stage.name, "title": deal.title}
    )


def _moved(request: HttpRequest, deal: Deal, form: MoveForm, stage: Stage) -> HttpResponse:
    before, rank, now = deal.stage, deal.rank, timezone.now()
    try:
        at_rank = place(request, deal, form.cleaned_data, now)
        operations.drop(
            deal, stage, rank=at_rank, version=form.cleaned_data["version"], by=request.user, at=now
        )
    except StageNotReady as refusal:
        return ask(request, found_deal(request, deal.pk), list(refusal.missing), form.cleaned_data)
    except Stale as stale:
        if not wants_card(request):
            raise
        fresh = found_deal(request, deal.pk)
        return card_answer(
            request, fresh, [fresh.stage], status=HTTPStatus.CONFLICT, text=stale.message, kind="danger"
        )
    undo = undo_url(deal, rank) if before.pk != stage.pk else ""
    text = said_of_move(deal, before, stage)
    if not wants_card(request):
        return done(request, deal, text, undo=undo)
    toast: dict[str, Any] = {"text": text, "kind": "success"} | ({"undo_url": undo} if undo else {})
    return card_answer(request, deal, [before, stage], **toast)


def _lose_form(
    request: HttpRequest, deal: Deal, form: LoseForm, *, status: int | None = None, asked: bool = False
) -> HttpResponse:
    """`asked`: somebody moved the deal to Lost, and the reason is what is missing yet."""
    return form_page(
        request,
        form,
        title=_("Close “%(title)s” as lost") % {"title": deal.title},
        button=_("Lost"),
        status=HTTPStatus.UNPROCESSABLE_ENTITY if asked else status,
        action=reverse("deals:lose", args=[deal.pk]),
        deal=deal,
    )


def _rank(said: str) -> float | None:
    try:
        rank = float(said)
    except ValueError:
        return None
    return rank if math.isfinite(rank) else None
