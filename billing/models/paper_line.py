from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Product


class ByHand(models.TextChoices):
    """What a person said about the price of a line: see docs/algorithms/pricing.md, 1.6."""

    NOTHING = "", _("by the rules")
    PRICE = "price", _("price by hand")
    PERCENT = "percent", _("discount by hand")


class PaperLine(models.Model):
    """A line of a quote or an invoice. Amounts are in its document's currency, as docs/algorithms/pricing.md says:
    amount = rounded(quantity × price); less the share of the document's discount: net + tax = gross.
    """

    position = models.PositiveIntegerField()
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    title = models.CharField(_("what"), max_length=300)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=Decimal(1))
    list_price = models.DecimalField(_("list price"), max_digits=18, decimal_places=4, null=True)
    price = models.DecimalField(_("price"), max_digits=18, decimal_places=4)
    by_hand = models.CharField(max_length=7, choices=ByHand, blank=True, default=ByHand.NOTHING)
    percent_by_hand = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    reason = models.CharField(_("why this price"), max_length=200, blank=True)
    # [{"step": "list", "name": "Retail", "before": "12.00", "after": "11.00", …}], as catalog.pricing wrote it.
    trace = models.JSONField(default=list)
    # What was said of a product made to measure, parameter by parameter.
    calculated = models.JSONField(null=True, editable=False)
    cost = models.DecimalField(_("cost of a unit"), max_digits=18, decimal_places=4, null=True)
    tax_name = models.CharField(_("tax"), max_length=40, blank=True)
    tax_rate = models.DecimalField(_("tax, %"), max_digits=6, decimal_places=3, default=Decimal(0))
    exempt_reason = models.CharField(_("why no tax"), max_length=200, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4, default=Decimal(0))
    discount = models.DecimalField(max_digits=18, decimal_places=4, default=Decimal(0))
    net = models.DecimalField(_("net"), max_digits=18, decimal_places=4, default=Decimal(0))
    tax = models.DecimalField(_("amount of tax"), max_digits=18, decimal_places=4, default=Decimal(0))
    gross = models.DecimalField(_("total"), max_digits=18, decimal_places=4, default=Decimal(0))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title
