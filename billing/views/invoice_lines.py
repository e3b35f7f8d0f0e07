from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.models import Invoice
from billing.queries.invoice import objections_of, title_of
from billing.queries.products import products_like
from billing.views.answers import found_invoice
from billing.views.line_editor import Editor
from deals.queries import words
from foundation.errors import Refused
from foundation.gate import Request, gate

EDITOR = Editor(
    template="billing/lines.html",
    lines_door="billing:lines",
    reckon_door="billing:reckon",
    title_of=title_of,
    objections_of=objections_of,
    theirs=gettext_lazy(
        "Somebody else changed this invoice meanwhile: %(lines)s, %(total)s. "
        "Save again to put your lines in their place, or open it in another tab to see theirs."
    ),
    too_long=gettext_lazy("An invoice of more than %(n)d lines is written by import only."),
)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("billing.change")
def lines(request: Request, pk: int) -> HttpResponse:
    """The lines of a draft in an editor."""
    return EDITOR.edited(request, _editable(request, pk))


@require_POST
@gate("billing.change")
def reckon(request: Request, pk: int) -> HttpResponse:
    """What the lines come to as they stand in the editor: the outputs of every row, and the sums."""
    return EDITOR.reckoned(request, _editable(request, pk))


@require_safe
@gate("billing.change")
def products(request: Request) -> HttpResponse:
    """Products like the letters typed, as choices of a line."""
    query = request.GET.get("q", "")
    found = [(each, words.amount_text(each.price, each.currency)) for each in products_like(query)]
    return render(request, "billing/line_products.html", {"found": found, "query": query})


def _editable(request: Request, pk: int) -> Invoice:
    invoice = found_invoice(request, pk, "billing.change")
    if invoice.is_issued:
        raise Refused(_("%(number)s was issued and does not change any more.") % {"number": invoice})
    return invoice
