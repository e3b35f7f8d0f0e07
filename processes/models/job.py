from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from processes.models.process import Process
from processes.models.run import Run
from users.models import User


class Job(models.Model):
    """Something to be done at a time: a timer, a retry, a warning, a start. Deleted by the step that does it.

    The lease is `due_at` itself: a claim pushes it forward, counts the attempt and notes the owner, so a dead
    worker's jobs become due again by themselves, and only who holds owner and attempt may delete the row.
    """

    class Kind(models.TextChoices):
        TIMER = "timer", _("a wait ends")
        RETRY = "retry", _("an action is tried again")
        WARN = "warn", _("a deadline comes near")
        LATE = "late", _("a deadline has passed")
        RESUME = "resume", _("what was called has ended")
        START = "start", _("a run begins")

    run = models.ForeignKey(Run, models.CASCADE, null=True, related_name="jobs", db_index=False)
    process = models.ForeignKey(Process, models.CASCADE, null=True, related_name="+", db_index=False)
    token = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=6, choices=Kind)
    data = models.JSONField(default=dict)
    due_at = models.DateTimeField(db_default=Now())
    attempt = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=36, blank=True)

    class Meta:
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(run__isnull=False) | Q(process__isnull=False), name="job_of_something"
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="job_due"),
            models.Index(fields=["run", "token"], name="job_of_run"),
        ]

    def __str__(self) -> Any:
        return f"{self.get_kind_display()} {self.due_at}"


class Subscription(models.Model):
    """A run that waits for a fact about its record, or, where `fact` is "*", until a condition holds."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="subscriptions", db_index=False)
    token = models.PositiveIntegerField()
    fact = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    when = models.JSONField(null=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "fact"], name="subscription_heard"),
            models.Index(fields=["run", "token"], name="subscription_of_run"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.subject_kind} {self.subject_id}"


class StepLog(models.Model):
    """What a run did, a line for each node: the history and the debugger. Partitioned by month of `at`."""

    run_id = models.BigIntegerField()
    process_id = models.BigIntegerField()
    at = models.DateTimeField()
    node = models.CharField(max_length=80)
    what = models.CharField(max_length=10)
    note = models.CharField(max_length=300, blank=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    seconds = models.IntegerField(null=True, help_text="how long it had been open")
    event_id = models.BigIntegerField(null=True, help_text="of the fact behind it")

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["run_id", "at", "pk"]
        indexes = [
            models.Index(fields=["run_id", "at"], name="step_of_run"),
            models.Index(fields=["process_id", "node", "-at"], name="step_of_node"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.node}"


class Incident(models.Model):
    """Something that could not be done however often it was tried; the run waits there until somebody decides."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="incidents")
    token = models.PositiveIntegerField(null=True)
    node = models.CharField(max_length=80)
    cause = models.TextField()
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)
    solved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    solution = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "token"], condition=Q(solved_at__isnull=True), name="incident_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.cause[:80]
