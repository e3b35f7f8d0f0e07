"""Past working days as texts, made once: a million deals have four million moments."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

YEARS = 2
SATURDAY = 5
OPENS, CLOSES = 9 * 60, 17 * 60


@dataclass(frozen=True)
class WorkingDays:
    """Day `d` is the d-th working day of the company before today; a moment is a day and a minute of it."""

    days: list[str]
    offsets: list[str]
    midnights: list[float]
    minutes: list[str]

    def moment(self, day: int, minute: int) -> str:
        return self.days[day] + self.minutes[minute] + self.offsets[day]

    @property
    def count(self) -> int:
        return len(self.days)


def working_days(now: datetime) -> WorkingDays:
    """The last two years up to yesterday, in the company's zone."""
    zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
    today = now.astimezone(zone).date()
    days, offsets, midnights = [], [], []
    for ago in range(YEARS * 365, 0, -1):
        day = today - timedelta(days=ago)
        if day.weekday() < SATURDAY:
            midnight = datetime.combine(day, time(0), zone)
            days.append(day.isoformat())
            offsets.append(datetime.combine(day, time(12), zone).strftime("%z"))
            midnights.append(midnight.timestamp())
    minutes = [f" {minute // 60:02d}:{minute % 60:02d}:00" for minute in range(24 * 60)]
    return WorkingDays(days, offsets, midnights, minutes)
