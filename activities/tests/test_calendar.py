"""The calendar: what stands on it, whose it is, how it looks in every zone, and the statements it takes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from activities.due import at_local
from activities.guests import Guests
from activities.models import Absence, Occurrence
from activities.queries import calendar
from activities.testing import make_meeting, make_task
from foundation.models import WorkingCalendar
from foundation.testing import assert_query_count
from users.calendars import kept

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = "/calendar/?view=week&on=2026-11-23"
EVENTS = "/calendar/events/?start=2026-11-22&end=2026-11-29"


@pytest.fixture
def full(cast):
    """A meeting of the salesperson with a colleague, a series, a day's task, a moment's task and a leave."""
    kept.forget()
    make_meeting(
        cast.salesperson, "Demo at Acme", starts_at=MONDAY, at=AT, guests=Guests(people=(cast.colleague,))
    )
    make_meeting(cast.head, "Stand-up", starts_at=MONDAY, at=AT, repeat="FREQ=DAILY",
                 guests=Guests(people=(cast.salesperson,)))  # fmt: skip
    make_task(cast.salesperson, "Send the offer", due_on=date(2026, 11, 25), at=AT)
    make_task(cast.salesperson, "Call back", due_at=MONDAY + 5 * HOUR, at=AT)
    Absence.plan(
        person=cast.salesperson, kind="leave", starts_on=date(2026, 11, 27), ends_on=date(2026, 11, 27),
        by=cast.salesperson, at=AT,
    )  # fmt: skip


@pytest.mark.parametrize("view", ["day", "week", "month", "list"])
def test_the_salesperson_sees_their_days_in_every_view(cast, full, client_of, view):
    text = client_of(cast.salesperson).get(f"/calendar/?view={view}&on=2026-11-23").content.decode()
    assert "Demo at Acme" in text
    assert "Call back" in text


def test_the_team_is_busy_without_titles_for_who_may_not_see_them(cast, full, client_of):
    own = client_of(cast.salesperson).get("/calendar/?view=team&on=2026-11-23").content.decode()
    assert "Demo at Acme" in own
    make_meeting(cast.colleague, "Their secret", starts_at=MONDAY + 3 * HOUR, at=AT)
    text = client_of(cast.salesperson).get("/calendar/?view=team&on=2026-11-23").content.decode()
    assert "Their secret" not in text
    assert "Busy" in text
    assert "Their secret" in client_of(cast.head).get("/calendar/?view=team&on=2026-11-23").content.decode()


def test_the_outsider_sees_nothing_of_it(cast, full, client_of):
    outsider = client_of(cast.outsider)
    for url in (WEEK, "/calendar/?view=team&on=2026-11-23", EVENTS, f"{EVENTS}&person={cast.salesperson.pk}"):
        text = outsider.get(url).content.decode()
        assert "Demo at Acme" not in text, url
        assert "Send the offer" not in text, url


def test_a_colleague_sees_that_somebody_is_busy_and_away_but_not_why(cast, full, client_of):
    asked = f"{EVENTS}&person={cast.salesperson.pk}"
    events = client_of(cast.colleague).get(asked).json()
    titles = {each["title"] for each in events if "title" in each}
    assert {"Demo at Acme", "Busy", "Away"} <= titles
    assert not {"Stand-up", "Send the offer", "Leave"} & titles
    assert all(not each.get("url") for each in events if each.get("title") == "Busy")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Pacific/Pago_Pago", "2026-11-22T23:00:00"),
        ("Asia/Kolkata", "2026-11-23T15:30:00"),
        ("Pacific/Kiritimati", "2026-11-24T00:00:00"),
    ],
)
def test_moments_are_shown_by_the_readers_clock_and_days_stay_days(cast, full, client_of, zone, shown):
    cast.salesperson.settle(time_zone=zone)
    events = client_of(cast.salesperson).get(EVENTS).json()
    found = {each["title"]: each for each in events if "title" in each}
    assert found["Demo at Acme"]["start"] == shown
    assert found["Send the offer"]["start"] == "2026-11-25"
    assert (found["Leave"]["start"], found["Leave"]["end"]) == ("2026-11-27", "2026-11-28")


def test_hours_nobody_works_are_closed_and_holidays_have_names(cast):
    kept.forget()
    rules = WorkingCalendar.objects.get(is_default=True)
    rules.exceptions.create(on=date(2026, 11, 24), name="Daisy day")
    cast.salesperson.settle(time_zone="Asia/Kolkata")
    read = calendar.read(cast.salesperson, cast.salesperson, date(2026, 11, 23), date(2026, 11, 24))
    assert [each.title for each in read.entries] == ["Daisy day"]
    assert [each.first for each in read.closed if each.first] == [date(2026, 11, 24)]
    monday = [(each.starts, each.ends) for each in read.closed if each.starts]
    assert [each.isoformat() for each in monday[0]] == ["2026-11-23T00:00:00", "2026-11-23T14:30:00"]


@pytest.mark.parametrize(
    "wrong", ["", "?start=x&end=y", "?start=2026-11-01&end=2027-11-01", "?start=2026-11-02&end=2026-11-01"]
)
def test_an_impossible_range_is_refused_in_words(cast, client_of, wrong):
    assert client_of(cast.salesperson).get(f"/calendar/events/{wrong}").status_code in {400, 409, 422}


def test_nonsense_in_the_address_shows_this_week(cast, client_of):
    for said in ("view=x&on=y&person=z", "on=0001-01-01", "on=9999-12-31", "person=99999999999999999999"):
        assert client_of(cast.salesperson).get(f"/calendar/?{said}").status_code == 200


def test_only_the_drawn_views_let_a_style_in_by_its_nonce(cast, client_of):
    answer = client_of(cast.salesperson).get(WEEK)
    nonce = answer.content.decode().split('name="csp-nonce" content="')[1].split('"')[0]
    assert f"'nonce-{nonce}'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    plain = client_of(cast.salesperson).get("/calendar/?view=list")
    assert "nonce" not in plain["Content-Security-Policy"]


def test_statements_of_the_calendar(cast, full, client_of):
    for number in range(20):
        make_meeting(cast.salesperson, f"Meeting {number}", starts_at=MONDAY + number * HOUR, at=AT)
        make_task(cast.salesperson, f"Task {number}", due_on=date(2026, 11, 24), at=AT)
    browser = client_of(cast.salesperson)
    browser.get(WEEK)
    for name, url in (
        ("calendar week", WEEK), ("calendar events", EVENTS), ("calendar team", "/calendar/?view=team&on=2026-11-23"),
    ):  # fmt: skip
        with assert_query_count(name):
            assert browser.get(url).status_code == 200


def test_the_calendar_reads_a_months_rows_and_not_all_there_are(cast):
    for number in range(3):
        make_meeting(
            cast.salesperson, f"Daily {number}", starts_at=MONDAY + number * HOUR, at=AT, repeat="FREQ=DAILY"
        )
    read = calendar.read(cast.salesperson, cast.salesperson, date(2026, 11, 1), date(2027, 11, 1))
    assert read.until == date(2026, 11, 1) + timedelta(days=61)
    assert Occurrence.objects.filter(starts_at__lt=at_local(read.until + DAY, time(), "UTC")).count() == len(
        [each for each in read.entries if each.kind == "meeting"]
    )
    assert timezone.get_current_timezone_name() == "UTC"
