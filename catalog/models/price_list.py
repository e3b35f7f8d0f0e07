from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from catalog import facts
from catalog.models.audience import Audience
from catalog.models.product import Product
from catalog.models.verbs import Kept
from foundation.errors import Refused
from foundation.facts import tell
from foundation.money import TOO_LARGE, minor_units

DEEPEST = 5
TEN_THOUSANDTH = Decimal("0.0001")
THOUSANDTH = Decimal("0.001")


class Base(models.TextChoices):
    """What a list without an own price of a product reckons with."""

    NOTHING = "", gettext_lazy("nothing: only its own prices")
    LIST = "list", gettext_lazy("another price list")
    PLAIN = "plain", gettext_lazy("plain prices")
    COST = "cost", gettext_lazy("costs")


class StepRounding(models.TextChoices):
    NEAREST = "nearest", gettext_lazy("to the nearest")
    UP = "up", gettext_lazy("up")
    DOWN = "down", gettext_lazy("down")


class PriceListQuerySet(models.QuerySet["PriceList"]):
    def valid_on(self, day: date) -> "PriceListQuerySet":
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_to=None) | Q(valid_to__gte=day),
            is_active=True,
        )


@pghistory.track(model_name="PriceListHistory")
class PriceList(Kept, Audience):
    """Prices for some clients, in one currency, for a time: docs/algorithms/pricing.md, 1.1 and 1.2."""

    facts_of = (facts.PriceListCreated, facts.PriceListChanged)

    name = models.CharField(pgettext_lazy("of a price list", "name"), max_length=120, unique=True)
    currency = models.CharField(gettext_lazy("currency"), max_length=3, default=settings.BASE_CURRENCY)
    valid_from = models.DateField(gettext_lazy("valid from"), null=True, blank=True)
    valid_to = models.DateField(gettext_lazy("valid to"), null=True, blank=True)
    position = models.PositiveIntegerField(
        gettext_lazy("place"),
        default=100,
        help_text=gettext_lazy("of several that fit the least is tried first"),
    )
    is_by_agreement = models.BooleanField(
        gettext_lazy("only by agreement"),
        default=False,
        help_text=gettext_lazy("used only where a client's terms or a document name it"),
    )
    base_kind = models.CharField(
        gettext_lazy("reckoned from"), max_length=5, choices=Base, blank=True, default=Base.NOTHING
    )
    base = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="derived",
        verbose_name=gettext_lazy("list"),
    )
    percent = models.DecimalField(
        gettext_lazy("more or less, %"), max_digits=7, decimal_places=4, default=Decimal(0)
    )
    step = models.DecimalField(
        gettext_lazy("in steps of"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    step_rounding = models.CharField(
        gettext_lazy("rounded"), max_length=7, choices=StepRounding, default=StepRounding.NEAREST
    )
    surcharge = models.DecimalField(
        gettext_lazy("surcharge"), max_digits=18, decimal_places=4, default=Decimal(0)
    )
    largest_discount = models.DecimalField(
        gettext_lazy("largest discount, %"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    is_active = models.BooleanField(gettext_lazy("in use"), default=True)

    objects = PriceListQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("price list")
        verbose_name_plural = gettext_lazy("price lists")
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="price_list_begins_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(base_kind="list", base__isnull=False) | (~Q(base_kind="list") & Q(base=None)),
                name="price_list_names_its_base",
            ),
            models.CheckConstraint(condition=Q(step=None) | Q(step__gt=0), name="price_list_step_is_some"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_valid_on(self, day: date) -> bool:
        begins, ends = self.valid_from or day, self.valid_to or day
        return self.is_active and begins <= day <= ends

    def told_of(self) -> dict[str, Any]:
        return {"price_list_id": self.pk, "name": self.name}

    def put_prices(
        self,
        prices: Sequence[tuple[int, Decimal, Decimal]],
        *,
        by: Any,
        at: datetime,
        cause: Any = None,
        keeps_others: bool = True,
    ) -> int:
        """Own prices: (product key, from which quantity, price). What is there already at that quantity is written
        over; without `keeps_others` nothing else stays. How many rows differ now."""
        _refuse_prices(prices)
        with transaction.atomic():
            PriceList.objects.select_for_update(of=("self",)).get(pk=self.pk)
            wanted = {(key, quantity): price for key, quantity, price in prices}
            own = ListPrice.objects.filter(price_list=self)
            if keeps_others:
                own = own.filter(product__in={key for key, _quantity in wanted})
            had = {(each.product_id, each.from_quantity): each for each in own}
            gone = [] if keeps_others else [had[key].pk for key in had.keys() - wanted.keys()]
            ListPrice.objects.filter(pk__in=gone).delete()
            differ = {
                key: price for key, price in wanted.items() if key not in had or had[key].price != price
            }
            ListPrice.objects.bulk_create(
                [
                    ListPrice(price_list=self, product_id=key, from_quantity=quantity, price=price)
                    for (key, quantity), price in differ.items()
                ],
                batch_size=2_000,
                update_conflicts=True,
                unique_fields=["price_list", "product", "from_quantity"],
                update_fields=["price"],
            )
            count = len(differ) + len(gone)
            if count:
                told = facts.PriceListChanged(fields=["prices"], count=count, **self.told_of())
                tell(told, by=by, at=at, cause=cause)
        return count

    def _refuse_what_cannot_be(self) -> None:
        if PriceList.objects.filter(name=self.name).exclude(pk=self.pk).exists():
            raise Refused(_("There is a price list called %(name)s already.") % {"name": self.name})
        try:
            minor_units(self.currency)
        except ValueError as unknown:
            raise Refused(str(unknown)) from None
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise Refused(_("A price list begins before it ends."))
        if self.percent < -100:
            raise Refused(_("A price list takes off at most 100 %."))
        if self.step is not None and self.step <= 0:
            raise Refused(_("A step is more than nothing; leave it empty for none."))
        if self.largest_discount is not None and not 0 <= self.largest_discount <= 100:
            raise Refused(_("The largest discount is between 0 and 100 %."))
        if (self.base_kind == Base.LIST) != (self.base_id is not None):
            raise Refused(_("Name the list where prices are reckoned from another list, and only there."))
        self._refuse_a_circle()

    def _refuse_a_circle(self) -> None:
        """One statement locks whoever else might close a circle at the same moment."""
        if self.base_id is None:
            return
        bases: dict[int, int | None] = dict(
            PriceList.objects.select_for_update(of=("self",)).values_list("pk", "base_id")
        )
        above = 1
        at: int | None = self.base_id
        while at is not None and above <= DEEPEST:
            if at == self.pk:
                raise Refused(_("%(name)s would be reckoned from itself.") % {"name": self.name})
            at, above = bases.get(at), above + 1
        if above + self._levels_below(bases) > DEEPEST:
            raise Refused(
                _("Lists are reckoned from one another at most %(count)d deep.") % {"count": DEEPEST}
            )

    def _levels_below(self, bases: dict[int, int | None]) -> int:
        below, level = 0, {self.pk} - {None}
        while level and below <= DEEPEST:
            level = {key for key, base in bases.items() if base in level}
            below += bool(level)
        return below


class ListPrice(models.Model):
    """What a product costs in a list from a quantity on. It has four decimals: screws cost 0.0125."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="prices")
    product = models.ForeignKey(
        Product, models.CASCADE, related_name="list_prices", verbose_name=gettext_lazy("product")
    )
    from_quantity = models.DecimalField(
        gettext_lazy("from the quantity"), max_digits=14, decimal_places=3, default=Decimal(0)
    )
    price = models.DecimalField(gettext_lazy("price"), max_digits=18, decimal_places=4)

    class Meta:
        verbose_name = gettext_lazy("price in a list")
        verbose_name_plural = gettext_lazy("prices in a list")
        ordering = ["product", "from_quantity"]
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "product", "from_quantity"], name="list_price_once_for_a_quantity"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, from_quantity__gte=0), name="list_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.price}"


def _refuse_prices(prices: Sequence[tuple[int, Decimal, Decimal]]) -> None:
    if len({(key, quantity) for key, quantity, _price in prices}) < len(prices):
        raise Refused(_("A product has one price from one quantity on: it stands here twice."))
    for _key, quantity, price in prices:
        if not 0 <= price < TOO_LARGE or price != price.quantize(TEN_THOUSANDTH):
            raise Refused(_("A price is nothing or more, with at most four decimals."))
        if not 0 <= quantity < Decimal(10) ** 11 or quantity != quantity.quantize(THOUSANDTH):
            raise Refused(_("A quantity is nothing or more, with at most three decimals."))
