from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from users.models.user import User

MORNING = time(8, 30)


class NotificationSettings(models.Model):
    """When a person wants to be left alone, and which summaries they get. Without a row, the defaults hold.

    Times are those of the person's own clock; quiet hours may go over midnight.
    """

    person = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="notification_settings"
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("until"), null=True, blank=True)
    has_morning = models.BooleanField(_("morning digest, on working days"), default=True)
    has_monday = models.BooleanField(_("Monday digest of my department"), default=True)
    digest_at = models.TimeField(_("at"), default=MORNING)

    class Meta:
        verbose_name = _("notification settings")
        verbose_name_plural = _("notification settings")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~Q(quiet_from=models.F("quiet_until")),
                name="quiet_hours_have_both_ends",
            )
        ]

    def __str__(self) -> str:
        return str(self.person_id)

    def clean(self) -> None:
        """Both ends of the quiet hours, or none; a whole day of quiet is switched off by the channels instead."""
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValidationError(_("Say when quiet hours begin and when they end, or leave both empty."))
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValidationError({"quiet_until": _("Quiet hours end at another time than they begin.")})

    @classmethod
    def of(cls, person: Any) -> "NotificationSettings":
        """The person's, or the defaults; not saved."""
        return cls.objects.filter(pk=person.pk).first() or cls(person_id=person.pk)
