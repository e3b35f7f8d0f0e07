from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice
from billing.models.legal_entity import BankAccount
from billing.models.payment import Payment
from billing.models.statement_moves import StatementLineMoves
from billing.querysets import WholeBooksQuerySet
from users.models import User

if TYPE_CHECKING:
    from billing.bank.receiving import Brought


class LineDirection(models.TextChoices):
    IN = "in", _("came in")
    OUT = "out", _("went out")


class LineState(models.TextChoices):
    WAITING = "waiting", _("waits")
    DONE = "done", _("done")
    IGNORED = "ignored", _("ignored")


def money(label: Any, **options: Any) -> Any:
    return models.DecimalField(label, max_digits=18, decimal_places=4, **options)


class BankStatement(models.Model):
    """What a bank said of an account of ours for some days, as it said it.

    `opening`, `closing`, `total_in` and `total_out` are the bank's, empty where it says nothing; `sum_in` and `sum_out`
    are what all lines of the file come to. Of `line_count` lines, `known_count` had come in an earlier file.
    """

    bank_account = models.ForeignKey(
        BankAccount, models.PROTECT, related_name="statements", verbose_name=_("bank account")
    )
    account = models.CharField(_("account as the file says it"), max_length=60)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    place = models.PositiveSmallIntegerField(default=0)  # a file may hold several
    kind = models.CharField(_("format"), max_length=10)
    number = models.CharField(_("number"), max_length=60, blank=True)
    starts_on = models.DateField(_("from"), null=True)
    ends_on = models.DateField(_("to"), null=True)
    opening = money(_("at the beginning"), null=True)
    closing = money(_("at the end"), null=True)
    total_in = money(_("received"), null=True)
    total_out = money(_("paid out"), null=True)
    sum_in = money(_("lines received"), default=Decimal(0))
    sum_out = money(_("lines paid out"), default=Decimal(0))
    currency = models.CharField(_("currency"), max_length=3)
    differences = models.JSONField(default=list)
    line_count = models.PositiveIntegerField(_("lines"), default=0)
    known_count = models.PositiveIntegerField(_("known before"), default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = WholeBooksQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["bank_account", "sha256", "place"], name="bank_statement_once")
        ]
        triggers = [pgtrigger.Protect(name="statement_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.account}: {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("billing:statement", args=[self.pk])

    @staticmethod
    def bring(
        content: bytes,
        *,
        file_name: str,
        by: Any,
        at: datetime,
        bank_account: BankAccount | None = None,
        cause: Any = None,
    ) -> "Brought":
        """A file of a bank: what is new in it is kept, money that came is received, and what is certainly an
        invoice's pays it. The same file again adds nothing.

        `bank_account` is for tables that do not say whose they are. Refused for what is no statement, and for an
        account that is none of ours.
        """
        from billing.bank.receiving import bring

        return bring(content, file_name=file_name, by=by, at=at, bank_account=bank_account, cause=cause)

    def look_again(self, *, by: Any, at: datetime, cause: Any = None) -> int:
        """Lines that wait are matched anew, with what is known by now; how many are certain, and paid."""
        from billing.bank.receiving import look_again

        return look_again(self.lines.all(), by=by, at=at, cause=cause)


class StatementLine(StatementLineMoves, models.Model):
    """A document of a bank on an account of ours. `name`, `tax_number`, `bank_account` and `bank_code` are the other
    side's. What came in has a payment from the beginning, and waits until it is known what it pays."""

    statement = models.ForeignKey(
        BankStatement, models.PROTECT, related_name="lines", verbose_name=_("bank statement")
    )
    own_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    direction = models.CharField(_("direction"), max_length=3, choices=LineDirection)
    booked_on = models.DateField(_("day"))
    amount = money(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    number = models.CharField(_("number"), max_length=60, blank=True)
    purpose = models.TextField(_("purpose"), blank=True)
    references = models.JSONField(default=list)
    name = models.CharField(_("name"), max_length=300, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    has_wrong_tax_number = models.BooleanField(default=False)
    bank_account = models.CharField(_("account"), max_length=40, blank=True)
    bank_code = models.CharField(_("BIC"), max_length=20, blank=True)
    is_reversal = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=7, choices=LineState, default=LineState.WAITING)
    payment = models.OneToOneField(
        Payment, models.PROTECT, null=True, related_name="statement_line", verbose_name=_("payment")
    )
    # The best guess; of a line that is done, the invoice it was for.
    suggested_invoice = models.ForeignKey(
        Invoice, models.PROTECT, null=True, related_name="+", verbose_name=_("invoice")
    )
    confidence = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ignore_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = WholeBooksQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a bank statement")
        verbose_name_plural = _("lines of a bank statement")
        ordering = ["statement", "position"]
        constraints = [
            models.UniqueConstraint(fields=["own_account", "key"], name="statement_line_once"),
            models.UniqueConstraint(fields=["statement", "position"], name="statement_line_place"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="statement_line_some"),
            models.CheckConstraint(
                condition=Q(direction="in", payment__isnull=False)
                | Q(direction="out", payment__isnull=True, state="done"),
                name="statement_line_in_is_paid",
            ),
            models.CheckConstraint(
                condition=~Q(state="ignored") | ~Q(ignore_reason=""), name="statement_line_ignored_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["statement", "position"], name="statement_line_waits", condition=Q(state="waiting")
            )
        ]
        triggers = [
            pgtrigger.Protect(name="statement_line_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="statement_line_stays",
                fields=["statement", "own_account", "key", "direction", "booked_on", "amount", "currency",
                        "number", "purpose", "tax_number", "bank_account", "payment"],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.booked_on}: {self.amount} {self.currency}"

    def get_absolute_url(self) -> str:
        return f"{reverse('billing:statement', args=[self.statement_id])}#line-{self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == LineState.WAITING

    @classmethod
    def close_of(
        cls,
        payment_id: int,
        *,
        by_id: int | None,
        at: datetime,
        invoice_id: int | None = None,
        ignored_for: str = "",
    ) -> None:
        """Somebody decided on the payment's own page: its line waits no more. The payment is locked."""
        state = LineState.IGNORED if ignored_for else LineState.DONE
        cls.objects.filter(payment=payment_id, state=LineState.WAITING).update(
            state=state,
            suggested_invoice=invoice_id,
            confidence=0,
            reasons=[],
            ignore_reason=ignored_for[:300],
            decided_by=by_id,
            decided_at=at,
            version=F("version") + 1,
        )
