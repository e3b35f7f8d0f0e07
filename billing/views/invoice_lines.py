from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.line_forms import MOST_LINES, LinesForm
from billing.models import Invoice, InvoiceLine
from billing.queries.invoice import title_of
from billing.queries.invoice_editor import reckoned, stored
from billing.queries.products import products_like
from billing.views.answers import found_invoice
from deals.queries import words
from deals.views.answers import tried
from foundation.errors import Refused
from foundation.gate import Request, gate


@require_http_methods(["GET", "HEAD", "POST"])
@gate("billing.change")
def lines(request: Request, pk: int) -> HttpResponse:
    """The lines of a draft in an editor. 422 and 409 lose nothing that was typed."""
    invoice = _editable(request, pk)
    had, sent = _lines_of(invoice), request.POST if request.method == "POST" else None
    form, status = LinesForm(sent, invoice=invoice, had=had), HTTPStatus.OK
    if sent is not None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            asked, version = form.asked(), form.cleaned_data["version"]
            by, at = request.user, timezone.now()
            status = tried(form, lambda: invoice.put_lines(asked, version=version, by=by, at=at))
        if status == HTTPStatus.OK:
            messages.success(request, _("Lines saved"))
            stays = "stay" in request.POST
            return redirect(reverse("billing:lines", args=[pk]) if stays else invoice.get_absolute_url())
    if status == HTTPStatus.CONFLICT:
        form = _over_theirs(form, sent, invoice, had)
    return _page(request, invoice, form, status)


@require_POST
@gate("billing.change")
def reckon(request: Request, pk: int) -> HttpResponse:
    """What the lines come to as they stand in the editor: the outputs of every row, and the sums."""
    invoice = _editable(request, pk)
    form = LinesForm(request.POST, invoice=invoice, had=_lines_of(invoice))
    context = {"reckoned": reckoned(invoice, form, request.user), "invoice": invoice}
    return render(request, "billing/lines_reckoned.html", context)


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


def _lines_of(invoice: Invoice) -> dict[int, InvoiceLine]:
    """In their order. Refused where there are more than a form can send."""
    found = list(
        invoice.lines.select_related("product").defer("trace").order_by("position", "pk")[: MOST_LINES + 1]
    )
    if len(found) > MOST_LINES:
        raise Refused(_("An invoice of more than %(n)d lines is written by import only.") % {"n": MOST_LINES})
    return {line.pk: line for line in found}


def _over_theirs(form: LinesForm, sent: Any, invoice: Invoice, had: dict[int, InvoiceLine]) -> LinesForm:
    """The same rows over what stands there now: saved again, they take its place."""
    data = sent.copy()
    data["version"] = str(invoice.version)
    again = LinesForm(data, invoice=invoice, had=had)
    again.is_valid()
    again.add_error(
        None,
        _(
            "Somebody else changed this invoice meanwhile: %(lines)s, %(total)s. "
            "Save again to put your lines in their place, or open it in another tab to see theirs."
        )
        % {
            "lines": ngettext("%(n)d line", "%(n)d lines", len(had)) % {"n": len(had)},
            "total": words.amount_text(invoice.total, invoice.currency),
        },
    )
    return again


def _page(request: Request, invoice: Invoice, form: LinesForm, status: int) -> HttpResponse:
    person = request.user
    context = {
        "invoice": invoice,
        "invoice_title": title_of(invoice),
        "form": form,
        "reckoned": reckoned(invoice, form, person) if form.is_bound else stored(invoice, form, person),
        "may_price": person.may("billing.change_prices"),
    }
    context["rows"] = list(zip(form.lines.forms, context["reckoned"].rows, strict=True))
    return render(request, "billing/lines.html", context, status=status)
