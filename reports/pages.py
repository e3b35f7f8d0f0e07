"""What the funnel page's template is given: everything written out, nothing left to ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from deals.models import StageKind
from foundation.money import rounded
from reports import links
from reports.cells import Cell, count_text, interval_text, percent_text, share_cell, shown, worth_text
from reports.dashboard import CUSTOM, PARAMETERS, Dashboard
from reports.funnel import EXPLAINED, VIEWS, Funnel, StageRow
from reports.outcomes import exceptions, outcomes
from reports.parameters import Parameter
from reports.periods import PERIODS, Period
from reports.readers import Reader
from reports.selections import Selection

Asked = Mapping[str, str]


@dataclass(frozen=True)
class Tile:
    label: str
    number: str
    note: str
    url: str


@dataclass(frozen=True)
class Bar:
    """A stage of the funnel as drawn; `width` in percent of the widest."""

    name: str
    kind: str
    deals: str
    url: str
    width: str
    amount: str
    weighted: str
    to_next: Cell
    from_first: Cell


def filters(asked: Asked, params: Mapping[str, Any], reader: Reader, pipeline: Any = None) -> dict[str, Any]:
    """The switch, the period chips and the select boxes, each keeping what the others say."""
    said = _said(asked)
    return {
        "views": [(title, _with(said, view=key), key == params.get("view", "now")) for key, title in VIEWS],
        "periods": [
            (title, _with(said, period=key, **{"from": "", "to": ""}), key == params.get("period", "all"))
            for key, title in PERIODS
        ],
        "is_custom": params.get("period") == CUSTOM,
        "selects": [
            (each.key, each.title, _options(each, reader, _chosen(each, params, pipeline)))
            for each in PARAMETERS
            if each.key in ("pipeline", "department", "owner")
        ],
        "said": said,
        "days": {"first": said.get("from", ""), "last": said.get("to", "")},
        "clear": _with({"view": said.get("view", "")}) if set(said) - {"view"} else "",
    }


def page(board: Dashboard, period: Period, asked: Asked) -> dict[str, Any]:
    found, now = board.funnel, board.now
    return {
        "view": board.view,
        "pipeline": board.pipeline,
        "period": period.text,
        "explained": EXPLAINED[board.view],
        "bars": _bars(found),
        "outcome": _outcome(board, found) if board.view == "cohort" else None,
        "tiles": _tiles(board, now, period),
        "tile_query": _with(_said(asked), pipeline=str(board.pipeline.pk)),
        "over_time": shown(board.over_time),
        "over_time_title": _("Won by month") if period.is_short else _("Won by quarter"),
        "chart": board.over_time.chart,
    }


def outcomes_page(selection: Selection, params: Mapping[str, Any], today: date) -> dict[str, Any]:
    found = outcomes(selection)
    (people, all_people), (departments, all_departments) = found.by_person(), found.by_department()
    return {
        "period": selection.period.text,
        "people_url": links.report_url("won-by-person", selection, params),
        "people": shown(people),
        "more_people": all_people - len(people.rows),
        "departments_url": links.report_url("won-by-department", selection, params),
        "departments": shown(departments),
        "more_departments": all_departments - len(departments.rows),
        "exceptions": exceptions(selection, today),
    }


def _tiles(board: Dashboard, now: Funnel, period: Period) -> list[Tile]:
    selection, flow = board.selection, board.flow
    weighted = sum((row.weighted or Decimal(0) for row in now.rows), Decimal(0))
    rate = flow.won_of_closed
    urls = {
        kind: links.passed_url(selection, selection.stages_of(kind))
        for kind in (StageKind.WON, StageKind.LOST)
    }
    closed = links.passed_url(selection, [stage for stage in selection.stages if not stage.is_open])
    return [
        Tile(
            _("Open now"),
            count_text(now.deals_of(StageKind.OPEN)),
            _("%(amount)s, weighted %(weighted)s")
            % {
                "amount": worth_text(now.amount_of(StageKind.OPEN)),
                "weighted": worth_text(rounded(weighted, settings.BASE_CURRENCY)),
            },
            links.open_url(selection),
        ),
        *(
            Tile(
                f"{label}, {period.text}",
                count_text(flow.deals_of(kind)),
                worth_text(flow.amount_of(kind)),
                urls[kind],
            )
            for kind, label in ((StageKind.WON, _("Won")), (StageKind.LOST, _("Lost")))
        ),
        Tile(
            _("Win rate of closed"),
            "–" if rate.value is None else percent_text(rate.value, 2),
            interval_text(rate.low, rate.high, rate.whole),
            closed,
        ),
    ]


def _bars(found: Funnel) -> list[Bar]:
    """Closed deals of all time would dwarf what is open now, so in that view they have no bar."""
    drawn = [row for row in found.rows if found.view != "now" or row.stage.is_open]
    widest = max((row.deals for row in drawn), default=0) or 1
    return [_bar(row, 100 * row.deals / widest if row in drawn else 0) for row in found.rows]


def _bar(row: StageRow, width: float) -> Bar:
    return Bar(
        name=row.stage.name,
        kind=row.stage.kind,
        deals=count_text(row.deals),
        url=row.url,
        width=f"{width:.1f}",
        amount="" if row.amount is None else worth_text(row.amount),
        weighted="" if row.weighted is None else worth_text(rounded(row.weighted, settings.BASE_CURRENCY)),
        to_next=share_cell(row.to_next, _("To the next")),
        from_first=share_cell(row.from_first, _("From the first")),
    )


def _outcome(board: Dashboard, found: Funnel) -> dict[str, Any]:
    """What became of the cohort: three parts of a whole, open deals among them."""
    whole, parts, start = found.entered or 1, [], 0.0
    for state, label, deals in (
        ("won", _("Won"), found.deals_of(StageKind.WON)),
        ("open", _("Still open"), found.still_open),
        ("lost", _("Lost"), found.deals_of(StageKind.LOST)),
    ):
        width = 100 * deals / whole
        url = links.cohort_url(board.selection, state=state)
        parts.append((state, label, count_text(deals), f"{start:.2f}", f"{width:.2f}", url))
        start += width
    return {
        "parts": parts,
        "of_all": share_cell(found.won_of_all, _("Won of all")),
        "of_closed": share_cell(found.won_of_closed, _("Won of closed")),
    }


def _said(asked: Asked) -> dict[str, str]:
    return {each.key: asked[each.key] for each in PARAMETERS if asked.get(each.key)}


def _options(parameter: Parameter, reader: Reader, chosen: str) -> SafeString:
    """Written here: a hundred people are a hundred turns of a loop in the template."""
    return SafeString(
        "".join(
            f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(str(name))}</option>'
            for value, name in parameter.choices(reader) or []
            if value or parameter.key != "pipeline"
        )
    )


def _chosen(parameter: Parameter, params: Mapping[str, Any], pipeline: Any) -> str:
    found = params.get(parameter.key) or (pipeline if parameter.key == "pipeline" else None)
    return str(found.pk) if found else ""


def _with(said: Asked, **changes: str) -> str:
    return "?" + urlencode({key: value for key, value in {**said, **changes}.items() if value})
