"""Which open deals are quiet: for longer than their stage allows, nobody touched the client and the deal stood still.

Counted in working days at the moment of reading. A next step or a meeting to come keeps a deal from being quiet, as
long as it lies within the same limit: a plan for next year is none.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from deals.filters import begins
from deals.models import Stage, StageKind
from deals.queries.words import company_calendar
from foundation.clock import company_day

DAY = timedelta(days=1)


class QuietRule:
    """The rule at one moment; days are the company's. What is the same for all deals of a page is found once."""

    def __init__(self, at: datetime) -> None:
        self.at, self.today = at, company_day(at)

    def text(self, deal: Mapping[str, Any], limit: int | None) -> str:
        """“quiet 12 d”, or nothing. `deal` has state, entered_stage_at, last_touch_at, next_step_on and
        next_meeting_at; `limit` is the stage's in working days, None for never."""
        if limit is None or deal["state"] != "open":
            return ""
        touched = deal["last_touch_at"]
        since = max(touched, deal["entered_stage_at"]) if touched else deal["entered_stage_at"]
        days = company_calendar.days_since(since, self.at)
        if (days is not None and days <= limit) or self._is_planned(deal, limit):
            return ""
        return _("quiet over a year") if days is None else _("quiet %(days)s d") % {"days": days}

    def over(self, limit: int) -> Q:
        """The same as a condition, said in moments, so that an index answers it."""
        before, horizon = begins(last_day_within(limit, self.today)), self._horizon(limit)
        untouched = Q(last_touch_at__isnull=True) | Q(last_touch_at__lt=before)
        no_step = Q(next_step_on__isnull=True) | Q(next_step_on__lt=self.today) | Q(next_step_on__gt=horizon)
        no_meeting = (
            Q(next_meeting_at__isnull=True)
            | Q(next_meeting_at__lt=self.at)
            | Q(next_meeting_at__gte=begins(horizon + DAY))
        )
        return Q(entered_stage_at__lt=before) & untouched & no_step & no_meeting

    def _is_planned(self, deal: Mapping[str, Any], limit: int) -> bool:
        step, meeting, horizon = deal["next_step_on"], deal["next_meeting_at"], self._horizon(limit)
        if step is not None and self.today <= step <= horizon:
            return True
        return meeting is not None and self.at <= meeting and company_day(meeting) <= horizon

    def _horizon(self, limit: int) -> date:
        return company_calendar.working_day_after(self.today, limit)


def is_quiet(at: datetime, *, is_first: bool = False) -> Q:
    """As a condition on deals; `is_first`: in the first stage of their pipeline. One statement, for the stages."""
    rule = QuietRule(at)
    limits: dict[int, list[int]] = defaultdict(list)
    first: dict[int, int] = {}
    stages = Stage.objects.filter(kind=StageKind.OPEN).order_by("position", "pk")
    for stage in stages.only("pk", "pipeline_id", "norm_days", "quiet_days"):
        is_wanted = first.setdefault(stage.pipeline_id, stage.pk) == stage.pk or not is_first
        if is_wanted and stage.quiet_after is not None:
            limits[stage.quiet_after].append(stage.pk)
    over = Q(pk__in=[])
    for limit, keys in sorted(limits.items()):
        over |= Q(stage_id__in=keys) & rule.over(limit)
    return Q(state="open") & over


def last_day_within(norm: int, today: date) -> date:
    """What happened before this day is more than `norm` working days ago."""
    return company_calendar.working_day_before(today, norm)
