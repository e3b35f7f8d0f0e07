"""Done and what follows: chains, series, a deal's next step, and taking it back."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from accounts.testing import make_account
from activities.models import Task, TaskState, TaskTemplate
from activities.operations import (
    NextStep,
    cancel_task,
    finish_task,
    plan_task,
    suggest_next,
    take_back_finish,
)
from activities.testing import make_task
from deals.testing import make_deal, make_pipeline
from foundation.errors import Refused, Stale
from foundation.models import Event
from users.calendars import calendar_of

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def chain(db):
    follow = TaskTemplate.objects.create(name="Follow-up", title="Ask what they think", kind="call", due_in=2)
    return TaskTemplate.objects.create(
        name="First call", title="Call", kind="call", followed_by=follow, due_in=0
    )


def test_a_chain_suggests_what_follows_in_working_days(cast, chain):
    task = make_task(cast.salesperson, template=chain, at=FRIDAY)
    suggested = suggest_next(task, at=FRIDAY, calendar=calendar_of(cast.salesperson))
    assert (suggested.title, suggested.due_on) == ("Ask what they think", date(2026, 11, 24))
    assert not suggested.is_automatic


def test_a_call_to_a_client_suggests_a_follow_up_and_a_private_to_do_nothing(cast):
    calendar = calendar_of(cast.salesperson)
    call = make_task(cast.salesperson, kind="call", account=make_account(owner=cast.salesperson))
    assert suggest_next(call, at=FRIDAY, calendar=calendar).due_on == date(2026, 11, 24)
    assert suggest_next(make_task(cast.salesperson), at=FRIDAY, calendar=calendar) is None


def test_an_automatic_chain_is_planned_unless_somebody_says_why_not(cast, chain):
    TaskTemplate.objects.filter(pk=chain.pk).update(is_automatic=False)
    TaskTemplate.objects.filter(pk=chain.followed_by_id).update(is_automatic=True)
    chain = TaskTemplate.objects.get(pk=chain.pk)
    follower = finish_task(
        make_task(cast.salesperson, template=chain, at=FRIDAY), by=cast.salesperson, at=FRIDAY
    )
    assert (follower.title, follower.kind, follower.due_on) == (
        "Ask what they think",
        "call",
        date(2026, 11, 24),
    )
    other = make_task(cast.salesperson, template=chain, at=FRIDAY)
    assert finish_task(other, no_next_step="They closed down", by=cast.salesperson, at=FRIDAY) is None
    told = Event.objects.get(name="task.finished", payload__task_id=other.pk)
    assert told.payload["no_next_step"] == "They closed down"
    assert "They closed down" in told.fact.sentence()


def test_done_and_the_next_step_are_one_change_with_the_same_links(cast):
    account = make_account(owner=cast.salesperson)
    task = make_task(cast.salesperson, account=account, at=FRIDAY)
    step = NextStep("Send the offer", due_on=MONDAY, kind="document")
    follower = finish_task(task, outcome="They want an offer", next_step=step, by=cast.salesperson, at=FRIDAY)
    assert task.state == TaskState.DONE
    assert (follower.account, follower.previous, follower.owner) == (account, task, cast.salesperson)
    other = make_task(cast.salesperson, at=FRIDAY)
    with pytest.raises(Refused):
        finish_task(other, next_step=NextStep(" ", due_on=MONDAY), by=cast.salesperson, at=FRIDAY)
    other.refresh_from_db()
    assert other.is_open


def test_what_is_handed_in_has_no_next_step_until_it_is_accepted(cast):
    task = make_task(cast.salesperson, controller=cast.head, repeat="FREQ=DAILY", due_on=MONDAY)
    assert finish_task(task, by=cast.salesperson, at=FRIDAY) is None
    with pytest.raises(Refused, match=cast.head.name):
        finish_task(task, by=cast.salesperson, at=FRIDAY)
    assert finish_task(task, by=cast.head, at=FRIDAY).due_on == date(2026, 11, 24)


def test_finishing_a_series_plans_the_next_time_once(cast):
    task = make_task(
        cast.salesperson,
        "Report",
        due_on=MONDAY,
        repeat="FREQ=WEEKLY;BYDAY=MO",
        checklist=["Sums"],
        estimate=30,
    )
    follower = finish_task(task, by=cast.salesperson, at=FRIDAY)
    assert finish_task(task, by=cast.salesperson, at=FRIDAY) is None
    assert (follower.due_on, follower.estimate, follower.repeats_from) == (date(2026, 11, 30), 30, MONDAY)
    assert [line.text for line in follower.checklist.all()] == ["Sums"]
    task.reopen(by=cast.salesperson, at=FRIDAY)
    assert finish_task(task, by=cast.salesperson, at=FRIDAY) is None
    assert Task.objects.open().filter(title="Report").count() == 1


def test_who_is_reminded_of_a_series_is_reminded_the_next_time(cast):
    due = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    task = plan_task(
        title="Report", owner=cast.salesperson, due_at=due, repeat="FREQ=DAILY", reminders=[15, 60],
        by=cast.salesperson, at=FRIDAY,
    )  # fmt: skip
    follower = finish_task(task, by=cast.salesperson, at=FRIDAY)
    reminders = follower.reminders.order_by("minutes").values_list("minutes", "due_at")
    assert list(reminders) == [
        (minutes, due + timedelta(days=1) - timedelta(minutes=minutes)) for minutes in (15, 60)
    ]


def test_missed_times_are_skipped_unless_wanted(cast):
    for wanted, due in ((True, date(2026, 11, 26)), (False, date(2026, 11, 21))):
        task = make_task(cast.salesperson, due_on=FRIDAY.date(), repeat="FREQ=DAILY", at=FRIDAY)
        late = FRIDAY + timedelta(days=5)
        assert finish_task(task, skip_missed=wanted, by=cast.salesperson, at=late).due_on == due


def test_cancelling_once_goes_on_and_with_the_series_ends_it(cast):
    task = make_task(cast.salesperson, due_on=MONDAY, repeat="FREQ=DAILY;COUNT=3")
    second = cancel_task(task, "On leave", by=cast.salesperson, at=FRIDAY)
    assert second.due_on == date(2026, 11, 24)
    third = finish_task(second, by=cast.salesperson, at=FRIDAY)
    assert finish_task(third, by=cast.salesperson, at=FRIDAY) is None
    other = make_task(cast.salesperson, due_on=MONDAY, repeat="FREQ=DAILY")
    assert cancel_task(other, with_series=True, by=cast.salesperson, at=FRIDAY) is None


def test_every_working_day_skips_the_days_off_of_the_owners_calendar(cast):
    friday = date(2026, 11, 20)
    task = make_task(cast.salesperson, due_on=friday, repeat="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    assert finish_task(task, by=cast.salesperson, at=FRIDAY).due_on == MONDAY


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Europe/Berlin", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_a_series_keeps_its_wall_clock_over_changes_of_clocks(cast, zone):
    cast.salesperson.settle(time_zone=zone)
    there = ZoneInfo(zone)
    due = datetime.combine(date(2027, 3, 27), time(2, 30), there)
    task = make_task(cast.salesperson, due_at=due, repeat="FREQ=DAILY", at=FRIDAY)
    seen = []
    for _turn in range(3):
        task = finish_task(task, by=cast.salesperson, at=FRIDAY)
        seen.append(task.due_at.astimezone(there))
    assert [moment.date() for moment in seen] == [date(2027, 3, 28), date(2027, 3, 29), date(2027, 3, 30)]
    assert {moment.time() for moment in seen[1:]} == {time(2, 30)}
    # Berlin has no half past two on the 28th: it is read as an hour later, that day only.
    assert seen[0].time() == (time(3, 30) if zone == "Europe/Berlin" else time(2, 30))


def test_a_series_counts_days_where_its_owner_lives(cast):
    cast.salesperson.settle(time_zone="Pacific/Kiritimati")
    due = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # 10:00 on Monday there
    task = make_task(cast.salesperson, due_at=due, repeat="FREQ=WEEKLY;BYDAY=MO", at=FRIDAY)
    assert (task.due_day, task.repeats_from, task.repeats_at) == (MONDAY, MONDAY, time(10))
    follower = finish_task(task, by=cast.salesperson, at=FRIDAY)
    assert follower.due_at == due + timedelta(days=7)


def test_taking_a_finish_back_takes_what_was_planned_with_it(cast):
    task = make_task(cast.salesperson, due_on=MONDAY, repeat="FREQ=DAILY", at=FRIDAY)
    follower = finish_task(task, by=cast.salesperson, at=FRIDAY, next_step=NextStep("Next", due_on=MONDAY))
    take_back_finish(task, by=cast.salesperson, at=FRIDAY, version=task.version)
    assert task.is_open
    follower.refresh_from_db()
    assert follower.state == TaskState.CANCELLED
    assert list(Task.objects.open()) == [task]
    assert finish_task(task, by=cast.salesperson, at=FRIDAY).due_on == date(2026, 11, 24)


def test_the_second_to_finish_is_told_who_was_first(cast):
    task = make_task(cast.salesperson, at=FRIDAY)
    seen = task.version
    finish_task(task, by=cast.head, at=FRIDAY + timedelta(minutes=1))
    with pytest.raises(Stale, match=cast.head.name):
        finish_task(task, by=cast.salesperson, at=FRIDAY, version=seen)


def test_asking_how_it_goes_is_for_others_and_rests_four_working_hours(cast):
    task = make_task(cast.salesperson, at=FRIDAY)
    with pytest.raises(Refused):
        task.nudge(by=cast.salesperson, at=FRIDAY)
    task.nudge("Soon?", by=cast.head, at=FRIDAY)
    with pytest.raises(Refused):
        task.nudge(by=cast.head, at=FRIDAY + timedelta(hours=3))
    task.nudge(by=cast.admin, at=FRIDAY + timedelta(hours=3))
    task.nudge(by=cast.head, at=FRIDAY + timedelta(days=3))
    assert Event.objects.filter(name="task.nudged").count() == 3


@pytest.fixture
def deal(cast):
    make_pipeline()
    return make_deal(owner=cast.salesperson)


def step_of(deal):
    deal.refresh_from_db()
    return deal.next_step, deal.next_step_on


def test_the_earliest_open_task_is_the_next_step_of_its_deal(cast, deal):
    late = make_task(cast.salesperson, "Later", deal=deal, due_on=date(2030, 1, 9))
    assert step_of(deal) == ("Later", date(2030, 1, 9))
    first = make_task(cast.salesperson, "Sooner", deal=deal, due_on=date(2030, 1, 5))
    assert step_of(deal) == ("Sooner", date(2030, 1, 5))
    first.change({"due_on": date(2030, 1, 20)}, by=cast.salesperson, at=FRIDAY)
    assert step_of(deal) == ("Later", date(2030, 1, 9))
    finish_task(late, by=cast.salesperson, at=FRIDAY)
    assert step_of(deal) == ("Sooner", date(2030, 1, 20))
    cancel_task(first, by=cast.salesperson, at=FRIDAY)
    assert step_of(deal) == ("", None)
    first.reopen(by=cast.salesperson, at=FRIDAY)
    assert step_of(deal) == ("Sooner", date(2030, 1, 20))


def test_a_step_written_on_the_deal_stays_when_no_task_is_left(cast, deal):
    deal.plan_next_step("Think", date(2030, 1, 2), by=cast.salesperson, at=FRIDAY)
    task = make_task(cast.salesperson, "Call", deal=deal, due_on=date(2030, 1, 5), at=FRIDAY)
    assert step_of(deal) == ("Think", date(2030, 1, 2))
    finish_task(task, by=cast.salesperson, at=FRIDAY)
    assert step_of(deal) == ("Think", date(2030, 1, 2))
    make_task(cast.salesperson, "Sooner", deal=deal, due_on=date(2030, 1, 1), at=FRIDAY)
    assert step_of(deal) == ("Sooner", date(2030, 1, 1))


def test_a_task_moved_to_another_deal_leaves_the_first_without_it(cast, deal):
    other = make_deal("Other", owner=cast.salesperson)
    task = make_task(cast.salesperson, "Call", deal=deal, due_on=date(2030, 1, 5))
    task.change({"deal": other}, by=cast.salesperson, at=FRIDAY)
    assert (step_of(deal), step_of(other)) == (("", None), ("Call", date(2030, 1, 5)))


def test_a_closed_deal_keeps_its_last_step(cast, deal):
    task = make_task(cast.salesperson, "Call", deal=deal, due_on=date(2030, 1, 5))
    deal.win(by=cast.salesperson, at=timezone.now())
    before = step_of(deal)
    finish_task(task, by=cast.salesperson, at=timezone.now())
    assert step_of(deal) == before


@pytest.mark.django_db(transaction=True)
def test_two_who_finish_at_once_plan_one_next_step(cast):
    task = make_task(cast.salesperson, due_on=MONDAY, repeat="FREQ=DAILY")
    together, planned = threading.Barrier(2), []

    def finish(person):
        try:
            mine = Task.objects.get(pk=task.pk)
            together.wait(timeout=10)
            planned.append(finish_task(mine, by=person, at=FRIDAY, next_step=NextStep("Next", due_on=MONDAY)))
        finally:
            connection.close()

    threads = [threading.Thread(target=finish, args=(person,)) for person in (cast.salesperson, cast.head)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each is None for each in planned) == [False, True]
    assert Task.objects.open().count() == 2  # the next step, and the next time of the series
    assert Event.objects.filter(name="task.finished").count() == 1
