"""Series go on by themselves, and what is noted of their ends and beginnings."""

from datetime import UTC, date, datetime, timedelta

from activities import laying_out
from activities.models import Meeting
from activities.series import days_of, ending, going_on, shifted
from activities.testing import make_meeting
from crm.celery import app

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_beat_asks_for_it(cast):
    assert "activities.extend_series" in {each["task"] for each in app.conf.beat_schedule.values()}


def test_series_are_extended_each_week_and_only_those_that_go_on(cast):
    endless = make_meeting(cast.salesperson, starts_at=AT + DAY, at=AT, repeat="FREQ=DAILY")
    ten = make_meeting(cast.salesperson, starts_at=AT + DAY, at=AT, repeat="FREQ=DAILY;COUNT=10")
    single = make_meeting(cast.salesperson, starts_at=AT + DAY, at=AT)
    gone = make_meeting(cast.salesperson, starts_at=AT + DAY, at=AT, repeat="FREQ=DAILY")
    gone.cancel(by=cast.salesperson, at=AT)
    before = {each.pk: each.occurrences.count() for each in Meeting.objects.all()}
    assert laying_out.extend_series(AT + 3 * DAY) == 0
    assert laying_out.extend_series(AT + 10 * DAY) == 2
    assert laying_out.extend_series(AT + 10 * DAY) == 0
    after = {each.pk: each.occurrences.count() - before[each.pk] for each in Meeting.objects.all()}
    assert after == {endless.pk: 9, ten.pk: 0, single.pk: 0, gone.pk: 0}


def test_a_daily_series_never_has_more_rows_than_a_year_and_a_bit(cast):
    series = make_meeting(cast.salesperson, starts_at=AT - 300 * DAY, at=AT, repeat="FREQ=DAILY")
    assert series.occurrences.count() <= 750


def test_rules_are_ended_continued_and_moved():
    first = date(2026, 11, 23)
    assert ending("FREQ=WEEKLY;COUNT=10;BYDAY=MO", date(2026, 12, 6)) == "FREQ=WEEKLY;UNTIL=20261206;BYDAY=MO"
    assert (
        going_on("FREQ=WEEKLY;COUNT=10;BYDAY=MO", first, date(2026, 12, 7)) == "FREQ=WEEKLY;COUNT=8;BYDAY=MO"
    )
    assert shifted("FREQ=WEEKLY;BYDAY=MO,SU", 1) == "FREQ=WEEKLY;BYDAY=MO,TU"
    assert list(days_of("FREQ=DAILY;INTERVAL=2", first, date(2026, 11, 27))) == [
        first, date(2026, 11, 25), date(2026, 11, 27)
    ]  # fmt: skip
