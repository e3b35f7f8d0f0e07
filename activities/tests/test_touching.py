"""A deal knows when its client was last touched: by calls that reached somebody, messages, and meetings held."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activities.models import Call, Message
from activities.testing import make_meeting
from deals.testing import make_deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(cast):
    return make_deal("Roses", owner=cast.salesperson)


def touch_of(deal):
    deal.refresh_from_db()
    return deal.last_touch_at


def test_calls_that_reached_and_messages_touch_and_a_call_in_vain_does_not(cast, deal):
    now, by = timezone.now(), cast.salesperson
    Call.log(by=by, at=now, deal=deal, result="no_answer")
    assert touch_of(deal) is None
    Call.log(by=by, at=now - timedelta(days=3), deal=deal)
    assert touch_of(deal) == now - timedelta(days=3)
    Message.log(by=by, at=now - timedelta(days=1), deal=deal, direction="in", text="Yes")
    assert touch_of(deal) == now - timedelta(days=1)
    Call.log(by=by, at=now - timedelta(days=9), deal=deal)
    assert touch_of(deal) == now - timedelta(days=1)


def test_a_call_corrected_or_taken_back_is_forgotten(cast, deal):
    now, by = timezone.now(), cast.salesperson
    other = make_deal("Tulips", owner=cast.salesperson)
    call = Call.log(by=by, at=now, deal=deal)
    call.correct({"result": "busy"}, by=by, at=now)
    assert touch_of(deal) is None
    call.correct({"result": "reached"}, by=by, at=now)
    call.correct({"deal": other}, by=by, at=now)
    assert (touch_of(deal), touch_of(other)) == (None, now)
    call.take_back(by=by, at=now)
    assert touch_of(other) is None


def test_a_meeting_is_to_come_until_it_was_held_and_touches_then(cast, deal):
    now = timezone.now()
    meeting = make_meeting(cast.salesperson, at=now, starts_at=now + timedelta(hours=2), deal=deal)
    deal.refresh_from_db()
    assert (deal.last_touch_at, deal.next_meeting_at) == (None, now + timedelta(hours=2))
    later = now + timedelta(hours=4)
    meeting.hold(meeting.occurrences.get(), outcome="Agreed", by=cast.salesperson, at=later)
    deal.refresh_from_db()
    assert (deal.last_touch_at, deal.next_meeting_at) == (now + timedelta(hours=2), None)
    other = make_meeting(cast.salesperson, at=later, starts_at=later + timedelta(days=1), deal=deal)
    other.cancel(by=cast.salesperson, at=later)
    deal.refresh_from_db()
    assert deal.next_meeting_at is None
