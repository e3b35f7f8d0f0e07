"""What was done about a deal, as the rules of stages count it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activities.models import Call, Message
from activities.testing import make_meeting, make_task
from deals.requirements import StageNotReady, count_done
from deals.testing import make_deal, make_rule


@pytest.fixture
def deal(cast):
    return make_deal(owner=cast.salesperson, at=timezone.now() - timedelta(hours=3))


def counted(deal):
    return count_done([deal.pk], deal.entered_stage_at)


def test_calls_messages_meetings_held_and_tasks_done_count_once_each(cast, deal):
    by, now = cast.salesperson, timezone.now()
    task = make_task(by, deal=deal)
    called = make_task(by, deal=deal)
    meeting = make_meeting(by, deal=deal, starts_at=now - timedelta(hours=1))
    assert counted(deal) == 0, "what is only planned is not done"
    Call.log(by=by, at=now, deal=deal, result="no_answer")
    Message.log(by=by, at=now, deal=deal, text="Our offer")
    meeting.hold(by=by, at=now, outcome="They like it")
    task.finish(by=by, at=now)
    Call.log(by=by, at=now, task=called)
    called.finish(by=by, at=now)
    assert counted(deal) == 5, "the task done by calling is that call"


def test_what_was_done_before_the_stage_or_about_another_deal_does_not_count(cast, deal):
    by, now = cast.salesperson, timezone.now()
    Call.log(by=by, at=deal.entered_stage_at - timedelta(minutes=1), deal=deal)
    Call.log(by=by, at=now, deal=make_deal("Other", owner=by, pipeline=deal.pipeline))
    assert counted(deal) == 0


def test_a_stage_that_asks_for_two_calls_gets_two(cast, deal):
    by, now = cast.salesperson, timezone.now()
    rule = make_rule(deal.pipeline.stages.get(name="Qualified"), least_activities=2)
    Call.log(by=by, at=now, deal=deal)
    with pytest.raises(StageNotReady, match="1 more call"):
        deal.move(rule.stage, by=by, at=now)
    Call.log(by=by, at=now, deal=deal)
    deal.move(rule.stage, by=by, at=now)
    assert deal.stage == rule.stage


def test_it_is_counted_by_one_statement(cast, deal, django_assert_num_queries):
    with django_assert_num_queries(1):
        counted(deal)
