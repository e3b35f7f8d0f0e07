from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.product import Product


class BundlePart(models.Model):
    """How much of a product one piece of a bundle has. Parts are no bundles, so none can go round in a circle."""

    bundle = models.ForeignKey(Product, models.CASCADE, related_name="parts", verbose_name=_("bundle"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="part_of", verbose_name=_("product"))
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=Decimal(1))

    class Meta:
        verbose_name = _("part of a bundle")
        verbose_name_plural = _("parts of a bundle")
        ordering = ["bundle", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "product"], name="bundle_part_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="bundle_part_has_quantity"),
            models.CheckConstraint(condition=~Q(bundle=models.F("product")), name="bundle_part_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} × {self.quantity}"
