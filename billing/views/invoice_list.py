from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.invoice_filters import InvoiceFilter
from billing.models.invoice import InvoiceKind, InvoiceState
from billing.queries import invoice_list as queries
from billing.queries.invoice_chips import (
    FETCHED,
    fetched_filters,
    kept_by_form,
    own_companies,
    quick_chips,
)
from billing.queries.invoice_groups import GROUPINGS, MOST, groups_of
from billing.queries.invoice_sums import Sums, count_text, sum_rows
from deals.queries import words
from deals.queries.chips import PAGING
from deals.queries.choices import filter_choices
from foundation.gate import Request, gate
from foundation.search import matching
from lists.arranging import Arrangement, opening_address
from lists.sorting import headings, sorting


@require_safe
@gate("billing.view")
def invoice_list(request: Request) -> HttpResponse:
    """Invoices the person sees, filtered, ordered and summed, in the columns they chose."""
    if opens := opening_address(queries.INVOICES, request.user, request.GET):
        return redirect(f"{reverse('billing:list')}?{opens}")
    asked, cursor = _asked(request), request.GET.get("cursor")
    if request.GET.get("group") in GROUPINGS:
        return _grouped(request, asked)
    filterset, shown = asked.filterset, asked.arrangement.columns
    invoices, sums = queries.found(filterset, asked.terms, cursor)
    rows, led_by = sums.invoices if sums.is_exact else None, queries.led_by(filterset.said)
    order = sorting(queries.INVOICES, request.GET.get("sort", ""), rows, led_by=led_by)
    page = queries.list_page(invoices, shown, order.terms, cursor, timezone.now())
    context = {
        **_asked_context(request, asked),
        "page": page,
        "links": {name: _paged(request, getattr(page, name)) for name in ("previous", "next")},
        "headings": headings(queries.INVOICES, shown, order, request.GET, rows),
        "sort_refused": order.refused,
        **_sums(sums, shown),
    }
    return render(request, "billing/invoices.html", context, status=asked.status)


@require_safe
@gate("billing.view")
def exactly(request: Request) -> HttpResponse:
    """Count and sum on demand, however long it takes."""
    asked = _asked(request)
    context = _sums(queries.exact_sums(asked.filterset), asked.arrangement.columns)
    return render(request, "billing/invoices.html#sums", context)


@require_safe
@gate("billing.view")
def filters(request: Request) -> HttpResponse:
    """Owner and department: fetched when they are opened, so that no list pays for its choices."""
    filterset, dropped = _asked(request).filterset, {*FETCHED, *PAGING}
    kept = [(name, each) for name, values in request.GET.lists() if name not in dropped for each in values]
    context = {
        "choices": filter_choices(request.user, filterset.said),
        "said": filterset.said,
        "kept": kept,
        "action": reverse("billing:list"),
    }
    template = "billing/invoice_filters_fetched.html"
    return render(request, f"{template}#fields" if request.htmx else template, context)


def _grouped(request: Request, asked: "Asked") -> HttpResponse:
    """The same invoices in groups; a group opens as the list of its invoices."""
    invoices = matching(asked.filterset.qs, asked.filterset.words, cap=None)
    found = groups_of(asked.filterset, invoices, request.GET["group"])
    context = _asked_context(request, asked) | {"groups": found, "most": words.count_text(MOST)}
    return render(request, "billing/invoice_groups.html", context, status=asked.status)


@dataclass(frozen=True)
class Asked:
    """`terms` are what the person wants the list sorted by; a long list may refuse it."""

    arrangement: Arrangement
    terms: tuple[str, ...]
    filterset: InvoiceFilter

    @property
    def status(self) -> HTTPStatus:
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.filterset.is_unreadable else HTTPStatus.OK


def _asked(request: Request) -> Asked:
    terms, said = queries.terms_asked(request.GET.get("sort", "")), request.GET.copy()
    if terms[0] in queries.ONLY_UNPAID and not {"unpaid", "overdue"} & set(said):
        said["unpaid"] = "1"
    filterset = queries.filterset_of(request.user, said)
    filterset.are_words_apart = True
    arrangement = Arrangement(queries.INVOICES, request.user, request.GET, reverse("billing:list"))
    return Asked(arrangement, terms, filterset)


def _asked_context(request: Request, asked: Asked) -> dict[str, Any]:
    """What stands above the invoices: views, filters, conditions."""
    return {
        "arrangement": asked.arrangement,
        "filterset": asked.filterset,
        "states": InvoiceState.choices,
        "kinds": InvoiceKind.choices,
        "own_companies": own_companies(),
        "chips": quick_chips(request.GET),
        **fetched_filters(asked.filterset),
        "kept": kept_by_form(asked.filterset),
        "may_create": request.user.may("billing.create"),
        "sees_payments": request.user.may("billing.view_payments"),
    }


def _sums(sums: Sums, shown: Any) -> dict[str, Any]:
    """How many, and a line for each currency, with amounts under the columns that have them."""
    has_total = any(column.name == "total" for column in shown)
    lines = [
        (
            row.title if has_total else f"{row.title}: {row.total}",
            [(column.css, getattr(row, column.name, "")) for column in shown[1:]],
        )
        for row in sum_rows(sums)
    ]
    return {
        "count_text": count_text(sums),
        "is_exact": sums.is_exact,
        "sums": lines,
        "width": len(shown) - 1,
    }


def _paged(request: Request, cursor: str | None) -> str:
    said = request.GET.copy()
    if cursor:
        said["cursor"] = cursor
    return str(said.urlencode()) if cursor else ""
