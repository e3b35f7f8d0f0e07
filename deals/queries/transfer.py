"""What is offered when a deal changes its pipeline: the open stages of the others, and where it usually lands."""

from dataclasses import dataclass

from deals.models import Deal, Pipeline, Stage, StageMap
from deals.models.stage_map import landing
from deals.queries.choices import pipelines_with_stages


@dataclass(frozen=True)
class Offer:
    """Another pipeline with its open stages in order; `usual` is where the deal goes unless somebody says else."""

    pipeline: Pipeline
    stages: list[Stage]
    usual: Stage


def offers(deal: Deal) -> list[Offer]:
    """Two statements."""
    mapped = dict(
        StageMap.objects.filter(from_stage=deal.stage_id).values_list("to_pipeline_id", "to_stage_id")
    )
    found = []
    for pipeline in pipelines_with_stages():
        steps = [stage for stage in pipeline.steps if stage.is_open]  # type: ignore[attr-defined]
        usual = landing(deal.stage, steps, mapped)
        if pipeline.pk != deal.pipeline_id and usual is not None:
            found.append(Offer(pipeline, steps, usual))
    return found
