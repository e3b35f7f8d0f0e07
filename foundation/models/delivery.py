from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Delivery(models.Model):
    """One reaction wanted to one event. Claimed by pushing `due_at` forward, so a dead worker's rows come back."""

    event_id = models.BigIntegerField()
    event_at = models.DateTimeField()
    handler = models.CharField(max_length=150)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.SmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    stuck_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [
            models.UniqueConstraint(fields=["event_id", "handler"], name="delivery_once_per_handler")
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="delivery_due",
                condition=Q(done_at__isnull=True, stuck_at__isnull=True),
            ),
            models.Index(fields=["stuck_at"], name="delivery_stuck", condition=Q(stuck_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.handler} for event {self.event_id}"
