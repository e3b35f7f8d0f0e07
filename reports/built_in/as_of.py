"""The pipeline on a past day, in the catalogue; its own page shows it as a board or a list."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.clock import company_day
from reports import groups
from reports.as_of_page import asked_of, by_stage
from reports.parameters import WHOSE, DateParameter
from reports.readers import Reader
from reports.registry import report
from reports.tables import Column, Row, Table, count, money


def _yesterday(_asked: Mapping[str, str]) -> str:
    return (company_day(timezone.now()) - timedelta(days=1)).isoformat()


ON = DateParameter("on", gettext_lazy("Day"), "date", usual=_yesterday)


@report(
    "pipeline-on",
    title=gettext_lazy("The pipeline on a past day"),
    group=groups.OPEN,
    description=gettext_lazy("Board and list of the open deals as they stood when a day ended."),
    parameters=[ON, *WHOSE],
    url_name="reports:pipeline_on",
)
def pipeline_on(reader: Reader, params: dict[str, Any]) -> Table:
    asked = asked_of(reader, params)
    rows = [
        Row({"stage": each.stage.name, "deals": each.standing.deals, "amount": each.standing.worth})
        for each in by_stage(asked)
    ]
    columns = [
        Column("stage", gettext_lazy("Stage")),
        count("deals", gettext_lazy("Deals")),
        money("amount", gettext_lazy("Amount")),
    ]
    return Table(columns, rows, [_("Each deal in its stage, with its amount and its owner of then.")])
