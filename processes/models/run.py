from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from processes.models.process import Process, Version
from processes.querysets import RunQuerySet, WorkItemQuerySet
from users.models import User


class RunStatus(models.TextChoices):
    ACTIVE = "active", _("under way")
    ENDED = "ended", _("ended")
    CANCELLED = "cancelled", _("cancelled")


class Run(models.Model):
    """One time a process is carried out, for one record.

    Where it stands is in `state` (processes.engine.state), written with a new `revision` by every step; so a step is
    one row, however many tokens there are. `data` holds what people filled in.
    """

    process = models.ForeignKey(Process, models.PROTECT, related_name="runs", db_index=False)
    version = models.ForeignKey(Version, models.PROTECT, related_name="runs", db_index=False)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=9, choices=RunStatus, default=RunStatus.ACTIVE)
    is_single = models.BooleanField(default=True)
    state = models.JSONField()
    data = models.JSONField(default=dict)
    result = models.CharField(max_length=60, blank=True)
    revision = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    started_at = models.DateTimeField(_("began"))
    moved_at = models.DateTimeField(_("last step"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    event_id = models.BigIntegerField(null=True, help_text="of the fact that began it")
    caller = models.ForeignKey("self", models.CASCADE, null=True, related_name="called", db_index=False)
    caller_token = models.PositiveIntegerField(null=True)

    batch = models.ForeignKey(
        "processes.Batch", models.SET_NULL, null=True, related_name="runs", db_index=False
    )

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="run_status_known"),
            models.UniqueConstraint(
                fields=["process", "subject_kind", "subject_id"],
                condition=Q(status="active", is_single=True),
                name="run_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status="active", ended_at__isnull=True)
                | (~Q(status="active") & Q(ended_at__isnull=False)),
                name="run_ended_when_not_active",
            ),
        ]
        indexes = [
            models.Index(fields=["process", "-started_at", "-id"], name="run_of_process"),
            models.Index(fields=["subject_kind", "subject_id", "-started_at"], name="run_of_subject"),
            models.Index(fields=["version"], name="run_of_version", condition=Q(status="active")),
            models.Index(fields=["moved_at"], name="run_by_move", condition=Q(status="active")),
            models.Index(fields=["batch"], name="run_of_batch", condition=Q(batch__isnull=False)),
            models.Index(fields=["caller"], name="run_called", condition=Q(caller__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("processes:run", args=[self.pk])

    @property
    def is_active(self) -> bool:
        return self.status == RunStatus.ACTIVE


class WorkItem(models.Model):
    """A task or an approval that a run waits for, with one person or with whoever of a role takes it."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        LATER = "later", _("after others")
        DONE = "done", _("done")
        WITHDRAWN = "withdrawn", _("no longer needed")

    class Side(models.TextChoices):
        US = "us", _("on our side")
        CLIENT = "client", _("on the client's side")

    run = models.ForeignKey(Run, models.CASCADE, related_name="work", db_index=False)
    token = models.PositiveIntegerField()
    node = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=[("task", _("task")), ("approval", _("approval"))])
    name = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    place = models.PositiveSmallIntegerField(default=0, help_text="among several who approve in order")
    assignee = models.ForeignKey(User, models.PROTECT, null=True, related_name="work", db_index=False)
    role = models.CharField(max_length=50, blank=True, help_text="key; whoever has it may take the work")
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    side = models.CharField(max_length=6, choices=Side, default=Side.US)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    outcome = models.CharField(max_length=20, blank=True)
    comment = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    checked = models.JSONField(default=list, help_text="places of the checklist that are done")
    is_told = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    nudged_at = models.DateTimeField(null=True)
    nudges = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("work")
        ordering = [models.F("due_at").asc(nulls_last=True), "opened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "later", "done", "withdrawn"]), name="work_state_known"
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=False) | ~Q(role=""), name="work_is_with_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False), name="work_done_sometime"
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "due_at", "id"], name="work_of_person", condition=Q(state="open")
            ),
            models.Index(
                fields=["role", "due_at", "id"],
                name="work_of_role",
                condition=Q(state="open", assignee__isnull=True),
            ),
            models.Index(
                fields=["subject_kind", "subject_id"], name="work_of_subject", condition=Q(state="open")
            ),
            models.Index(fields=["run", "token"], name="work_of_run"),
            models.Index(fields=["opened_at"], name="work_to_tell", condition=Q(state="open", is_told=False)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("processes:work", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def is_with(self, person: Any, role_keys: Any = ()) -> bool:
        """May this person do it: theirs by name, or open to a role of theirs?"""
        return self.assignee_id == person.pk or (self.assignee_id is None and self.role in role_keys)
