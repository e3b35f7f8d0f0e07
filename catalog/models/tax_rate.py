from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from catalog import facts
from foundation.errors import Refused
from foundation.facts import tell

HUNDRED = Decimal(100)


class TaxRate(models.Model):
    """A rate of tax on what we sell. At most one is used where neither the line nor its product names another."""

    name = models.CharField(pgettext_lazy("of a tax rate", "name"), max_length=40, unique=True)
    percent = models.DecimalField(gettext_lazy("percent"), max_digits=6, decimal_places=3)
    exempt_reason = models.CharField(
        gettext_lazy("why no tax"),
        max_length=200,
        blank=True,
        help_text=gettext_lazy("printed on documents; only where the rate is 0 %"),
    )
    country = models.CharField(
        gettext_lazy("country"), max_length=2, blank=True, help_text=gettext_lazy("ISO code, such as US")
    )
    is_default = models.BooleanField(gettext_lazy("used unless another is chosen"), default=False)
    is_active = models.BooleanField(gettext_lazy("in use"), default=True)

    class Meta:
        verbose_name = gettext_lazy("tax rate")
        verbose_name_plural = gettext_lazy("tax rates")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="tax_rate_one_default"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_active=True), name="tax_rate_default_in_use"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="tax_rate_percent_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(percent=0) | Q(exempt_reason=""), name="tax_rate_reason_without_tax"
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex="^[A-Z]{2}$"), name="tax_rate_has_iso_country"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def create(cls, *, by: Any, at: datetime, cause: Any = None, **fields: Any) -> "TaxRate":
        rate = cls(**fields)
        with transaction.atomic():
            rate._refuse_what_cannot_be()
            rate._take_the_place_of_the_default()
            rate.save()
            tell(facts.TaxRateCreated(tax_rate_id=rate.pk, name=rate.name), by=by, at=at, cause=cause)
        return rate

    def change(self, changes: dict[str, Any], *, by: Any, at: datetime, cause: Any = None) -> None:
        """Documents written before keep the rate they were written with."""
        with transaction.atomic():
            rate = TaxRate.objects.select_for_update().get(pk=self.pk)
            changed = [name for name, value in changes.items() if getattr(rate, name) != value]
            if not changed:
                return
            for name in changed:
                setattr(rate, name, changes[name])
            rate._refuse_what_cannot_be()
            rate._take_the_place_of_the_default()
            rate.save()
            told = facts.TaxRateChanged(tax_rate_id=rate.pk, name=rate.name, fields=changed)
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def _take_the_place_of_the_default(self) -> None:
        if self.is_default:
            TaxRate.objects.filter(is_default=True).exclude(pk=self.pk).update(is_default=False)

    def _refuse_what_cannot_be(self) -> None:
        if TaxRate.objects.filter(name=self.name).exclude(pk=self.pk).exists():
            raise Refused(_("There is a tax rate called %(name)s already.") % {"name": self.name})
        if not 0 <= self.percent <= HUNDRED:
            raise Refused(_("A tax rate is between 0 and 100 %."))
        if self.percent and self.exempt_reason:
            raise Refused(_("Say why there is no tax only where the rate is 0 %."))
        if self.is_default and not self.is_active:
            raise Refused(_("The rate used unless another is chosen must be in use."))
        if self.country and not (
            len(self.country) == 2 and self.country.isascii() and self.country.isupper()
        ):
            raise Refused(_("A country is two capital letters, such as US."))
