from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foundation.errors import Refused
from foundation.models import CalendarException, WorkingCalendar, WorkingHours
from foundation.working_time import (
    Calendar,
    Reason,
    SpecialDay,
    add_working_days,
    add_working_time,
    hours_text,
    working_days_between,
    working_time_between,
)

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAY_WITH_LUNCH = ((time(9), time(13)), (time(14), time(18)))
OFFICE = Calendar(
    "Office",
    "Europe/Madrid",
    (DAY_WITH_LUNCH,) * 5 + ((),) * 2,
    {
        date(2024, 3, 29): SpecialDay("Good Friday"),
        date(2024, 3, 28): SpecialDay("Short Thursday", ((time(9), time(13)),)),
        date(2024, 3, 23): SpecialDay("Worked Saturday", ((time(10), time(12)),)),
    },
)


def at(text, zone="Europe/Madrid"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("start", "hours", "moment"),
    [
        ("2024-03-04T10:00", 2, "2024-03-04T12:00"),
        ("2024-03-04T10:00", 3, "2024-03-04T13:00"),
        ("2024-03-04T12:00", 2, "2024-03-04T15:00"),
        ("2024-03-04T08:00", 8, "2024-03-04T18:00"),
        ("2024-03-08T17:00", 2, "2024-03-11T10:00"),
        ("2024-03-22T17:00", 2, "2024-03-23T11:00"),
        ("2024-03-28T12:00", 2, "2024-04-01T10:00"),
        ("2024-03-11T10:00", -2, "2024-03-08T17:00"),
        ("2024-04-01T09:00", -1, "2024-03-28T12:00"),
        ("2024-03-09T12:00", 0, "2024-03-09T12:00"),
    ],
)
def test_working_time_skips_nights_lunch_weekends_and_holidays(start, hours, moment):
    assert add_working_time(at(start), hours * HOUR, OFFICE).moment == at(moment)


def test_a_sum_explains_itself_day_by_day():
    answer = working_time_between(at("2024-03-27T17:00"), at("2024-04-01T10:30"), OFFICE)
    assert answer.duration == timedelta(hours=6, minutes=30)
    assert [step.reason for step in answer.steps] == [
        Reason.HOURS,
        Reason.SPECIAL,
        Reason.HOLIDAY,
        Reason.DAY_OFF,
        Reason.DAY_OFF,
        Reason.HOURS,
    ]
    assert answer.explained("en").splitlines() == [
        "Wed, Mar 27: 17:00–18:00 = 1:00",
        "Thu, Mar 28: 09:00–13:00 = 4:00 (Short Thursday)",
        "Fri, Mar 29: Good Friday",
        "Sat, Mar 30: day off",
        "Sun, Mar 31: day off",
        "Mon, Apr 1: 09:00–10:30 = 1:30",
        "= 6:30",
    ]


def test_steps_go_forward_in_time_even_when_counting_back():
    answer = add_working_time(at("2024-03-11T10:00"), -2 * HOUR, OFFICE)
    assert [step.on.day for step in answer.steps] == [8, 9, 10, 11]
    assert sum((step.amount for step in answer.steps), timedelta()) == 2 * HOUR
    assert answer.steps[-1].intervals == [(at("2024-03-11T09:00"), at("2024-03-11T10:00"))]


def round_the_clock(zone, hours=((time(0), time(0)),)):
    return Calendar("Always", zone, (hours,) * 7)


@pytest.mark.parametrize(
    ("zone", "day", "hours", "worked"),
    [
        ("America/New_York", "2024-03-10", ((time(0), time(0)),), 23 * HOUR),
        ("America/New_York", "2024-11-03", ((time(0), time(0)),), 25 * HOUR),
        ("America/New_York", "2024-03-10", ((time(1), time(2, 30)),), HOUR),
        ("America/New_York", "2024-03-10", ((time(2, 30), time(4)),), HOUR),
        ("America/New_York", "2024-03-10", ((time(2, 10), time(2, 50)),), 0 * HOUR),
        ("America/New_York", "2024-11-03", ((time(1), time(1, 30)),), HOUR / 2),
        ("America/New_York", "2024-11-03", ((time(1, 30), time(3)),), HOUR * 2.5),
        ("Pacific/Apia", "2011-12-30", ((time(9), time(18)),), 0 * HOUR),
        ("Australia/Lord_Howe", "2024-04-07", ((time(0), time(0)),), 24.5 * HOUR),
    ],
)
def test_hours_are_counted_as_they_really_pass(zone, day, hours, worked):
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(days=1)
    days = working_time_between(start, start + timedelta(days=3), round_the_clock(zone, hours)).steps
    assert sum((step.amount for step in days if step.on.isoformat() == day), timedelta()) == worked


