"""Repetition: the rules against an oracle that walks the days, and the plain choices."""

import calendar as months
from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from activities.repeat_choices import CHOICES, Repeat, choice_of, described, rule_of
from activities.repeats import checked, next_day, upcoming
from foundation.errors import Refused

DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))
CHOICE = st.sampled_from([name for name, _label in CHOICES if name not in ("", "custom")])


def is_of_series(day, first, choice, every, weekdays):
    """The oracle: whether a day belongs to a series, said of each day by itself."""
    if day < first:
        return False
    since_months = (day.year - first.year) * 12 + day.month - first.month
    last_of_month = months.monthrange(day.year, day.month)[1]
    match choice:
        case "daily":
            return (day - first).days % every == 0
        case "workdays":
            return day.weekday() < 5
        case "weekly":
            monday = first - timedelta(days=first.weekday())
            return ((day - monday).days // 7) % every == 0 and day.weekday() in (
                weekdays or {first.weekday()}
            )
        case "monthly":
            return since_months % every == 0 and day.day == min(first.day, last_of_month)
        case "by_weekday":
            nth = (first.day - 1) // 7 + 1
            if since_months % every or day.weekday() != first.weekday():
                return False
            return day.day + 7 > last_of_month if nth > 4 else (day.day - 1) // 7 + 1 == nth
        case "yearly":
            same = (day.month, day.day) == (first.month, min(first.day, last_of_month))
            return (day.year - first.year) % every == 0 and same
    raise AssertionError(choice)


@given(CHOICE, DAYS, st.integers(1, 4), st.sets(st.integers(0, 6)), st.integers(0, 800))
def test_the_next_day_is_the_first_of_the_series_after_a_day(choice, first, every, weekdays, later):
    every = 1 if choice == "workdays" else every
    rule = checked(rule_of(Repeat(choice, every, tuple(sorted(weekdays))), first))
    after = first + timedelta(days=later)
    found = next_day(rule, first=first, after=after)
    candidate = after + timedelta(days=1)
    while not is_of_series(candidate, first, choice, every, weekdays):
        candidate += timedelta(days=1)
    assert found == candidate


@given(CHOICE, DAYS, st.integers(1, 20), st.integers(0, 400))
def test_a_series_of_so_many_times_ends_after_them(choice, first, times, later):
    rule = checked(rule_of(Repeat(choice, times=times), first))
    whole = [moment.date() for moment in rrulestr(rule, dtstart=datetime.combine(first, datetime.min.time()))]
    assert len(whole) == times
    after = first + timedelta(days=later)
    assert next_day(rule, first=first, after=after) == next((day for day in whole if day > after), None)


@given(CHOICE, DAYS, st.integers(0, 300), st.integers(0, 400))
def test_a_series_until_a_day_never_goes_past_it(choice, first, length, later):
    until = first + timedelta(days=length)
    rule = checked(rule_of(Repeat(choice, until=until), first))
    found = next_day(rule, first=first, after=first + timedelta(days=later))
    assert found is None or first + timedelta(days=later) < found <= until


@given(CHOICE, DAYS, st.integers(1, 4), st.sets(st.integers(0, 6)))
def test_a_choice_survives_being_a_rule(choice, first, every, weekdays):
    every = 1 if choice == "workdays" else every
    days = tuple(sorted(weekdays)) if choice == "weekly" else ()
    rule = checked(rule_of(Repeat(choice, every, days), first))
    again = choice_of(rule, first)
    assert rule_of(again, first) == rule
    assert described(rule)


def test_the_31st_is_the_last_day_of_shorter_months_and_february_29_of_other_years():
    monthly = rule_of(Repeat("monthly"), date(2027, 1, 31))
    assert upcoming(monthly, first=date(2027, 1, 31), after=date(2027, 1, 31), most=4) == [
        date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)
    ]  # fmt: skip
    on_30 = rule_of(Repeat("monthly"), date(2027, 1, 30))
    assert upcoming(on_30, first=date(2027, 1, 30), after=date(2027, 1, 30), most=2) == [
        date(2027, 2, 28), date(2027, 3, 30)
    ]  # fmt: skip
    yearly = rule_of(Repeat("yearly"), date(2028, 2, 29))
    assert upcoming(yearly, first=date(2028, 2, 29), after=date(2028, 2, 29), most=4) == [
        date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    [
        "", "daily", "FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=3", "FREQ=HOURLY", "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=100000", "FREQ=DAILY;INTERVAL=0", "FREQ=YEARLY;INTERVAL=11", "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;COUNT=3;UNTIL=20300101", "FREQ=DAILY;UNTIL=20301301", "FREQ=DAILY;BYHOUR=3", "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY\nDTSTART:20260101",
        "FREQ=MONTHLY;BYMONTHDAY=99", "FREQ=MONTHLY;BYSETPOS=x", "FREQ=DAILY;" + "A" * 300,
        "FREQ=WEEKLY;BYDAY=99MO;BYSETPOS=",
    ],
)  # fmt: skip
def test_what_is_no_rule_or_asks_too_much_is_refused(rule):
    with pytest.raises(Refused):
        checked(rule)


def test_a_rule_is_kept_in_one_spelling():
    assert checked("rrule:interval=1;byday=MO,FR;freq=weekly;until=20301231T220000Z") == (
        "FREQ=WEEKLY;UNTIL=20301231;BYDAY=MO,FR"
    )


def test_a_series_says_itself_in_words():
    assert described("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=3") == "every 2 weeks on Mon, Wed, 3 times"
    assert described("FREQ=MONTHLY;BYMONTHDAY=-1") == "every month on the last day"
    assert described("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR") == "every working day"


def test_time_is_an_argument():
    assert next_day(
        "FREQ=DAILY", first=date(2020, 1, 1), after=datetime(2026, 1, 1, tzinfo=UTC).date()
    ) == date(2026, 1, 2)
