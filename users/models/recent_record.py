from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from users.models.user import User


class RecentRecord(models.Model):
    """A record a person opened lately or pinned: what search shows before anything is typed, on all their devices."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, help_text="the key of the finder that knows it")
    object_id = models.BigIntegerField()
    opened_at = models.DateTimeField(null=True)
    pinned_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recent record")
        verbose_name_plural = _("recent records")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "object_id"], name="recent_record_once"),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=False) | Q(pinned_at__isnull=False), name="recent_record_for_a_reason"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