def test_a_day_the_calendar_skipped_is_no_working_day():
    samoa = round_the_clock("Pacific/Apia")
    assert add_working_days(date(2011, 12, 29), 1, samoa) == date(2011, 12, 31)


@pytest.mark.parametrize("direction", [1, -1])
def test_a_calendar_without_hours_is_refused(direction):
    idle = Calendar("Idle", "UTC", ((),) * 7)
    for refuse in (
        lambda: add_working_time(at("2024-03-04T10:00"), direction * HOUR, idle),
        lambda: add_working_days(date(2024, 3, 4), direction, idle),
        lambda: add_working_days(date(2024, 3, 4), direction * 10**7, OFFICE),
        lambda: add_working_time(datetime.max.replace(tzinfo=UTC) - timedelta(days=9), 400 * HOUR, OFFICE),
        lambda: working_time_between(at("0024-03-04T10:00"), at("2024-03-04T10:00"), OFFICE),
    ):
        with pytest.raises(Refused, match="too few working hours"):
            refuse()


def test_a_moment_without_a_zone_is_an_error():
    with pytest.raises(ValueError, match="time zone"):
        add_working_time(datetime.fromisoformat("2024-03-04"), HOUR, OFFICE)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2024-03-22", 1, "2024-03-23"),
        ("2024-03-28", 1, "2024-04-01"),
        ("2024-03-04", 5, "2024-03-11"),
        ("2024-04-01", -1, "2024-03-28"),
        ("2024-03-09", 0, "2024-03-09"),
    ],
)
def test_working_days_skip_days_without_hours(start, n, end):
    assert add_working_days(date.fromisoformat(start), n, OFFICE) == date.fromisoformat(end)


@given(st.dates(date(2023, 1, 1), date(2025, 1, 1)), st.integers(-60, 60))
def test_working_days_added_are_the_working_days_between(start, n):
    assert working_days_between(start, add_working_days(start, n, OFFICE), OFFICE) == n


ZONES = {  # Each with a day to try around: clocks jump there, if ever.
    "Asia/Kolkata": date(2024, 3, 10),
    "Pacific/Apia": date(2011, 12, 30),
    "America/New_York": date(2024, 3, 10),
    "America/Toronto": date(2024, 11, 3),
    "America/St_Johns": date(2010, 11, 7),  # at 00:01, back to the evening before
    "America/Sao_Paulo": date(2018, 11, 4),  # at midnight, forward
    "America/Havana": date(2024, 11, 3),
    "Australia/Lord_Howe": date(2024, 4, 7),
    "Pacific/Niue": date(2024, 3, 10),
    "Pacific/Kiritimati": date(2024, 3, 10),
}


@lru_cache(maxsize=32)
def wall_minutes(zone):
    """For each UTC minute of seven days, the latest wall time the clock has shown so far: (date, minute of the day)."""
    start = datetime.combine(ZONES[zone], time(), UTC) - timedelta(days=3)
    latest, shown = datetime.fromisoformat("0001-01-01"), []
    for minute in range(7 * 24 * 60):
        latest = max(latest, (start + minute * MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None))
        shown.append((latest.date(), latest.hour * 60 + latest.minute))
    return start, shown


def working_minutes(calendar):
    """The oracle: which UTC minutes count, asked one by one."""
    start, shown = wall_minutes(calendar.time_zone)
    marked = {}
    for day in {day for day, _minute in shown}:
        special = calendar.exceptions.get(day)
        marked[day] = {
            minute
            for opens, closes in (calendar.weekly[day.weekday()] if special is None else special.intervals)
            for minute in range(opens.hour * 60 + opens.minute, (closes.hour * 60 + closes.minute) or 1440)
        }
    return start, [minute in marked[day] for day, minute in shown]


