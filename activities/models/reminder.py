from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models.occurrence import Occurrence
from activities.models.task import Task
from users.models import User


class Reminder(models.Model):
    """Tell a person of a task or of a meeting's occurrence, so many minutes before.

    `due_at` is derived from what it is about and is written anew when that moves or the person changes zones: for
    something due as a day, 09:00 of the person's working day. The workers claim what is due; the notification and
    `told_at` are written in one transaction, so each is told once, however many workers are killed.
    """

    task = models.ForeignKey(Task, models.CASCADE, null=True, related_name="reminders")
    occurrence = models.ForeignKey(Occurrence, models.CASCADE, null=True, related_name="reminders")
    person = models.ForeignKey(User, models.CASCADE, related_name="reminders", db_index=False)
    minutes = models.PositiveIntegerField(_("minutes before"), default=0)
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(
        null=True, help_text="done, put off or opened; nobody writes mails or escalates after that"
    )
    mailed_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(
        null=True, help_text="when the next thing is to be done about it; null when nothing is"
    )

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=False, occurrence__isnull=True)
                | Q(task__isnull=True, occurrence__isnull=False),
                name="reminder_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["task", "person", "minutes"],
                condition=Q(task__isnull=False),
                name="task_reminder_once",
            ),
            models.UniqueConstraint(
                fields=["occurrence", "person", "minutes"],
                condition=Q(occurrence__isnull=False),
                name="occurrence_reminder_once",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], name="reminder_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["person", "due_at"], name="reminder_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.due_at:%Y-%m-%d %H:%M}"
