from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy

from changes.models.change_set import ChangeSet


class Outcome(models.TextChoices):
    TODO = "todo", gettext_lazy("waiting")
    DONE = "done", gettext_lazy("done")
    SKIPPED = "skipped", gettext_lazy("left out")
    CONFLICT = "conflict", gettext_lazy("conflict")


class ResultRow(models.Model):
    """What became of one record in a change-set: waiting, done, left out and why, or in conflict in these fields.

    `record` is the kind of record as `changes.restoring` knows it. The title is kept, because the record may go.
    """

    change_set = models.ForeignKey(ChangeSet, models.CASCADE, related_name="rows", db_index=False)
    record = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.TODO)
    reason = models.TextField(blank=True)
    fields: Any = ArrayField(models.CharField(max_length=100), default=list, help_text="those in conflict")

    class Meta:
        verbose_name = gettext_lazy("result row")
        verbose_name_plural = gettext_lazy("result rows")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="result_row_outcome_known"
            ),
        ]
        indexes = [models.Index(fields=["change_set", "outcome", "id"], name="result_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.record} {self.object_id}: {self.outcome}"
