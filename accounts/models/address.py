from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.querysets import OfAccountQuerySet


class AddressKind(models.TextChoices):
    OFFICE = "office", _("office")
    LEGAL = "legal", _("legal")
    POSTAL = "postal", _("postal")
    DELIVERY = "delivery", _("delivery")


class Address(models.Model):
    """Where a client is. Only the country or the city may be known."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="addresses", verbose_name=_("client"))
    kind = models.CharField(_("kind"), max_length=10, choices=AddressKind, default=AddressKind.OFFICE)
    country = models.CharField(_("country"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    street = models.CharField(_("street and house"), max_length=255, blank=True)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["kind", "pk"]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.street, self.postcode, self.city, self.country) if part)
