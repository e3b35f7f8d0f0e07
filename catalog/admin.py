from django import forms
from django.contrib import admin
from django.utils.translation import get_language

from catalog.models import Product
from foundation.admin import VerbAdmin
from foundation.money import minor_units, money_text


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Product
        fields = ["name", "series", "price", "currency", "is_active"]

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].strip().upper()
        try:
            minor_units(code)
        except ValueError as unknown:
            raise forms.ValidationError(str(unknown)) from None
        return code


@admin.register(Product)
class ProductAdmin(VerbAdmin):
    form = ProductForm
    list_display = ["name", "series", "plain_price", "is_active"]
    list_filter = ["is_active", "series"]
    search_fields = ["name", "series"]
    ordering = ["sort_key", "pk"]

    @admin.display(description=Product._meta.get_field("price").verbose_name, ordering="price")
    def plain_price(self, product: Product) -> str:
        return money_text(product.price, product.currency, get_language() or "en")
