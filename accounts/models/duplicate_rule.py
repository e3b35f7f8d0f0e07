from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.duplicates.matching import KeyKind

COMPARED = (KeyKind.TAX, KeyKind.EMAIL, KeyKind.PHONE, KeyKind.NAME, KeyKind.DOMAIN)


class Strictness(models.TextChoices):
    OFF = "off", _("says nothing")
    WARN = "warn", _("warns")
    REASON = "reason", _("asks for a reason")


class DuplicateRule(models.Model):
    """How strict the company is with new clients and contacts that share something with one there already.

    Without a rule of its kind a match warns.
    """

    kind = models.CharField(
        _("what they share"),
        max_length=8,
        choices=[(each.value, each.label) for each in COMPARED],
        unique=True,
    )
    strictness = models.CharField(
        _("what happens"), max_length=6, choices=Strictness, default=Strictness.WARN
    )

    class Meta:
        verbose_name = _("duplicate rule")
        verbose_name_plural = _("duplicate rules")
        ordering = ["kind"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_strictness_display()}"
