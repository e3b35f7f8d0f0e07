"""Which open deals are quiet: longer in their stage than its norm in working days, with nothing planned ahead."""

from collections import defaultdict
from datetime import date, datetime

from django.db.models import Q

from deals.filters import begins
from deals.models import Stage, StageKind
from deals.queries.words import company_calendar
from foundation.clock import company_day


def is_quiet(at: datetime) -> Q:
    """As a condition, said in moments, so that an index of open deals answers it. One statement, for the norms."""
    today = company_day(at)
    norms: dict[int, list[int]] = defaultdict(list)
    for key, norm in Stage.objects.filter(kind=StageKind.OPEN, norm_days__isnull=False).values_list(
        "pk", "norm_days"
    ):
        norms[norm or 0].append(key)
    over = Q(pk__in=[])
    for norm, stages in sorted(norms.items()):
        over |= Q(stage_id__in=stages, entered_stage_at__lt=begins(last_day_within(norm, today)))
    return Q(state="open") & over & (Q(next_step_on__isnull=True) | Q(next_step_on__lt=today))


def last_day_within(norm: int, today: date) -> date:
    """A deal that entered its stage before this day has been there for more than `norm` working days."""
    return company_calendar.working_day_before(today, norm)
