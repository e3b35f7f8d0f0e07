"""The pipeline a file's deals go through: the one the mapping declares, the one a column names, or the first."""

from typing import Any

from django.utils.translation import gettext as _

from deals.models import Pipeline, Stage, StageKind
from foundation.errors import Refused
from integrations.importing.names import Names
from integrations.importing.record import Record
from integrations.mapping import Mapping


class Pipelines:
    def __init__(self, mapping: Mapping, *, may_make: bool, is_dry_run: bool) -> None:
        self.declared = mapping.pipeline
        self.pipelines = list(Pipeline.objects.prefetch_related("stages"))
        self.stages: dict[int, Names] = {}
        self.default = self._declared(may_make, is_dry_run) if self.declared else self._first()
        self.by_name = Names(_("pipeline"), ((each.name, each) for each in self.pipelines))
        for pipeline in self.pipelines:
            self._know(pipeline, list(pipeline.stages.all()))

    def stage(self, record: Record) -> Stage | None:
        pipeline = self.by_name.find(record, "pipeline") if record.has("pipeline") else self.default
        if pipeline is None:
            return None
        if not record.has("stage"):
            return self.first_open(pipeline)
        found: Stage | None = self.stages[id(pipeline)].find(record, "stage")
        return found

    def first_open(self, pipeline: Pipeline) -> Stage:
        return self.ordered(pipeline)[0]

    def ordered(self, pipeline: Pipeline) -> list[Stage]:
        """Open stages, first to last."""
        stages = [stage for same in self.stages[id(pipeline)].known.values() for stage in same]
        return sorted(
            (stage for stage in stages if stage.kind == StageKind.OPEN),
            key=lambda each: (each.position, each.pk or 0),
        )

    def named(self, pipeline: Pipeline, name: str) -> Stage | None:
        known = self.stages[id(pipeline)].known.get(name.casefold(), [])
        return known[0] if known else None

    def _know(self, pipeline: Pipeline, stages: list[Stage]) -> None:
        for stage in stages:
            stage.pipeline = pipeline
        self.stages[id(pipeline)] = Names(_("stage"), ((each.name, each) for each in stages))

    def _first(self) -> Pipeline:
        for pipeline in self.pipelines:
            if not pipeline.is_retired:
                return pipeline
        raise Refused(
            _("There is no pipeline yet. Ask an administrator to add one, or declare it in the mapping.")
        )

    def _declared(self, may_make: bool, is_dry_run: bool) -> Pipeline:
        """The declared pipeline with all its stages; what is missing is made, by who may configure."""
        name = self.declared["name"]
        pipeline = next((each for each in self.pipelines if each.name == name), None)
        known = {stage.name for stage in pipeline.stages.all()} if pipeline else set()
        missing = [each for each in self.declared["stages"] if each["name"] not in known]
        if pipeline is not None and not missing:
            return pipeline
        if not may_make:
            raise Refused(_("The pipeline “%(name)s” or one of its stages is missing.") % {"name": name})
        if pipeline is None:
            pipeline = Pipeline(name=name, position=len(self.pipelines))
        stages = [self._new_stage(pipeline, each) for each in missing]
        if not is_dry_run:
            pipeline.save()
            for stage in stages:
                stage.pipeline = pipeline
                stage.save()
            pipeline = Pipeline.objects.prefetch_related("stages").get(pk=pipeline.pk)
            self.pipelines = [each for each in self.pipelines if each.pk != pipeline.pk] + [pipeline]
            return pipeline
        self.pipelines = [each for each in self.pipelines if each is not pipeline]
        existing = list(pipeline.stages.all()) if pipeline.pk else []
        self._know(pipeline, existing + stages)
        self.unsaved = pipeline
        return pipeline

    def _new_stage(self, pipeline: Pipeline, said: dict[str, Any]) -> Stage:
        """Chances rise evenly over the open stages until somebody sets them."""
        names = [each["name"] for each in self.declared["stages"]]
        opens = [each["name"] for each in self.declared["stages"] if each["kind"] == StageKind.OPEN]
        chances = {StageKind.WON: 100, StageKind.LOST: 0}
        kind = StageKind(said["kind"])
        chance = chances.get(kind)
        if chance is None:
            chance = round(100 * (opens.index(said["name"]) + 1) / (len(opens) + 1))
        return Stage(
            pipeline=pipeline,
            name=said["name"],
            kind=kind,
            position=names.index(said["name"]),
            probability=chance,
        )
