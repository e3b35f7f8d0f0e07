from django.db import models
from django.utils.translation import gettext_lazy as _

from deals.models.deal import Deal
from deals.models.pipeline import Stage
from deals.models.stage_event import StageEvent
from users.models import User


class StagePassage(models.Model):
    """A deal's first passage of a stage. Skipped stages are imputed; a reopened deal's closing is taken back."""

    pk = models.CompositePrimaryKey("deal_id", "stage_id")
    deal = models.ForeignKey(Deal, models.CASCADE, related_name="passages", db_index=False)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(
        StageEvent,
        models.PROTECT,
        related_name="passages",
        db_index=False,
        help_text="the move that passed it",
    )
    on = models.DateField(help_text="the company's day")
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    base_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    is_imputed = models.BooleanField(default=False, help_text="the stage was skipped")

    class Meta:
        verbose_name = _("first passage")
        verbose_name_plural = _("first passages")
        indexes = [models.Index(fields=["stage", "on", "owner"], name="passage_by_stage_day")]

    def __str__(self) -> str:
        return f"{self.deal_id} passed {self.stage_id}"
