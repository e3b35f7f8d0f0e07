from django.db import models
from django.utils import timezone


class FormNonce(models.Model):
    """A form that was already sent, and where it led. Kept for a day; see foundation.once."""

    key = models.UUIDField(primary_key=True)
    user_id = models.BigIntegerField()
    url = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return str(self.key)
