from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from catalog import facts
from catalog.models.price_list import PriceList
from foundation.errors import Refused
from foundation.facts import tell
from users.models import User


class PriceTerms(models.Model):
    """What was agreed with a client about prices from a day on. Terms are only added: those with the latest day not
    after the day asked for are in force, of the same day the last agreed."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="price_terms", verbose_name=gettext_lazy("client")
    )
    price_list = models.ForeignKey(
        PriceList,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("price list"),
    )
    percent = models.DecimalField(
        gettext_lazy("agreed discount, %"), max_digits=7, decimal_places=4, default=Decimal(0)
    )
    valid_from = models.DateField(gettext_lazy("valid from"))
    reason = models.CharField(gettext_lazy("why"), max_length=300)
    agreed_at = models.DateTimeField(gettext_lazy("agreed"))
    agreed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=gettext_lazy("by whom")
    )

    class Meta:
        verbose_name = gettext_lazy("price terms")
        verbose_name_plural = gettext_lazy("price terms")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="terms_percent_in_bounds"
            )
        ]
        indexes = [models.Index(fields=["account", "-valid_from", "-id"], name="terms_of_account")]
        triggers = [
            pgtrigger.Protect(name="terms_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="terms_stay", exclude=["account"]),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}"

    @classmethod
    def agree(
        cls,
        account: Account,
        *,
        price_list: PriceList | None = None,
        percent: Decimal = Decimal(0),
        valid_from: date,
        reason: str,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> "PriceTerms":
        """New terms from a day on. What was issued before stays as it is."""
        reason = " ".join(reason.split())[:300]
        if not reason:
            raise Refused(_("Say why the terms change."))
        if not 0 <= percent <= 100:
            raise Refused(_("A discount is between 0 and 100 %."))
        if price_list is not None and not price_list.is_active:
            raise Refused(_("The price list %(name)s is not in use any more.") % {"name": price_list})
        with transaction.atomic():
            Account.objects.select_for_update(of=("self",), no_key=True).values_list("pk").get(pk=account.pk)
            before = cls.in_force(account.pk, valid_from)
            same = (before.price_list_id, before.percent) if before else (None, Decimal(0))
            if same == ((price_list.pk if price_list else None), percent):
                raise Refused(_("These terms are in force on that day already."))
            terms = cls.objects.create(
                account=account,
                price_list=price_list,
                percent=percent,
                valid_from=valid_from,
                reason=reason,
                agreed_at=at,
                agreed_by=by,
            )
            tell(facts.PriceTermsChanged(**terms.told_of(before)), by=by, at=at, cause=cause)
        return terms

    @classmethod
    def in_force(cls, account_id: int, day: date) -> "PriceTerms | None":
        found = cls.objects.select_related("price_list").filter(account=account_id, valid_from__lte=day)
        return found.order_by("-valid_from", "-pk").first()

    def told_of(self, before: "PriceTerms | None") -> dict[str, Any]:
        return {
            "account_id": self.account_id,
            "owner_id": self.account.owner_id,
            "price_terms_id": self.pk,
            "valid_from": self.valid_from.isoformat(),
            "price_list": self.price_list.name if self.price_list else "",
            "percent": str(self.percent.normalize()),
            "from_price_list": before.price_list.name if before and before.price_list else "",
            "from_percent": str(before.percent.normalize()) if before else "0",
            "reason": self.reason,
        }
