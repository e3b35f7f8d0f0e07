from django.db import models
from django.utils.translation import gettext_lazy as _

from deals.models.pipeline import Stage


class StageCalibration(models.Model):
    """What the nightly reckoning learnt of a stage, and how it did on the newest closed deals. Made anew each night."""

    stage = models.OneToOneField(
        Stage, models.CASCADE, primary_key=True, related_name="calibration", verbose_name=_("stage")
    )
    won = models.PositiveIntegerField(_("won"))
    n = models.PositiveIntegerField(_("closed deals"))
    weight = models.FloatField(_("part of the evidence that counts"))
    tested = models.PositiveIntegerField(_("tested on, deals"), default=0)
    brier_base = models.FloatField(_("error of the stage's share"), null=True)
    brier_model = models.FloatField(_("error with the features"), null=True)
    is_used = models.BooleanField(_("used"), default=False)
    hindsight = models.CharField(_("left out: known afterwards"), max_length=60, blank=True)
    expected = models.FloatField(
        _("share of what stands there that is expected"), null=True, help_text="weighted by the amounts"
    )
    reckoned_at = models.DateTimeField(_("reckoned"))

    class Meta:
        verbose_name = _("stage calibration")
        verbose_name_plural = _("stage calibrations")
        ordering = ["stage"]

    def __str__(self) -> str:
        return f"{self.stage_id}: {self.won}/{self.n}"


class WinRate(models.Model):
    """Of the closed deals that came to a stage with this feature, so many were won."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="+", db_index=False)
    feature = models.CharField(max_length=10)
    value = models.CharField(max_length=40)
    won = models.PositiveIntegerField()
    n = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("win rate")
        verbose_name_plural = _("win rates")
        ordering = ["stage", "feature", "value", "pk"]
        constraints = [models.UniqueConstraint(fields=["stage", "feature", "value"], name="win_rate_once")]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.feature} {self.value}: {self.won}/{self.n}"
