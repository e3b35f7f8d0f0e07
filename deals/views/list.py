from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.filters import DealFilter
from deals.models import Deal
from deals.models.deal import State
from deals.queries import list as queries
from deals.queries import words
from deals.queries.chips import FETCHED, PAGING, fetched_filters, kept_by_form, quick_chips
from deals.queries.choices import filter_choices, pipelines_with_stages
from deals.queries.sums import Worth, exact_worth_of, worth_of
from foundation.gate import gate
from foundation.search import matching


@gate("deals.view")
def deal_list(request: HttpRequest) -> HttpResponse:
    """Deals the person sees, filtered, ordered and summed."""
    order, filterset = _asked(request)
    deals, cursor = filterset.qs, request.GET.get("cursor")
    if filterset.words:
        deals, worth = queries.found_by_words(deals, filterset.words, order, cursor)
    else:
        worth = worth_of(filterset, deals, request.user)
    page = queries.list_page(deals, order, cursor)
    context = {
        "page": page,
        "links": _paging(request, page),
        "headings": queries.headings(order, request.GET),
        "filterset": filterset,
        "pipelines": pipelines_with_stages(),
        "states": State.choices,
        "chips": quick_chips(request.GET),
        **fetched_filters(filterset),
        "kept": kept_by_form(filterset),
        **_sums(worth),
    }
    return render(request, "deals/list.html", context)


@gate("deals.view")
def exactly(request: HttpRequest) -> HttpResponse:
    """Count and sum on demand, however long it takes."""
    _order, filterset = _asked(request)
    return render(
        request,
        "deals/list.html#sums",
        _sums(exact_worth_of(matching(filterset.qs, filterset.words, cap=None))),
    )


@gate("deals.view")
def filters(request: HttpRequest) -> HttpResponse:
    """Owner, department and source: fetched when they are opened, so that no list pays for its choices."""
    _order, filterset = _asked(request)
    is_board, dropped = "board" in request.GET, {*FETCHED, *PAGING, "board"}
    context = {
        "choices": filter_choices(request.user, filterset.said),
        "said": filterset.said,
        "kept": [
            (name, value)
            for name in request.GET
            if name not in dropped
            for value in request.GET.getlist(name)
        ],
        "action": reverse("deals:board" if is_board else "deals:list"),
    }
    template = "deals/filters_fetched.html"
    return render(request, f"{template}#fields" if getattr(request, "htmx", None) else template, context)


def _asked(request: HttpRequest) -> tuple[str, DealFilter]:
    """The order and the filters; an order that only open deals have shows only those."""
    order = request.GET.get("sort", "")
    order = order if order in queries.ORDERS else queries.FIRST_ORDER
    said = request.GET.copy()
    if order in queries.ONLY_OPEN:
        said["state"] = State.OPEN
    filterset = DealFilter(said, queryset=Deal.objects.visible_to(request.user), request=request)
    filterset.are_words_apart = True
    return order, filterset


def _sums(worth: Worth) -> dict[str, object]:
    count = words.count_text(worth.deals, is_exact=worth.is_exact)
    return {
        "count_text": ngettext("%(n)s deal", "%(n)s deals", worth.deals) % {"n": count},
        "sum_text": words.worth_text(worth.base_amount) if worth.is_exact else "",
        "sum_exactly": words.amount_text(worth.base_amount, settings.BASE_CURRENCY) if worth.is_exact else "",
        "is_exact": worth.is_exact,
        "sum_title": _("Together"),
    }


def _paging(request: HttpRequest, page: object) -> dict[str, str]:
    links = {}
    for name in ("previous", "next"):
        cursor = getattr(page, name)
        said = request.GET.copy()
        if cursor:
            said["cursor"] = cursor
        links[name] = said.urlencode() if cursor else ""
    return links
