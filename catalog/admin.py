from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from unfold.admin import ModelAdmin, TabularInline

from catalog.forms import FIELDS, ProductForm
from catalog.models import (
    BundlePart,
    Calculator,
    DiscountRule,
    LoyaltyLevel,
    Parameter,
    PriceList,
    Product,
    ProductGroup,
    TaxRate,
    Unit,
)
from foundation.admin import VerbAdmin
from foundation.money import money_text

PARAMETER = ("key", "label", "unit", "least", "most", "options")


class BundlePartInline(TabularInline):
    model = BundlePart
    fk_name = "bundle"
    hide_title = True
    extra = 1
    autocomplete_fields = ["product"]


@admin.register(Product)
class ProductAdmin(VerbAdmin):
    form = ProductForm
    list_display = ["name", "code", "kind", "group", "plain_price", "is_active"]
    list_filter = ["is_active", "kind", "group", "series"]
    list_select_related = ["group"]
    search_fields = ["name", "code", "series"]
    ordering = ["sort_key", "pk"]
    inlines = [BundlePartInline]

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        """What a product costs us is seen, and said, only with its own right."""
        may = request.user.may("catalog.view_costs")  # type: ignore[union-attr]
        return [name for name in FIELDS if may or name != "cost"]

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        """What became of the parts is told by their verb."""
        message: list[dict[str, Any]] = super().construct_change_message(request, form, [], add)
        return message

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The parts as the page leaves them, through their verb."""
        for formset in formsets:
            if formset.has_changed():
                kept = [each for each in formset.cleaned_data if each and not each.get("DELETE")]
                parts = [(each["product"].pk, each["quantity"]) for each in kept]
                form.instance.put_parts(parts, by=request.user, at=timezone.now())

    @admin.display(description=Product._meta.get_field("price").verbose_name, ordering="price")
    def plain_price(self, product: Product) -> str:
        return money_text(product.price, product.currency, get_language() or "en")


@admin.register(Unit)
class UnitAdmin(ModelAdmin):
    list_display = ["name", "symbol", "code"]
    search_fields = ["name", "symbol", "code"]
    ordering = ["name", "pk"]

    def has_delete_permission(self, request: HttpRequest, obj: Unit | None = None) -> bool:
        return False


@admin.register(TaxRate)
class TaxRateAdmin(VerbAdmin):
    fields = ["name", "percent", "exempt_reason", "country", "is_default", "is_active"]
    list_display = ["name", "percent", "country", "is_default", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    ordering = ["name", "pk"]


@admin.register(ProductGroup)
class ProductGroupAdmin(VerbAdmin):
    fields = ["name", "parent"]
    list_display = ["name", "parent"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    ordering = ["name", "pk"]


@admin.register(PriceList)
class PriceListAdmin(VerbAdmin):
    """What a list is like; its prices have a page of their own."""

    fields = [
        "name", "currency", "is_active", ("valid_from", "valid_to"), "position", "is_by_agreement", "tag", "industry",
        "territory", "base_kind", "base", "percent", ("step", "step_rounding"), "surcharge", "largest_discount",
    ]  # fmt: skip
    list_display = ["name", "currency", "position", "base_kind", "valid_from", "valid_to", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    ordering = ["position", "name", "pk"]


@admin.register(DiscountRule)
class DiscountRuleAdmin(VerbAdmin):
    fields = [
        "name", ("does", "value", "currency"), "stacking", "position", "is_active", ("valid_from", "valid_to"),
        "promo_code", "account", "tag", "industry", "territory", "product", "group", "least_quantity", "least_amount",
    ]  # fmt: skip
    list_display = ["name", "does", "value", "stacking", "promo_code", "valid_from", "valid_to", "is_active"]
    list_filter = ["is_active", "does", "stacking"]
    search_fields = ["name", "promo_code"]
    autocomplete_fields = ["product"]
    raw_id_fields = ["account"]
    ordering = ["position", "pk"]


@admin.register(LoyaltyLevel)
class LoyaltyLevelAdmin(VerbAdmin):
    fields = ["name", "from_amount", "percent", "points_percent", "is_active"]
    list_display = ["name", "from_amount", "percent", "points_percent", "is_active"]
    search_fields = ["name"]
    ordering = ["from_amount", "pk"]


class ParameterInline(TabularInline):
    model = Parameter
    hide_title = True
    extra = 1


@admin.register(Calculator)
class CalculatorAdmin(VerbAdmin):
    """The formula may name parameters of the same page, so the record comes first and the parameters after it."""

    fields = ["product", "formula", "specification", "is_active"]
    list_display = ["product", "formula", "is_active"]
    list_select_related = ["product"]
    search_fields = ["product__name"]
    autocomplete_fields = ["product"]
    inlines = [ParameterInline]

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        message: list[dict[str, Any]] = super().construct_change_message(request, form, [], add)
        return message

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            kept = [each for each in formset.cleaned_data if each and not each.get("DELETE")]
            rows = [{name: each[name] for name in PARAMETER} for each in kept]
            form.instance.put_parameters(rows, by=request.user, at=timezone.now())
