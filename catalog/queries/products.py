"""The list of products, and what the page of one shows."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from catalog.forms import group_choices
from catalog.models import Product, ProductGroup, ProductKind
from foundation.keyset import CappedCount, Page, capped_count, keyset_page
from foundation.models import Event, EventSubject
from foundation.money import money_text

SIZE = 50
LATEST = 20
LONGEST_QUERY = 100
OFFERED = {"": gettext_lazy("offered"), "no": gettext_lazy("no longer offered"), "all": gettext_lazy("all")}


class ProductFilter(forms.Form):
    """What the address of the list asks for; `group` means all below it too."""

    q = forms.CharField(max_length=LONGEST_QUERY, required=False)
    kind = forms.ChoiceField(choices=[("", ""), *ProductKind.choices], required=False)
    group = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    offered = forms.ChoiceField(choices=list(OFFERED.items()), required=False)

    def products(self) -> Any:
        found, said = Product.objects.all(), self.cleaned_data
        for word in said["q"].split():
            found = found.filter(
                Q(name__icontains=word) | Q(code__icontains=word) | Q(series__icontains=word)
            )
        if said["kind"]:
            found = found.filter(kind=said["kind"])
        if said["group"]:
            found = found.filter(group__in=ProductGroup.objects.keys_below(said["group"]))
        if said["offered"] != "all":
            found = found.filter(is_active=said["offered"] != "no")
        return found


class Row(NamedTuple):
    pk: int
    name: str
    code: str
    kind: str
    group: str
    unit: str
    price: str
    cost: str
    is_active: bool


class Shown(NamedTuple):
    rows: list[Row]
    page: Page
    how_many: CappedCount


def listed(found: Any, cursor: str | None, *, may_see_costs: bool) -> Shown:
    """Two statements."""
    fields = (
        "pk", "name", "code", "kind", "group__name", "unit__symbol", "price", "currency", "cost", "is_active",
        "sort_key",
    )  # fmt: skip
    page = keyset_page(found.values(*fields), order=("sort_key", "pk"), cursor=cursor, size=SIZE)
    language, kinds = get_language() or "en", dict(ProductKind.choices)
    rows = [_row(each, language, kinds, may_see_costs=may_see_costs) for each in page.rows]
    return Shown(rows, page, capped_count(found))


def groups_of_list() -> list[tuple[int, str]]:
    return group_choices()


class PartRow(NamedTuple):
    pk: int
    name: str
    quantity: str
    unit: str
    price: str


def parts_of(product: Product) -> list[PartRow]:
    """What a piece of a bundle has."""
    language = get_language() or "en"
    parts = product.parts.select_related("product", "product__unit").order_by("product__sort_key", "pk")
    return [
        PartRow(
            each.product_id,
            each.product.name,
            f"{each.quantity.normalize():f}",
            str(each.product.unit or ""),
            money_text(each.product.price, each.product.currency, language),
        )
        for each in parts
    ]


def bundles_with(product: Product) -> list[tuple[int, str]]:
    found = Product.objects.filter(parts__product=product).order_by("sort_key", "pk")
    return list(found.values_list("pk", "name")[:SIZE])


def cost_of(product: Product) -> tuple[Decimal, str] | None:
    """Of one, and in which currency; of a bundle what its parts cost, where all are known and in its currency."""
    if product.kind != ProductKind.BUNDLE:
        return None if product.cost is None else (product.cost, product.currency)
    parts = list(product.parts.values_list("quantity", "product__cost", "product__currency"))
    known = [
        quantity * cost
        for quantity, cost, currency in parts
        if cost is not None and currency == product.currency
    ]
    if not parts or len(known) < len(parts):
        return None
    return sum(known, Decimal(0)), product.currency


class Change(NamedTuple):
    what: str
    who: str
    when: str
    moment: str


def latest_changes(product: Product) -> list[Change]:
    """What happened to the product, the last first. Two statements."""
    subjects = EventSubject.objects.filter(kind="product", subject_id=product.pk)
    keys = subjects.order_by("-at", "-event_id").values_list("event_id", "at")[:LATEST]
    found = dict(keys)
    events = Event.objects.filter(pk__in=found, at__in=found.values()).order_by("-at", "-pk") if found else []
    return [
        Change(
            _what(event),
            event.actor_name,
            date_format(localtime(event.at), "SHORT_DATETIME_FORMAT"),
            event.at.isoformat(),
        )
        for event in events
    ]


def _what(event: Event) -> str:
    names = event.payload.get("fields") or []
    if not names:
        return _("Added")
    labels = {each.name: str(each.verbose_name) for each in Product._meta.concrete_fields}
    labels["parts"] = _("parts of the bundle")
    return _("Changed: %(fields)s") % {"fields": ", ".join(labels.get(name, name) for name in names)}


def _row(each: Mapping[str, Any], language: str, kinds: Mapping[str, Any], *, may_see_costs: bool) -> Row:
    cost = each["cost"] if may_see_costs else None
    return Row(
        each["pk"],
        each["name"],
        each["code"],
        str(kinds[each["kind"]]),
        each["group__name"] or "",
        each["unit__symbol"] or "",
        money_text(each["price"], each["currency"], language),
        "" if cost is None else money_text(cost, each["currency"], language),
        each["is_active"],
    )
