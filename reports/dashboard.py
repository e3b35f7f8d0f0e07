"""The head's funnel page: what it shows, from the sums, in ten statements at any size."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import Pipeline, StageKind
from foundation.keyset import CappedCount, capped_count
from reports import links
from reports.built_in.funnel import busiest_pipeline
from reports.built_in.won import owner_name, won_over_time
from reports.charts import bars
from reports.funnel import VIEWS, ByOwner, Funnel, Sums, funnel_of, passed_by_owner, standing_by_owner
from reports.parameters import WHEN, WHOSE, choice, parsed
from reports.periods import PERIODS, Period, named_period
from reports.readers import Reader
from reports.selections import Selection, select
from reports.statistics import share
from reports.tables import Column, Row, Table, count, money, percent, share_values

CUSTOM = "custom"
VIEW = choice("view", gettext_lazy("View"), VIEWS)
PERIOD = choice("period", gettext_lazy("Period"), [*PERIODS, (CUSTOM, gettext_lazy("Custom"))])
PARAMETERS = [VIEW, *WHOSE, PERIOD, *WHEN]
MOST_ROWS = 12
MOST_COUNTED = 1000
OUTCOME_COLUMNS = [
    count("won", gettext_lazy("Won")),
    money("amount", gettext_lazy("Won amount")),
    percent("win_rate", gettext_lazy("Win rate")),
    percent("win_rate_low", ""),
    percent("win_rate_high", ""),
    count("open", gettext_lazy("Open now")),
]


@dataclass(frozen=True)
class Dashboard:
    view: str
    selection: Selection
    standing: ByOwner
    passed: ByOwner
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

    def by_person(self) -> tuple[Table, int]:
        """The first MOST_ROWS by amount won, and how many there are in all; likewise by_department."""

        def person(owner_id: int | None) -> tuple[Any, str]:
            return owner_id, owner_name(self.selection.reader, owner_id)

        return self._outcomes("person", _("Person"), person)

    def by_department(self) -> tuple[Table, int]:
        def department(owner_id: int | None) -> tuple[Any, str]:
            found = self.selection.reader.department_of(owner_id)
            return (found.pk, found.name) if found else (None, _("No department"))

        return self._outcomes("department", _("Department"), department)

    def exceptions(self, today: date) -> list[tuple[str, str, str, str]]:
        """(icon, what is wrong, how many, where); counted to a thousand at most, two statements."""
        deals = self.selection.deals()
        none, late = (
            _unplanned(deals.without_next_step()),
            capped_count(deals.overdue(on=today), MOST_COUNTED).text,
        )
        no_step = links.open_url(self.selection, no_step="true")
        overdue = links.open_url(self.selection, overdue="true")
        return [
            ("circle-dashed", _("Open deals without a next step"), none, no_step),
            ("alert-circle", _("Open deals whose next step is overdue"), late, overdue),
        ]

    def _outcomes(self, key: str, title: str, group_of: Any) -> tuple[Table, int]:
        groups: dict[Any, _Group] = {}
        kinds = {stage.pk: stage.kind for stage in self.selection.stages}
        for of_owner, closed in ((self.passed, True), (self.standing, False)):
            for (stage_id, owner_id), sums in of_owner.items():
                if kinds.get(stage_id) is not None and (kinds[stage_id] != StageKind.OPEN) == closed:
                    group_key, name = group_of(owner_id)
                    groups.setdefault(group_key, _Group(name)).add(kinds[stage_id], owner_id, sums)
        found = [group for group in groups.values() if group.won or group.lost or group.open]
        found.sort(key=lambda group: (-group.amount, -group.won, group.name))
        rows = [group.row(key, self.selection) for group in found[:MOST_ROWS]]
        return Table([Column(key, title), *OUTCOME_COLUMNS], rows), len(found)


def _unplanned(deals: Any) -> str:
    """Counted in the order of the index of next steps: else the planner reads the table of deals from its start."""
    found = deals.order_by("next_step_on", "pk")[: MOST_COUNTED + 1].count()
    return CappedCount(min(found, MOST_COUNTED), found <= MOST_COUNTED).text


class _Group:
    """Closings in the period and open deals now of one name."""

    def __init__(self, name: str) -> None:
        self.name, self.won, self.lost, self.open, self.amount = name, 0, 0, 0, Decimal(0)
        self.owners: set[int | None] = set()

    def add(self, kind: str, owner_id: int | None, sums: Sums) -> None:
        self.owners.add(owner_id)
        setattr(self, kind, getattr(self, kind) + sums.deals)
        if kind == StageKind.WON:
            self.amount += sums.amount

    def row(self, key: str, selection: Selection) -> Row:
        rate, owners = (
            share(self.won, self.won + self.lost),
            sorted(self.owners, key=lambda owner: owner or 0),
        )
        won = links.passed_url(selection, selection.stages_of(StageKind.WON), owners=owners)
        values = {key: self.name, "won": self.won, "amount": self.amount, "open": self.open}
        urls = {"won": won, "amount": won, "open": links.open_url(selection, owners=owners)}
        return Row(values | share_values("win_rate", rate), urls, {"win_rate": rate.whole})


def chosen(asked: Mapping[str, str], reader: Reader, today: date) -> tuple[dict[str, Any], Period]:
    """(parsed parameters, the period they name). Days are read only where the period is custom."""
    if asked.get("period") != CUSTOM:
        asked = {key: text for key, text in asked.items() if key not in ("from", "to")}
    params = parsed(PARAMETERS, asked, reader)
    if params["period"] == CUSTOM:
        return params, Period(params.get("from"), params.get("to"))
    return params, named_period(params["period"], today)


def selected(params: Mapping[str, Any], period: Period, reader: Reader) -> tuple[Selection, ByOwner]:
    """(the pipeline asked for or the busiest one, what stands in it now)."""
    everything = replace(select(reader, params), period=period)
    standing = standing_by_owner(everything)
    if "pipeline" in params or not reader.pipelines:
        return everything, standing
    selection = replace(everything, pipelines=(busiest_pipeline(everything, standing),))
    stages = {stage.pk for stage in selection.stages}
    return selection, {key: sums for key, sums in standing.items() if key[0] in stages}


def dashboard(params: Mapping[str, Any], period: Period, reader: Reader) -> Dashboard | None:
    """None while there is no pipeline."""
    selection, standing = selected(params, period, reader)
    if not selection.pipelines:
        return None
    span = "month" if period.is_short else "quarter"
    title = {"month": _("Month"), "quarter": _("Quarter")}[span]
    rows = won_over_time(span, selection)
    columns = [Column(span, title), count("deals", _("Won deals")), money("amount", _("Won amount"))]
    over_time = Table(columns, rows, chart=bars(span, title, rows) if rows else None)
    return Dashboard(params["view"], selection, standing, passed_by_owner(selection), over_time)
