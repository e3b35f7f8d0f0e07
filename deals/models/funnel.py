"""Sums of first passages, kept in the same transaction as what they count."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from deals.models.pipeline import Pipeline, Stage
from users.models import User


class StageTotal(models.Model):
    """How many deals of an owner stand in a stage now, and what they are worth together."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    deals = models.IntegerField(default=0)
    base_amount = models.DecimalField(max_digits=20, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "owner"], name="stage_total_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id}/{self.owner_id}: {self.deals}"


class Grain(models.TextChoices):
    DAY = "d", _("day")
    MONTH = "m", _("month")


class FunnelSum(models.Model):
    """First passages summed by day and again by month (`on` is then the month's first day).

    `passed` and `base_amount` belong to the day of the passage and its owner then (flow); `reached` belongs to
    the day the deal was opened and its owner now (cohort).
    """

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="+", db_index=False)
    grain = models.CharField(max_length=1, choices=Grain)
    on = models.DateField()
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="+", db_index=False)
    owner = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", db_index=False)
    passed = models.IntegerField(default=0)
    base_amount = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    reached = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pipeline", "grain", "on", "stage", "owner"],
                name="funnel_sum_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            # Long periods are read from the months: fourteen thousand rows for two years of a hundred people,
            # from the index alone.
            models.Index(
                fields=["pipeline", "on", "stage", "owner"],
                include=["passed", "base_amount", "reached"],
                condition=models.Q(grain="m"),
                name="funnel_sum_by_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.stage_id}/{self.owner_id}"
