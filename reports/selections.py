"""Which deals a report is about: pipelines, people and days, ready to ask the sums and the deals with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet, Value

from deals.models import Deal, FunnelSum, Pipeline, Stage, StageKind, StageTotal
from deals.querysets import DealQuerySet
from reports.periods import Period
from reports.readers import Reader, Unit, keys

ALL_TIME = Period()


class OneOf(Func):
    """A value that an array holds."""

    template, arg_joiner, output_field = "(%(expressions)s))", " = ANY(", BooleanField()


@dataclass(frozen=True)
class Selection:
    """`people` None is everybody's deals and those without an owner."""

    reader: Reader
    pipelines: tuple[Pipeline, ...]
    people: frozenset[int] | None
    period: Period = ALL_TIME

    @cached_property
    def whole_department(self) -> Unit | None:
        """The department, with those below, whose people these exactly are; a link says it shorter than names."""
        if self.people is None or len(self.people) < 2:
            return None
        departments = self.reader.all_departments.values()
        return next((each for each in departments if self.reader.people_of(each) == self.people), None)

    @cached_property
    def stages(self) -> list[Stage]:
        chosen = {pipeline.pk for pipeline in self.pipelines}
        return [stage for stage in self.reader.stages if stage.pipeline_id in chosen]

    def stages_of(self, kind: StageKind) -> list[Stage]:
        return [stage for stage in self.stages if stage.kind == kind]

    def standing(self) -> QuerySet[StageTotal]:
        """What stands in the stages now."""
        return StageTotal.objects.filter(self._owners(), stage_id__in=keys(self.stages)).order_by()

    def passed(self, grouped: Callable[[QuerySet[FunnelSum]], Any]) -> list[Any]:
        """First passages in the period, of their owners then (`passed`); cohorts opened in it (`reached`).

        `grouped` asks a part of the period for its sums; a group may come from several parts. One statement.
        """
        chosen = Q(pipeline_id__in=[pipeline.pk for pipeline in self.pipelines]) & self._owners()
        parts = [grouped(FunnelSum.objects.filter(chosen, part).order_by()) for part in self.period.of_sums()]
        return list(parts[0].union(*parts[1:], all=True)) if parts else []

    def deals(self) -> DealQuerySet:
        """The deals themselves, of their owners now; the period is for the caller to apply."""
        chosen: Q = self._owners()
        if len(self.pipelines) < len(self.reader.pipelines):
            chosen &= Q(pipeline_id__in=[pipeline.pk for pipeline in self.pipelines])
        return Deal.objects.filter(chosen).order_by()

    def _owners(self) -> Q:
        """As one array: Django prepares each value of an IN apart, and four statements name a hundred people."""
        if self.people is None:
            return Q()
        people = Value(sorted(self.people), output_field=ArrayField(BigIntegerField()))
        return Q(OneOf(F("owner_id"), people))


def select(reader: Reader, params: Mapping[str, Any]) -> Selection:
    """From parsed parameters: pipeline, department, owner, from, to; whichever are missing choose everything."""
    people = None if reader.reach.everybody else reader.reach.people
    department, owner, pipeline = params.get("department"), params.get("owner"), params.get("pipeline")
    if department is not None:
        people = reader.people_of(department)
    if owner is not None:
        people = frozenset({owner.pk}) if people is None else people & {owner.pk}
    return Selection(
        reader=reader,
        pipelines=(pipeline,) if pipeline else tuple(reader.pipelines),
        people=people,
        period=Period(params.get("from"), params.get("to")),
    )
