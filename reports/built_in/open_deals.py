"""What is being worked on: by owner, without a next step, and how long stages take."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import StageKind
from foundation.money import rounded
from reports import groups, links
from reports.built_in.won import owner_name
from reports.funnel import standing_by_owner
from reports.parameters import WHEN, WHOSE
from reports.readers import Reader, keys
from reports.registry import report
from reports.selections import select
from reports.tables import Column, Kind, Row, Table, count, days, money

LONGEST_LIST = 1000
STAYS = """
    WITH stays AS (
        SELECT event.to_stage_id, event.owner_id, event.at,
               lead(event.at) OVER (PARTITION BY event.deal_id ORDER BY event.at, event.id) AS left_at
        FROM deals_stageevent AS event WHERE event.pipeline_id = ANY(%(pipelines)s))
    SELECT to_stage_id, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - at) / 86400)
    FROM stays
    WHERE left_at IS NOT NULL AND to_stage_id = ANY(%(stages)s)
      AND (%(people)s::bigint[] IS NULL OR owner_id = ANY(%(people)s))
      AND (%(first)s::date IS NULL OR (left_at AT TIME ZONE %(zone)s)::date >= %(first)s)
      AND (%(last)s::date IS NULL OR (left_at AT TIME ZONE %(zone)s)::date <= %(last)s)
    GROUP BY 1
"""


@report(
    "open-by-owner",
    title=gettext_lazy("Open deals by owner"),
    group=groups.OPEN,
    description=gettext_lazy("Who works on how many open deals, worth how much."),
    parameters=WHOSE,
)
def open_by_owner(reader: Reader, params: dict[str, Any]) -> Table:
    selection = select(reader, params)
    probability = {stage.pk: stage.probability for stage in selection.stages_of(StageKind.OPEN)}
    owners: dict[int | None, list[Any]] = {}
    for (stage_id, owner_id), sums in standing_by_owner(selection).items():
        if stage_id in probability:
            into = owners.setdefault(owner_id, [0, Decimal(0), Decimal(0)])
            into[0] += sums.deals
            into[1] += sums.amount
            into[2] += sums.amount * probability[stage_id] / 100
    rows = []
    for owner_id, (deals, amount, weighted) in sorted(
        owners.items(), key=lambda each: (-each[1][1], each[0] or 0)
    ):
        url = links.open_url(selection, owners=[owner_id])
        expected = rounded(weighted, settings.BASE_CURRENCY)
        values = {
            "person": owner_name(reader, owner_id),
            "deals": deals,
            "amount": amount,
            "weighted": expected,
        }
        rows.append(Row(values, {"deals": url, "amount": url}))
    columns = [
        Column("person", gettext_lazy("Person")),
        count("deals", gettext_lazy("Open deals")),
        money("amount", gettext_lazy("Open amount")),
        money("weighted", gettext_lazy("Weighted by probability")),
    ]
    return Table(columns, rows, [_("Open deals at this moment; the weight is the probability of the stage.")])


@report(
    "no-next-step",
    title=gettext_lazy("Deals without a next step"),
    group=groups.OPEN,
    description=gettext_lazy("Open deals nobody has planned anything for, longest forgotten first."),
    parameters=WHOSE,
)
def no_next_step(reader: Reader, params: dict[str, Any]) -> Table:
    selection = select(reader, params)
    names = ("pk", "title", "account__name", "stage__name", "owner_id", "opened_on", "base_amount")
    forgotten = selection.deals().without_next_step().order_by("opened_at", "pk")
    found = list(forgotten.values_list(*names)[: LONGEST_LIST + 1])
    rows = [
        Row(
            {
                "deal": title,
                "client": client or "",
                "stage": stage,
                "person": owner_name(reader, owner_id),
                "opened": opened_on,
                "amount": amount,
            },
            {"deal": links.deal_url(pk)},
        )
        for pk, title, client, stage, owner_id, opened_on, amount in found[:LONGEST_LIST]
    ]
    columns = [
        Column("deal", gettext_lazy("Deal")),
        Column("client", gettext_lazy("Client")),
        Column("stage", gettext_lazy("Stage")),
        Column("person", gettext_lazy("Person")),
        Column("opened", gettext_lazy("Opened"), Kind.DATE),
        money("amount", gettext_lazy("Amount")),
    ]
    notes = [_("Open deals whose next step has no day.")]
    if len(found) > LONGEST_LIST:
        capped = _("Only the first %(n)d are shown: choose a pipeline, a department or a person.")
        notes.append(capped % {"n": LONGEST_LIST})
    return Table(columns, rows, notes)


@report(
    "stage-times",
    title=gettext_lazy("Days in each stage"),
    group=groups.FUNNEL,
    description=gettext_lazy("Median days between entering a stage and leaving it."),
    parameters=[*WHOSE, *WHEN],
)
def stage_times(reader: Reader, params: dict[str, Any]) -> Table:
    selection = select(reader, params)
    stages = selection.stages_of(StageKind.OPEN)
    asked = {
        "pipelines": [pipeline.pk for pipeline in selection.pipelines],
        "stages": keys(stages),
        "people": None if selection.people is None else sorted(selection.people),
        "first": selection.period.first,
        "last": selection.period.last,
        "zone": settings.COMPANY_TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(STAYS, asked)
        found = {stage_id: (stays, round(median, 1)) for stage_id, stays, median in cursor.fetchall()}
    columns = [
        Column("pipeline", gettext_lazy("Pipeline")),
        Column("stage", gettext_lazy("Stage")),
        count("stays", gettext_lazy("Stays")),
        days("median_days", gettext_lazy("Median days")),
        days("norm_days", gettext_lazy("Norm, working days")),
    ]
    rows = [_stay_row(stage, *found.get(stage.pk, (0, None))) for stage in stages]
    notes = [
        _("Stays that ended in the period, for the owner at entering; a deal that came back stayed twice."),
        _("Stages that were skipped have no stay, and a stay that goes on is not counted yet."),
    ]
    return Table(columns, rows, notes)


def _stay_row(stage: Any, stays: int, median: float | None) -> Row:
    return Row(
        {
            "pipeline": stage.pipeline.name,
            "stage": stage.name,
            "stays": stays,
            "median_days": median,
            "norm_days": stage.norm_days,
        }
    )
