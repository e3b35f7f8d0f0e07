"""Prices of products that are here, by name or by the other system's key: plain ones, or those of price lists."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import ListPrice, PriceList
from integrations.fields import Field
from integrations.importing.base import Step
from integrations.importing.names import name_key
from integrations.importing.products import ProductImport, currency_code
from integrations.importing.record import Record
from integrations.mapping import NEVER

MOST = Decimal(10) ** 11
THOUSANDTH, TEN_THOUSANDTH = Decimal("0.001"), Decimal("0.0001")


LIST_PRICE = "list_price"
LISTS = "catalog.change_prices"


class PriceImport(ProductImport):
    """A product nobody knows here is listed and never made: a price says too little about it.

    A row that names a price list puts its price there, from its quantity on; the plain price stays.
    """

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
        Field(
            name="price_list",
            label=gettext_lazy("Price list"),
            synonyms=["list", "price book", "pricelist", "прайс-лист", "прайс", "вид цены"],
        ),
        Field(
            name="from_quantity",
            label=gettext_lazy("From the quantity"),
            kind="amount",
            synonyms=["minimum quantity", "min qty", "quantity from", "от количества", "количество от"],
        ),
    )

    def prepare(self) -> None:
        super().prepare()
        self.lists = {name_key(each.name): each for each in PriceList.objects.filter(is_active=True)}
        self.waiting: dict[int, dict[tuple[int, Decimal], Decimal]] = {}

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
        if record.has("price_list") or record.has("from_quantity"):
            self._read_list(record, values)
        return values

    def _read_list(self, record: Record, values: dict[str, Any]) -> None:
        named = record.text("price_list")
        price_list, quantity = self.lists.get(name_key(named)), Decimal(0)
        if not named:
            record.reject("price_list", _("A quantity counts in a price list: name the list."))
        elif price_list is None:
            words = {"name": named[:100]}
            record.reject("price_list", _("No price list in use is called “%(name)s”.") % words)
        elif not self.by.may(LISTS):
            record.reject("price_list", self._lacks(LISTS))
        elif values.get("currency", price_list.currency) != price_list.currency:
            words = {"name": price_list.name, "currency": price_list.currency}
            record.reject("currency", _("Prices of %(name)s are in %(currency)s.") % words)
        if record.has("from_quantity"):
            quantity = record.read("from_quantity", self.reader.amount) or Decimal(0)
        if not 0 <= quantity < MOST or quantity != quantity.quantize(THOUSANDTH):
            record.reject("from_quantity", _("A quantity is nothing or more, with at most three decimals."))
        price = values["price"]
        if price is not None and price != price.quantize(TEN_THOUSANDTH):
            record.reject("price", _("A price has at most four decimals."))
        values |= {"price_list": price_list, "from_quantity": quantity}
        values.pop("currency", None)

    def complete(self, step: Step) -> None:
        named = step.record.text("name") or step.record.text("external_id")
        field = "name" if step.record.has("name") else "external_id"
        step.record.reject_unknown(field, named, _("Unknown product “%(name)s”.") % {"name": named[:100]})

    def compare_with_lists(self, steps: Sequence[Step]) -> None:
        """What the lists say already of the products of a batch. One statement."""
        wanted = [step for step in steps if step.target is not None and step.values.get("price_list")]
        self.own: dict[tuple[int, int, Decimal], Decimal] = {}
        if wanted:
            found = ListPrice.objects.filter(
                price_list__in={step.values["price_list"].pk for step in wanted},
                product__in={step.target.pk for step in wanted},
            ).values_list("price_list", "product", "from_quantity", "price")
            self.own = {(key, product, quantity): price for key, product, quantity, price in found}

    def _match(self, steps: Sequence[Step]) -> None:
        super()._match(steps)
        self.compare_with_lists(steps)

    def _settle(self, step: Step, field_name: str, key: str, found: dict[str, list[Any]]) -> None:
        """A product may stand in a file once for a list and a quantity."""
        if key and (price_list := step.values.get("price_list")) is not None:
            place = f"{key}\0{price_list.pk}\0{step.values['from_quantity'].normalize()}"
            super()._settle(step, field_name, place, {place: found.get(key, [])})
        else:
            super()._settle(step, field_name, key, found)

    def spare(self, step: Step, changes: dict[str, Any], name: str, policy: str) -> None:
        if LIST_PRICE not in changes:
            super().spare(step, changes, name, policy)
        elif name == "price" and (policy == NEVER or self._own(step) is not None):
            del changes[LIST_PRICE]

    def change(self, step: Step) -> None:
        """Prices of lists are put a batch at a time."""
        if LIST_PRICE not in step.changes:
            return super().change(step)
        of_list = self.waiting.setdefault(step.values["price_list"].pk, {})
        of_list[step.target.pk, step.values["from_quantity"]] = step.values["price"]

    def _write(self, steps: Sequence[Step]) -> None:
        super()._write(steps)
        lists = {each.pk: each for each in self.lists.values()}
        for key, prices in sorted(self.waiting.items()):
            rows = [(product, quantity, price) for (product, quantity), price in prices.items()]
            lists[key].put_prices(rows, by=self.by, at=self.at)
        self.waiting.clear()

    def _own(self, step: Step) -> Decimal | None:
        return self.own.get((step.values["price_list"].pk, step.target.pk, step.values["from_quantity"]))

    def differences(self, step: Step) -> dict[str, Any]:
        if step.values.get("price_list") is not None:
            price = step.values["price"]
            return {} if price is None or self._own(step) == price else {LIST_PRICE: price}
        return {
            name: step.values[name]
            for name in sorted(self.plain_fields)
            if name in step.values and getattr(step.target, name) != step.values[name]
        }
