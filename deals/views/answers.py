"""How the views of deals answer: a form page, a way back, a refused form, the fragments of the board."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from deals.editors import undo_url as undo_url
from deals.filters import DealFilter
from deals.models import Deal, Pipeline
from deals.queries.board import card_of, heads
from deals.requirements import StageNotReady
from foundation.errors import Refused, Stale
from foundation.gate import find

WITH_ALL = ("stage", "pipeline", "account", "owner")
LONGEST_WAY_BACK = 2_000


def found_deal(request: HttpRequest, pk: int, verb: str | None = None) -> Deal:
    """The deal with what its verbs read; 404 where it is not seen, 403 where the verb does not reach it."""
    deal: Deal = find(Deal.objects.select_related(*WITH_ALL), request, pk, verb)
    return deal


def way_back(request: HttpRequest, otherwise: str) -> str:
    """Where the person came from: said by the form, else the page the dialog was opened on."""
    said = request.POST.get("next") or request.GET.get("next") or _referring_page(request)
    allowed = url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure())
    return said if said and allowed and len(said) < LONGEST_WAY_BACK and "\x00" not in said else otherwise


def done(request: HttpRequest, deal: Deal, text: str, *, undo: str = "") -> HttpResponse:
    messages.success(request, text, extra_tags=f"undo:{undo}" if undo else "")
    return redirect(way_back(request, deal.get_absolute_url()))


def tried(form: BaseForm, verb: Callable[[], Any]) -> HTTPStatus:
    """Run a verb; what it refuses stands in the form. 200, 409 when somebody was first, or 422.

    What a stage still asks for is left to the view, which asks for it.
    """
    try:
        verb()
    except StageNotReady:
        raise
    except Stale as stale:
        form.add_error(None, stale.message)
        return HTTPStatus.CONFLICT
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.OK


def form_page(
    request: HttpRequest,
    form: BaseForm,
    *,
    title: str,
    button: str,
    status: int | None = None,
    template: str = "deals/form.html",
    **context: Any,
) -> HttpResponse:
    """A form on a page of its own, which a dialog can show too; 422 where it was refused."""
    said = {"form": form, "form_title": title, "button": button, "next": way_back(request, ""), **context}
    if status is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, said, status=status)


def wants_card(request: HttpRequest) -> bool:
    """Whether the board asks: its script sends moves as fragments, forms come as pages."""
    return bool(getattr(request, "htmx", None)) and request.headers.get("HX-Target") != "dialog"


def card_answer(
    request: HttpRequest, deal: Deal, changed_stages: list[Any], *, status: int = HTTPStatus.OK, **toast: Any
) -> HttpResponse:
    """The card as it is now and the heads of the columns it left and entered."""
    filterset = board_filter(request, deal.pipeline)
    deals = filterset.qs.filter(pipeline=deal.pipeline_id)
    now = timezone.now()
    open_stages = list({stage.pk: stage for stage in changed_stages if stage.is_open}.values())
    context = {
        "cards": [card_of(deal, request.user, now)],
        "heads": heads(filterset, deals, open_stages, request.user, deal.pipeline),
        "ask_next_step": status == HTTPStatus.OK and deal.is_open and not deal.next_step_on,
    }
    answer = HttpResponse(render_to_string("deals/board_answer.html", context, request), status=status)
    answer["HX-Trigger"] = json.dumps({"toast": toast})
    return answer


def board_filter(request: HttpRequest, pipeline: Pipeline | None) -> DealFilter:
    """The filters of the board the request came from, always of one pipeline."""
    htmx = getattr(request, "htmx", None)
    query = urlsplit(htmx.current_url or "").query if htmx and htmx.current_url else ""
    said = QueryDict(query[:LONGEST_WAY_BACK], mutable=True)
    if pipeline is not None:
        said["pipeline"] = str(pipeline.pk)
    return DealFilter(said, queryset=Deal.objects.visible_to(request.user), request=request)


def _referring_page(request: HttpRequest) -> str:
    """The list, board or record behind an opened dialog; never the form's own page."""
    referring = urlsplit(request.headers.get("Referer", ""))
    if referring.netloc != request.get_host() or referring.path == request.path:
        return ""
    return f"{referring.path}?{referring.query}" if referring.query else referring.path
