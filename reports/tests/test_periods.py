from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.periods import Period, month_of, named_period, quarter_name, quarter_of

DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31))


@given(DAYS, DAYS)
def test_whole_months_and_edges_cover_every_day_of_a_period_once(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    months, edges = period.whole_months()
    covered = [day for part in [*([months] if months else []), *edges] for day in days_of(part)]
    assert sorted(covered) == days_of(period)
    if months:
        assert months.first == month_of(months.first).first
        assert months.last == month_of(months.last).last


def days_of(period: Period) -> list[date]:
    assert period.first
    assert period.last
    return [period.first + timedelta(step) for step in range((period.last - period.first).days + 1)]


def test_all_time_needs_no_days_at_all() -> None:
    assert Period().whole_months() == (Period(), [])
    assert Period(date(2025, 3, 1), None).whole_months() == (Period(date(2025, 3, 1), None), [])


def test_a_period_that_ends_before_it_begins_holds_nothing() -> None:
    assert Period(date(2025, 3, 2), date(2025, 3, 1)).whole_months() == (None, [])


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("this-month", date(2024, 2, 1), date(2024, 2, 29)),
        ("this-quarter", date(2024, 1, 1), date(2024, 3, 31)),
        ("last-quarter", date(2023, 10, 1), date(2023, 12, 31)),
        ("this-year", date(2024, 1, 1), date(2024, 12, 31)),
        ("all", None, None),
    ],
)
def test_named_periods(key: str, first: date | None, last: date | None) -> None:
    assert named_period(key, date(2024, 2, 10)) == Period(first, last)


@given(DAYS)
def test_a_quarter_holds_its_day_and_has_a_name(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.first
    assert quarter.last
    assert quarter.first <= day <= quarter.last
    assert quarter_name(quarter.first) == quarter_name(day) == quarter_name(quarter.last)
