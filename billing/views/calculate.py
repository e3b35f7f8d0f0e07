"""A line of a product made to measure."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.drafting import DraftLine
from billing.models import Invoice
from billing.queries.invoice import title_of
from billing.typed import NumberField
from billing.views.answers import done, form_page, found_invoice
from catalog.calculator_forms import CalculatorForm
from catalog.models import Calculator
from deals.views.answers import tried
from foundation.errors import Refused
from foundation.gate import Request, gate
from foundation.once import once

MOST = 100


@require_http_methods(["GET", "HEAD", "POST"])
@gate("billing.change")
def calculate(request: Request, pk: int) -> HttpResponse:
    """Which product, then what is said of it; the line stands last. Sent twice, it is added once."""
    invoice = found_invoice(request, pk, "billing.change")
    if invoice.is_issued:
        raise Refused(_("%(number)s was issued and does not change any more.") % {"number": invoice})
    offered = Calculator.objects.filter(is_active=True, product__is_active=True).select_related("product")
    named = request.POST.get("product") or request.GET.get("product") or ""
    if not named.isdecimal() or len(named) > 18:
        found = offered.order_by("product__sort_key")[:MOST]
        context = {"invoice": invoice, "invoice_title": title_of(invoice), "calculators": found}
        return render(request, "billing/calculate_which.html", context)
    calculator = get_object_or_404(offered, product=int(named))
    form = _form(request, calculator)
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if (
                not sent.already
                and tried(form, partial(_add, invoice, calculator, form.cleaned_data, request)) == 200
            ):
                sent.url = invoice.get_absolute_url()
        if sent.url:
            return done(request, invoice, _("Added"))
    said = {"title": str(calculator.product), "button": _("Add the line"), "product": calculator.product_id}
    return form_page(request, form, invoice, template="billing/calculate.html", **said)


def _form(request: Request, calculator: Calculator) -> CalculatorForm:
    form = CalculatorForm(request.POST or None, calculator=calculator)
    form.fields["how_many"] = NumberField(label=_("Quantity"), initial=1)
    return form


def _add(invoice: Invoice, calculator: Calculator, said: dict[str, Any], request: Request) -> None:
    said = dict(said)
    quantity = said.pop("how_many")
    made = calculator.calculate(said)
    line = DraftLine(product_id=calculator.product_id, quantity=quantity, calculated=made.said)
    asked = [*invoice.as_asked(), line]
    invoice.put_lines(asked, version=invoice.version, by=request.user, at=timezone.now())
