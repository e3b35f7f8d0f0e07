from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models.task import Task, TaskState
from users.models import User


class ChecklistItem(models.Model):
    """One line to tick of a task."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="checklist")
    text = models.CharField(_("text"), max_length=200)
    is_done = models.BooleanField(_("done"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class TaskPassage(models.Model):
    """From when until when a task was in a state with an owner: time told by what happened, not by a tracker."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="passages")
    state = models.CharField(max_length=9, choices=TaskState)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("time in a state")
        verbose_name_plural = _("times in states")
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="passage_goes_forward"
            ),
            models.UniqueConstraint(
                fields=["task"], condition=Q(until__isnull=True), name="task_in_one_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.state}"
