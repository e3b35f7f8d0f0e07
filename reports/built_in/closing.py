"""How deals end: how often won, how long it took, why lost."""

from typing import Any

from django.db.models import Count, DecimalField, F, Func, IntegerField, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import StageKind
from reports import groups, links
from reports.built_in.won import METHOD, owner_name
from reports.funnel import passed_by_owner
from reports.parameters import WHEN, WHOSE, choice
from reports.readers import Reader
from reports.registry import report
from reports.selections import Selection, select
from reports.statistics import median, share
from reports.tables import Column, Row, Table, count, days, money, percent, share_values

OUTCOMES = [("won", gettext_lazy("won")), ("lost", gettext_lazy("lost"))]


class DaysBetween(Func):
    """A whole number of days; Django's own subtraction of dates makes an interval."""

    template, arg_joiner, output_field = "(%(expressions)s)", " - ", IntegerField()


def days_to_close(selection: Selection) -> dict[str, tuple[int, float]]:
    """{"won": (deals, median days from opening to closing), "lost": …}, one statement.

    The database counts deals by days, which needs no sorting of a million rows; the median is taken from that.
    """
    closed = selection.deals().closed().filter(selection.period.of_days("closed_on"))
    took = closed.annotate(days=DaysBetween(F("closed_on"), F("opened_on"))).values_list("state", "days")
    counts: dict[str, dict[int, int]] = {}
    for state, days_taken, deals in took.annotate(deals=Count("pk")):
        counts.setdefault(state, {})[days_taken] = deals
    return {state: (sum(found.values()), median(found)) for state, found in counts.items()}


@report(
    "days-to-close",
    title=gettext_lazy("Days to close"),
    group=groups.CLOSING,
    description=gettext_lazy("Median days from opening to closing, for won and for lost deals."),
    parameters=[
        choice("state", gettext_lazy("Outcome"), [("all", gettext_lazy("both")), *OUTCOMES]),
        *WHOSE,
        *WHEN,
    ],
)
def days_to_close_report(reader: Reader, params: dict[str, Any]) -> Table:
    selection, wanted = select(reader, params), params["state"]
    found = days_to_close(selection)
    rows = []
    for state, _title in OUTCOMES:
        if wanted in ("all", state):
            deals, middle = found.get(state, (0, None))
            url = links.closed_url(selection, state)
            rows.append(Row({"outcome": state, "deals": deals, "median_days": middle}, {"deals": url}))
    columns = [
        Column("outcome", gettext_lazy("Outcome")),
        count("deals", gettext_lazy("Deals")),
        days("median_days", gettext_lazy("Median days")),
    ]
    notes = [
        _(
            "Calendar days between the day a deal was opened and the day it was closed; half are faster, half slower."
        ),
        _("Deals closed in the period, of their owners now."),
    ]
    return Table(columns, rows, notes)


@report(
    "win-rate",
    title=gettext_lazy("Win rate"),
    group=groups.CLOSING,
    description=gettext_lazy("Won deals among the closed ones, with the interval that chance alone allows."),
    parameters=[
        choice(
            "by",
            gettext_lazy("By"),
            [
                ("all", gettext_lazy("all together")),
                ("pipeline", gettext_lazy("pipeline")),
                ("department", gettext_lazy("department")),
                ("person", gettext_lazy("person")),
            ],
        ),
        *WHOSE,
        *WHEN,
    ],
)
def win_rate(reader: Reader, params: dict[str, Any]) -> Table:
    selection, by = select(reader, params), params["by"]
    closed = [stage for stage in selection.stages if not stage.is_open]
    kinds = {stage.pk: stage for stage in closed}
    counts: dict[tuple[Any, str], list[int]] = {} if by != "all" else {(None, _("All")): [0, 0]}
    owners: dict[tuple[Any, str], set[int | None]] = {}
    for (stage_id, owner_id), sums in passed_by_owner(selection, closed).items():
        if sums.deals:
            group = _group(reader, by, kinds[stage_id], owner_id)
            counts.setdefault(group, [0, 0])[kinds[stage_id].kind == StageKind.LOST] += sums.deals
            owners.setdefault(group, set()).add(owner_id)
    rows = [
        _rate_row(selection, by, group, won, lost, owners.get(group, set()))
        for group, (won, lost) in sorted(counts.items(), key=lambda each: (-sum(each[1]), each[0][1]))
    ]
    columns = [
        Column("group", gettext_lazy("Group")),
        count("won", gettext_lazy("Won")),
        count("lost", gettext_lazy("Lost")),
        percent("win_rate", gettext_lazy("Win rate")),
        percent("win_rate_low", gettext_lazy("at least")),
        percent("win_rate_high", gettext_lazy("at most")),
    ]
    notes = [
        _("Won divided by won and lost together; open deals are in neither."),
        _(
            "The interval is Wilson's, 95 %: with few deals it is wide, and differences within it may be chance."
        ),
        METHOD,
    ]
    return Table(columns, rows, notes)


def _group(reader: Reader, by: str, stage: Any, owner_id: int | None) -> tuple[Any, str]:
    """(key, name) of what a closing is counted under."""
    if by == "pipeline":
        return stage.pipeline_id, stage.pipeline.name
    if by == "department":
        found = reader.department_of(owner_id)
        return (found.pk, found.name) if found else (None, _("No department"))
    return (owner_id, owner_name(reader, owner_id)) if by == "person" else (None, _("All"))


def _rate_row(
    selection: Selection, by: str, group: tuple[Any, str], won: int, lost: int, owners: set[Any]
) -> Row:
    found, (group_key, name) = share(won, won + lost), group
    urls = {}
    for key, kind in (("won", StageKind.WON), ("lost", StageKind.LOST)):
        stages = [
            each for each in selection.stages_of(kind) if by != "pipeline" or each.pipeline_id == group_key
        ]
        if by in ("person", "department"):
            named = sorted(owners, key=lambda owner: owner or 0)
            urls[key] = links.passed_url(selection, stages, owners=named)
        else:
            urls[key] = links.passed_url(selection, stages)
    values = {"group": name, "won": won, "lost": lost, **share_values("win_rate", found)}
    return Row(values, urls, {"win_rate": found.whole})


@report(
    "lost-by-reason",
    title=gettext_lazy("Lost by reason"),
    group=groups.CLOSING,
    description=gettext_lazy("Why deals were lost, how many and worth how much."),
    parameters=[*WHOSE, *WHEN],
)
def lost_by_reason(reader: Reader, params: dict[str, Any]) -> Table:
    selection = select(reader, params)
    lost = selection.deals().lost().filter(selection.period.of_days("closed_on"))
    worth = Coalesce(Sum("base_amount"), 0, output_field=DecimalField())
    found = lost.values_list("loss_reason_id", "loss_reason__name").annotate(deals=Count("pk"), worth=worth)
    total = sum(deals for _pk, _name, deals, _worth in found)
    rows = []
    for reason_id, name, deals, amount in sorted(found, key=lambda each: (-each[2], each[1])):
        url = links.closed_url(selection, "lost", reason=reason_id)
        values = {"reason": name, "deals": deals, "share": deals / total, "amount": amount}
        rows.append(Row(values, {"deals": url, "amount": url}, {"share": total}))
    columns = [
        Column("reason", gettext_lazy("Reason")),
        count("deals", gettext_lazy("Lost deals")),
        percent("share", gettext_lazy("Share")),
        money("amount", gettext_lazy("Lost amount")),
    ]
    return Table(columns, rows, [_("Deals closed as lost in the period, of their owners now.")])
