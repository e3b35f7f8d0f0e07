from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from foundation.errors import Refused
from foundation.gate import gate
from reports.built_in.closing import days_to_close
from reports.cells import count_text, days_text
from reports.dashboard import chosen, dashboard, selected
from reports.links import closed_url
from reports.pages import filters, outcomes_page, page
from reports.readers import Reader


@gate("reports.view")
def funnel(request: HttpRequest) -> HttpResponse:
    """The head's dashboard: the funnel in three views, and who won what when."""
    reader, today, asked = Reader(request.user), timezone.localdate(), request.GET.dict()
    try:
        params, period = chosen(asked, reader, today)
    except Refused as refusal:
        context = {"trouble": refusal.message, "filters": filters({}, {}, reader)}
        return render(request, "reports/funnel.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    board = dashboard(params, period, reader)
    if board is None:
        return render(request, "reports/funnel.html", {"filters": filters(asked, params, reader)})
    context = page(board, period, asked)
    context["filters"] = filters(asked, params, reader, board.pipeline)
    return render(request, "reports/funnel.html", context)


@gate("reports.view")
def outcomes(request: HttpRequest) -> HttpResponse:
    """By person, by department and what needs attention: a tile of the page, or a page without scripts."""
    reader, today = Reader(request.user), timezone.localdate()
    params, period = chosen(request.GET.dict(), reader, today)
    selection, _standing = selected(params, period, reader)
    template = "reports/outcomes.html" + ("#tile" if request.headers.get("HX-Request") else "")
    return render(request, template, outcomes_page(selection, params, today))


@gate("reports.view")
def days(request: HttpRequest) -> HttpResponse:
    """The tile of median days, asked for after the page: it reads deals, not sums."""
    reader = Reader(request.user)
    params, period = chosen(request.GET.dict(), reader, timezone.localdate())
    selection, _standing = selected(params, period, reader)
    outcomes = [
        (state, days_text(middle), count_text(deals), closed_url(selection, state))
        for state, (deals, middle) in sorted(days_to_close(selection).items(), reverse=True)
    ]
    return render(request, "reports/funnel.html#days", {"outcomes": outcomes, "period": period.text})
