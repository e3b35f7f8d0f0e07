from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.legal_entity import LegalEntity


class NumberedKind(models.TextChoices):
    INVOICE = "invoice", _("invoice")
    CREDIT_NOTE = "credit_note", _("credit note")
    QUOTE = "quote", _("quote")
    ACT = "act", _("act of acceptance")
    CONTRACT = "contract", _("contract")


class Reset(models.TextChoices):
    NEVER = "never", _("never")
    YEARLY = "yearly", _("every year")
    MONTHLY = "monthly", _("every month")


class NumberFormat(models.Model):
    """How numbers of one kind of document of one own company are written, such as “{code}-{year}-{counter:05}”."""

    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="number_formats", verbose_name=_("own company")
    )
    kind = models.CharField(_("kind of document"), max_length=12, choices=NumberedKind)
    pattern = models.CharField(
        _("format"),
        max_length=60,
        default="{year}-{counter:05}",
        help_text=_("{counter} is needed; {counter:05} pads it; {year}, {month} and {code} may be used"),
    )
    reset = models.CharField(_("begins anew"), max_length=8, choices=Reset, default=Reset.YEARLY)
    starts_at = models.PositiveIntegerField(_("first number"), default=1)

    class Meta:
        verbose_name = _("format of numbers")
        verbose_name_plural = _("formats of numbers")
        ordering = ["legal_entity", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["legal_entity", "kind"], name="number_format_once"),
            models.CheckConstraint(
                condition=Q(pattern__contains="{counter"), name="number_format_has_counter"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity}: {self.get_kind_display()}"


class NumberCounter(models.Model):
    """The last number given in a period. Its row is locked by who issues, so no number is shared or skipped."""

    format = models.ForeignKey(NumberFormat, models.CASCADE, related_name="counters")
    period = models.CharField(max_length=7, blank=True, help_text="2026, 2026-11, or nothing")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counter of numbers")
        verbose_name_plural = _("counters of numbers")
        ordering = ["format", "period"]
        constraints = [models.UniqueConstraint(fields=["format", "period"], name="number_counter_once")]

    def __str__(self) -> str:
        return f"{self.format_id} {self.period}: {self.last}"
