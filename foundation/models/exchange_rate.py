from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    def latest_rate(self, currency: str, on: date) -> Decimal | None:
        """The rate of the latest day not after `on`."""
        known = self.filter(currency=currency, on__lte=on).order_by("-on", "-pk")
        return known.values_list("rate", flat=True).first()


class ExchangeRate(models.Model):
    """What one unit of a currency cost in settings.BASE_CURRENCY from a day on, until a later rate is known."""

    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO code, such as EUR"))
    on = models.DateField(_("from"))
    # Twelve decimals: a dong or a rupiah costs about 0.00004 dollars and still needs seven digits.
    rate = models.DecimalField(_("rate to the base currency"), max_digits=24, decimal_places=12)
    source = models.CharField(_("source"), max_length=100, blank=True)

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "on"], name="exchange_rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_is_positive"),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"), name="exchange_rate_has_iso_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.on} {self.rate.normalize():f}"
