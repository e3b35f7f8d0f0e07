from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.custom.filters import inputs
from deals.filters import DealFilter
from deals.models import Deal
from deals.models.deal import State
from deals.queries import list as queries
from deals.queries import words
from deals.queries.chips import PAGING, fetched_filters, fetched_names, kept_by_form, quick_chips
from deals.queries.choices import filter_choices, pipelines_with_stages
from deals.queries.groups import GROUPINGS, MOST, groups_of
from deals.queries.sums import Worth, exact_worth_of
from foundation.gate import Request, gate
from foundation.search import matching
from lists.arranging import Arrangement, opening_address
from lists.selecting import computed_money
from lists.sorting import headings, sorting
from lists.views.cell import answer


@gate("deals.view")
def deal_list(request: HttpRequest) -> HttpResponse:
    """Deals the person sees, filtered, ordered and summed, in the columns they chose."""
    if opens := opening_address(queries.DEALS, request.user, request.GET):
        return redirect(f"{reverse('deals:list')}?{opens}")
    asked, cursor = _asked(request), request.GET.get("cursor")
    if request.GET.get("group") in GROUPINGS:
        return _grouped(request, asked)
    filterset, shown = asked.filterset, asked.arrangement.columns
    deals, worth = queries.found(filterset, request.user, asked.terms, cursor, shown)
    rows = worth.deals if worth.is_exact else None
    led_by = queries.led_by(filterset.said)
    order = sorting(queries.DEALS, request.GET.get("sort", ""), rows, led_by=led_by)
    page = queries.list_page(deals, shown, order.terms, cursor, request.user, timezone.now())
    context = {
        **_asked_context(request, asked),
        "page": page,
        "links": _paging(request, page),
        "headings": headings(queries.DEALS, shown, order, request.GET, rows),
        "sort_refused": order.refused,
        **_sums(worth, shown),
    }
    return render(request, "deals/list.html", context, status=asked.status)


@gate("deals.view")
def exactly(request: HttpRequest) -> HttpResponse:
    """Count and sum on demand, however long it takes."""
    asked = _asked(request)
    filterset, shown = asked.filterset, asked.arrangement.columns
    deals = matching(filterset.qs, filterset.words, cap=None)
    worth = exact_worth_of(deals, computed_money(shown))
    return render(request, "deals/list.html#sums", _sums(worth, shown))


@gate("deals.view")
def cell(request: Request, pk: int, column: str) -> HttpResponse:
    """One cell of the list, or one field of the card."""
    return answer(request, queries.DEALS, pk, column, totals)


def totals(arrangement: Arrangement) -> str:
    """The totals row of a list as it is asked for."""
    asked = _asked_of(arrangement.person, arrangement.query)
    shown = asked.arrangement.columns
    _deals, worth = queries.found(asked.filterset, arrangement.person, asked.terms, None, shown)
    context = _sums(worth, shown) | {"query": arrangement.query.urlencode()}
    return render_to_string("deals/list.html#sums", context)


@gate("deals.view")
def filters(request: HttpRequest) -> HttpResponse:
    """Owner, department and source: fetched when they are opened, so that no list pays for its choices."""
    filterset = _asked(request).filterset
    is_board, dropped = "board" in request.GET, {*fetched_names(), *PAGING, "board"}
    context = {
        "choices": filter_choices(request.user, filterset.said),
        "said": filterset.said,
        "custom": inputs("deal", request.GET),
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


def _grouped(request: HttpRequest, asked: "Asked") -> HttpResponse:
    """The same deals in groups; a group opens as the list of its deals."""
    deals = matching(asked.filterset.qs, asked.filterset.words, cap=None)
    found = groups_of(asked.filterset, deals, request.user, request.GET["group"])
    context = _asked_context(request, asked) | {"groups": found, "most": words.count_text(MOST)}
    return render(request, "deals/groups.html", context, status=asked.status)


def _asked_context(request: HttpRequest, asked: "Asked") -> dict[str, Any]:
    """What stands above the deals: views, filters, conditions."""
    return {
        "arrangement": asked.arrangement,
        "filterset": asked.filterset,
        "pipelines": pipelines_with_stages(),
        "states": State.choices,
        "chips": quick_chips(request.GET),
        **fetched_filters(asked.filterset),
        "kept": kept_by_form(asked.filterset),
    }


@dataclass(frozen=True)
class Asked:
    """`terms` are what the person wants the list sorted by; a long list may refuse it."""

    arrangement: Arrangement
    terms: tuple[str, ...]
    filterset: DealFilter

    @property
    def status(self) -> HTTPStatus:
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.filterset.is_unreadable else HTTPStatus.OK


def _asked(request: HttpRequest) -> Asked:
    return _asked_of(request.user, request.GET)


def _asked_of(person: Any, query: Any) -> Asked:
    """The columns, the order and the filters; an order only open deals have shows those, unless others are named."""
    terms, said = queries.terms_asked(query.get("sort", "")), query.copy()
    if terms[0] in queries.ONLY_OPEN and not said.get("state"):
        said["state"] = State.OPEN
    request = HttpRequest()
    request.user = person
    filterset = DealFilter(said, queryset=Deal.objects.visible_to(person), request=request)
    filterset.are_words_apart = True
    return Asked(Arrangement(queries.DEALS, person, query, reverse("deals:list")), terms, filterset)


def _sums(worth: Worth, shown: Any) -> dict[str, object]:
    count = words.count_text(worth.deals, is_exact=worth.is_exact)
    return {
        "count_text": ngettext("%(n)s deal", "%(n)s deals", worth.deals) % {"n": count},
        "sum_text": words.worth_text(worth.base_amount) if worth.is_exact else "",
        "sum_exactly": words.amount_text(worth.base_amount, settings.BASE_CURRENCY) if worth.is_exact else "",
        "is_exact": worth.is_exact,
        "has_amount": any(column.money == "base_amount" for column in shown),
        "totals": queries.totals(shown, worth),
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
