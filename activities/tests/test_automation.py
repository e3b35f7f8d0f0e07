"""What a process may plan and write."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.testing import make_account
from activities.models import Meeting, Note
from deals.testing import make_deal
from foundation.automation import all_actions
from foundation.errors import Refused

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def told(cast):
    return {"by": cast.robot, "at": FRIDAY}


def test_a_meeting_is_planned_for_a_working_day_in_the_organisers_morning(cast, told):
    deal = make_deal("Roses", owner=cast.salesperson)
    all_actions()["meeting.plan"].run(deal.pk, {"title": "Show them", "due_in": 1}, **told)
    meeting = Meeting.objects.get()
    starts = meeting.starts_at.astimezone(ZoneInfo(cast.salesperson.time_zone))
    assert (meeting.title, meeting.owner, meeting.deal) == ("Show them", cast.salesperson, deal)
    assert (starts.day, starts.hour, (meeting.ends_at - meeting.starts_at).seconds) == (23, 10, 3600)


def test_an_hour_that_is_none_is_refused_with_an_example(cast, told):
    client = make_account(owner=cast.salesperson)
    said = {"title": "Show them", "due_in": 1, "hour": "afternoon"}
    with pytest.raises(Refused, match="14:30"):
        all_actions()["meeting.plan_with_client"].run(client.pk, said, **told)


def test_a_note_is_written_in_a_deal_and_with_a_client(cast, told):
    deal = make_deal("Roses", owner=cast.salesperson)
    all_actions()["note.add"].run(deal.pk, {"text": "Approved by the head"}, **told)
    client = make_account(owner=cast.salesperson)
    all_actions()["note.add_to_client"].run(client.pk, {"text": "Silent for a year"}, **told)
    of_deal, of_client = Note.objects.order_by("pk")
    assert (of_deal.text, of_deal.deal) == ("Approved by the head", deal)
    assert (of_client.text, of_client.account) == ("Silent for a year", client)
