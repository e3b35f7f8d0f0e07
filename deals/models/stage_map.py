from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from deals.models.pipeline import Pipeline, Stage


class StageMap(models.Model):
    """Where a deal of a stage goes on in another pipeline, unless somebody chooses otherwise: one stage for each."""

    from_stage = models.ForeignKey(Stage, models.CASCADE, related_name="maps", verbose_name=_("stage"))
    to_pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="+", editable=False)
    to_stage = models.ForeignKey(
        Stage, models.CASCADE, related_name="+", verbose_name=_("goes on in, in the other pipeline")
    )

    class Meta:
        verbose_name = _("stage map")
        verbose_name_plural = _("stage maps")
        ordering = ["from_stage", "to_pipeline", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["from_stage", "to_pipeline"], name="stage_map_once_per_pipeline"),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage_id} → {self.to_stage_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The pipeline follows the stage."""
        self.to_pipeline_id = self.to_stage.pipeline_id
        super().save(*args, **kwargs)


def landing(stage: Stage, stages: Sequence[Stage], mapped: Mapping[int, int]) -> Stage | None:
    """Where a deal of `stage` goes on among the `stages` of another pipeline.

    As the administrator mapped it (`mapped`: the other pipeline's key to a stage's), else the open stage of the same
    name, else the first open one.
    """
    open_stages = sorted((each for each in stages if each.is_open), key=lambda each: each.place)
    for each in open_stages:
        if mapped.get(each.pipeline_id) == each.pk:
            return each
    named = [each for each in open_stages if each.name.casefold() == stage.name.casefold()]
    return next(iter([*named, *open_stages]), None)
