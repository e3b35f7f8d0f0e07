"""The order of the story: everything is planned first, then played by the clock."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

SATURDAY = 5
Action = Callable[[datetime], Any]


class Stage:
    """Actions at past moments, played oldest first, so that keys and timelines grow as in a real company."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._planned: list[tuple[datetime, int, Action]] = []

    def plan(self, at: datetime, action: Action) -> None:
        """Actions of one moment keep the order they were planned in."""
        self._planned.append((at, len(self._planned), action))

    def play(self) -> None:
        planned, self._planned = sorted(self._planned, key=lambda each: each[:2]), []
        for at, _order, action in planned:
            action(at)


def in_working_hours(moment: datetime, minutes: int) -> datetime:
    """The same day, or the Monday after, so many minutes after nine in the company's zone."""
    zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
    day = moment.astimezone(zone).date()
    if day.weekday() >= SATURDAY:
        day += timedelta(days=7 - day.weekday())
    return datetime.combine(day, time(9), zone) + timedelta(minutes=minutes)
