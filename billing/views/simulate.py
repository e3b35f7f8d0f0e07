"""A price list tried on what was sold."""

from datetime import date, timedelta
from http import HTTPStatus

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from billing.queries.amounts import number_text, percent_text
from billing.simulating import Effect, Simulation
from billing.simulating import simulate as simulated
from catalog.models import PriceList
from deals.queries.words import amount_text
from foundation.clock import company_day
from foundation.gate import Request, gate
from foundation.refusals import refused_into

LONGEST = timedelta(days=366)
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DaysForm(forms.Form):
    first = forms.DateField(label=_("From"), widget=DAY)
    last = forms.DateField(label=_("To"), widget=DAY)

    def clean(self) -> dict[str, date]:
        said: dict[str, date] = super().clean() or {}
        first, last = said.get("first"), said.get("last")
        if first and last and not timedelta(0) <= last - first <= LONGEST:
            raise forms.ValidationError(_("Choose days in their order, at most a year of them."))
        return said


@require_safe
@gate("catalog.change_prices")
def simulate(request: Request, pk: int) -> HttpResponse:
    """The last quarter unless other days are asked for. What nobody may see of others' invoices is left out."""
    price_list = get_object_or_404(PriceList.objects.select_related("base"), pk=pk)
    first, last = last_quarter(company_day(timezone.now()))
    form = DaysForm(request.GET if "first" in request.GET else {"first": first, "last": last})
    found = None
    if form.is_valid():
        with refused_into(form):
            found = simulated(price_list, **form.cleaned_data, person=request.user)
    context = {"price_list": price_list, "form": form} | (_said(found) if found else {})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "billing/simulation.html", context, status=status)


def last_quarter(today: date) -> tuple[date, date]:
    """The three whole months before this quarter."""
    begins = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last = begins - timedelta(days=1)
    return date(last.year, last.month - 2, 1), last


def _said(found: Simulation) -> dict[str, object]:
    percent = found.percent
    return {
        "found": found,
        "before": _money(found.before),
        "after": _money(found.after),
        "difference": _signed(found.difference),
        "percent": "" if percent is None else percent_text(round(percent, 1)),
        "rows": [_row(each) for each in found.effects],
    }


def _row(each: Effect) -> dict[str, object]:
    return {
        "product": each.product,
        "documents": each.documents,
        "quantity": number_text(each.quantity),
        "before": _money(each.before),
        "after": _money(each.after),
        "difference": _signed(each.difference),
    }


def _money(amount: object) -> str:
    return amount_text(amount, settings.BASE_CURRENCY)  # type: ignore[arg-type]


def _signed(amount: object) -> str:
    said = _money(amount)
    return f"+{said}" if amount > 0 else said  # type: ignore[operator]
