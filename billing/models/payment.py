from decimal import Decimal

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from billing.models.invoice import Instalment, Invoice
from billing.models.legal_entity import BankAccount, LegalEntity
from billing.models.payment_moves import PaymentMoves
from billing.querysets import PaymentQuerySet
from users.models import User


class Direction(models.TextChoices):
    IN = "in", _("received")
    OUT = "out", _("paid back")


class Method(models.TextChoices):
    BANK = "bank", _("bank transfer")
    CARD = "card", _("card")
    CASH = "cash", _("cash")
    POINTS = "points", _("points")
    OTHER = "other", _("other")


@pghistory.track(exclude=["search_text"], model_name="PaymentHistory")
class Payment(PaymentMoves, models.Model):
    """Money that came, or went back. `unallocated` is what settles nothing yet: the client's surplus.

    amount = Σ allocations that stand + returned + unallocated, of every one that came and was not voided.
    A payment without a client waits to be told whose it is. A mistaken one is voided, with a reason, never deleted.
    """

    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="payments", verbose_name=_("own company")
    )
    bank_account = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bank account")
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        db_index=False,
        verbose_name=_("client"),
    )
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    team_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.IN)
    method = models.CharField(_("how"), max_length=6, choices=Method, default=Method.BANK)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3, default=settings.BASE_CURRENCY)
    rate = models.DecimalField(max_digits=24, decimal_places=12, null=True, editable=False)
    base_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, editable=False)
    unallocated = models.DecimalField(
        _("not allocated"), max_digits=18, decimal_places=4, default=Decimal(0), editable=False
    )
    # Of one that came: what of it was paid back. Of one that went out: what it pays back.
    returned = models.DecimalField(
        _("paid back"), max_digits=18, decimal_places=4, default=Decimal(0), editable=False
    )
    returns = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="paid_back_by",
        verbose_name=_("pays back"),
    )
    returns_credit_note = models.ForeignKey(
        Invoice,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="paid_back_by",
        verbose_name=_("pays back"),
    )
    received_on = models.DateField(_("day"))
    reference = models.CharField(_("number of the bank's document"), max_length=60, blank=True)
    purpose = models.TextField(_("purpose"), blank=True)
    payer_name = models.CharField(_("payer"), max_length=300, blank=True)
    payer_tax_number = models.CharField(_("payer's tax number"), max_length=40, blank=True)
    payer_bank_account = models.CharField(_("payer's account"), max_length=40, blank=True)
    search_text = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    void_reason = models.CharField(max_length=300, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_some"),
            models.CheckConstraint(
                condition=Q(unallocated__gte=0, unallocated__lte=F("amount")),
                name="payment_allocated_within",
            ),
            models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=F("amount") - F("unallocated")),
                name="payment_returned_within",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | Q(unallocated=0), name="payment_voided_holds_nothing"
            ),
        ]
        indexes = [
            models.Index(fields=["-received_on", "-id"], name="payment_by_day"),
            models.Index(fields=["account", "-received_on", "-id"], name="payment_of_account"),
            models.Index(
                fields=["account", "received_on"],
                condition=Q(unallocated__gt=0),
                name="payment_with_surplus",
            ),
            models.Index(  # who paid from an account before
                fields=["payer_bank_account", "account"],
                condition=Q(account__isnull=False) & ~Q(payer_bank_account=""),
                name="payment_by_payer",
            ),
            GinIndex(fields=["team_ids"], name="payment_team"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="payment_search"),
        ]
        triggers = [
            pgtrigger.Protect(name="payment_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="payment_stays",
                fields=["legal_entity", "direction", "method", "amount", "currency", "rate", "base_amount",
                        "received_on", "created_at", "created_by"],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.received_on}: {self.amount} {self.currency}"

    def get_absolute_url(self) -> str:
        return reverse("billing:payment", args=[self.pk])

    @property
    def is_out(self) -> bool:
        return self.direction == Direction.OUT

    @property
    def is_voided(self) -> bool:
        return self.voided_at is not None


class AllocationKind(models.TextChoices):
    PAYMENT = "payment", _("payment")
    CREDIT = "credit", _("credit note")
    WRITE_OFF = "write_off", _("write-off")


class Allocation(models.Model):
    """What settled a part of an instalment: a payment, a credit note or a write-off.

    `amount` is in the invoice's currency; `amount_taken` in the payment's, the same unless the currencies differ.
    A released one counts no more and stays as history.
    """

    kind = models.CharField(_("kind"), max_length=9, choices=AllocationKind)
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="allocations", verbose_name=_("invoice")
    )
    instalment = models.ForeignKey(
        Instalment, models.PROTECT, related_name="allocations", verbose_name=_("instalment")
    )
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, related_name="allocations", verbose_name=_("payment")
    )
    credit_note = models.ForeignKey(
        Invoice, models.PROTECT, null=True, related_name="settles", verbose_name=_("credit note")
    )
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    amount_taken = models.DecimalField(max_digits=18, decimal_places=4)
    rate = models.DecimalField(max_digits=24, decimal_places=12, default=Decimal(1))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount_taken__gt=0), name="allocation_some"),
            models.CheckConstraint(
                condition=Q(kind="payment", payment__isnull=False, credit_note__isnull=True)
                | Q(kind="credit", payment__isnull=True, credit_note__isnull=False)
                | Q(kind="write_off", payment__isnull=True, credit_note__isnull=True),
                name="allocation_of_its_kind",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="allocation_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="allocation_stays", exclude=["released_at", "released_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
