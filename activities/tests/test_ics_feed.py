"""The feed, read by an independent parser, gives the times the page shows."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from activities.due import at_local
from activities.models import Absence, CalendarFeed, Occurrence
from activities.queries import calendar
from activities.queries.feed import written
from activities.series import Pattern, days_of, series_rule, whole_days
from activities.testing import make_meeting, make_task
from foundation.testing import assert_query_count

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ZONES = ["Pacific/Pago_Pago", "Asia/Kolkata", "Pacific/Kiritimati", "Europe/Madrid", "America/New_York"]
WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)


def parsed(body, first, last):
    """(title, start) of everything an independent reader sees in those days; days as dates, moments in UTC."""
    book = icalendar.Calendar.from_ical(body)
    # Asked for more days than wanted and cut by our own measure: where a day ends is another matter.
    found = recurring_ical_events.of(book).between(first - 3 * DAY, last + 3 * DAY)
    starts = [(str(each["SUMMARY"]), _start(each.decoded("DTSTART"))) for each in found]
    return sorted(each for each in starts if first.isoformat() <= each[1][:10] <= last.isoformat())


def _start(value):
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


def rows_of(meeting, first, last):
    """The same of the rows the pages read."""
    rows = Occurrence.objects.filter(meeting=meeting, is_cancelled=False)
    found = []
    for row in rows:
        if meeting.is_all_day:
            day = row.starts_at.astimezone(ZoneInfo(meeting.time_zone)).date()
            if first <= day <= last:
                found.append((meeting.title, day.isoformat()))
        elif first <= row.starts_at.date() <= last:
            found.append((meeting.title, row.starts_at.isoformat()))
    return sorted(found)


@pytest.mark.parametrize("zone", ZONES)
def test_a_series_with_exceptions_reads_the_same_over_every_change_of_clocks(cast, zone):
    cast.salesperson.settle(time_zone=zone)
    starts = at_local(date(2026, 3, 2), time(9, 30), zone)
    series = make_meeting(
        cast.salesperson, "Weekly", starts_at=starts, at=AT, repeat="FREQ=WEEKLY;BYDAY=MO,TH"
    )
    rows = list(series.occurrences.order_by("original_at"))
    moved = rows[9]
    series.change(
        {"starts_at": moved.starts_at + 3 * HOUR, "ends_at": moved.ends_at + 4 * HOUR},
        occurrence=moved, scope="this", by=cast.salesperson, at=AT,
    )  # fmt: skip
    series.cancel(occurrence=rows[4], scope="this", by=cast.salesperson, at=AT)
    first, last = date(2026, 3, 1), date(2027, 2, 20)
    assert parsed(written(cast.salesperson, AT), first, last) == rows_of(series, first, last)
    assert len(rows_of(series, first, last)) > 90


@pytest.mark.parametrize("zone", ZONES)
def test_whole_days_are_the_same_days_for_every_reader(cast, zone):
    first, last = whole_days(date(2026, 3, 28), date(2026, 3, 29), zone)
    make_meeting(
        cast.salesperson, "Fair", starts_at=first, ends_at=last, is_all_day=True, time_zone=zone, at=AT,
        repeat="FREQ=MONTHLY;COUNT=4",
    )  # fmt: skip
    days = ["2026-03-28", "2026-04-28", "2026-05-28", "2026-06-28"]
    found = parsed(written(cast.salesperson, AT), date(2026, 1, 1), date(2026, 12, 31))
    assert found == [("Fair", day) for day in days]
    for reader_zone in ZONES:
        cast.salesperson.settle(time_zone=reader_zone)
        read = calendar.read(cast.salesperson, cast.salesperson, date(2026, 3, 28), date(2026, 3, 29))
        assert [(each.first, each.last) for each in read.entries if each.kind == "meeting"] == [
            (date(2026, 3, 28), date(2026, 3, 29))
        ]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would lay out hundreds of series again
)
@given(
    zone=some.sampled_from(ZONES),
    first=some.dates(date(2026, 1, 1), date(2026, 12, 31)),
    clock=some.times(max_value=time(23, 45)).map(lambda each: each.replace(second=0, microsecond=0)),
    frequency=some.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    interval=some.integers(1, 5),
    ends=some.sampled_from(["", ";COUNT=7", ";UNTIL=20270615"]),
    is_all_day=some.booleans(),
    left_out=some.sets(some.integers(0, 12), max_size=3),
    moved=some.integers(0, 6),
)
def test_any_series_reads_the_same(
    cast, zone, first, clock, frequency, interval, ends, is_all_day, left_out, moved
):
    Occurrence.objects.all().delete()
    at = at_local(first, time(0), zone) - DAY
    starts = at_local(first, clock, zone)
    times = {"starts_at": starts, "ends_at": starts + HOUR}
    if is_all_day:
        times = dict(zip(("starts_at", "ends_at"), whole_days(first, first, zone), strict=True))
    series = make_meeting(
        cast.salesperson, "Any", time_zone=zone, is_all_day=is_all_day, at=at,
        repeat=f"FREQ={frequency};INTERVAL={interval}{ends}", **times,
    )  # fmt: skip
    rows = list(series.occurrences.order_by("original_at"))
    for number, row in enumerate(rows):
        if number in left_out:
            series.cancel(occurrence=row, scope="this", by=cast.salesperson, at=at)
        elif number == moved and not is_all_day and series.is_planned:
            later = {"starts_at": row.starts_at + 2 * HOUR, "ends_at": row.ends_at + 2 * HOUR}
            series.change(later, occurrence=row, scope="this", by=cast.salesperson, at=at)
    last = first + timedelta(days=360)
    assert parsed(written(cast.salesperson, at), first - DAY, last) == rows_of(series, first - DAY, last)


@settings(max_examples=150, deadline=None)
@given(
    first=some.dates(date(2024, 1, 1), date(2027, 12, 31)),
    rule=some.sampled_from(
        [
            "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3;COUNT=20", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY",
            "FREQ=MONTHLY;INTERVAL=2;COUNT=5", "FREQ=YEARLY", "FREQ=WEEKLY;UNTIL=20281231",
        ]
    ),
    zone=some.sampled_from(ZONES),
    clock=some.sampled_from([time(0, 30), time(2, 30), time(9), time(23, 30)]),
)  # fmt: skip
def test_the_hour_on_the_wall_stays_where_the_clock_shows_it(first, rule, zone, clock):
    """Against plain arithmetic: every time is that hour on its day, or an hour later where the clock skips it."""
    kept = series_rule(rule, first)
    starts = at_local(first, clock, zone)
    pattern = Pattern(starts, starts + HOUR, zone, False, kept)
    until = first + timedelta(days=400)
    slots = list(pattern.slots(after=None, until=until))
    assert len(slots) == len(list(days_of(kept, first, until)))
    usual = starts.astimezone(ZoneInfo(zone)).time()
    for slot in slots:
        shown = slot.starts_at.astimezone(ZoneInfo(zone))
        if shown.time() != usual:
            assert (shown.hour - usual.hour) % 24 == 1
        assert slot.ends_at - slot.starts_at == HOUR


def test_tasks_are_days_or_moments_and_absences_days(cast):
    make_task(cast.salesperson, "Offer", due_on=date(2026, 3, 5), at=AT)
    make_task(cast.salesperson, "Call", due_at=datetime(2026, 3, 5, 14, 30, tzinfo=UTC), at=AT)
    make_task(cast.salesperson, "Some day", at=AT)
    Absence.plan(
        person=cast.salesperson, kind="leave", starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 13),
        by=cast.salesperson, at=AT,
    )  # fmt: skip
    body = written(cast.salesperson, AT)
    found = parsed(body, date(2026, 3, 1), date(2026, 3, 31))
    assert found == [
        ("Away: leave", "2026-03-09"),
        ("To do: Call", "2026-03-05T14:30:00+00:00"),
        ("To do: Offer", "2026-03-05"),
    ]
    assert b"Some day" not in body


def test_a_secret_address_gives_the_calendar_without_a_session_and_nothing_else(cast):
    make_meeting(cast.salesperson, "Mine", at=AT, starts_at=datetime.now(UTC) + DAY)
    make_meeting(cast.outsider, "Theirs", at=AT, starts_at=datetime.now(UTC) + DAY)
    _feed, secret = CalendarFeed.open_for(cast.salesperson, at=AT)
    answer = Client().get(reverse("activities:feed", args=[secret]))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert "Mine" in text
    assert "Theirs" not in text
    again = Client().get(reverse("activities:feed", args=[secret]), headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_revoked_replaced_and_made_up_addresses_are_404(cast, client_of):
    _feed, first = CalendarFeed.open_for(cast.salesperson, at=AT)
    _feed, second = CalendarFeed.open_for(cast.salesperson, at=AT)
    assert Client().get(reverse("activities:feed", args=[first])).status_code == 404
    assert Client().get(reverse("activities:feed", args=[second])).status_code == 200
    client_of(cast.salesperson).post(reverse("activities:feed_settings"), {"do": "revoke"})
    assert Client().get(reverse("activities:feed", args=[second])).status_code == 404
    assert Client().get(reverse("activities:feed", args=["made-up"])).status_code == 404


def test_guessing_addresses_is_stopped(cast):
    answers = [Client().get(reverse("activities:feed", args=[f"x{n}"])).status_code for n in range(22)]
    assert answers[:20] == [404] * 20
    assert answers[-1] == 429


def test_who_left_is_read_no_more(cast):
    _feed, secret = CalendarFeed.open_for(cast.salesperson, at=AT)
    cast.salesperson.deactivate(by=cast.admin, at=AT)
    assert Client().get(reverse("activities:feed", args=[secret])).status_code == 404


def test_the_address_is_shown_once_and_only_a_digest_is_kept(cast, client_of):
    person = client_of(cast.salesperson)
    shown = person.post(reverse("activities:feed_settings"), {"do": "make"}).content.decode()
    secret = shown.split("/calendar/feed/")[1].split(".ics")[0]
    assert secret not in CalendarFeed.objects.get().digest
    assert secret not in person.get(reverse("activities:feed_settings")).content.decode()


def test_statements_of_the_feed(cast):
    for number in range(20):
        series = make_meeting(
            cast.salesperson, f"Series {number}", at=AT, starts_at=AT + number * HOUR, repeat="FREQ=WEEKLY"
        )
        series.cancel(occurrence=series.occurrences.first(), scope="this", by=cast.salesperson, at=AT)
    with assert_query_count("calendar feed"):
        written(cast.salesperson, AT)
