"""Working time in stages: the arithmetic against minutes counted one by one, and the deal's page that shows it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from deals.models import StageEvent
from deals.queries.words import working_text
from deals.stage_time import Entering, day_length, times_in_stages
from foundation.working_time import Calendar, SpecialDay

ZONE = "Asia/Kolkata"
HOURS = ((time(9), time(13)), (time(14), time(18)))
CALENDAR = Calendar(
    "Office",
    ZONE,
    (HOURS,) * 5 + (((time(10), time(12)),), ()),
    {date(2025, 3, 12): SpecialDay("Holiday"), date(2025, 3, 16): SpecialDay("Fair", ((time(9), time(12)),))},
)
BEGIN = datetime(2025, 3, 7, tzinfo=UTC)
STEP = timedelta(minutes=30)


def worked(start: datetime, end: datetime) -> timedelta:
    """The oracle: half hour after half hour, asking the clock on the wall of each."""
    total, moment = timedelta(), start
    while moment < end:
        wall = moment.astimezone(ZoneInfo(ZONE))
        special = CALENDAR.exceptions.get(wall.date())
        hours = special.intervals if special else CALENDAR.weekly[wall.weekday()]
        if any(opens <= wall.time() < closes for opens, closes in hours):
            total += STEP
        moment += STEP
    return total


MOVES = some.lists(
    some.tuples(some.integers(1, 3), some.integers(0, 14 * 48)),
    min_size=1, max_size=9, unique_by=lambda move: move[1],
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(moves=MOVES, is_closed=some.booleans(), later=some.integers(0, 200))
def test_every_stage_has_what_half_hours_counted_one_by_one_give(moves, is_closed, later):
    moves = sorted(moves, key=lambda move: move[1])
    enterings = [Entering(stage, BEGIN + turn * STEP) for stage, turn in moves]
    now = enterings[-1].at + later * STEP
    if is_closed:
        enterings.append(Entering(9, now, lasts=False))
    found = times_in_stages(enterings, now + is_closed * 50 * STEP, CALENDAR)
    ends = [entering.at for entering in enterings[1:]] + ([] if is_closed else [now])
    spans = {}
    for entering, end in zip(enterings, ends, strict=False):
        spans.setdefault(entering.stage_id, []).append((entering.at, end))
    assert set(found) == set(spans)
    for stage, visits in spans.items():
        told = found[stage]
        assert told.visits == len(visits)
        assert told.entered_at == visits[0][0]
        assert told.latest == worked(*visits[-1])
        assert told.together == sum((worked(*visit) for visit in visits), timedelta())
        is_here = not is_closed and stage == enterings[-1].stage_id
        assert told.left_at == (None if is_here else visits[-1][1])


def test_what_is_longer_ago_than_working_time_is_counted_is_not_said():
    found = times_in_stages([Entering(1, datetime(1900, 1, 1, tzinfo=UTC))], BEGIN, CALENDAR)
    assert (found[1].latest, found[1].together, found[1].days) == (None, None, None)


def test_working_time_is_said_in_days_of_the_calendar():
    day = day_length(CALENDAR)
    assert day == timedelta(hours=8)
    assert working_text(timedelta(hours=20), day) == "2 d 4 h"
    assert working_text(timedelta(hours=16), day) == "2 d"
    assert working_text(timedelta(hours=7, minutes=59), day) == "7 h"
    assert working_text(timedelta(minutes=59), day) == "under 1 h"
    assert working_text(None, day) == "very long"


@pytest.mark.django_db
def test_the_page_says_how_long_the_deal_was_in_each_stage_and_what_the_norm_is(cast, room, client_of, now):
    ago = now - timedelta(days=70)
    deal = room.deal.__class__.create(
        title="Old roses",
        stage=room.stage("First contact"),
        owner=cast.salesperson,
        by=cast.salesperson,
        at=ago,
    )
    for days, name in ((60, "Proposal"), (50, "First contact"), (20, "Proposal")):
        deal.move(room.stage(name), by=cast.salesperson, at=now - timedelta(days=days))
    assert StageEvent.objects.filter(deal=deal).count() == 4
    text = client_of(cast.salesperson).get(deal.get_absolute_url()).content.decode()
    assert text.count("2 visits") == 2
    assert "norm 7 d" in text
    assert "over it" in text
    assert "over the norm" in text
