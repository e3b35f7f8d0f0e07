"""The working time of people: calendars, absences, meetings, zones and the days clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.capacity import FAR, Hours, capacities, capacity_of, hours_of
from activities.models import Absence, Meeting, Occurrence
from foundation.models import WorkingCalendar
from foundation.models.working_calendar import CalendarException, WorkingHours
from foundation.working_time import Calendar, SpecialDay
from users.calendars import kept
from users.models import User

MONDAY = date(2026, 11, 23)
NINE_TO_SIX = ((time(9), time(13)), (time(14), time(18)))
WEEK = (NINE_TO_SIX,) * 5 + ((), ())


@pytest.fixture(autouse=True)
def _forget_calendars():
    kept.forget()
    yield
    kept.forget()


def make_occurrence(people, starts, minutes, *, title="Review", cancelled=False):
    """A meeting of colleagues that takes place once, from a moment on for so many minutes."""
    ends = starts + timedelta(minutes=minutes)
    owner, keys = people[0], [person.pk for person in people]
    meeting = Meeting.objects.create(
        title=title, owner=owner, author=owner, team_ids=keys, starts_at=starts, ends_at=ends, time_zone="UTC",
        uid=uuid4(), planned_at=starts,
    )  # fmt: skip
    return Occurrence.objects.create(
        meeting=meeting, original_at=starts, starts_at=starts, ends_at=ends, people_ids=keys, is_cancelled=cancelled
    )  # fmt: skip


def at(hour, minute=0, day=MONDAY):
    return datetime.combine(day, time(hour, minute), UTC)


def capacity(person, today=MONDAY):
    return capacities([person], today)[0][person.pk]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Pago_Pago", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_every_zone_has_its_own_eight_hours(zone):
    hours = hours_of(Calendar("", zone, WEEK), MONDAY, FAR)
    assert hours.minutes[:7] == (480, 480, 480, 480, 480, 0, 0)
    assert len(hours.minutes) == FAR


def test_a_shift_over_the_change_of_clocks_is_as_long_as_it_really_is():
    night = Calendar("", "Europe/Madrid", (((time(0), time(6)),),) * 7)
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert hours_of(night, spring, 2).minutes == (300, 360)
    assert hours_of(night, autumn, 2).minutes == (420, 360)


def test_holidays_and_half_days_count_as_the_calendar_says():
    exceptions = {
        MONDAY: SpecialDay("Holiday"),
        date(2026, 11, 24): SpecialDay("Short day", ((time(9), time(13)),)),
        date(2026, 11, 28): SpecialDay("Worked Saturday", NINE_TO_SIX),
    }
    hours = hours_of(Calendar("", "UTC", WEEK, exceptions), MONDAY, 7)
    assert hours.minutes == (0, 240, 480, 480, 480, 480, 0)


spans = st.lists(
    st.tuples(st.integers(0, 3 * 1440), st.integers(1, 400)).map(
        lambda it: (it[0] * 60, (it[0] + it[1]) * 60)
    ),
    max_size=12,
).map(sorted)


@given(spans, st.sets(st.integers(0, 2)))
def test_meetings_take_each_working_minute_once(meetings, away):
    day = [(540, 780), (840, 1080)]
    hours = Hours(
        tuple(tuple(((d * 1440 + a) * 60, (d * 1440 + b) * 60) for a, b in day) for d in range(3)), (480, 480, 480)
    )  # fmt: skip
    found = capacity_of(hours, dict.fromkeys(away, "leave"), meetings)
    for place in range(3):
        busy = {minute for start, end in meetings for minute in range(start // 60, end // 60)}
        free = [place * 1440 + m for a, b in day for m in range(a, b) if place * 1440 + m not in busy]
        assert found.minutes[place] == (0 if place in away else len(free))
        assert found.meetings.get(place, 0) == (0 if place in away else 480 - len(free))


@pytest.mark.django_db
def test_overlapping_meetings_count_once_and_only_within_working_hours(cast):
    make_occurrence([cast.salesperson], at(12), 90)  # an hour of it before the break
    make_occurrence([cast.salesperson, cast.head], at(12, 30), 120)
    make_occurrence([cast.salesperson], at(17, 30), 240)
    make_occurrence([cast.salesperson], at(9), 60, cancelled=True)
    found = capacity(cast.salesperson)
    assert found.meetings[0] == 60 + 30 + 30
    assert found.minutes[0] == 480 - 120
    assert capacity(cast.head).minutes[0] == 480 - 60
    assert capacity(cast.colleague).minutes[0] == 480


@pytest.mark.django_db
def test_an_absence_takes_whole_days_both_ends_counted(cast):
    Absence.objects.create(
        person=cast.salesperson, kind="sick", starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 24)
    )
    found = capacity(cast.salesperson)
    assert found.minutes[:3] == [0, 0, 480]
    assert found.absences == {0: "sick", 1: "sick"}
    assert found.worked[:3] == (480, 480, 480)


@pytest.mark.django_db
def test_a_meeting_is_counted_on_the_day_of_the_persons_own_calendar(cast):
    calendar = WorkingCalendar.objects.create(name="Line Islands", time_zone="Pacific/Kiritimati")
    WorkingHours.objects.create(calendar=calendar, weekday=0, starts=time(8), ends=time(16))
    User.objects.filter(pk=cast.salesperson.pk).update(calendar=calendar)
    make_occurrence([cast.salesperson], at(19, day=date(2026, 11, 22)), 60)  # Monday 9:00 there
    person = User.objects.get(pk=cast.salesperson.pk)
    assert capacity(person).minutes[:2] == [420, 0]
    assert capacity(person).meetings == {0: 60}


@pytest.mark.django_db
def test_the_company_calendar_gives_the_columns(cast):
    company = WorkingCalendar.objects.get(is_default=True)
    CalendarException.objects.create(calendar=company, on=date(2026, 11, 26), name="Thanksgiving")
    _held, hours, rules = capacities([cast.salesperson], MONDAY)
    assert hours.minutes[:5] == (480, 480, 480, 0, 480)
    assert rules.exceptions[date(2026, 11, 26)].name == "Thanksgiving"
