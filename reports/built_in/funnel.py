from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import Pipeline, StageKind
from reports import groups
from reports.funnel import (
    EXPLAINED,
    VIEWS,
    ByStage,
    Funnel,
    StageRow,
    by_stage,
    funnel_of,
    passed_by_day,
    standing_by_stage,
)
from reports.parameters import WHEN, WHOSE, choice
from reports.readers import Reader
from reports.registry import report
from reports.selections import Selection, select
from reports.tables import Column, Row, Table, count, money, percent, share_values

STAGE = [Column("stage", gettext_lazy("Stage")), Column("type", gettext_lazy("Type"))]
SHARES = [
    percent("to_next", gettext_lazy("To the next")),
    percent("to_next_low", gettext_lazy("at least")),
    percent("to_next_high", gettext_lazy("at most")),
    percent("from_first", gettext_lazy("From the first")),
    percent("from_first_low", gettext_lazy("at least")),
    percent("from_first_high", gettext_lazy("at most")),
]
DEALS, AMOUNT = count("deals", gettext_lazy("Deals")), money("amount", gettext_lazy("Amount"))
COLUMNS: dict[str, Sequence[Column]] = {
    "now": [*STAGE, DEALS, AMOUNT, money("weighted", gettext_lazy("Weighted by probability"))],
    "flow": [*STAGE, DEALS, AMOUNT, *SHARES],
    "cohort": [*STAGE, DEALS, *SHARES],
}


@report(
    "funnel",
    title=gettext_lazy("Funnel"),
    group=groups.FUNNEL,
    description=gettext_lazy("Stages now, moves in a period, or what became of deals opened in it."),
    parameters=[choice("view", gettext_lazy("View"), VIEWS), *WHOSE, *WHEN],
    url_name="reports:funnel",
)
def funnel(reader: Reader, params: dict[str, Any]) -> Table:
    """Of one pipeline: the one asked for, or the one where the reader has most deals."""
    selection, view = select(reader, params), params["view"]
    standing = standing_by_stage(selection) if "pipeline" not in params or view == "now" else {}
    if "pipeline" not in params and reader.pipelines:
        selection = select(reader, params | {"pipeline": busiest_pipeline(selection, standing)})
    found = funnel_of(view, selection, standing if view == "now" else by_stage(passed_by_day(selection)))
    notes: list[Any] = [_("Pipeline: %(name)s.") % {"name": each.name} for each in selection.pipelines]
    notes += [str(EXPLAINED[view]), *([] if view != "cohort" else _outcome(found))]
    return Table(COLUMNS[view], [_row(row) for row in found.rows], notes)


def busiest_pipeline(selection: Selection, standing: ByStage) -> Pipeline:
    """Where most deals stand that the reader may see."""
    counts = {pipeline.pk: 0 for pipeline in selection.pipelines}
    for stage in selection.stages:
        counts[stage.pipeline_id] += standing[stage.pk].deals if stage.pk in standing else 0
    return max(selection.pipelines, key=lambda pipeline: counts[pipeline.pk])


def _row(row: StageRow) -> Row:
    values = {
        "stage": row.stage.name,
        "type": StageKind(row.stage.kind).value,
        "deals": row.deals,
        "amount": row.amount,
        "weighted": row.weighted,
        **share_values("to_next", row.to_next),
        **share_values("from_first", row.from_first),
    }
    samples = {key: found.whole for key in ("to_next", "from_first") if (found := getattr(row, key))}
    return Row(values, {"deals": row.url}, samples)


def _outcome(found: Funnel) -> list[str]:
    return [
        _("Of %(all)d deals of the cohort %(won)d are won, %(lost)d lost and %(open)d still open.")
        % {
            "all": found.entered,
            "won": found.deals_of(StageKind.WON),
            "lost": found.deals_of(StageKind.LOST),
            "open": found.still_open,
        }
    ]
