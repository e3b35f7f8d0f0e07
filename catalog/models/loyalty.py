from datetime import datetime
from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import models, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Account
from catalog import facts
from catalog.models.verbs import Kept
from foundation.errors import Refused
from foundation.facts import tell
from users.models import User


class LoyaltyLevel(Kept, models.Model):
    """What a client gets who bought for so much within a year: a percent, and points for what it paid."""

    facts_of = (facts.LoyaltyLevelCreated, facts.LoyaltyLevelChanged)

    name = models.CharField(pgettext_lazy("of a loyalty level", "name"), max_length=60, unique=True)
    from_amount = models.DecimalField(
        gettext_lazy("from what was invoiced in a year"),
        max_digits=18,
        decimal_places=2,
        unique=True,
        help_text=gettext_lazy("in the company's own currency, without tax"),
    )
    percent = models.DecimalField(
        gettext_lazy("discount, %"), max_digits=7, decimal_places=4, default=Decimal(0)
    )
    points_percent = models.DecimalField(
        gettext_lazy("points earned from what was paid, %"),
        max_digits=7,
        decimal_places=4,
        default=Decimal(0),
    )
    is_active = models.BooleanField(gettext_lazy("in use"), default=True)

    class Meta:
        verbose_name = gettext_lazy("loyalty level")
        verbose_name_plural = gettext_lazy("loyalty levels")
        ordering = ["from_amount", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    from_amount__gte=0,
                    percent__gte=0,
                    percent__lte=100,
                    points_percent__gte=0,
                    points_percent__lte=100,
                ),
                name="loyalty_level_in_bounds",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def told_of(self) -> dict[str, Any]:
        return {"loyalty_level_id": self.pk, "name": self.name}

    def _refuse_what_cannot_be(self) -> None:
        others = LoyaltyLevel.objects.exclude(pk=self.pk)
        if others.filter(name=self.name).exists():
            raise Refused(_("There is a loyalty level called %(name)s already.") % {"name": self.name})
        if others.filter(from_amount=self.from_amount).exists():
            raise Refused(_("Another loyalty level begins with the same amount."))
        if self.from_amount < 0:
            raise Refused(_("A loyalty level begins with nothing or more."))
        if not (0 <= self.percent <= 100 and 0 <= self.points_percent <= 100):
            raise Refused(_("Percents of a loyalty level are between 0 and 100."))


class LoyaltyStanding(models.Model):
    """The level a client has now. How it came there is in its facts."""

    account = models.OneToOneField(
        Account, models.CASCADE, related_name="+", verbose_name=gettext_lazy("client")
    )
    level = models.ForeignKey(
        LoyaltyLevel, models.PROTECT, related_name="standings", verbose_name=gettext_lazy("loyalty level")
    )
    since = models.DateField(gettext_lazy("since"))

    class Meta:
        verbose_name = gettext_lazy("loyalty standing")
        verbose_name_plural = gettext_lazy("loyalty standings")

    def __str__(self) -> str:
        return str(self.level)

    @classmethod
    def put(
        cls, account: Account, level: LoyaltyLevel | None, *, by: Any, at: datetime, cause: Any = None
    ) -> bool:
        """The client's level from today on; nothing for none. Whether it is another one than before."""
        from foundation.clock import company_day

        with transaction.atomic():
            Account.objects.select_for_update(of=("self",), no_key=True).values_list("pk").get(pk=account.pk)
            had = cls.objects.select_related("level").filter(account=account).first()
            if (had.level_id if had else None) == (level.pk if level else None):
                return False
            cls.objects.filter(account=account).delete()
            if level is not None:
                cls.objects.create(account=account, level=level, since=company_day(at))
            told = facts.LoyaltyMoved(
                account_id=account.pk,
                owner_id=account.owner_id,
                from_name=had.level.name if had else "",
                to_name=level.name if level else "",
            )
            tell(told, by=by, at=at, cause=cause)
        return True


class PointsEntry(models.Model):
    """A movement of a client's points. The ledger is only added to; the balance is its sum."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", verbose_name=gettext_lazy("client")
    )
    amount = models.DecimalField(gettext_lazy("points"), max_digits=18, decimal_places=2)
    reason = models.CharField(gettext_lazy("reason"), max_length=200)
    # What it was made for, once: “payment:17”. Empty for those made by hand.
    source = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField(gettext_lazy("made"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = gettext_lazy("movement of points")
        verbose_name_plural = gettext_lazy("movements of points")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=~Q(source=""), name="points_once_for_a_source"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="points_some"),
        ]
        indexes = [models.Index(fields=["account", "-made_at", "-id"], name="points_of_account")]
        triggers = [
            pgtrigger.Protect(name="points_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="points_stay", exclude=["account"]),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+}"

    @classmethod
    def move(
        cls,
        account: Account,
        amount: Decimal,
        *,
        reason: str,
        source: str = "",
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> "PointsEntry | None":
        """Points are given, or taken away as far as there are any. Once for a `source`: then nothing comes back."""
        reason = " ".join(reason.split())[:200]
        if not reason:
            raise Refused(_("Say why the points are moved."))
        if amount != amount.quantize(Decimal("0.01")) or not amount or abs(amount) >= Decimal(10) ** 12:
            raise Refused(_("Points are some, with at most two decimals."))
        with transaction.atomic():
            Account.objects.select_for_update(of=("self",), no_key=True).values_list("pk").get(pk=account.pk)
            if source and cls.objects.filter(source=source).exists():
                return None
            if balance_of(account.pk) + amount < 0:
                raise Refused(_("The client has fewer points than that."))
            entry = cls.objects.create(
                account=account, amount=amount, reason=reason, source=source, made_at=at, made_by=by
            )
            told = facts.PointsMoved(
                account_id=account.pk, owner_id=account.owner_id, points=str(amount), reason=reason
            )
            tell(told, by=by, at=at, cause=cause)
        return entry


def balance_of(account_id: int) -> Decimal:
    found = PointsEntry.objects.filter(account=account_id).aggregate(sum=Sum("amount"))["sum"]
    return found or Decimal(0)
