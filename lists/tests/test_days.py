"""“Last 30 days” and its kin, day by day against plain counting, and where a day begins at the ends of the world."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists.where.days import begins, span

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def within(op, values, day, today):
    first, last = span(op, values, today)
    return (first is None or first <= day) and (last is None or day <= last)


@given(days, st.integers(-40, 40), st.integers(1, 20))
def test_counted_days_are_those_one_would_tick_off_on_a_calendar(today, away, n):
    day = today + timedelta(days=away)
    ahead = [today + timedelta(days=i) for i in range(n)]
    behind = [today - timedelta(days=i) for i in range(n)]
    assert within("next", (n,), day, today) == (day in ahead)
    assert within("last", (n,), day, today) == (day in behind)
    assert within("older", (n,), day, today) == ((today - day).days > n)


@given(days, days)
def test_this_week_month_quarter_and_year_hold_the_days_of_the_same_one(today, day):
    same = {
        "week": day.isocalendar()[:2] == today.isocalendar()[:2],
        "month": (day.year, day.month) == (today.year, today.month),
        "quarter": (day.year, (day.month + 2) // 3) == (today.year, (today.month + 2) // 3),
        "year": day.year == today.year,
    }
    for unit, is_same in same.items():
        assert within("this", (unit,), day, today) == is_same, unit


@pytest.mark.parametrize(
    ("zone", "begun"),
    [
        ("Pacific/Pago_Pago", "2026-03-29T11:00"),
        ("Asia/Kolkata", "2026-03-28T18:30"),
        ("Pacific/Kiritimati", "2026-03-28T10:00"),
        ("Europe/Berlin", "2026-03-28T23:00"),  # the night the clock is put forward
    ],
)
def test_a_day_begins_where_the_person_is(zone, begun):
    assert begins(date(2026, 3, 29), ZoneInfo(zone)) == datetime.fromisoformat(begun).replace(tzinfo=UTC)
