"""Where calls and forms from outside come in, and what came."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from processes.models.process import Process
from processes.models.run import Run
from users.models import User


class Intake(models.Model):
    """The address by which calls and a form from outside begin runs of one process.

    `key` stands in the address and is no secret. Of the secret only a hash is kept; it is shown once. `is_open`: calls
    and the form are taken at all.
    """

    process = models.OneToOneField(Process, models.CASCADE, related_name="intake")
    key = models.CharField(max_length=32, unique=True)
    secret_hash = models.CharField(max_length=64, help_text="SHA-256 in hexadecimal digits")
    is_open = models.BooleanField(_("open"), default=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")

    def __str__(self) -> str:
        return str(self.process)


class IntakeCall(models.Model):
    """Somebody called or sent the form. `once_key` is the caller's: the same again begins nothing again."""

    class Outcome(models.TextChoices):
        BEGUN = "begun", _("began")
        REFUSED = "refused", _("refused")
        DENIED = "denied", _("wrong secret")
        TOO_MANY = "too_many", _("too many at once")

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="calls", db_index=False)
    at = models.DateTimeField()
    by_form = models.BooleanField(default=False)
    once_key = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome)
    sentence = models.CharField(max_length=300, blank=True, help_text="why it was refused")
    said = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text="what it brought, by name")
    run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="+")
    source = models.CharField(
        max_length=45, blank=True, help_text="the network it came from, not the very address"
    )

    class Meta:
        verbose_name = _("call from outside")
        verbose_name_plural = _("calls from outside")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["intake", "-at", "-id"], name="intake_call_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["intake", "once_key"], name="intake_call_once", condition=~Q(once_key="")
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["begun", "refused", "denied", "too_many"]), name="intake_call_known"
            ),
        ]

    def __str__(self) -> Any:
        return self.get_outcome_display()
