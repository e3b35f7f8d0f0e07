"""What became of the open deals between two days, and the deals behind each step."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.clock import company_day
from foundation.errors import Refused
from reports import groups, links
from reports.built_in.won import owner_name
from reports.parameters import WHOSE, DateParameter, choice
from reports.readers import Reader
from reports.registry import report
from reports.selections import select
from reports.tables import Column, Row, Table, count, money
from reports.waterfall import FLOWS, Asked, Flow, deals_behind, waterfall

MOST = 1_000
FLOW_NAMES = {
    "created": gettext_lazy("Created"),
    "reopened": gettext_lazy("Reopened"),
    "pulled_in": gettext_lazy("Pulled in"),
    "taken_over": gettext_lazy("Taken over"),
    "moved_in": gettext_lazy("Came from another pipeline"),
    "up": gettext_lazy("Amount raised"),
    "down": gettext_lazy("Amount lowered"),
    "won": gettext_lazy("Won"),
    "lost": gettext_lazy("Lost"),
    "pushed_out": gettext_lazy("Pushed out"),
    "given_away": gettext_lazy("Given away"),
    "moved_out": gettext_lazy("Went to another pipeline"),
}
CLOSE_FROM = DateParameter("close_from", gettext_lazy("Expected to close from"), "date")
CLOSE_TO = DateParameter("close_to", gettext_lazy("Expected to close to"), "date")


def _today(_asked: Mapping[str, str]) -> str:
    return company_day(timezone.now()).isoformat()


def _month_began(asked: Mapping[str, str]) -> str:
    """The first day of the month of the last day, or of this month."""
    try:
        last = date.fromisoformat(asked.get("to", "").strip())
    except ValueError:
        last = company_day(timezone.now())
    return last.replace(day=1).isoformat()


FROM = DateParameter("from", gettext_lazy("From"), "date", usual=_month_began)
TO = DateParameter("to", gettext_lazy("To"), "date", usual=_today)
PARAMETERS = [*WHOSE, FROM, TO, CLOSE_FROM, CLOSE_TO]
FLOW = choice("flow", gettext_lazy("Step"), list(FLOW_NAMES.items()))


@report(
    "waterfall",
    title=gettext_lazy("Waterfall of open deals"),
    group=groups.OPEN,
    description=gettext_lazy("From what was open on one day to what is open on another, step by step."),
    parameters=PARAMETERS,
)
def open_waterfall(reader: Reader, params: dict[str, Any]) -> Table:
    asked, first, last = _asked(reader, params)
    found = waterfall(asked)
    # By days of expected close a past day cannot be narrowed.
    is_whole = not (params.get("close_from") or params.get("close_to"))
    start_url = links.as_of_url(first - timedelta(days=1), params) if is_whole else ""
    end_url = links.as_of_url(last, params) if is_whole else ""
    rows = [_row(_("Open at the beginning of %(day)s") % {"day": _day(first)}, found.start, start_url)]
    rows += [_row(FLOW_NAMES[kind], found.flows[kind], _behind_url(params, kind)) for kind in FLOWS]
    rows.append(_row(_("Open at the end of %(day)s") % {"day": _day(last)}, found.end, end_url))
    columns = [
        Column("step", gettext_lazy("Step")),
        count("deals", gettext_lazy("Deals")),
        money("amount", gettext_lazy("Amount")),
    ]
    notes = [
        _(
            "Each deal as it stood at both ends: its stage, its amount, its owner and its expected close of then."
        ),
        _(
            "A deal that was won, lost or left counts at the amount it had in the end; the change stands apart."
        ),
        _(
            "With days of expected close, a deal whose day moved into them is pulled in, and out of them pushed out."
        ),
    ]
    return Table(columns, rows, notes)


@report(
    "waterfall-deals",
    title=gettext_lazy("Deals behind a step of the waterfall"),
    group=groups.OPEN,
    description=gettext_lazy("Which deals were created, won, pushed out and so on between two days."),
    parameters=[FLOW, *PARAMETERS],
)
def waterfall_deals(reader: Reader, params: dict[str, Any]) -> Table:
    asked, first, last = _asked(reader, params)
    found = deals_behind(asked, params["flow"], MOST + 1)
    rows = [
        Row(
            {
                "deal": title,
                "client": client or "",
                "person": owner_name(reader, owner_id),
                "before": before,
                "after": after,
                "amount": amount,
            },
            {"deal": links.deal_url(pk)},
        )
        for pk, title, client, owner_id, before, after, amount in found[:MOST]
    ]
    columns = [
        Column("deal", gettext_lazy("Deal")),
        Column("client", gettext_lazy("Client")),
        Column("person", gettext_lazy("Person")),
        money("before", _("Amount on %(day)s") % {"day": _day(first)}),
        money("after", _("Amount on %(day)s") % {"day": _day(last)}),
        money("amount", gettext_lazy("Step")),
    ]
    notes = [_("The owner is today's.")]
    if len(found) > MOST:
        notes.append(_("Only the %(n)d weightiest are shown: choose a pipeline or a person.") % {"n": MOST})
    return Table(columns, rows, notes)


def _asked(reader: Reader, params: dict[str, Any]) -> tuple[Asked, date, date]:
    """This month until today, where no days are said. A day still to come ends now."""
    first, last = params["from"], min(params["to"], company_day(timezone.now()))
    close = params.get("close_from"), params.get("close_to")
    if first > last:
        raise Refused(_("The waterfall begins in the future: choose an earlier day."))
    if close[0] and close[1] and close[0] > close[1]:
        raise Refused(_("The first day of expected close is after the last one: exchange them."))
    selection = select(reader, params)
    return (
        Asked(
            first=_midnight(first),
            last=_midnight(last + timedelta(days=1)),
            pipelines=[pipeline.pk for pipeline in selection.pipelines],
            people=None if selection.people is None else sorted(selection.people),
            close=close,
        ),
        first,
        last,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.COMPANY_TIME_ZONE))


def _row(step: Any, flow: Flow, url: str = "") -> Row:
    values = {"step": str(step), "deals": flow.deals, "amount": flow.worth or Decimal(0)}
    return Row(values, {"deals": url, "amount": url} if url and flow.deals else {})


def _behind_url(params: dict[str, Any], flow: str) -> str:
    said = {key: getattr(value, "pk", value) for key, value in params.items()} | {"flow": flow}
    return f"{reverse('reports:report', args=['waterfall-deals'])}?{urlencode(said)}"


def _day(day: date) -> str:
    return day.strftime("%Y-%m-%d")
