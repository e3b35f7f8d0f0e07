"""The nightly reckoning of probabilities: reads the closed deals, writes two small tables."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from deals.likelihood import Count, Example, Learnt, Rates, features_of, learn
from deals.models import Deal, Pipeline, StageCalibration, WinRate
from foundation.clock import company_day

# The latest closed deals of a pipeline; older ones were won by other people in another market.
MOST = 30_000
# By the index of closed deals. What was only imputed was never seen standing in the stage.
CLOSED = """
    SELECT passage.stage_id, deal.state = 'won', deal.closed_on, deal.source_id, passage.owner_id,
           passage."on" - deal.opened_on, passage.base_amount
    FROM (SELECT id, state, closed_on, source_id, opened_on FROM deals_deal
          WHERE pipeline_id = %s AND state IN ('won', 'lost') ORDER BY closed_on DESC LIMIT %s) AS deal
    JOIN deals_stagepassage AS passage ON passage.deal_id = deal.id AND NOT passage.is_imputed
    JOIN deals_stage AS stage ON stage.id = passage.stage_id AND stage.kind = 'open' AND stage.pipeline_id = %s
"""
OPEN = ("stage_id", "source_id", "owner_id", "opened_on", "entered_stage_at", "base_amount", "probability")


def recalibrate(*, at: datetime) -> dict[int, Learnt]:
    """Every pipeline that takes deals, each in a transaction of its own; what was learnt, by pipeline."""
    return {
        pipeline.pk: recalibrate_pipeline(pipeline, at=at) for pipeline in Pipeline.objects.order_by("pk")
    }


def recalibrate_pipeline(pipeline: Pipeline, *, at: datetime) -> Learnt:
    learnt = learn(examples_of(pipeline))
    expected = _expected(pipeline, learnt)
    with transaction.atomic():
        Pipeline.objects.select_for_update().get(pk=pipeline.pk)
        StageCalibration.objects.filter(stage__pipeline=pipeline).delete()
        WinRate.objects.filter(stage__pipeline=pipeline).delete()
        StageCalibration.objects.bulk_create(
            _calibration(stage_id, count, learnt, expected.get(stage_id), at)
            for stage_id, count in sorted(learnt.rates.stages.items())
        )
        WinRate.objects.bulk_create(
            (
                WinRate(stage_id=stage_id, feature=feature, value=value, won=count.won, n=count.n)
                for (stage_id, feature, value), count in sorted(learnt.rates.values.items())
            ),
            batch_size=1_000,
        )
    return learnt


def examples_of(pipeline: Pipeline) -> Iterator[Example]:
    with connection.cursor() as cursor:
        cursor.execute(CLOSED, [pipeline.pk, MOST, pipeline.pk])
        for stage_id, is_won, closed_on, source, owner, days, worth in cursor.fetchall():
            features = features_of(source=source, owner=owner, days=days, worth=worth)
            yield Example(stage_id, is_won, closed_on, features)


def learnt_of(stage_ids: list[int]) -> tuple[dict[int, StageCalibration], Rates]:
    """What was kept of these stages. Two statements."""
    kept = StageCalibration.objects.in_bulk(stage_ids)
    values = WinRate.objects.filter(stage__in=stage_ids).order_by()
    return kept, Rates(
        {key: Count(each.won, each.n) for key, each in kept.items()},
        {(each.stage_id, each.feature, each.value): Count(each.won, each.n) for each in values},
    )


def features_now(deal: dict[str, Any]) -> dict[str, str]:
    """Of an open deal in the stage where it stands."""
    days = (company_day(deal["entered_stage_at"]) - deal["opened_on"]).days
    return features_of(source=deal["source_id"], owner=deal["owner_id"], days=days, worth=deal["base_amount"])


def _expected(pipeline: Pipeline, learnt: Learnt) -> dict[int, float]:
    """What part of the worth that stands open in each stage is likely to be won.

    A person's own estimate goes first; where the test was not passed, the stage's own figure counts.
    """
    figures = {stage.pk: stage.probability / 100 for stage in pipeline.stages.all()}
    worth: dict[int, float] = defaultdict(float)
    likely: dict[int, float] = defaultdict(float)
    deals = Deal.objects.open().filter(pipeline=pipeline, base_amount__gt=0).order_by()
    for deal in deals.values(*OPEN).iterator(chunk_size=5_000):
        stage_id, tested = deal["stage_id"], learnt.tested.get(deal["stage_id"])
        if deal["probability"] is not None:
            share = deal["probability"] / 100
        elif tested is not None and tested.is_better:
            share = learnt.rates.probability(stage_id, features_now(deal), learnt.weight)
        else:
            share = figures[stage_id]
        worth[stage_id] += float(deal["base_amount"])
        likely[stage_id] += float(deal["base_amount"]) * share
    return {stage_id: likely[stage_id] / worth[stage_id] for stage_id in worth}


def _calibration(
    stage_id: int, count: Count, learnt: Learnt, expected: float | None, at: datetime
) -> StageCalibration:
    tested = learnt.tested.get(stage_id)
    return StageCalibration(
        stage_id=stage_id,
        won=count.won,
        n=count.n,
        weight=learnt.weight,
        tested=tested.n if tested else 0,
        brier_base=tested.base if tested else None,
        brier_model=tested.model if tested else None,
        is_used=tested is not None and tested.is_better,
        hindsight=", ".join(learnt.hindsight),
        expected=expected,
        reckoned_at=at,
    )
