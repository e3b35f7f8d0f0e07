"""The line editor: what people type in its rows, as lines to ask for."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from billing.drafting import MOST_LINES, DraftLine
from billing.models import Invoice, InvoiceLine
from catalog.models import Product, TaxRate
from foundation.money import parsed_amount
from foundation.search_text import sort_key

SHOWN_EMPTY = 1


class NumberField(forms.CharField):
    """A number as people write it in their language: “1 234,5”."""

    def __init__(self, *, places: int, **kwargs: Any) -> None:
        self.places = places
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=40, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            number = parsed_amount(typed, get_language() or "en")
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from None
        if number != number.quantize(Decimal(1).scaleb(-self.places)):
            raise forms.ValidationError(_("At most %(count)d decimals.") % {"count": self.places})
        return number


class LineForm(forms.Form):
    line = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    what = forms.CharField(label=gettext_lazy("What"), max_length=300, required=False)
    quantity = NumberField(label=gettext_lazy("Quantity"), places=3)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)
    price = NumberField(label=gettext_lazy("Price"), places=4)
    percent = NumberField(label=gettext_lazy("Discount, %"), places=4)
    tax = forms.ChoiceField(label=gettext_lazy("Tax"), required=False)
    reason = forms.CharField(label=gettext_lazy("Why this price"), max_length=200, required=False)

    def __init__(self, *args: Any, taxes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tax: Any = self.fields["tax"]
        tax.choices = [("", _("as it is") if self.initial.get("line") else _("usual")), *taxes]

    @property
    def is_empty(self) -> bool:
        """Nothing said about a line: a row that only waits."""
        said = self.cleaned_data
        return not said.get("what", "").strip() and said.get("price") is None


class BaseLineFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows in the order they are sent; emptied ones are no lines any more."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "taxes": self.form_kwargs.get("taxes", [])}

    def asked(self, invoice: Invoice) -> list[DraftLine]:
        rows = [each for each in self.forms if each.is_valid() and not each.is_empty]
        kept = {each.pk: each for each in invoice.lines.all()}
        products = _products({each.cleaned_data["what"] for each in rows})
        return [_asked(each.cleaned_data, kept, products) for each in rows]


LineFormSet = forms.formset_factory(
    LineForm,
    BaseLineFormSet,
    extra=0,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES + 10,
    validate_max=True,
)


def tax_choices() -> list[tuple[str, str]]:
    rates = TaxRate.objects.filter(is_active=True).order_by("name", "pk")
    return [(str(each.pk), f"{each.name} {each.percent.normalize():f} %") for each in rates]


def rows_of(invoice: Invoice) -> list[dict[str, Any]]:
    """The lines as the editor shows them: a price only where somebody set it."""
    return [_row(each) for each in invoice.lines.all()]


def _row(line: InvoiceLine) -> dict[str, Any]:
    return {
        "line": line.pk,
        "what": line.title,
        "quantity": f"{line.quantity.normalize():f}",
        "unit": line.unit,
        "price": "" if line.asked_price is None else f"{line.asked_price.normalize():f}",
        "percent": "" if line.percent_by_hand is None else f"{line.percent_by_hand.normalize():f}",
        "reason": line.reason,
    }


def _products(typed: set[str]) -> dict[str, Product]:
    """Products by what was typed: a name, or an article number. One statement."""
    names = {sort_key(each): each for each in typed if each.strip()}
    if not names:
        return {}
    codes = {each.strip() for each in typed}
    found = Product.objects.filter(Q(sort_key__in=names) | Q(code__in=codes - {""}), is_active=True)
    by_said: dict[str, Product] = {}
    for product in found.order_by("-pk"):
        by_said[sort_key(product.name)] = product
        if product.code:
            by_said[product.code] = product
    return {
        each: by_said.get(sort_key(each)) or by_said[each.strip()]
        for each in typed
        if sort_key(each) in by_said or each.strip() in by_said
    }


def _asked(said: dict[str, Any], kept: dict[int, InvoiceLine], products: dict[str, Product]) -> DraftLine:
    before = kept.get(said["line"] or 0)
    what = " ".join(said["what"].split())
    line: dict[str, Any] = {
        "line_id": said["line"],
        "unit": said["unit"],
        "quantity": Decimal(1) if said["quantity"] is None else said["quantity"],
        "price": said["price"],
        "percent_by_hand": said["percent"],
        "reason": said["reason"],
        "tax_rate_id": int(said["tax"]) if said["tax"] else None,
    }
    if before is not None and what == before.title:
        return DraftLine(product_id=before.product_id, title=before.title, **line)
    product = products.get(said["what"])
    if product is not None:
        return DraftLine(product_id=product.pk, **line)
    return DraftLine(title=what, **line)
