import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from distribution.models.rule import DistributionRule, Method, Record
from users.models import User


class Allotment(models.Model):
    """That a rule gave a record to somebody, and why. Append-only: the database itself refuses changes.

    `place` of `among` is where the person stands among the candidates. `left_out` are those before whom they came only
    because these could not take it: [{"name", "why", "until"}]. `is_fallback`: nobody could.
    """

    rule = models.ForeignKey(DistributionRule, models.PROTECT, related_name="+")
    record = models.CharField(max_length=6, choices=Record)
    object_id = models.BigIntegerField()
    person = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    method = models.CharField(max_length=9, choices=Method)
    is_fallback = models.BooleanField(default=False)
    place = models.PositiveSmallIntegerField(default=0)
    among = models.PositiveSmallIntegerField(default=0)
    left_out = models.JSONField(default=list)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    event_id = models.BigIntegerField(help_text="the event that told it")

    class Meta:
        verbose_name = _("allotment")
        verbose_name_plural = _("allotments")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["record", "object_id", "-at"], name="allotment_of_record"),
            models.Index(fields=["person", "record", "at"], name="allotment_of_person"),
            models.Index(fields=["-at", "-id"], name="allotment_by_time"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.object_id} → {self.person_id}"


class WaitingRecord(models.Model):
    """A record that waits for an owner: until somebody can take it, or until a worker comes to it at all."""

    record = models.CharField(max_length=6, choices=Record)
    object_id = models.BigIntegerField()
    rule = models.ForeignKey(
        DistributionRule, models.CASCADE, null=True, related_name="+", verbose_name=_("rule")
    )
    since = models.DateTimeField(_("since"))
    due_at = models.DateTimeField(_("asked again"))
    left_out = models.JSONField(default=list)

    class Meta:
        verbose_name = _("waiting record")
        verbose_name_plural = _("waiting records")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["record", "object_id"], name="waiting_record_once"),
        ]
        indexes = [models.Index(fields=["due_at", "id"], name="waiting_record_due")]

    def __str__(self) -> str:
        return f"{self.record} {self.object_id}"
