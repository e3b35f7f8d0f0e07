from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from deals.filters import DealFilter
from deals.models import Deal, Stage, StageKind
from deals.queries import board as queries
from deals.queries.chips import fetched_filters, kept_by_form, quick_chips
from deals.queries.choices import chosen_pipeline, pipelines_with_stages
from deals.queries.list import DEALS
from foundation.gate import gate
from lists.arranging import Arrangement

NOT_ON_BOARD = ("state", "stage", "cursor", "after", "sort")


@gate("deals.view")
def board(request: HttpRequest) -> HttpResponse:
    """The open deals of one pipeline by stage."""
    key = _key(request.GET.get("pipeline"))
    pipelines = pipelines_with_stages(also=key)
    pipeline: Any = chosen_pipeline(pipelines, key)
    filterset = _filter(request, pipeline)
    stages = pipeline.steps if pipeline else []
    context = {
        "arrangement": Arrangement(DEALS, request.user, request.GET, request.path),
        "pipelines": pipelines,
        "pipeline": pipeline,
        "filterset": filterset,
        **fetched_filters(filterset),
        "chips": quick_chips(request.GET),
        "kept": kept_by_form(filterset),
        "is_filtered": bool(set(filterset.said) - {"pipeline"}),
        "board": queries.board(filterset, filterset.qs, stages, request.user, timezone.now()),
    }
    return render(request, "deals/board.html", context)


@gate("deals.view")
def more(request: HttpRequest, pk: int) -> HttpResponse:
    """The next cards of a column; without a script, the list of the stage."""
    stage = get_object_or_404(Stage.objects.select_related("pipeline"), pk=pk, kind=StageKind.OPEN)
    filterset = _filter(request, stage.pipeline)
    rows = queries.rows_below(filterset.qs, stage, request.GET.get("after", ""))
    maker = queries.CardMaker(request.user, timezone.now())
    head = queries.Head(stage, "", "", "", "")
    return render(request, "deals/board_more.html", {"column": queries.column(head, rows, maker, filterset)})


def _filter(request: HttpRequest, pipeline: Any) -> DealFilter:
    said = request.GET.copy()
    for name in NOT_ON_BOARD:
        said.pop(name, None)
    if pipeline is not None:
        said["pipeline"] = str(pipeline.pk)
    return DealFilter(said, queryset=Deal.objects.visible_to(request.user), request=request)


def _key(said: str | None) -> int | None:
    if not said:
        return None
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0
