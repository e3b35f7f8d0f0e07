"""What people say about a client's prices. Well-formed input only: verbs refuse the rest."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import PriceList

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TermsForm(forms.Form):
    price_list = forms.ModelChoiceField(
        PriceList.objects.none(), label=_("Price list"), required=False, empty_label=_("the usual one")
    )
    percent = forms.DecimalField(
        label=_("Agreed discount, %"),
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        initial=Decimal(0),
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DAY)
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = PriceList.objects.filter(is_active=True).order_by("position", "name", "pk")
        self.fields["price_list"].queryset = lists  # type: ignore[attr-defined]


class PointsForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Points"), max_digits=14, decimal_places=2, help_text=_("with a minus to take them away")
    )
    reason = forms.CharField(label=_("Why"), max_length=200)


class ListPriceForm(forms.Form):
    """A product is named by its name or its article number, as in the lines of an invoice."""

    product = forms.CharField(
        label=_("Product"), max_length=150, help_text=_("its whole name, or article number")
    )
    from_quantity = forms.DecimalField(
        label=_("From the quantity"), min_value=0, max_digits=14, decimal_places=3, initial=0
    )
    price = forms.DecimalField(label=_("Price"), min_value=0, max_digits=18, decimal_places=4)
