"""Funnel arithmetic: what a move passes, and the sums kept with it.

A deal passes a stage once. Entering a stage passes every open stage before it that was not passed yet
(imputed); winning passes them all; losing passes only the lost stage. What is taken back by reopening is
subtracted from the very day it was counted on.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from deals.models.pipeline import StageKind

TOTALS = """
    INSERT INTO deals_stagetotal AS total (stage_id, owner_id, deals, base_amount) VALUES {rows}
    ON CONFLICT (stage_id, owner_id) DO UPDATE
    SET deals = total.deals + excluded.deals, base_amount = total.base_amount + excluded.base_amount
"""
SUMS = """
    INSERT INTO deals_funnelsum AS total
        (pipeline_id, grain, "on", stage_id, owner_id, passed, base_amount, reached) VALUES {rows}
    ON CONFLICT (pipeline_id, grain, "on", stage_id, owner_id) DO UPDATE
    SET passed = total.passed + excluded.passed, base_amount = total.base_amount + excluded.base_amount,
        reached = total.reached + excluded.reached
"""


@dataclass(frozen=True)
class Passed:
    stage_id: int
    is_imputed: bool


@dataclass(frozen=True)
class TotalShift:
    """A change to what stands in a stage now."""

    stage_id: int
    owner_id: int | None
    deals: int
    base_amount: Decimal


@dataclass(frozen=True)
class SumShift:
    """A change to the sums of one day."""

    pipeline_id: int
    on: date
    stage_id: int
    owner_id: int | None
    passed: int = 0
    base_amount: Decimal = Decimal(0)
    reached: int = 0


def newly_passed(stages: Sequence[Any], already: Iterable[int], entered: Any) -> list[Passed]:
    """The stages passed for the first time by entering `entered`, in the order of the pipeline.

    `stages` are all stages of the pipeline, each with pk, kind and place; `already` the keys passed before.
    """
    done = set(already)
    before = []
    if entered.kind != StageKind.LOST:
        before = [
            stage
            for stage in sorted(stages, key=lambda each: each.place)
            if stage.kind == StageKind.OPEN and stage.place < entered.place and stage.pk not in done
        ]
    passed = [Passed(stage.pk, True) for stage in before]
    if entered.pk not in done:
        passed.append(Passed(entered.pk, False))
    return passed


def shift_totals(shifts: Iterable[TotalShift]) -> None:
    """Apply to StageTotal; sorted, so that two transactions lock the same rows in the same order."""
    merged: dict[tuple[int, int | None], list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for shift in shifts:
        into = merged[shift.stage_id, shift.owner_id]
        into[0] += shift.deals
        into[1] += shift.base_amount
    _upsert(TOTALS, {key: value for key, value in merged.items() if any(value)})


def shift_sums(shifts: Iterable[SumShift]) -> None:
    """Apply to FunnelSum, to the day and to its month."""
    merged: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, Decimal(0), 0])
    for shift in shifts:
        for grain, on in (("d", shift.on), ("m", shift.on.replace(day=1))):
            into = merged[shift.pipeline_id, grain, on, shift.stage_id, shift.owner_id]
            into[0] += shift.passed
            into[1] += shift.base_amount
            into[2] += shift.reached
    _upsert(SUMS, {key: value for key, value in merged.items() if any(value)})


def _upsert(statement: str, rows: dict[tuple[Any, ...], list[Any]]) -> None:
    if not rows:
        return
    ordered = sorted(rows.items(), key=lambda item: [str(part) for part in item[0]])
    width = len(ordered[0][0]) + len(ordered[0][1])
    places = ", ".join(["(" + ", ".join(["%s"] * width) + ")"] * len(ordered))
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(rows=places), [part for key, value in ordered for part in (*key, *value)]
        )


def rebuild() -> None:
    """Count every sum again from deals and first passages; for bulk loads and for doubt."""
    connection.check_constraints()  # what this transaction wrote is checked now, else TRUNCATE refuses
    with connection.cursor() as cursor:
        cursor.execute(REBUILD)


REBUILD = """
    TRUNCATE deals_stagetotal, deals_funnelsum;
    INSERT INTO deals_stagetotal (stage_id, owner_id, deals, base_amount)
    SELECT stage_id, owner_id, count(*), coalesce(sum(base_amount), 0) FROM deals_deal GROUP BY 1, 2;
    INSERT INTO deals_funnelsum (pipeline_id, grain, "on", stage_id, owner_id, passed, base_amount, reached)
    SELECT pipeline_id, grain, date_trunc(CASE grain WHEN 'm' THEN 'month' ELSE 'day' END, "on")::date, stage_id,
           owner_id, sum(passed), sum(base_amount), sum(reached)
    FROM (
        SELECT stage.pipeline_id, passage."on", passage.stage_id, passage.owner_id, count(*) AS passed,
               coalesce(sum(passage.base_amount), 0) AS base_amount, 0 AS reached
        FROM deals_stagepassage AS passage JOIN deals_stage AS stage ON stage.id = passage.stage_id
        GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT stage.pipeline_id, deal.opened_on, passage.stage_id, deal.owner_id, 0, 0, count(*)
        FROM deals_stagepassage AS passage JOIN deals_deal AS deal ON deal.id = passage.deal_id
        JOIN deals_stage AS stage ON stage.id = passage.stage_id
        GROUP BY 1, 2, 3, 4) AS counted
    CROSS JOIN (VALUES ('d'), ('m')) AS grains (grain)
    GROUP BY 1, 2, 3, 4, 5;
"""
