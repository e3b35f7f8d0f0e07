"""Beginnings by the calendar."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from deals.models import Deal
from deals.testing import make_deal
from foundation.errors import Refused
from processes import schedules
from processes.models import Run, Trigger
from processes.running import jobs
from processes.testing import block, make_process
from users.testing import Cast

ZONE = ZoneInfo(settings.COMPANY_TIME_ZONE)
WEDNESDAY = datetime(2026, 3, 4, 7, tzinfo=ZONE)
OWNER = {"kind": "owner"}


def scheduled(at: datetime, **start: Any) -> Any:
    return make_process([block("task", who=OWNER)], starts=[{"schedule": "FREQ=DAILY", **start}], at=at)


def begin_all(at: datetime) -> list[str]:
    schedules.begin_due(at)
    jobs.drain()
    return sorted(Run.objects.values_list("title", flat=True))


def test_a_daily_schedule_begins_a_run_for_each_record_its_condition_fits(cast: Cast) -> None:
    for name, amount in (("Small", 10), ("Big", 1_000), ("Huge", 5_000)):
        make_deal(name, owner=cast.salesperson, amount=amount)
    scheduled(WEDNESDAY, when=["deal.amount", "gte", "1000.00"])
    assert begin_all(WEDNESDAY) == []
    assert begin_all(WEDNESDAY.replace(hour=8)) == ["Big", "Huge"]
    assert Trigger.objects.get().next_at == WEDNESDAY.replace(hour=8) + timedelta(days=1)


def test_three_working_days_before_a_day_of_the_record(cast: Cast) -> None:
    days = {"Friday": date(2026, 3, 6), "Monday": date(2026, 3, 9), "Tuesday": date(2026, 3, 10)}
    for name, day in days.items():
        deal = make_deal(name, owner=cast.salesperson)
        Deal.objects.filter(pk=deal.pk).update(expected_close_on=day)
    offset = {"amount": -3, "unit": "working_days"}
    scheduled(WEDNESDAY, field="deal.expected_close_on", offset=offset)
    assert begin_all(WEDNESDAY.replace(hour=9)) == ["Monday"]


def test_days_after_a_moment_of_the_record_count_by_the_companys_clock(cast: Cast) -> None:
    for name, hour in (("Late", 23), ("Early", 1)):
        deal = make_deal(name, owner=cast.salesperson)
        Deal.objects.filter(pk=deal.pk).update(last_touch_at=datetime(2026, 3, 2, hour, tzinfo=ZONE))
    deal = make_deal("Other", owner=cast.salesperson)
    Deal.objects.filter(pk=deal.pk).update(last_touch_at=datetime(2026, 3, 3, 1, tzinfo=ZONE))
    scheduled(WEDNESDAY, field="deal.last_touch_at", offset={"amount": 2, "unit": "days"})
    assert begin_all(WEDNESDAY.replace(hour=9)) == ["Early", "Late"]


@pytest.mark.parametrize("rule", ["", "FREQ=HOURLY", "FREQ=SOMETIMES", "every day", "FREQ=DAILY;BYDAY=XX"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(Refused):
        schedules.checked_rule(rule)
