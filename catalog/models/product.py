from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import facts
from catalog.models.product_group import ProductGroup
from catalog.models.tax_rate import TaxRate
from catalog.models.unit import Unit
from foundation.errors import Refused
from foundation.facts import tell
from foundation.money import minor_units
from foundation.search_text import sort_key

MOST_PARTS = 200
THOUSANDTH = Decimal("0.001")


class ProductKind(models.TextChoices):
    GOODS = "goods", gettext_lazy("goods")
    SERVICE = "service", gettext_lazy("service")
    BUNDLE = "bundle", gettext_lazy("bundle")


class BundlePrice(models.TextChoices):
    """What a bundle costs the client: see docs/algorithms/pricing.md, 1.3."""

    OWN = "own", gettext_lazy("a price of its own")
    PARTS = "parts", gettext_lazy("the sum of its parts")


@pghistory.track(exclude=["sort_key"], model_name="ProductHistory")
class Product(models.Model):
    """Something we sell, with its plain price before any price list."""

    name = models.CharField(gettext_lazy("name"), max_length=150, unique=True)
    series = models.CharField(gettext_lazy("series"), max_length=80, blank=True)
    price = models.DecimalField(
        gettext_lazy("price"), max_digits=18, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    currency = models.CharField(gettext_lazy("currency"), max_length=3, default=settings.BASE_CURRENCY)
    code = models.CharField(
        gettext_lazy("article number"),
        max_length=60,
        blank=True,
        default="",
        help_text=gettext_lazy("one product has it; may stay empty"),
    )
    kind = models.CharField(
        gettext_lazy("kind"), max_length=7, choices=ProductKind, default=ProductKind.GOODS
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=gettext_lazy("unit")
    )
    tax_rate = models.ForeignKey(
        TaxRate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("tax rate"),
        help_text=gettext_lazy("nothing: the one used unless another is chosen"),
    )
    cost = models.DecimalField(
        gettext_lazy("cost of a unit"),
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=gettext_lazy("in the currency of the price; a bundle costs what its parts cost"),
    )
    group = models.ForeignKey(
        ProductGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=gettext_lazy("product group"),
    )
    about = models.TextField(gettext_lazy("about it"), max_length=4_000, blank=True, default="")
    bundle_price = models.CharField(
        gettext_lazy("price of the bundle"), max_length=5, choices=BundlePrice, default=BundlePrice.OWN
    )
    bundle_percent = models.DecimalField(
        gettext_lazy("less than its parts, %"), max_digits=7, decimal_places=4, default=Decimal(0)
    )
    is_active = models.BooleanField(gettext_lazy("offered"), default=True)
    sort_key = models.CharField(max_length=200, editable=False, db_collation="C", db_index=True)

    class Meta:
        verbose_name = gettext_lazy("product")
        verbose_name_plural = gettext_lazy("products")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gte=0), name="product_price_not_negative"),
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="product_code_once"),
            models.CheckConstraint(
                condition=models.Q(cost=None) | models.Q(cost__gte=0) & ~models.Q(kind="bundle"),
                name="product_cost_not_negative_nor_of_a_bundle",
            ),
            models.CheckConstraint(
                condition=models.Q(bundle_percent__gte=0, bundle_percent__lte=100),
                name="product_bundle_percent_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The sort key follows the name, whoever writes it."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("catalog:product", args=[self.pk])

    @classmethod
    def create(cls, *, by: Any, at: datetime, cause: Any = None, **fields: Any) -> "Product":
        product = cls(**fields)
        product._refuse_what_cannot_be()
        with transaction.atomic():
            product.save()
            tell(facts.ProductCreated(product_id=product.pk, name=product.name), by=by, at=at, cause=cause)
        return product

    def change(self, changes: dict[str, Any], *, by: Any, at: datetime, cause: Any = None) -> None:
        with transaction.atomic():
            product = Product.objects.select_for_update().get(pk=self.pk)
            changed = [name for name, value in changes.items() if getattr(product, name) != value]
            if not changed:
                return
            for name in changed:
                setattr(product, name, changes[name])
            product._refuse_what_cannot_be()
            product.save()
            told = facts.ProductChanged(product_id=product.pk, name=product.name, fields=changed)
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def put_parts(
        self, parts: Sequence[tuple[int, Decimal]], *, by: Any, at: datetime, cause: Any = None
    ) -> None:
        """What one piece of the bundle has: (product key, quantity), instead of what it had."""
        from catalog.models.bundle import BundlePart

        wanted = dict(parts)
        with transaction.atomic():
            locked = Product.objects.select_for_update().order_by("pk").in_bulk({self.pk, *wanted})
            _refuse_parts(locked[self.pk], parts, locked)
            if dict(self.parts.values_list("product_id", "quantity")) == wanted:
                return
            self.parts.all().delete()
            BundlePart.objects.bulk_create(
                BundlePart(bundle_id=self.pk, product_id=key, quantity=quantity)
                for key, quantity in wanted.items()
            )
            told = facts.ProductChanged(product_id=self.pk, name=locked[self.pk].name, fields=["parts"])
            tell(told, by=by, at=at, cause=cause)

    def _refuse_what_cannot_be(self) -> None:
        if Product.objects.filter(name=self.name).exclude(pk=self.pk).exists():
            raise Refused(_("There is a product called %(name)s already.") % {"name": self.name})
        if self.code and Product.objects.filter(code=self.code).exclude(pk=self.pk).exists():
            raise Refused(_("Another product has the article number %(code)s already.") % {"code": self.code})
        self._refuse_what_cannot_be_of_a_bundle()
        try:
            minor_units(self.currency)
        except ValueError as unknown:
            raise Refused(str(unknown)) from None

    def _refuse_what_cannot_be_of_a_bundle(self) -> None:
        is_bundle = self.kind == ProductKind.BUNDLE
        if is_bundle and self.cost is not None:
            raise Refused(_("A bundle costs what its parts cost: leave its own cost empty."))
        if not 0 <= self.bundle_percent <= 100:
            raise Refused(_("A discount of a bundle is between 0 and 100 %."))
        if self.pk is None:
            return
        if is_bundle and self.part_of.exists():
            raise Refused(_("%(name)s is part of a bundle, so it cannot be one.") % {"name": self.name})
        if not is_bundle and self.parts.exists():
            raise Refused(_("Take the parts out first: only a bundle has parts."))


def _refuse_parts(bundle: Product, parts: Sequence[tuple[int, Decimal]], locked: dict[int, Product]) -> None:
    if bundle.kind != ProductKind.BUNDLE:
        raise Refused(_("Only a bundle has parts."))
    if len(parts) > MOST_PARTS:
        raise Refused(_("A bundle has at most %(count)d parts.") % {"count": MOST_PARTS})
    if len({key for key, _quantity in parts}) < len(parts):
        raise Refused(_("A product is part of a bundle once: say how many."))
    for key, quantity in parts:
        if key not in locked:
            raise Refused(_("A product of the bundle is not there any more. Choose another."))
        if locked[key].kind == ProductKind.BUNDLE:
            raise Refused(_("%(name)s is a bundle: parts are no bundles.") % {"name": locked[key].name})
        if not 0 < quantity < Decimal(10) ** 11 or quantity != quantity.quantize(THOUSANDTH):
            raise Refused(_("The quantity of a part is more than nothing, with at most three decimals."))
