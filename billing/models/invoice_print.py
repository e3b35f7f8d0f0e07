from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice
from billing.models.languages import LANGUAGES
from users.models import User


class PrintState(models.TextChoices):
    WAITING = "waiting", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class InvoicePrint(models.Model):
    """A PDF of an invoice in one language. What it says is kept as a fingerprint: while an invoice says the same, it
    is made once. What was made stays, so that what a client was given can be shown later."""

    invoice = models.ForeignKey(
        Invoice, models.CASCADE, related_name="prints", db_index=False, verbose_name=_("invoice")
    )
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGES)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what it says")
    state = models.CharField(_("state"), max_length=7, choices=PrintState, default=PrintState.WAITING)
    html = models.TextField(blank=True, help_text="what is to be made; empty once it is")
    code = models.TextField(blank=True, help_text="SVG of the payment code; empty once it is made")
    tries = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(_("file"), upload_to="invoices/%Y/%m", blank=True)
    size = models.PositiveIntegerField(default=0, help_text="bytes")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("print of an invoice")
        verbose_name_plural = _("prints of invoices")
        constraints = [
            models.UniqueConstraint(fields=["invoice", "language", "fingerprint"], name="invoice_print_once"),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(file="") & ~Q(digest="")), name="invoice_print_has_file"
            ),
        ]
        indexes = [models.Index(fields=["id"], name="invoice_print_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.invoice} ({self.language})"

    @property
    def is_ready(self) -> bool:
        return bool(self.state == PrintState.READY)

    @property
    def is_failed(self) -> bool:
        return bool(self.state == PrintState.FAILED)
