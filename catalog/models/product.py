from datetime import datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import facts
from foundation.errors import Refused
from foundation.facts import tell
from foundation.money import minor_units
from foundation.search_text import sort_key


@pghistory.track(exclude=["sort_key"], model_name="ProductHistory")
class Product(models.Model):
    """Something we sell, with its plain price before any price list."""

    name = models.CharField(gettext_lazy("name"), max_length=150, unique=True)
    series = models.CharField(gettext_lazy("series"), max_length=80, blank=True)
    price = models.DecimalField(
        gettext_lazy("price"), max_digits=18, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    currency = models.CharField(gettext_lazy("currency"), max_length=3, default=settings.BASE_CURRENCY)
    is_active = models.BooleanField(gettext_lazy("offered"), default=True)
    sort_key = models.CharField(max_length=200, editable=False, db_collation="C", db_index=True)

    class Meta:
        verbose_name = gettext_lazy("product")
        verbose_name_plural = gettext_lazy("products")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gte=0), name="product_price_not_negative")
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The sort key follows the name, whoever writes it."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)

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

    def _refuse_what_cannot_be(self) -> None:
        if Product.objects.filter(name=self.name).exclude(pk=self.pk).exists():
            raise Refused(_("There is a product called %(name)s already.") % {"name": self.name})
        try:
            minor_units(self.currency)
        except ValueError as unknown:
            raise Refused(str(unknown)) from None
