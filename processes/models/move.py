from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from processes.models.process import Process, Version
from processes.models.run import Run
from processes.querysets import VersionMoveQuerySet
from users.models import User


class MoveState(models.TextChoices):
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class VersionMove(models.Model):
    """Runs under way moved to another version, as somebody decided after a look at where they stand.

    `choices`: node that does not fit → node of the new version, or what becomes of such runs
    (processes.engine.remap); `times`: node whose time has changed → keep, entered, now; `again`: nodes of which it is
    chosen again who has the work.
    """

    process = models.ForeignKey(Process, models.PROTECT, related_name="moves")
    to = models.ForeignKey(Version, models.PROTECT, related_name="+", db_index=False)
    sources = ArrayField(models.BigIntegerField())
    choices = models.JSONField(default=dict)
    times = models.JSONField(default=dict)
    again = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=7, choices=MoveState, default=MoveState.RUNNING)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    begun_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)

    objects = VersionMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("move to a version")
        verbose_name_plural = _("moves to versions")
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MoveState.values), name="version_move_state_known"),
            models.UniqueConstraint(
                fields=["process"],
                condition=Q(state__in=["running", "undoing"]),
                name="version_move_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process}: {self.to_id}"

    def get_absolute_url(self) -> str:
        return reverse("processes:move", args=[self.pk])

    @property
    def is_under_way(self) -> bool:
        return self.state in (MoveState.RUNNING, MoveState.UNDOING)


class MovedRun(models.Model):
    """What became of one run of a move. `before` is what it was, kept until it takes a step or thirty days pass."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("to come")
        MOVED = "moved", _("moved")
        CANCELLED = "cancelled", _("cancelled")
        LEFT = "left", _("left where it was")
        UNDONE = "undone", _("put back")
        KEPT = "kept", _("could not be put back")

    move = models.ForeignKey(VersionMove, models.CASCADE, related_name="rows", db_index=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="moves")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+", db_index=False)
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=500, blank=True)
    revision = models.PositiveIntegerField(null=True, help_text="of the run, after it was moved")
    before = models.JSONField(null=True)
    moved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("moved run")
        verbose_name_plural = _("moved runs")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["move", "run"], name="moved_run_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["waiting", "moved", "cancelled", "left", "undone", "kept"]),
                name="moved_run_outcome_known",
            ),
        ]
        indexes = [
            models.Index(fields=["move", "outcome", "id"], name="moved_run_of_move"),
            models.Index(fields=["moved_at"], name="moved_run_kept", condition=Q(before__isnull=False)),
        ]

    def __str__(self) -> Any:
        return f"{self.run_id}: {self.get_outcome_display()}"
