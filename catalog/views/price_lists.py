"""Price lists: all of them, and the prices of one. What a list is like is set in the administration."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.models import PriceList, Product
from catalog.queries import price_lists as queries
from catalog.term_forms import ListPriceForm
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.gate import Request, gate
from foundation.refusals import refused_into
from lists.kept import Kept

AROUND = ("base", "tag", "industry", "territory")
LONGEST_QUERY = 100


@require_safe
@gate("catalog.view")
def price_lists(request: Request) -> HttpResponse:
    context = {
        "rows": queries.lists(company_day(timezone.now())),
        "may_change": request.user.may("catalog.change_prices"),
        "may_configure": request.user.may("admin.configure"),
    }
    return render(request, "catalog/price_lists.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("catalog.view")
def price_list(request: Request, pk: int) -> HttpResponse:
    """Its own prices, and a row to put one; a price at a quantity that has one is written over."""
    found = get_object_or_404(PriceList.objects.select_related(*AROUND), pk=pk)
    may_change = request.user.may("catalog.change_prices")
    form = ListPriceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_change:
            raise Refused(_("You may not change price lists."))
        if form.is_valid():
            with refused_into(form):
                put(found, request.user, **form.cleaned_data)
            if not form.errors:
                messages.success(request, _("Saved."))
                return redirect(request.get_full_path())
    query, kept = request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUERY], Kept.of(request.GET, ("q",))
    rows, page = queries.own_prices(found, query, request.GET.get("cursor"))
    context: dict[str, Any] = {
        "price_list": found,
        "rows": rows,
        "page": kept.pages(page),
        "kept": kept,
        "form": form,
        "may_change": may_change,
        "whom": queries.whom(found),
        "reckons": queries.reckons(found),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "catalog/price_list.html", context, status=status)


def put(found: PriceList, by: Any, *, product: str, from_quantity: Any, price: Any) -> None:
    """One own price, with the others of the product as they are."""
    name = " ".join(product.split())
    matching = Product.objects.filter(Q(name__iexact=name) | Q(code__iexact=name) & ~Q(code=""))
    keys = list(matching.values_list("pk", flat=True)[:2])
    if len(keys) != 1:
        raise Refused(
            _("No product is called “%(name)s”: say its whole name or article number.") % {"name": name}
        )
    found.put_prices([(keys[0], from_quantity, price)], by=by, at=timezone.now())
