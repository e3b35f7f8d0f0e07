"""The verbs of a task."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from activities.models import Task, TaskState
from activities.testing import make_task
from foundation.errors import Refused, Stale
from foundation.models import Event

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)


def names(task):
    return list(Event.objects.filter(payload__task_id=task.pk).order_by("pk").values_list("name", flat=True))


def test_a_task_without_words_is_refused(cast):
    with pytest.raises(Refused):
        make_task(cast.salesperson, "  ")


def test_a_day_and_a_moment_together_are_refused(cast):
    with pytest.raises(Refused):
        make_task(cast.salesperson, due_on=DAY, due_at=AT)


@pytest.mark.parametrize(
    ("zone", "late_from"),
    [
        ("Pacific/Pago_Pago", datetime(2026, 11, 24, 11, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 11, 23, 18, 30, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 11, 23, 10, tzinfo=UTC)),
    ],
)
def test_a_day_is_over_when_it_ends_where_its_owner_lives(cast, zone, late_from):
    cast.salesperson.settle(time_zone=zone)
    task = make_task(cast.salesperson, due_on=DAY)
    assert task.due_on == DAY
    assert task.due_by == late_from
    assert not task.is_overdue(late_from - timedelta(seconds=1))
    assert task.is_overdue(late_from)


def test_finishing_tells_one_fact_and_ends_the_passage(cast):
    task = make_task(cast.salesperson, due_on=DAY, at=AT)
    task.take_up(by=cast.salesperson, at=AT + timedelta(hours=1))
    task.finish(outcome="Agreed", by=cast.salesperson, at=AT + timedelta(hours=3))
    assert names(task) == ["task.planned", "task.state_changed", "task.finished"]
    assert [(each.state, each.until - each.since) for each in task.passages.all()] == [
        ("new", timedelta(hours=1)),
        ("started", timedelta(hours=2)),
    ]
    assert (task.state, task.outcome) == (TaskState.DONE, "Agreed")


def test_finishing_twice_is_finishing_once(cast):
    task = make_task(cast.salesperson)
    for _ in range(2):
        Task.objects.get(pk=task.pk).finish(by=cast.salesperson, at=timezone.now())
    assert names(task) == ["task.planned", "task.finished"]


def test_what_somebody_accepts_is_handed_in_first(cast):
    task = make_task(cast.salesperson, controller=cast.head)
    task.finish(by=cast.salesperson, at=timezone.now())
    assert task.state == TaskState.REVIEW
    assert task in Task.objects.of(cast.head)
    assert task not in Task.objects.of(cast.salesperson)
    task.send_back("The price is missing", by=cast.head, at=timezone.now())
    assert task.state == TaskState.STARTED
    task.finish(by=cast.salesperson, at=timezone.now())
    task.finish(by=cast.head, at=timezone.now())
    assert task.state == TaskState.DONE


def test_sending_back_says_why(cast):
    task = make_task(cast.salesperson, controller=cast.head)
    task.finish(by=cast.salesperson, at=timezone.now())
    with pytest.raises(Refused):
        task.send_back(" ", by=cast.head, at=timezone.now())


def test_a_task_with_open_subtasks_cannot_be_done(cast):
    task = make_task(cast.salesperson)
    part = make_task(cast.salesperson, "A part", parent=task)
    with pytest.raises(Refused):
        task.finish(by=cast.salesperson, at=timezone.now())
    part.finish(by=cast.salesperson, at=timezone.now())
    task.finish(by=cast.salesperson, at=timezone.now())
    assert not task.is_open


def test_cancelling_takes_the_open_subtasks_along(cast):
    task = make_task(cast.salesperson)
    part = make_task(cast.salesperson, "A part", parent=task)
    task.cancel("Not wanted", by=cast.salesperson, at=timezone.now())
    part.refresh_from_db()
    assert part.state == TaskState.CANCELLED


def test_a_given_task_keeps_its_day_and_is_late_where_the_new_owner_lives(cast):
    cast.colleague.settle(time_zone="Pacific/Kiritimati")
    task = make_task(cast.salesperson, due_on=DAY)
    task.reassign(cast.colleague, by=cast.head, at=timezone.now())
    assert task.due_on == DAY
    assert task.due_by == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert cast.salesperson.pk in task.team_ids


def test_the_second_to_change_a_task_is_told_who_was_first(cast):
    task = make_task(cast.salesperson, due_on=DAY)
    seen = task.version
    task.change({"title": "Write"}, by=cast.head, at=timezone.now(), version=seen)
    with pytest.raises(Stale, match=cast.head.name):
        task.change({"title": "Call"}, by=cast.salesperson, at=timezone.now(), version=seen)


def test_putting_off_hides_a_task_but_not_that_it_is_late(cast):
    task = make_task(cast.salesperson, due_on=DAY, at=AT)
    task.snooze(AT + timedelta(days=10), by=cast.salesperson, at=AT)
    at = AT + timedelta(days=5)
    assert task not in Task.objects.of(cast.salesperson).awake(at=at)
    assert task in Task.objects.overdue(at=at)


def test_only_its_people_and_their_heads_see_a_task(cast):
    task = make_task(cast.salesperson)
    assert task in Task.objects.visible_to(cast.salesperson)
    assert task in Task.objects.visible_to(cast.head)
    assert task not in Task.objects.visible_to(cast.outsider)
    assert task not in Task.objects.visible_to(cast.colleague)
    task.watch(cast.colleague)
    assert task in Task.objects.visible_to(cast.colleague)
    task.unwatch(cast.colleague)
    assert task not in Task.objects.visible_to(cast.colleague)
