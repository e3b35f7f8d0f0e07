"""The lines of a draft as a form: a row a line, in the order of their places."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.drafting import DraftLine
from billing.invoice_forms import VersionForm
from billing.models import InvoiceLine, QuoteLine
from billing.queries.amounts import percent_text
from billing.queries.products import products_like
from billing.typed import TYPED, NumberField
from catalog.models import Product, TaxRate

Line = InvoiceLine | QuoteLine
PREFIX = "line"
MOST_LINES = 400  # more fields than that no browser sends
EMPTY_ROWS = 3
NARROW = TYPED | {"placeholder": " "}  # so that the style sheet knows an empty one


class LineForm(forms.Form):
    """A product by key, or by its name or article number typed; else a line of one's own, with its price."""

    line_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    product = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(label=_("What"), required=False, max_length=300)
    quantity = NumberField(label=_("Quantity"), required=False, decimals=3)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=20)
    price = NumberField(label=_("Price"), required=False, widget=forms.TextInput(attrs=NARROW))
    percent = NumberField(
        label=_("Discount, %"), required=False, most=Decimal(100), widget=forms.TextInput(attrs=NARROW)
    )
    tax_rate = forms.TypedChoiceField(label=_("Tax"), required=False, coerce=int, empty_value=None)
    reason = forms.CharField(label=_("Why this price"), required=False, max_length=200)

    def __init__(self, *args: Any, rates: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered: list[Product] = []
        self.chosen: Product | None = None
        kept = self.initial.get("tax", _("as usual"))
        self.fields["tax_rate"].choices = [("", kept), *rates]  # type: ignore[attr-defined]

    @property
    def is_blank(self) -> bool:
        said = self.cleaned_data
        return not (said.get("title") or said.get("product") or said.get("price") is not None)

    def asked(self, lines: dict[int, Line]) -> DraftLine:
        """`lines` are those the paper has; any other key is a new line."""
        said = self.cleaned_data
        key = said["line_id"] if said["line_id"] in lines else None
        return DraftLine(
            line_id=key,
            product_id=self.chosen.pk if self.chosen else None,
            title=said["title"],
            unit=said["unit"],
            quantity=Decimal(1) if said["quantity"] is None else said["quantity"],
            price=said["price"],
            percent_by_hand=said["percent"] or None,
            reason=said["reason"],
            tax_rate_id=said["tax_rate"],
        )


class LineFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows that say nothing are no lines."""

    @property
    def rows(self) -> list[LineForm]:
        """Those that are to be lines, in their order."""
        said = [(place, each) for place, each in enumerate(self.forms) if self._is_line(each)]
        said.sort(key=lambda row: (row[1].cleaned_data.get("ORDER") or row[0] + 1, row[0]))
        return [each for _place, each in said]

    def resolve(self, lines: dict[int, Line]) -> None:
        """Products by key, or by what was typed. Two statements at most, and one for each row that names none."""
        rows = self.rows
        keys = {each.cleaned_data["product"] for each in rows} - {None}
        kept = {line.product_id for line in lines.values()}
        found = Product.objects.filter(Q(is_active=True) | Q(pk__in=kept)).in_bulk(keys) if keys else {}
        unnamed = [
            each for each in rows if each.cleaned_data["product"] not in found and not _is_kept(each, lines)
        ]
        called = _called({each.cleaned_data["title"] for each in unnamed})
        for each in rows:
            each.chosen = found.get(each.cleaned_data["product"] or 0)
        for each in unnamed:
            each.chosen = called.get(each.cleaned_data["title"].casefold())
            if each.chosen is None and each.cleaned_data["price"] is None:
                _ask_which(each)

    def _is_line(self, form: Any) -> bool:
        return (
            form.is_valid()
            and not form.is_blank
            and not (self.can_delete and form.cleaned_data.get("DELETE"))
        )


_Lines = forms.formset_factory(
    LineForm, formset=LineFormSet, extra=EMPTY_ROWS, can_order=True, can_delete=True, max_num=MOST_LINES,
    absolute_max=MOST_LINES,
)  # fmt: skip


class LinesForm(VersionForm):
    """The version the person saw, and the rows: `lines`."""

    def __init__(self, data: Any = None, *, invoice: Any, had: dict[int, Line]) -> None:
        super().__init__(data, initial={"version": invoice.version})
        self.had = had
        initial = [_as_it_is(line) for line in had.values()]
        self.lines: Any = _Lines(data, initial=initial, prefix=PREFIX, form_kwargs={"rates": rates()})

    def is_valid(self) -> bool:
        """Asked once: what it found stays, and so does what a verb refuses afterwards."""
        if not hasattr(self, "_is_sound"):
            is_sound = super().is_valid() and self.lines.is_valid()
            self.lines.resolve(self.had)
            self._look_below()
            self._is_sound = is_sound and not self.errors
        return self._is_sound and not self.errors

    def asked(self) -> list[DraftLine]:
        return [each.asked(self.had) for each in self.lines.rows]

    def _look_below(self) -> None:
        troubled = [str(place) for place, each in enumerate(self.lines, 1) if each.errors]
        if troubled:
            self.add_error(None, _("Look at line %(places)s.") % {"places": ", ".join(troubled)})
        for sentence in self.lines.non_form_errors():
            self.add_error(None, sentence)


def rates() -> list[tuple[int, str]]:
    """Taxes to choose from. One statement."""
    found = (
        TaxRate.objects.filter(is_active=True)
        .order_by("percent", "name")
        .values_list("pk", "name", "percent")
    )
    return [(key, tax_words(name, percent)) for key, name, percent in found]


def tax_words(name: str, percent: Decimal) -> str:
    """“VAT 20 %”, “VAT 20 %” where the name says it, “no tax”."""
    if not name:
        return percent_text(percent) if percent else str(_("no tax"))
    return name if "%" in name else f"{name} {percent_text(percent)}"


def _as_it_is(line: Line) -> dict[str, Any]:
    """A price by the rules stays empty: they say it again."""
    price = line.asked_price
    return {
        "line_id": line.pk,
        "product": line.product_id,
        "title": line.title,
        "quantity": line.quantity.normalize(),
        "unit": line.unit,
        "price": line.price if price is None and line.product_id is None else price,
        "percent": line.percent_by_hand,
        "reason": line.reason,
        "tax": tax_words(line.tax_name, line.tax_rate),
    }


def _is_kept(form: LineForm, lines: dict[int, Line]) -> bool:
    """A line of one's own, called as it was."""
    line = lines.get(form.cleaned_data["line_id"] or 0)
    return line is not None and line.product_id is None and line.title == form.cleaned_data["title"]


def _called(titles: set[str]) -> dict[str, Product]:
    """Products by their whole name or article number, whatever the case. One statement."""
    wanted = {title.casefold() for title in titles if title}
    if not wanted:
        return {}
    either = Q()
    for title in wanted:
        either |= Q(name__iexact=title) | Q(code__iexact=title)
    found: dict[str, Product] = {}
    for product in Product.objects.filter(either, is_active=True).order_by("pk"):
        for said in (product.code.casefold(), product.name.casefold()):
            if said:
                found[said] = product
    return found


def _ask_which(form: LineForm) -> None:
    form.offered = products_like(form.cleaned_data["title"])
    if form.offered:
        form.add_error("title", _("Choose which product you mean, or say a price of your own."))
    else:
        form.add_error("price", _("There is no such product: say its price."))
