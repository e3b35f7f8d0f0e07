"""The head's funnel page: what it shows, from the sums, in seven statements at any size."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import Pipeline
from reports.built_in.funnel import busiest_pipeline
from reports.built_in.won import won_over_time
from reports.charts import bars
from reports.funnel import VIEWS, ByStage, Funnel, by_stage, funnel_of, passed_by_day, standing_by_stage
from reports.parameters import WHEN, WHOSE, choice, parsed
from reports.periods import PERIODS, Period, named_period
from reports.readers import Reader
from reports.selections import Selection, select
from reports.tables import Column, Table, count, money

CUSTOM = "custom"
VIEW = choice("view", gettext_lazy("View"), VIEWS)
PERIOD = choice("period", gettext_lazy("Period"), [*PERIODS, (CUSTOM, gettext_lazy("Custom"))])
PARAMETERS = [VIEW, *WHOSE, PERIOD, *WHEN]


@dataclass(frozen=True)
class Dashboard:
    view: str
    selection: Selection
    standing: ByStage
    passed: ByStage
    over_time: Table

    @property
    def pipeline(self) -> Pipeline:
        return self.selection.pipelines[0]

    @cached_property
    def funnel(self) -> Funnel:
        return funnel_of(self.view, self.selection, self.standing if self.view == "now" else self.passed)

    @cached_property
    def now(self) -> Funnel:
        return funnel_of("now", self.selection, self.standing)

    @cached_property
    def flow(self) -> Funnel:
        return funnel_of("flow", self.selection, self.passed)


def chosen(asked: Mapping[str, str], reader: Reader, today: date) -> tuple[dict[str, Any], Period]:
    """(parsed parameters, the period they name). Days are read only where the period is custom."""
    if asked.get("period") != CUSTOM:
        asked = {key: text for key, text in asked.items() if key not in ("from", "to")}
    params = parsed(PARAMETERS, asked, reader)
    if params["period"] == CUSTOM:
        return params, Period(params.get("from"), params.get("to"))
    return params, named_period(params["period"], today)


def selected(params: Mapping[str, Any], period: Period, reader: Reader) -> tuple[Selection, ByStage | None]:
    """(the pipeline asked for or the busiest one, what stands in it now if that had to be asked)."""
    everything = replace(select(reader, params), period=period)
    if "pipeline" in params or not reader.pipelines:
        return everything, None
    standing = standing_by_stage(everything)
    return replace(everything, pipelines=(busiest_pipeline(everything, standing),)), standing


def dashboard(params: Mapping[str, Any], period: Period, reader: Reader) -> Dashboard | None:
    """None while there is no pipeline."""
    selection, standing = selected(params, period, reader)
    if not selection.pipelines:
        return None
    span = "month" if period.is_short else "quarter"
    title = {"month": _("Month"), "quarter": _("Quarter")}[span]
    passed = passed_by_day(selection)
    rows = won_over_time(span, selection, passed)
    columns = [Column(span, title), count("deals", _("Won deals")), money("amount", _("Won amount"))]
    over_time = Table(columns, rows, chart=bars(span, title, rows) if rows else None)
    standing = standing_by_stage(selection) if standing is None else standing
    return Dashboard(params["view"], selection, standing, by_stage(passed), over_time)
