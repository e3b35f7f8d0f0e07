from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from billing import facts
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell
from foundation.money import TOO_LARGE, minor_units, rounded
from users.models import User

LONGEST_REASON = 300


class CreditLimitQuerySet(models.QuerySet["CreditLimit"]):
    def that_counts(self, account_id: int, on: date) -> Self:
        """Of one client, the latest first that counts on a day: what came before it counts no more."""
        return self.filter(account=account_id, valid_from__lte=on).order_by("-valid_from", "-pk")


class CreditLimit(models.Model):
    """How much a client may owe before somebody has to approve the next invoice. Never changed: another is put, and
    the latest counts. Without an amount there is no limit any more."""

    account = models.ForeignKey(
        Account,
        models.CASCADE,
        related_name="credit_limits",
        db_index=False,
        verbose_name=gettext_lazy("client"),
    )
    amount = models.DecimalField(gettext_lazy("amount"), max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(gettext_lazy("currency"), max_length=3)
    valid_from = models.DateField(gettext_lazy("counts from"))
    reason = models.CharField(gettext_lazy("why"), max_length=LONGEST_REASON)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    set_at = models.DateTimeField(editable=False)

    objects = CreditLimitQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("credit limit")
        verbose_name_plural = gettext_lazy("credit limits")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="credit_limit_not_negative"
            )
        ]
        indexes = [models.Index(fields=["account", "-valid_from", "-id"], name="credit_limit_of_account")]
        # It follows its client into another, or into the trash; nothing else happens to it.
        triggers = [pgtrigger.ReadOnly(name="credit_limit_stays", exclude=["account"])]

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.amount} {self.currency}"

    @classmethod
    def put(
        cls,
        account: Any,
        amount: Decimal | None,
        currency: str,
        reason: str,
        *,
        by: Any,
        at: datetime,
        valid_from: date | None = None,
        cause: Any = None,
    ) -> "CreditLimit":
        """From today unless a later day is said. `amount` None: no limit any more."""
        today, reason = company_day(at), " ".join(reason.replace("\x00", "").split())[:LONGEST_REASON]
        valid_from = valid_from or today
        if not reason:
            raise Refused(_("Say why the credit limit changes."))
        if valid_from < today:
            raise Refused(_("A credit limit counts from today at the earliest."))
        try:
            minor_units(currency)
        except ValueError as unknown:
            raise Refused(str(unknown)) from None
        if amount is not None and not (0 <= amount < TOO_LARGE and amount == rounded(amount, currency)):
            raise Refused(_("A credit limit is nothing or more, in whole units of the currency."))
        with transaction.atomic():
            before = cls.objects.that_counts(account.pk, valid_from).first()
            if amount is None and (before is None or before.amount is None):
                raise Refused(_("%(client)s has no credit limit.") % {"client": account})
            made = cls.objects.create(
                account=account, amount=amount, currency=currency, valid_from=valid_from, reason=reason,
                set_by=by, set_at=at,
            )  # fmt: skip
            told = facts.CreditLimitChanged(
                account_id=account.pk, amount=amount, currency=currency, reason=reason,
                valid_from=valid_from.isoformat(),
            )  # fmt: skip
            tell(told, by=by, at=at, cause=cause)
        return made
