from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from deals.models.deal import Deal


class DealLine(models.Model):
    """A product a deal is about."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="lines", verbose_name=_("deal"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="deal_lines", verbose_name=_("product"))
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=Decimal(1))

    class Meta:
        verbose_name = _("product of a deal")
        verbose_name_plural = _("products of a deal")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["deal", "product"], name="deal_line_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="deal_line_some"),
        ]

    def __str__(self) -> str:
        return str(self.product)
