from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from processes.models.run import Run
from users.models import User


class Outlook(models.Model):
    """When a run was last looked ahead from, and at which revision: it is looked at again once it has moved."""

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="outlook")
    revision = models.PositiveIntegerField()
    moved_at = models.DateTimeField(help_text="the run's last step as it was then")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("outlook")
        verbose_name_plural = _("outlooks")
        ordering = ["made_at", "pk"]
        indexes = [
            models.Index(fields=["made_at"], name="outlook_by_age"),
            models.Index(fields=["moved_at"], name="outlook_by_move"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.made_at}"


class Arrival(models.Model):
    """Work that a run will most likely bring to somebody, and on which day. Not work yet: nobody waits for it.

    `usual` is how long the step before it takes, {"amount": 3, "unit": "working_days"}, known by `basis`. `share` is
    how likely it comes at all, in percent.
    """

    class Basis(models.TextChoices):
        HISTORY = "history", _("by what it took before")
        DEADLINE = "deadline", _("by its deadline")
        GUESS = "guess", _("taken for a day")

    run = models.ForeignKey(Run, models.CASCADE, related_name="arrivals", db_index=False)
    node = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=[("task", _("task")), ("approval", _("approval"))])
    name = models.CharField(max_length=200)
    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", db_index=False)
    role = models.CharField(max_length=50, blank=True)
    arrives_on = models.DateField()
    after = models.CharField(max_length=200, blank=True)
    usual = models.JSONField(null=True)
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.GUESS)
    share = models.PositiveSmallIntegerField(default=100)

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        ordering = ["arrives_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(role=""), name="arrival_for_somebody"
            )
        ]
        indexes = [
            models.Index(fields=["run"], name="arrival_of_run"),
            models.Index(
                fields=["person", "arrives_on"],
                name="arrival_of_person",
                condition=Q(person__isnull=False),
            ),
            models.Index(
                fields=["role", "arrives_on"], name="arrival_of_role", condition=Q(person__isnull=True)
            ),
        ]

    def __str__(self) -> Any:
        return f"{self.name} {self.arrives_on}"
