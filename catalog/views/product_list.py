"""The list of what we sell."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from catalog.models import Product, ProductKind
from catalog.queries import products
from foundation.gate import Request, gate
from lists.kept import Kept

FILTERS = ("q", "kind", "group", "offered")


@require_safe
@gate("catalog.view")
def product_list(request: Request) -> HttpResponse:
    """The page, or for htmx its part that changes with what is asked."""
    asked, kept = products.ProductFilter(request.GET), Kept.of(request.GET, FILTERS)
    is_sound = asked.is_valid()
    found = asked.products() if is_sound else Product.objects.none()
    may_see_costs = request.user.may("catalog.view_costs")
    shown = products.listed(found, request.GET.get("cursor"), may_see_costs=may_see_costs)
    n = shown.how_many.n
    context = {
        "rows": shown.rows,
        "page": kept.pages(shown.page),
        "count_text": ngettext("%(count)s product", "%(count)s products", n) % {"count": shown.how_many.text},
        "chips": _chips(kept),
        "groups": products.groups_of_list(),
        "group": asked.cleaned_data.get("group") if is_sound else None,
        "kept": kept,
        "form": asked,
        "is_narrowed": bool(kept),
        "may_see_costs": may_see_costs,
        "may_change": request.user.may("catalog.change"),
    }
    template = "catalog/products.html#products" if request.htmx else "catalog/products.html"
    status = HTTPStatus.OK if is_sound else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, template, context, status=status)


def _chips(kept: Kept) -> list[dict[str, Any]]:
    """One tap each; a second tap takes it away."""
    kinds = [("kind", kind.value, str(kind.label).capitalize()) for kind in ProductKind]
    offered = [("offered", "no", _("No longer offered")), ("offered", "all", _("Offered or not"))]
    return [
        {"title": title, "is_on": kept.get(name) == value, "query": kept.toggled(name, value)}
        for name, value, title in [*kinds, *offered]
    ]
