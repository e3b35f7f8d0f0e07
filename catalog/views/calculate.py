"""A product made to measure: what is said of it, and the price and the words that come out."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.calculator_forms import CalculatorForm
from catalog.models import Calculator
from foundation.gate import Request, gate
from foundation.money import money_text
from foundation.refusals import refused_into


@require_safe
@gate("catalog.view")
def calculate(request: Request, pk: int) -> HttpResponse:
    """Nothing is kept: an address with what was said can be sent to a colleague."""
    calculator = get_object_or_404(Calculator.objects.select_related("product"), product=pk, is_active=True)
    form = CalculatorForm(request.GET or None, calculator=calculator)
    made, price = None, ""
    if form.is_bound and form.is_valid():
        with refused_into(form):
            made = calculator.calculate(form.cleaned_data)
            price = money_text(made.price, calculator.product.currency, get_language() or "en")
    context = {"product": calculator.product, "form": form, "made": made, "price": price}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "catalog/calculate.html", context, status=status)
