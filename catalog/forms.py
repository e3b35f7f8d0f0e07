"""What people say about products: the same fields on pages and in the administration."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.signing import BadSignature, dumps, loads
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Product, ProductGroup, ProductKind, TaxRate, Unit
from foundation.money import minor_units

FIELDS = [
    "name", "code", "kind", "group", "series", "price", "currency", "cost", "unit", "tax_rate", "about",
    "bundle_price", "bundle_percent", "is_active",
]  # fmt: skip
SALT = "catalog.product"


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Product
        fields = FIELDS

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].strip().upper()
        try:
            minor_units(code)
        except ValueError as unknown:
            raise forms.ValidationError(str(unknown)) from None
        return code


class ProductPageForm(ProductForm):
    """`seen`: what the product was when the page was opened, so that nobody writes over a colleague unseen."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, product: Product | None, may_see_costs: bool) -> None:
        super().__init__(data, instance=product)
        if not may_see_costs:
            del self.fields["cost"]
        group: Any = self.fields["group"]
        group.choices = [("", "—"), *group_choices()]
        rate: Any = self.fields["tax_rate"]
        own = Q(pk=product.tax_rate_id) if product and product.tax_rate_id else Q(pk__in=[])
        rate.queryset = TaxRate.objects.filter(Q(is_active=True) | own)
        unit: Any = self.fields["unit"]
        unit.queryset = Unit.objects.order_by("name", "pk")
        unit.label_from_instance = lambda each: each.name
        self.fields["about"].widget.attrs["rows"] = 3
        self.fields["currency"].initial = settings.BASE_CURRENCY
        self.was = _said_of(product) if product else {}
        self.fields["seen"].initial = dumps(self.was, salt=SALT)
        for name in {"cost", "bundle_percent"} & set(self.fields):
            if self.initial.get(name) is not None:
                self.initial[name] = _plain(self.initial[name])

    def validate_unique(self) -> None:
        """The verb says it, with the name."""

    def _post_clean(self) -> None:
        """The instance stays as it was read: the verb changes it, or refuses."""

    def said(self) -> dict[str, Any]:
        """What is to be written: all of a new product, of one that is there what differs from what was seen."""
        fields = {name: self.cleaned_data[name] for name in FIELDS if name in self.fields}
        if self.instance.pk is None:
            return fields
        seen = self._seen()
        return {name: value for name, value in fields.items() if _plain(value) != seen.get(name)}

    def written_meanwhile(self) -> list[str]:
        """Sentences: what a colleague wrote since, in the very fields that are changed here."""
        if self.instance.pk is None:
            return []
        seen = self._seen()
        return [
            _("%(field)s is “%(now)s” now.") % {"field": self.fields[name].label, "now": self.was[name]}
            for name in self.said()
            if self.was.get(name) != seen.get(name)
        ]

    def see_anew(self) -> None:
        """What is there now counts as seen: sent once more, it is written over."""
        sent: Any = self.data
        self.data = sent.copy()
        self.data["seen"] = dumps(self.was, salt=SALT)  # type: ignore[index]

    def _seen(self) -> dict[str, str]:
        try:
            found = loads(self.cleaned_data.get("seen") or "", salt=SALT)
        except BadSignature:
            return self.was
        return found if isinstance(found, dict) else self.was


class PartForm(forms.Form):
    product = forms.ModelChoiceField(Product.objects.none(), label=gettext_lazy("Product"))
    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3, initial=1
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        product.queryset = Product.objects.exclude(kind=ProductKind.BUNDLE)


class BasePartFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take it out")


PartFormSet = forms.formset_factory(
    PartForm, BasePartFormSet, extra=3, can_delete=True, max_num=200, absolute_max=210, validate_max=True
)


def group_choices() -> list[tuple[int, str]]:
    """(key, the way from the root), in the order of the tree. One statement."""
    rows = {
        key: (name, parent)
        for key, name, parent in ProductGroup.objects.values_list("pk", "name", "parent_id")
    }
    ways = {key: _way(key, rows) for key in rows}
    return sorted(((key, " / ".join(way)) for key, way in ways.items()), key=lambda each: each[1].casefold())


def _way(key: int, rows: Mapping[int, tuple[str, int | None]]) -> Sequence[str]:
    way: list[str] = []
    at: int | None = key
    while at is not None and at in rows and len(way) < len(rows):
        name, above = rows[at]
        way.insert(0, name)
        at = above
    return way


def _said_of(product: Product) -> dict[str, str]:
    return {name: _plain(getattr(product, name)) for name in FIELDS}


def _plain(value: Any) -> str:
    """As two people would compare it: 5 and 5.00 are the same price."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(getattr(value, "pk", value))
