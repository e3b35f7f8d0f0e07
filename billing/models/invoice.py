from decimal import Decimal

import pghistory
import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.drafting import DraftLine, asked_of
from billing.models.invoice_approval import InvoiceApproval
from billing.models.invoice_drafting import InvoiceDrafting
from billing.models.invoice_issue import InvoiceIssue
from billing.models.invoice_settling import InvoiceSettling
from billing.models.paper import Paper
from billing.models.paper_line import PaperLine
from billing.models.stays import OfIssued, issued_stays
from billing.querysets import InvoiceQuerySet
from users.models import User


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", _("invoice")
    CREDIT_NOTE = "credit_note", _("credit note")


class InvoiceState(models.TextChoices):
    DRAFT = "draft", _("draft")
    WAITING = "waiting", _("waiting for approval")
    APPROVED = "approved", _("approved")
    ISSUED = "issued", _("issued")
    PART_PAID = "part_paid", _("part-paid")
    PAID = "paid", _("paid")
    CREDITED = "credited", _("credited")
    WRITTEN_OFF = "written_off", _("written off")
    DISCARDED = "discarded", _("discarded")


BEFORE_ISSUE = (InvoiceState.DRAFT, InvoiceState.WAITING, InvoiceState.APPROVED, InvoiceState.DISCARDED)
OPEN = (InvoiceState.ISSUED, InvoiceState.PART_PAID)


@pghistory.track(exclude=["search_text"], model_name="InvoiceHistory")
class Invoice(InvoiceDrafting, InvoiceApproval, InvoiceIssue, InvoiceSettling, Paper):
    """A demand for money, or a credit note that takes one back (`corrects`). Its number is given when it is issued;
    from then on nobody changes or deletes it.

    total = paid + credited + written_off + due, in its currency, for every issued one. A credit note's total is
    positive; what of it settles instalments is in its allocations, the rest (`due`) is the client's.
    """

    kind = models.CharField(
        _("kind"), max_length=11, choices=InvoiceKind, default=InvoiceKind.INVOICE, editable=False
    )
    state = models.CharField(
        _("state"), max_length=11, choices=InvoiceState, default=InvoiceState.DRAFT, editable=False
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="credit_notes", verbose_name=_("corrects")
    )
    correction_reason = models.CharField(_("why it is corrected"), max_length=300, blank=True)
    payment_days = models.PositiveSmallIntegerField(_("days to pay"), default=14)
    due_on = models.DateField(_("due on"), null=True, editable=False)  # the earliest unsettled instalment's
    paid = models.DecimalField(_("paid"), max_digits=18, decimal_places=4, default=Decimal(0), editable=False)
    credited = models.DecimalField(
        _("credited"), max_digits=18, decimal_places=4, default=Decimal(0), editable=False
    )
    written_off = models.DecimalField(
        _("written off"), max_digits=18, decimal_places=4, default=Decimal(0), editable=False
    )
    due = models.DecimalField(
        _("still due"), max_digits=18, decimal_places=4, default=Decimal(0), editable=False
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    is_dated = models.BooleanField(default=False, editable=False)  # somebody said its date: issuing leaves it
    # What was true of it when it was approved, so that a change afterwards asks again.
    approved_version = models.PositiveIntegerField(null=True, editable=False)
    issued_at = models.DateTimeField(_("issued"), null=True, editable=False)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-dated_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "kind", "number"],
                condition=~Q(number=""),
                name="invoice_number_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BEFORE_ISSUE, issued_at__isnull=True, number="")
                | (~Q(state__in=BEFORE_ISSUE) & Q(issued_at__isnull=False) & ~Q(number="")),
                name="invoice_numbered_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BEFORE_ISSUE)
                | Q(total=F("paid") + F("credited") + F("written_off") + F("due")),
                name="invoice_reconciles",
            ),
            models.CheckConstraint(
                condition=Q(due__gte=0, paid__gte=0, credited__gte=0, written_off__gte=0),
                name="invoice_nothing_negative",
            ),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="invoice_total_adds_up"),
            models.CheckConstraint(
                condition=Q(kind="credit_note") | Q(corrects__isnull=True), name="invoice_corrects_nothing"
            ),
        ]
        indexes = [
            models.Index(fields=["-dated_on", "-id"], name="invoice_by_date"),
            models.Index(fields=["owner", "-dated_on", "-id"], name="invoice_of_owner"),
            models.Index(fields=["account", "-dated_on", "-id"], name="invoice_of_account"),
            models.Index(fields=["state", "-dated_on", "-id"], name="invoice_by_state"),
            models.Index(fields=["due_on", "id"], name="invoice_by_due", condition=Q(due__gt=0)),
            models.Index(
                fields=["legal_entity", "due", "id"], name="invoice_by_what_is_due", condition=Q(due__gt=0)
            ),
            models.Index(F("base_total").desc(nulls_last=True), F("id").desc(), name="invoice_by_worth"),
            GinIndex(fields=["team_ids"], name="invoice_team"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="invoice_search"),
        ]
        triggers = issued_stays()

    def __str__(self) -> str:
        return self.number or str(_("Draft %(pk)s") % {"pk": self.pk})

    def get_absolute_url(self) -> str:
        return reverse("billing:invoice", args=[self.pk])

    @property
    def is_issued(self) -> bool:
        return self.state not in BEFORE_ISSUE

    @property
    def is_draft(self) -> bool:
        return self.state == InvoiceState.DRAFT

    @property
    def is_credit_note(self) -> bool:
        return self.kind == InvoiceKind.CREDIT_NOTE


class InvoiceLine(PaperLine):
    """A line of an invoice or a credit note."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines", verbose_name=_("invoice"))
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", editable=False
    )

    asked_price = models.DecimalField(max_digits=18, decimal_places=4, null=True, editable=False)

    class Meta:
        verbose_name = _("line of an invoice")
        verbose_name_plural = _("lines of an invoice")
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "position"],
                name="invoice_line_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="invoice_line_adds_up"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="invoice_line_some"),
        ]
        triggers = [
            OfIssued(name="of_issued", operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete)
        ]

    def as_asked(self) -> DraftLine:
        return asked_of(self)


class Instalment(models.Model):
    """A part of an invoice due on a day. Amounts are stored; the last of a schedule took the remainder."""

    invoice = models.ForeignKey(
        Invoice, models.CASCADE, related_name="instalments", verbose_name=_("invoice")
    )
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("due on"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    settled = models.DecimalField(
        _("settled"), max_digits=18, decimal_places=4, default=Decimal(0), editable=False
    )
    # Of an issued invoice and not wholly settled: what is looked at daily, under an index of its own.
    is_open = models.BooleanField(default=False, editable=False)
    overdue_told_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "position"],
                name="instalment_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(settled__gte=0, settled__lte=F("amount")), name="instalment_settled_within"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "invoice"], condition=Q(is_open=True), name="instalment_open")
        ]
        # What is settled of it, and whether that was told, goes on after the issue.
        triggers = [
            OfIssued(name="of_issued", operation=pgtrigger.Insert | pgtrigger.Delete),
            OfIssued(
                name="of_issued_kept",
                operation=pgtrigger.UpdateOf("invoice_id", "position", "due_on", "amount"),
                condition=pgtrigger.AnyChange("invoice", "position", "due_on", "amount"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_on}: {self.amount}"
