from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models.task import Task
from users.models import User


class Breach(models.Model):
    """A deadline of a task that passed, and on whose side it was then. A deadline that was moved may pass again."""

    class Side(models.TextChoices):
        OWNER = "owner", _("who has to do it")
        WAITING = "waiting", _("somebody it waits for")
        CONTROLLER = "review", _("who has to accept it")

    task = models.ForeignKey(Task, models.CASCADE, related_name="breaches")
    due_by = models.DateTimeField()
    side = models.CharField(max_length=7, choices=Side)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = _("missed deadline")
        verbose_name_plural = _("missed deadlines")
        ordering = ["-due_by", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "due_by"], name="breach_once"),
            models.CheckConstraint(
                condition=Q(side__in=["owner", "waiting", "review"]), name="breach_side_known"
            ),
        ]
        indexes = [models.Index(fields=["person", "-due_by"], name="breach_on_side_of")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.due_by:%Y-%m-%d %H:%M}"
