from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts import facts
from accounts.models.account import Account
from accounts.querysets import OfAccountQuerySet
from foundation.facts import tell


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

    @classmethod
    def replace(
        cls, account: Account, wanted: Iterable["Address"], *, by: Any, at: datetime, cause: Any = None
    ) -> None:
        """Make these, still unsaved, the client's only addresses. Quiet when they already are."""
        parts = {address.parts: address for address in wanted if str(address)}
        with transaction.atomic():
            had = {address.parts: address for address in cls.objects.filter(account=account)}
            if had.keys() == parts.keys():
                return
            cls.objects.filter(pk__in=[had[gone].pk for gone in had.keys() - parts.keys()]).delete()
            for new in parts.keys() - had.keys():
                parts[new].account = account
                parts[new].save()
            account.count_change()
            lines = [str(address) for address in parts.values()]
            told = facts.AccountAddressesChanged(account_id=account.pk, addresses=lines)
            tell(told, by=by, at=at, cause=cause)

    @property
    def parts(self) -> tuple[str, ...]:
        return (self.kind, self.country, self.postcode, self.city, self.street)