@st.composite
def intervals(draw):
    starts = draw(st.integers(0, 47))
    ends = draw(st.integers(starts + 1, 48))
    return time(starts // 2, starts % 2 * 30), time(ends // 2 % 24, ends % 2 * 30)


@st.composite
def calendars(draw):
    days = st.lists(intervals(), max_size=3).map(tuple)
    zone = draw(st.sampled_from(sorted(ZONES)))
    near = st.integers(-3, 3).map(lambda n: ZONES[zone] + timedelta(days=n))
    special = draw(st.dictionaries(near, days.map(lambda hours: SpecialDay("special", hours)), max_size=2))
    return Calendar("any", zone, tuple(draw(st.lists(days, min_size=7, max_size=7))), special)


@settings(max_examples=100, deadline=None)
@given(calendars(), st.integers(1440, 6 * 1440), st.integers(1440, 6 * 1440))
@example(round_the_clock("America/St_Johns", ((time(0), time(0, 30)), (time(23), time(0)))), 1440, 8640)
@example(round_the_clock("America/Havana", ((time(0, 30), time(12)),)), 1440, 8640)
def test_the_sum_is_what_counting_every_minute_gives(calendar, a, b):
    start, counts = working_minutes(calendar)
    expected = sum(counts[a:b]) if a <= b else -sum(counts[b:a])
    answer = working_time_between(start + a * MINUTE, start + b * MINUTE, calendar)
    assert answer.duration == expected * MINUTE
    assert sum((step.amount for step in answer.steps), timedelta()) == abs(answer.duration)


@settings(max_examples=100, deadline=None)
@given(calendars(), st.integers(2 * 1440, 5 * 1440), st.integers(-2000, 2000).filter(bool))
def test_the_moment_is_the_first_that_counting_every_minute_reaches(calendar, a, minutes):
    start, counts = working_minutes(calendar)
    left, now = abs(minutes), a
    while left and 0 < now < len(counts):
        now += 1 if minutes > 0 else -1
        left -= counts[now - 1 if minutes > 0 else now]
    if left:  # Beyond what the oracle has counted.
        return
    answer = add_working_time(start + a * MINUTE, minutes * MINUTE, calendar)
    assert answer.moment == start + now * MINUTE
    assert working_time_between(start + a * MINUTE, answer.moment, calendar).duration == minutes * MINUTE


def test_ten_years_are_summed_without_a_pause():
    began = perf_counter()
    add_working_time(at("2024-03-04T10:00"), 8 * 250 * 10 * HOUR, OFFICE)
    assert perf_counter() - began < 1  # About 0.1 s; a bound for a busy machine.


def test_hours_are_written_short():
    assert [hours_text(span) for span in (HOUR * 7.5, -MINUTE, timedelta(seconds=61))] == [
        "7:30",
        "-0:01",
        "0:01:01",
    ]


@pytest.fixture
def company(db):
    WorkingCalendar.objects.all().delete()  # The one every installation begins with.
    company = WorkingCalendar.objects.create(name="Company", time_zone="Europe/Madrid", is_default=True)
    for weekday in range(5):
        for starts, ends in DAY_WITH_LUNCH:
            WorkingHours.objects.create(calendar=company, weekday=weekday, starts=starts, ends=ends)
    CalendarException.objects.create(calendar=company, on=date(2024, 12, 25), name="Christmas")
    CalendarException.objects.create(calendar=company, on=date(2024, 5, 1), name="Labour Day")
    return company


def test_a_person_inherits_hours_holidays_and_zone(company, django_assert_num_queries):
    support = WorkingCalendar.objects.create(name="Support", parent=company)
    person = WorkingCalendar.objects.create(name="Anna", parent=support, time_zone="Asia/Kolkata")
    WorkingHours.objects.create(calendar=support, weekday=5, starts=time(22), ends=time(0))
    CalendarException.objects.create(
        calendar=support, on=date(2024, 12, 25), name="Duty", is_working=True, starts=time(10), ends=time(12)
    )
    with django_assert_num_queries(1):
        rules = person.rules()
    assert rules == Calendar(
        "Anna",
        "Asia/Kolkata",
        ((), (), (), (), (), ((time(22), time(0)),), ()),
        {
            date(2024, 12, 25): SpecialDay("Duty", ((time(10), time(12)),)),
            date(2024, 5, 1): SpecialDay("Labour Day"),
        },
    )
    assert company.rules().weekly == OFFICE.weekly
    assert support.rules().time_zone == "Europe/Madrid"


def test_parents_in_a_circle_are_refused(company):
    support = WorkingCalendar.objects.create(name="Support", parent=company)
    WorkingCalendar.objects.filter(pk=company.pk).update(parent=support)
    with pytest.raises(Refused, match="go round in a circle"):
        support.rules()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda company: WorkingHours(calendar=company, weekday=6, starts=time(12), ends=time(9)),
        lambda company: WorkingHours(calendar=company, weekday=7, starts=time(9), ends=time(12)),
        lambda company: CalendarException(calendar=company, on=date(2024, 12, 25), name="Again"),
        lambda company: CalendarException(calendar=company, on=date(2024, 1, 1), name="x", is_working=True),
        lambda company: WorkingCalendar(name="Second", is_default=True),
    ],
    ids=[
        "ends before it starts",
        "eighth weekday",
        "holiday twice",
        "worked without hours",
        "second default",
    ],
)
def test_the_database_keeps_calendars_sound(company, wrong):
    with pytest.raises(IntegrityError):
        wrong(company).save()


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "Europe", "\x00"])
def test_an_unknown_time_zone_is_refused(name):
    with pytest.raises(ValidationError, match="is not a time zone"):
        WorkingCalendar(name="x", time_zone=name).full_clean(
            validate_unique=False, validate_constraints=False
        )
