"""What was won, by whom and when: first passages of won stages, of their day, amount and owner then."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import StageKind
from reports import groups, links
from reports.charts import bars
from reports.funnel import NOTHING, Sums, passed_by_day, passed_by_owner
from reports.parameters import WHEN, WHOSE
from reports.periods import month_after, month_end, month_name, quarter_begin, quarter_end, quarter_name
from reports.readers import Reader
from reports.registry import report
from reports.selections import Selection, select
from reports.tables import Column, Row, Table, count, money

METHOD = gettext_lazy(
    "A deal counts on the day it was won, for its owner of that day, at its amount in the company's currency. "
    "A reopened deal no longer counts."
)
DEALS, AMOUNT = count("deals", gettext_lazy("Won deals")), money("amount", gettext_lazy("Won amount"))
SPANS: dict[str, tuple[Callable[[date], date], Callable[[date], date], Callable[[date], str]]] = {
    "quarter": (quarter_begin, quarter_end, quarter_name),
    "month": (lambda day: day.replace(day=1), month_end, month_name),
}


@report(
    "won-by-quarter",
    title=gettext_lazy("Won by quarter"),
    group=groups.WON,
    description=gettext_lazy("Count and amount of won deals in each quarter of closing."),
    parameters=[*WHOSE, *WHEN],
)
def won_by_quarter(reader: Reader, params: dict[str, Any]) -> Table:
    return _over_time("quarter", gettext_lazy("Quarter"), select(reader, params))


@report(
    "won-by-month",
    title=gettext_lazy("Won by month"),
    group=groups.WON,
    description=gettext_lazy("Count and amount of won deals in each month of closing."),
    parameters=[*WHOSE, *WHEN],
)
def won_by_month(reader: Reader, params: dict[str, Any]) -> Table:
    return _over_time("month", gettext_lazy("Month"), select(reader, params))


@report(
    "won-by-person",
    title=gettext_lazy("Won by person"),
    group=groups.WON,
    description=gettext_lazy("Count and amount of won deals of each owner."),
    parameters=[*WHOSE, *WHEN],
)
def won_by_person(reader: Reader, params: dict[str, Any]) -> Table:
    def person(owner_id: int | None) -> tuple[Any, str]:
        return owner_id, owner_name(reader, owner_id)

    return _by("person", gettext_lazy("Person"), select(reader, params), person)


@report(
    "won-by-head",
    title=gettext_lazy("Won by head"),
    group=groups.WON,
    description=gettext_lazy("Won deals by the head of the owner's nearest department that has one."),
    parameters=[*WHOSE, *WHEN],
)
def won_by_head(reader: Reader, params: dict[str, Any]) -> Table:
    def head(owner_id: int | None) -> tuple[Any, str]:
        found = reader.head_of(owner_id)
        return (found.pk, found.name) if found else (None, _("No head"))

    return _by("head", gettext_lazy("Head"), select(reader, params), head)


@report(
    "won-by-department",
    title=gettext_lazy("Won by department"),
    group=groups.WON,
    description=gettext_lazy("Count and amount of won deals of each department's own people."),
    parameters=[*WHOSE, *WHEN],
)
def won_by_department(reader: Reader, params: dict[str, Any]) -> Table:
    def department(owner_id: int | None) -> tuple[Any, str]:
        found = reader.department_of(owner_id)
        return (found.pk, found.name) if found else (None, _("No department"))

    return _by("department", gettext_lazy("Department"), select(reader, params), department)


def owner_name(reader: Reader, owner_id: int | None) -> str:
    if owner_id is None:
        return _("No owner")
    return reader.people[owner_id].name if owner_id in reader.people else _("Automation")


def won_over_time(span: str, selection: Selection, passed: Mapping[tuple[int, date], Sums]) -> list[Row]:
    """Rows with `span`, deals and amount, oldest first, quiet ones between included; from passed_by_day."""
    begin_of, end_of, name_of = SPANS[span]
    won = selection.stages_of(StageKind.WON)
    wanted = {stage.pk for stage in won}
    found: dict[date, Sums] = {}
    for (stage_id, day), sums in passed.items():
        if stage_id in wanted and (sums.deals or sums.amount):
            first = begin_of(day)
            found[first] = found.get(first, NOTHING) + sums
    rows, begin = [], min(found, default=None)
    while begin is not None and begin <= max(found):
        within = selection.period.cut_to(begin, end_of(begin))
        url = links.passed_url(selection, won, period=within)
        rows.append(_group_row(span, name_of(begin), found.get(begin, NOTHING), url))
        begin = month_after(end_of(begin))
    return rows


def _over_time(span: str, title: Any, selection: Selection) -> Table:
    rows = won_over_time(span, selection, passed_by_day(selection, selection.stages_of(StageKind.WON)))
    return Table([Column(span, title), DEALS, AMOUNT], rows, [METHOD], bars(span, title, rows))


def _by(
    key: str, title: Any, selection: Selection, group_of: Callable[[int | None], tuple[Any, str]]
) -> Table:
    """Owners gathered under (key, name), largest amount first."""
    won = selection.stages_of(StageKind.WON)
    gathered: dict[Any, tuple[str, Sums, list[Any]]] = {}
    for (_stage, owner_id), sums in passed_by_owner(selection, won).items():
        if sums.deals:
            group, name = group_of(owner_id)
            _name, before, owners = gathered.get(group, (name, NOTHING, []))
            gathered[group] = (name, before + sums, [*owners, owner_id])
    rows = [
        _group_row(key, name, sums, links.passed_url(selection, won, owners=owners))
        for name, sums, owners in sorted(gathered.values(), key=lambda each: (-each[1].amount, each[0]))
    ]
    return Table([Column(key, title), DEALS, AMOUNT], rows, [METHOD])


def _group_row(key: str, name: str, sums: Sums, url: str) -> Row:
    return Row({key: name, "deals": sums.deals, "amount": sums.amount}, {"deals": url, "amount": url})
