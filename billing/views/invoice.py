from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from billing.models import Invoice
from billing.queries import invoice as queries
from billing.queries.amounts import price_text
from billing.queries.invoice_lines import discount_text, steps_of
from billing.views.answers import found_invoice
from foundation.gate import Request, find, gate


@require_safe
@gate("billing.view")
def invoice(request: Request, pk: int) -> HttpResponse:
    """Everything about one invoice or credit note."""
    found = found_invoice(request, pk)
    context = queries.page_of(found, request.user, is_whole=request.GET.get("lines") == "all")
    return render(request, "billing/invoice.html", context)


@require_safe
@gate("billing.view")
def timeline(request: Request, pk: int) -> HttpResponse:
    """Older entries of what happened."""
    found = find(Invoice.objects.all(), request, pk)
    entries = queries.timeline_of(found, request.GET.get("before"))
    return render(request, "deals/timeline.html", {"timeline": entries})


@require_safe
@gate("billing.view")
def why(request: Request, pk: int, line_pk: int) -> HttpResponse:
    """How the price of a line came about."""
    found = found_invoice(request, pk)
    return why_page(request, found, line_pk, title=queries.title_of(found))


def why_page(
    request: Request, paper: Any, line_pk: int, *, title: str, template: str = "billing/invoice_why.html"
) -> HttpResponse:
    line = get_object_or_404(paper.lines.select_related("product"), pk=line_pk)
    currency, sees_costs = paper.currency, request.user.may("billing.view_costs")
    context = {
        "invoice": paper,
        "invoice_title": title,
        "line": line,
        "steps": steps_of(line, currency, sees_costs=sees_costs),
        "price": price_text(line.price, currency),
        "list_price": price_text(line.list_price, currency),
        "discount": discount_text(line),
        "cost": price_text(line.cost, currency) if sees_costs else "",
        "margin": queries.margin_text(line.net, None if line.cost is None else line.cost * line.quantity,
                                      currency) if sees_costs else "",
    }  # fmt: skip
    return render(request, template, context)
