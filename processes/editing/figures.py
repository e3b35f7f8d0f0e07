"""How processes do, for lists of them: beginnings a day, failures, the usual time, late work. In few statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F

from processes.models import Incident, Run, WorkItem

DAYS = 7
USUAL_DAYS = 90


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Figures:
    """`per_day`: runs begun in the last week, by seven; `usual`: median of those ended in the last quarter."""

    per_day: float = 0.0
    failures: int = 0
    usual: timedelta | None = None
    late: int = 0


def figures(keys: Iterable[int], now: datetime) -> dict[int, Figures]:
    """By process, four statements whatever their number."""
    wanted = list(keys)
    begun = _counted(
        Run.objects.filter(process__in=wanted, started_at__gt=now - timedelta(days=DAYS)), "process"
    )
    failed = _counted(Incident.objects.filter(run__process__in=wanted, solved_at=None), "run__process")
    late = _counted(
        WorkItem.objects.filter(run__process__in=wanted, state="open", due_at__lt=now), "run__process"
    )
    ended = Run.objects.filter(
        process__in=wanted, status="ended", ended_at__gt=now - timedelta(days=USUAL_DAYS)
    )
    lasted = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    usual = dict(ended.order_by().values("process").annotate(n=Median(lasted)).values_list("process", "n"))
    return {
        key: Figures(begun.get(key, 0) / DAYS, failed.get(key, 0), usual.get(key), late.get(key, 0))
        for key in wanted
    }


def _counted(rows: Any, by: str) -> dict[int, int]:
    return dict(rows.order_by().values(by).annotate(n=Count("pk")).values_list(by, "n"))


def duration_short(time: timedelta | None) -> str:
    """“3 d 4 h”, “2 h 10 min”, “under a minute”; nothing for none."""
    from django.utils.translation import gettext as _

    if time is None:
        return ""
    minutes = int(time.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min") % {"minutes": minutes} if minutes else _("under a minute")
