"""How long a deal stood in each stage: pure arithmetic over the days it entered them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from foundation.clock import company_day
from foundation.errors import Refused
from foundation.working_time import Calendar, Interval, working_days_between, working_time_between


class Entering(NamedTuple):
    """A deal entered a stage. `lasts`: it stands there from then on; a closing stage is entered and no more."""

    stage_id: int
    at: datetime
    lasts: bool = True


@dataclass(frozen=True)
class Visit:
    """A stretch in a stage; `left_at` is None while it goes on."""

    stage_id: int
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True)
class StageTime:
    """All visits of one stage. `latest` and `together` are working time, `days` working days of the latest visit,
    counted as the norm counts them; None where it is longer ago than working time is counted."""

    stage_id: int
    entered_at: datetime
    left_at: datetime | None
    visits: int
    latest: timedelta | None
    together: timedelta | None
    days: int | None


def visits_of(enterings: Sequence[Entering]) -> list[Visit]:
    """In the order the stages were entered; enterings come in the order they happened."""
    visits = []
    for entering, following in pairwise([*enterings, None]):
        if entering is not None and entering.lasts:
            left = following.at if following is not None else None
            visits.append(Visit(entering.stage_id, entering.at, left))
    return visits


def times_in_stages(enterings: Sequence[Entering], now: datetime, calendar: Calendar) -> dict[int, StageTime]:
    """By stage: first entered, last left, and the working time of the latest visit and of all of them."""
    found: dict[int, list[Visit]] = {}
    for visit in visits_of(enterings):
        found.setdefault(visit.stage_id, []).append(visit)
    return {stage_id: _together(visits, now, calendar) for stage_id, visits in found.items()}


def day_length(calendar: Calendar) -> timedelta:
    """A usual working day: the middle one of the week's days that have hours."""
    lengths = sorted(filter(None, (_length(hours) for hours in calendar.weekly)))
    return lengths[len(lengths) // 2] if lengths else timedelta(hours=8)


def _together(visits: list[Visit], now: datetime, calendar: Calendar) -> StageTime:
    spent = [_worked(visit, now, calendar) for visit in visits]
    known = [each for each in spent if each is not None]
    last = visits[-1]
    return StageTime(
        stage_id=last.stage_id,
        entered_at=visits[0].entered_at,
        left_at=last.left_at,
        visits=len(visits),
        latest=spent[-1],
        together=sum(known, timedelta()) if len(known) == len(spent) else None,
        days=_days(last, now, calendar) if spent[-1] is not None else None,
    )


def _worked(visit: Visit, now: datetime, calendar: Calendar) -> timedelta | None:
    try:
        return working_time_between(visit.entered_at, visit.left_at or now, calendar).duration
    except Refused:
        return None


def _days(visit: Visit, now: datetime, calendar: Calendar) -> int:
    return working_days_between(company_day(visit.entered_at), company_day(visit.left_at or now), calendar)


def _length(hours: Sequence[Interval]) -> timedelta:
    return timedelta(minutes=sum((_minutes(ends) or 24 * 60) - _minutes(starts) for starts, ends in hours))


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
