from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import bulk
from catalog.models import Product
from foundation.money import minor_units
from integrations.fields import Field
from integrations.importing.base import Importer, Step
from integrations.importing.names import name_key
from integrations.importing.record import Record


class ProductImport(Importer):
    entity = "products"
    kind = "product"
    natural_match = ("name",)
    create_right = change_right = "catalog.change"
    plain_fields = frozenset({"name", "series", "price", "currency", "is_active"})
    fields: ClassVar[Sequence[Field]] = (
        Field(
            name="name",
            label=gettext_lazy("Name"),
            is_required=True,
            synonyms=["product", "product name", "title", "товар", "продукт", "наименование", "название"],
        ),
        Field(
            name="external_id",
            label=gettext_lazy("Key in the other system"),
            synonyms=["id", "sku", "код", "артикул"],
        ),
        Field(
            name="series",
            label=gettext_lazy("Series"),
            synonyms=["category", "line", "серия", "категория", "группа"],
        ),
        Field(
            name="price",
            label=gettext_lazy("Price"),
            kind="amount",
            is_required=True,
            synonyms=["sales price", "list price", "unit price", "cost", "цена"],
        ),
        Field(name="currency", label=gettext_lazy("Currency"), synonyms=["валюта"]),
        Field(name="is_active", label=gettext_lazy("Offered"), kind="truth", synonyms=["active", "активен"]),
    )

    def prepare(self) -> None:
        self.holders: dict[str, int] = dict(Product.objects.values_list("name", "pk"))

    def read(self, record: Record) -> dict[str, Any]:
        values: dict[str, Any] = {"name": record.shortened("name", 150)}
        if not values["name"] and not record.problems:
            record.reject("name", _("The name is empty."))
        if record.has("external_id"):
            values["external_id"] = self.read_external_id(record)
        if record.has("series"):
            values["series"] = record.shortened("series", 80)
        if record.has("currency"):
            values["currency"] = record.read("currency", currency_code)
        if record.has("price"):
            price = record.read("price", self.reader.amount)
            if price is not None and price < 0:
                record.reject("price", _("A price is not negative."))
            values["price"] = price
        if record.has("is_active"):
            values["is_active"] = record.read("is_active", self.reader.truth)
        return values

    def visible(self) -> Any:
        return Product.objects.all() if self.by.may("catalog.view") else Product.objects.none()

    def named(self, names: Sequence[str]) -> dict[str, list[Any]]:
        wanted = set(names)
        found: dict[str, list[Any]] = {}
        for product in self.visible():
            if name_key(product.name) in wanted:
                found.setdefault(name_key(product.name), []).append(product)
        return found

    def complete(self, step: Step) -> None:
        if step.values.get("price") is None:
            step.record.reject("price", _("A new product needs a price."))
        step.values.setdefault("currency", settings.BASE_CURRENCY)
        self._refuse_taken_name(step)

    def differences(self, step: Step) -> dict[str, Any]:
        self._refuse_taken_name(step)
        return super().differences(step)

    def create_many(self, steps: Sequence[Step]) -> list[Any]:
        drafts = [
            {name: step.values[name] for name in self.plain_fields & set(step.values)} for step in steps
        ]
        return bulk.add_many(drafts, by=self.by, at=self.at)

    def change(self, step: Step) -> None:
        step.target.change(step.changes, by=self.by, at=self.at)

    def _refuse_taken_name(self, step: Step) -> None:
        """A product's name is its own; also of those the file makes."""
        if step.record.problems:
            return
        mine = getattr(step.target, "pk", -step.record.row.number)
        if self.holders.setdefault(step.values["name"], mine) != mine:
            reason = _("There is a product called %(name)s already.") % {"name": step.values["name"]}
            step.record.reject("name", reason)


def currency_code(text: str) -> str:
    code = text.strip().upper()
    minor_units(code)
    return code
