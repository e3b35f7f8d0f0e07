from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Refused


class Weighting(models.TextChoices):
    STAGE = "stage", gettext_lazy("the probabilities of the stages")
    LEARNT = "learnt", gettext_lazy("what became of such deals, reckoned every night")


class Pipeline(models.Model):
    """A way of selling, with its own stages."""

    name = models.CharField(gettext_lazy("name"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(gettext_lazy("order"), default=0)
    is_retired = models.BooleanField(
        gettext_lazy("retired"), default=False, help_text=gettext_lazy("takes no new deals")
    )
    weighting = models.CharField(
        gettext_lazy("weighted sums by"), max_length=6, choices=Weighting, default=Weighting.STAGE
    )

    class Meta:
        verbose_name = gettext_lazy("pipeline")
        verbose_name_plural = gettext_lazy("pipelines")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def stages_in_order(self) -> list["Stage"]:
        """Open stages first to last, then won, then lost."""
        return sorted(self.stages.all(), key=lambda stage: stage.place)

    def first_stage(self) -> "Stage":
        return self._first_of(StageKind.OPEN)

    def won_stage(self) -> "Stage":
        return self._first_of(StageKind.WON)

    def lost_stage(self) -> "Stage":
        return self._first_of(StageKind.LOST)

    def _first_of(self, kind: str) -> "Stage":
        for stage in self.stages_in_order():
            if stage.kind == kind:
                return stage
        raise Refused(
            _(
                "The pipeline “%(pipeline)s” has no stage of the type “%(kind)s”. Ask an administrator to add one."
            )
            % {"pipeline": self.name, "kind": StageKind(kind).label}
        )


class StageKind(models.TextChoices):
    OPEN = "open", gettext_lazy("open")
    WON = "won", gettext_lazy("won")
    LOST = "lost", gettext_lazy("lost")


KIND_ORDER = {StageKind.OPEN: 0, StageKind.WON: 1, StageKind.LOST: 2}


class Stage(models.Model):
    """A step of a pipeline. What it means to the arithmetic is its kind, never its name."""

    pipeline = models.ForeignKey(
        Pipeline, models.PROTECT, related_name="stages", verbose_name=gettext_lazy("pipeline")
    )
    name = models.CharField(gettext_lazy("name"), max_length=80)
    kind = models.CharField(gettext_lazy("type"), max_length=4, choices=StageKind, default=StageKind.OPEN)
    position = models.PositiveSmallIntegerField(gettext_lazy("order"), default=0)
    probability = models.PositiveSmallIntegerField(
        gettext_lazy("probability, %"),
        default=50,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    norm_days = models.PositiveSmallIntegerField(gettext_lazy("norm, working days"), null=True, blank=True)
    quiet_days = models.PositiveSmallIntegerField(
        gettext_lazy("quiet after, working days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=gettext_lazy("without a touch of the client or a move; empty: after the norm"),
    )
    guidance = models.TextField(
        gettext_lazy("guidance"), blank=True, help_text=gettext_lazy("what to do here and when to go on")
    )

    class Meta:
        verbose_name = gettext_lazy("stage")
        verbose_name_plural = gettext_lazy("stages")
        ordering = ["pipeline", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "name"], name="stage_name_once_per_pipeline"),
            models.CheckConstraint(condition=models.Q(kind__in=StageKind.values), name="stage_kind_known"),
            models.CheckConstraint(
                condition=models.Q(probability__lte=100), name="stage_probability_percent"
            ),
        ]

    def __str__(self) -> Any:
        return self.name

    @property
    def place(self) -> tuple[int, int, int]:
        """Where the stage stands in its pipeline: open ones by position, then won, then lost."""
        return (KIND_ORDER[StageKind(self.kind)], self.position, self.pk)

    @property
    def is_open(self) -> bool:
        return self.kind == StageKind.OPEN

    @property
    def quiet_after(self) -> int | None:
        """Working days without a touch or a move after which a deal here is quiet; None: never."""
        return self.quiet_days or self.norm_days
