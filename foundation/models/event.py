from typing import Any

from django.db import models
from django.utils import timezone

from foundation.facts import Fact, from_payload


class Event(models.Model):
    """A fact that happened. Append-only; partitioned by month of `at`, so no table points here by a database key.

    Audit log, timeline, trigger and webhook feed in one. The actor is a plain number because people live
    upstairs; the name is kept as it was at that moment.
    """

    name = models.CharField(max_length=60)
    at = models.DateTimeField(
        help_text="when it happened, which for imported history is long before it was recorded"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    cause_id = models.BigIntegerField(null=True)
    depth = models.SmallIntegerField(default=0)
    payload = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["name", "-at"], name="event_by_name")]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def fact(self) -> Fact | None:
        return from_payload(self.name, self.payload)


class EventSubject(models.Model):
    """That an event concerns a record. The key is the timeline's index, and there is no other."""

    pk = models.CompositePrimaryKey("kind", "subject_id", "at", "event_id")
    kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    def __str__(self) -> Any:
        return f"{self.kind} {self.subject_id}"
