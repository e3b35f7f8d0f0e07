import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from deals.models.deal import Deal
from deals.models.pipeline import Pipeline, Stage
from users.models import User


class StageEvent(models.Model):
    """A deal entered a stage. Append-only: the database itself refuses changes."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="stage_events", db_index=False)
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+", db_index=False)
    from_stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="+", db_index=False)
    to_stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    base_amount = models.DecimalField(
        max_digits=18, decimal_places=2, null=True, help_text="in the company's currency at that moment"
    )
    # Null and not empty: millions of events have none, and a new column of a large table is added without a default.
    override_reason = models.TextField(  # noqa: DJ001
        _("why against the rules"), null=True, help_text="set where the rules of the stage were overridden"
    )
    cause_id = models.BigIntegerField(null=True, help_text="the event that led to this one")

    class Meta:
        verbose_name = _("stage event")
        verbose_name_plural = _("stage events")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["deal", "at"], name="stage_event_of_deal")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} → {self.to_stage_id}"
