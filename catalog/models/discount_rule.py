from datetime import date
from decimal import Decimal
from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Account
from catalog import facts
from catalog.models.audience import Audience
from catalog.models.product import Product
from catalog.models.product_group import ProductGroup
from catalog.models.verbs import Kept
from foundation.errors import Refused
from foundation.money import minor_units


class Does(models.TextChoices):
    PERCENT = "percent", gettext_lazy("takes a percent off")
    AMOUNT = "amount", gettext_lazy("takes an amount off each unit")
    PRICE = "price", gettext_lazy("sets the price of a unit")


class Stacking(models.TextChoices):
    TOGETHER = "together", gettext_lazy("together with others")
    ALONE = "alone", gettext_lazy("alone")


def plain_code(code: str) -> str:
    """A promo code as it is compared: people type small letters and blanks."""
    return "".join(code.split()).upper()


def is_known_code(plain: str, day: date) -> bool:
    """Whether a campaign of that day has the code."""
    of_day = Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
    return DiscountRule.objects.filter(*of_day, is_active=True, promo_code=plain).exists()


def known_code(code: str, day: date) -> str:
    """The code as it is kept. Refused where no campaign of the day has it, so that nobody is promised nothing."""
    plain = plain_code(code)
    if plain and not is_known_code(plain, day):
        raise Refused(_("No campaign of that day has the promo code “%(code)s”.") % {"code": code.strip()})
    return plain


@pghistory.track(model_name="DiscountRuleHistory")
class DiscountRule(Kept, Audience):
    """A discount that fits where all that it names fits: docs/algorithms/pricing.md, 1.4."""

    facts_of = (facts.DiscountRuleCreated, facts.DiscountRuleChanged)

    name = models.CharField(pgettext_lazy("of a discount rule", "name"), max_length=120, unique=True)
    does = models.CharField(gettext_lazy("what it does"), max_length=7, choices=Does, default=Does.PERCENT)
    value = models.DecimalField(gettext_lazy("percent, amount or price"), max_digits=18, decimal_places=4)
    currency = models.CharField(
        gettext_lazy("currency"),
        max_length=3,
        default=settings.BASE_CURRENCY,
        help_text=gettext_lazy("of the amount, of the price and of the least amount"),
    )
    stacking = models.CharField(
        gettext_lazy("with other discounts"), max_length=8, choices=Stacking, default=Stacking.TOGETHER
    )
    position = models.PositiveIntegerField(gettext_lazy("place"), default=100)
    valid_from = models.DateField(gettext_lazy("valid from"), null=True, blank=True)
    valid_to = models.DateField(gettext_lazy("valid to"), null=True, blank=True)
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=gettext_lazy("client")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=gettext_lazy("product")
    )
    group = models.ForeignKey(
        ProductGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("product group, with those below it"),
    )
    least_quantity = models.DecimalField(
        gettext_lazy("least quantity"), max_digits=14, decimal_places=3, null=True, blank=True
    )
    least_amount = models.DecimalField(
        gettext_lazy("least amount of the document"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=gettext_lazy("at list prices"),
    )
    promo_code = models.CharField(
        gettext_lazy("promo code"),
        max_length=40,
        blank=True,
        db_index=True,
        help_text=gettext_lazy("it fits only where the code is given"),
    )
    is_active = models.BooleanField(gettext_lazy("in use"), default=True)

    class Meta:
        verbose_name = gettext_lazy("discount rule")
        verbose_name_plural = gettext_lazy("discount rules")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="discount_rule_begins_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0) & (~Q(does="percent") | Q(value__lte=100)),
                name="discount_rule_value_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def told_of(self) -> dict[str, Any]:
        return {"discount_rule_id": self.pk, "name": self.name}

    def _refuse_what_cannot_be(self) -> None:
        self.promo_code = plain_code(self.promo_code)
        if DiscountRule.objects.filter(name=self.name).exclude(pk=self.pk).exists():
            raise Refused(_("There is a discount rule called %(name)s already.") % {"name": self.name})
        try:
            minor_units(self.currency)
        except ValueError as unknown:
            raise Refused(str(unknown)) from None
        if self.value < 0 or (self.does == Does.PERCENT and self.value > Decimal(100)):
            raise Refused(_("A discount is nothing or more, and at most 100 %."))
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise Refused(_("A discount rule begins before it ends."))
        if self.product_id and self.group_id:
            raise Refused(_("Name a product or a group of products, not both."))
