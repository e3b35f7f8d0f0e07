"""The verbs of a meeting: plan, change, move, cancel, hold, answer; rooms and exceptions of a series."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from activities.guests import Guests
from activities.models import Meeting, MeetingRoom, MeetingState, Occurrence, Participant
from activities.series import whole_days
from activities.testing import make_meeting
from foundation.errors import Refused, Stale
from foundation.models import Event

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
WEEKLY = "FREQ=WEEKLY;BYDAY=MO"


def names(meeting):
    return list(
        Event.objects.filter(payload__meeting_id=meeting.pk).order_by("pk").values_list("name", flat=True)
    )


def starts(meeting, most=5):
    rows = meeting.occurrences.filter(is_cancelled=False).order_by("starts_at")
    return list(rows.values_list("starts_at", flat=True)[:most])


@pytest.fixture
def series(cast):
    return make_meeting(cast.salesperson, starts_at=MONDAY, at=AT, repeat=WEEKLY)


def row(meeting, number):
    return meeting.occurrences.order_by("original_at")[number]


def test_planning_lays_it_out_and_tells_one_fact(cast):
    guests = Guests(people=(cast.colleague,), addresses=("ivan@client.example",))
    meeting = make_meeting(cast.salesperson, starts_at=MONDAY, at=AT, guests=guests)
    assert names(meeting) == ["meeting.planned"]
    only = meeting.occurrences.get()
    assert (only.starts_at, only.ends_at) == (MONDAY, MONDAY + HOUR)
    assert only.people_ids == sorted([cast.salesperson.pk, cast.colleague.pk])
    assert meeting in Meeting.objects.visible_to(cast.colleague)
    assert meeting not in Meeting.objects.visible_to(cast.outsider)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "  "},
        {"minutes": 0},
        {"minutes": 60 * 24 * 15},
        {"repeat": "FREQ=WEEKLY;BYDAY=TU"},
        {"repeat": "FREQ=SECONDLY"},
        {"repeat": "FREQ=DAILY;UNTIL=20261101"},
        {"repeat": "FREQ=DAILY", "minutes": 60 * 30},
    ],
)
def test_nonsense_is_refused(cast, wrong):
    with pytest.raises(Refused):
        make_meeting(cast.salesperson, **{"starts_at": MONDAY, "at": AT} | wrong)


def test_one_room_has_one_meeting_and_the_refusal_names_it_only_to_who_may_see_it(cast):
    room = MeetingRoom.objects.create(name="Oak")
    make_meeting(cast.salesperson, "Secret", starts_at=MONDAY, at=AT, room=room)
    make_meeting(cast.outsider, starts_at=MONDAY + HOUR, at=AT, room=room)
    with pytest.raises(Refused, match="Secret"):
        make_meeting(cast.head, starts_at=MONDAY, at=AT, room=room)
    with pytest.raises(Refused) as refused:
        make_meeting(cast.outsider, starts_at=MONDAY + HOUR / 2, at=AT, room=room)
    assert "Oak" in refused.value.message
    assert "Secret" not in refused.value.message


def test_a_cancelled_meeting_frees_its_room(cast):
    room = MeetingRoom.objects.create(name="Oak")
    meeting = make_meeting(cast.salesperson, starts_at=MONDAY, at=AT, room=room)
    meeting.cancel("Ill", by=cast.salesperson, at=AT)
    make_meeting(cast.outsider, starts_at=MONDAY, at=AT, room=room)
    assert meeting.state == MeetingState.CANCELLED


def test_a_series_keeps_its_hour_over_a_change_of_clocks(cast):
    cast.salesperson.settle(time_zone="Europe/Madrid")
    madrid = ZoneInfo("Europe/Madrid")
    first = datetime(2026, 10, 19, 10, 0, tzinfo=madrid)
    meeting = make_meeting(cast.salesperson, starts_at=first, at=first, repeat=WEEKLY)
    assert [each.astimezone(madrid).hour for each in starts(meeting, 3)] == [10, 10, 10]
    assert [each.hour for each in starts(meeting, 3)] == [8, 9, 9]


def test_extending_a_series_twice_changes_nothing(cast, series):
    n = series.occurrences.count()
    assert 52 <= n <= 54
    later = AT + 30 * DAY
    assert series.extend(at=later) == 4
    assert Meeting.objects.get(pk=series.pk).extend(at=later) == 0
    assert series.occurrences.count() == n + 4


def test_a_room_taken_in_a_year_leaves_the_series_without_it_that_day(cast):
    room = MeetingRoom.objects.create(name="Oak")
    series = make_meeting(cast.salesperson, starts_at=MONDAY, at=AT, repeat=WEEKLY, room=room)
    taken = series.occurrences.order_by("-starts_at")[0].starts_at + WEEK
    make_meeting(cast.outsider, starts_at=taken, at=AT, room=room)
    series.extend(at=AT + 3 * WEEK)
    assert series.occurrences.get(starts_at=taken).room is None
    assert series.occurrences.get(starts_at=taken + WEEK).room == room


def test_one_time_of_a_series_moves_alone(cast, series):
    series.change(
        {"starts_at": MONDAY + WEEK + HOUR, "ends_at": MONDAY + WEEK + 2 * HOUR},
        occurrence=row(series, 1), scope="this", by=cast.salesperson, at=AT,
    )  # fmt: skip
    assert starts(series, 3) == [MONDAY, MONDAY + WEEK + HOUR, MONDAY + 2 * WEEK]
    assert names(series) == ["meeting.planned", "meeting.moved"]
    assert series.sequence == 1


def test_exceptions_are_kept_when_the_series_moves_to_another_hour(cast, series):
    series.change(
        {"starts_at": MONDAY + WEEK + 5 * HOUR, "ends_at": MONDAY + WEEK + 6 * HOUR},
        occurrence=row(series, 1), scope="this", by=cast.salesperson, at=AT,
    )  # fmt: skip
    series.cancel(occurrence=row(series, 2), scope="this", by=cast.salesperson, at=AT)
    series.change(
        {"starts_at": MONDAY + 2 * HOUR, "ends_at": MONDAY + 3 * HOUR},
        occurrence=row(series, 0), by=cast.salesperson, at=AT,
    )  # fmt: skip
    assert starts(series, 3) == [
        MONDAY + 2 * HOUR,
        MONDAY + WEEK + 5 * HOUR,
        MONDAY + 3 * WEEK + 2 * HOUR,
    ]
    assert row(series, 2).is_cancelled


def test_a_series_moved_by_a_day_repeats_on_that_weekday(cast, series):
    series.change(
        {"starts_at": MONDAY + DAY, "ends_at": MONDAY + DAY + HOUR},
        occurrence=row(series, 0), by=cast.salesperson, at=AT,
    )  # fmt: skip
    assert series.repeat == "FREQ=WEEKLY;BYDAY=TU"
    assert starts(series, 2) == [MONDAY + DAY, MONDAY + DAY + WEEK]


def test_this_and_following_make_a_series_of_their_own(cast, series):
    rest = series.change(
        {"starts_at": MONDAY + 2 * WEEK + HOUR, "ends_at": MONDAY + 2 * WEEK + 2 * HOUR, "title": "Later"},
        occurrence=row(series, 2), scope="following", by=cast.salesperson, at=AT,
    )  # fmt: skip
    assert rest.pk != series.pk
    assert starts(series) == [MONDAY, MONDAY + WEEK]
    assert starts(rest, 2) == [MONDAY + 2 * WEEK + HOUR, MONDAY + 3 * WEEK + HOUR]
    assert (series.title, rest.title) == ("Presentation", "Later")


def test_of_ten_times_those_not_over_go_on(cast):
    ten = make_meeting(cast.salesperson, starts_at=MONDAY, at=AT, repeat=WEEKLY + ";COUNT=10")
    rest = ten.change(
        {"place": "Here"}, occurrence=row(ten, 4), scope="following", by=cast.salesperson, at=AT
    )
    assert (ten.occurrences.count(), rest.occurrences.count()) == (4, 6)


def test_what_took_place_stays_when_all_of_a_begun_series_moves(cast, series):
    at = MONDAY + 8 * DAY
    third = row(series, 2)
    rest = series.change(
        {"starts_at": third.starts_at + HOUR, "ends_at": third.ends_at + HOUR},
        occurrence=third, by=cast.salesperson, at=at,
    )  # fmt: skip
    assert starts(series) == [MONDAY, MONDAY + WEEK]
    assert starts(rest, 1) == [MONDAY + 2 * WEEK + HOUR]


def test_other_words_for_one_time_make_it_a_meeting_of_its_own(cast, series):
    single = series.change(
        {"title": "With the director"}, occurrence=row(series, 1), scope="this", by=cast.salesperson, at=AT
    )
    assert single.repeat == ""
    assert starts(single) == [MONDAY + WEEK]
    assert starts(series, 2) == [MONDAY, MONDAY + 2 * WEEK]


def test_cancelling_one_time_keeps_the_rest(cast, series):
    series.cancel("Holiday", occurrence=row(series, 0), scope="this", by=cast.salesperson, at=AT)
    assert starts(series, 1) == [MONDAY + WEEK]
    assert series.is_planned


def test_cancelling_a_begun_series_ends_it(cast, series):
    series.cancel(by=cast.salesperson, at=MONDAY + 8 * DAY)
    assert starts(series) == [MONDAY, MONDAY + WEEK]


def test_all_day_meetings_are_days_in_every_zone(cast):
    for zone in ("Pacific/Pago_Pago", "Asia/Kolkata", "Pacific/Kiritimati"):
        first, last = whole_days(date(2026, 11, 23), date(2026, 11, 24), zone)
        meeting = make_meeting(
            cast.salesperson, starts_at=first, ends_at=last, is_all_day=True, time_zone=zone, at=AT
        )
        assert meeting.pattern.first_day == date(2026, 11, 23)
        assert meeting.named()["day"] == "2026-11-23"


def test_holding_keeps_the_outcome_and_closes_it(cast):
    meeting = make_meeting(cast.salesperson, starts_at=MONDAY, at=AT)
    with pytest.raises(Refused, match="not begun"):
        meeting.hold(outcome="Agreed", by=cast.salesperson, at=AT)
    meeting.hold(outcome="Agreed", by=cast.salesperson, at=MONDAY + HOUR)
    assert (meeting.state, meeting.outcome) == (MeetingState.HELD, "Agreed")
    assert names(meeting) == ["meeting.planned", "meeting.held"]
    with pytest.raises(Refused):
        meeting.change({"title": "Another"}, by=cast.salesperson, at=MONDAY + HOUR)


def test_one_time_of_a_series_is_held_by_itself(cast, series):
    series.hold(row(series, 0), outcome="Agreed", by=cast.salesperson, at=MONDAY + HOUR)
    assert series.is_planned
    assert row(series, 0).outcome == "Agreed"
    assert row(series, 1).held_at is None


def test_who_declines_is_free_again(cast):
    meeting = make_meeting(cast.salesperson, starts_at=MONDAY, at=AT, guests=Guests(people=(cast.colleague,)))
    meeting.answer(meeting.participants.get(), Participant.Answer.NO, by=cast.colleague, at=AT)
    assert Occurrence.objects.get(meeting=meeting).people_ids == [cast.salesperson.pk]
    assert names(meeting)[-1] == "meeting.answered"


def test_changing_guests_keeps_the_answers_of_those_who_stay(cast):
    meeting = make_meeting(
        cast.salesperson, starts_at=MONDAY, at=AT, guests=Guests(people=(cast.colleague, cast.support))
    )
    meeting.answer(meeting.participants.get(person=cast.colleague), "yes", by=cast.colleague, at=AT)
    meeting.change({}, guests=Guests(people=(cast.colleague, cast.head)), by=cast.salesperson, at=AT)
    answers = dict(meeting.participants.values_list("person__name", "answer"))
    assert answers == {cast.colleague.name: "yes", cast.head.name: "none"}


def test_the_second_to_change_is_told_who_was_first(cast):
    meeting = make_meeting(cast.salesperson, starts_at=MONDAY, at=AT)
    seen = meeting.version
    meeting.change({"title": "Demo"}, by=cast.head, at=AT, version=seen)
    with pytest.raises(Stale, match=cast.head.name):
        meeting.change({"title": "Show"}, by=cast.salesperson, at=AT, version=seen)
