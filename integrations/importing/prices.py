"""Prices of products that are here: by name or by the other system's key."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.fields import Field
from integrations.importing.base import Step
from integrations.importing.products import ProductImport, currency_code
from integrations.importing.record import Record


class PriceImport(ProductImport):
    """A product nobody knows here is listed and never made: a price says too little about it."""

    entity = "prices"
    plain_fields = frozenset({"price", "currency"})
    fields = (
        Field(
            name="name",
            label=gettext_lazy("Product"),
            synonyms=[
                "name",
                "product name",
                "title",
                "description",
                "товар",
                "наименование",
                "номенклатура",
            ],
        ),
        Field(
            name="external_id",
            label=gettext_lazy("Key in the other system"),
            synonyms=["id", "sku", "code", "stock code", "product id", "код", "артикул"],
        ),
        Field(
            name="price",
            label=gettext_lazy("Price"),
            kind="amount",
            is_required=True,
            synonyms=["unit price", "list price", "sales price", "цена"],
        ),
        Field(name="currency", label=gettext_lazy("Currency"), synonyms=["currency code", "валюта"]),
    )

    def read(self, record: Record) -> dict[str, Any]:
        values: dict[str, Any] = {"name": record.text("name")}
        if record.has("external_id"):
            values["external_id"] = self.read_external_id(record)
        if not record.has("price"):
            record.reject("price", _("No price is given."))
        price = record.read("price", self.reader.amount)
        if price is not None and price < 0:
            record.reject("price", _("A price is not negative."))
        values["price"] = price
        if record.has("currency"):
            values["currency"] = record.read("currency", currency_code)
        return values

    def complete(self, step: Step) -> None:
        named = step.record.text("name") or step.record.text("external_id")
        field = "name" if step.record.has("name") else "external_id"
        step.record.reject_unknown(field, named, _("Unknown product “%(name)s”.") % {"name": named[:100]})

    def differences(self, step: Step) -> dict[str, Any]:
        return {
            name: step.values[name]
            for name in sorted(self.plain_fields)
            if name in step.values and getattr(step.target, name) != step.values[name]
        }
