"""Reminders: when they are due, that each is told once whatever dies, and what happens when nobody answers."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from activities import reminding
from activities.models import Absence, Breach, Reminder, Task
from activities.reminding import breaches, telling
from activities.testing import make_task
from foundation.drain import drain
from foundation.testing import assert_query_count
from users.models import Notification, Sending, User
from users.notifications import counting
from users.testing import Cast, make_user

ClientOf = Callable[[User], Client]
ZONES = ["Pacific/Niue", "Asia/Kolkata", "Pacific/Kiritimati", "America/New_York", "Europe/Berlin", "UTC"]
MONDAY = date(2026, 11, 23)


def every_day(day: date) -> bool:
    return True


def weekdays(day: date) -> bool:
    return day.weekday() < 5


@given(
    moment=st.datetimes(timezones=st.just(UTC)).filter(lambda at: 2000 < at.year < 9000),
    minutes=st.integers(0, 100_000),
    zone=st.sampled_from(ZONES),
)
def test_before_a_moment_the_zone_changes_nothing(moment: datetime, minutes: int, zone: str) -> None:
    assert reminding.remind_at(None, moment, minutes, zone, weekdays) == moment - timedelta(minutes=minutes)


@given(day=st.dates(date(2020, 1, 1), date(2035, 1, 1)), days=st.integers(0, 40), zone=st.sampled_from(ZONES))
def test_for_a_day_it_is_nine_on_the_wall_of_a_working_day_no_later(day: date, days: int, zone: str) -> None:
    moment = reminding.remind_at(day, None, days * 1440, zone, weekdays)
    assert moment is not None
    there = moment.astimezone(ZoneInfo(zone))
    assert there.time() == time(9)
    assert there.weekday() < 5
    assert 0 <= ((day - timedelta(days=days)) - there.date()).days <= 2


def test_nine_oclock_is_nine_on_the_days_the_clock_changes() -> None:
    for day, hour in ((date(2026, 3, 29), 7), (date(2026, 10, 25), 8), (date(2026, 10, 24), 7)):
        moment = reminding.remind_at(day, None, 0, "Europe/Berlin", every_day)
        assert moment == datetime.combine(day, time(hour), UTC)


def test_at_the_ends_of_the_earth_the_day_is_the_same_day() -> None:
    said = {zone: reminding.remind_at(MONDAY, None, 0, zone, weekdays) for zone in ZONES[:3]}
    assert said == {
        "Pacific/Niue": datetime(2026, 11, 23, 20, tzinfo=UTC),
        "Asia/Kolkata": datetime(2026, 11, 23, 3, 30, tzinfo=UTC),
        "Pacific/Kiritimati": datetime(2026, 11, 22, 19, tzinfo=UTC),
    }


def test_who_never_works_is_reminded_on_the_day_itself() -> None:
    moment = reminding.remind_at(MONDAY, None, 0, "UTC", lambda day: False)
    assert moment == datetime(2026, 11, 23, 9, tzinfo=UTC)


pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday


def make_due(rows: Any = None, *, ago: timedelta = timedelta(seconds=1)) -> None:
    """Let what is to be told next be due now by the database's clock."""
    (rows if rows is not None else Reminder.objects.filter(next_at__isnull=False)).update(
        next_at=timezone.now() - ago
    )


def task_due(owner: User, *, hours: float = 5, **fields: Any) -> Task:
    return make_task(owner, due_at=timezone.now() + timedelta(hours=hours), **fields)


def told(person: User, kind: str = "task.reminder") -> int:
    return Notification.objects.filter(person=person, kind=kind).count()


def test_only_what_is_still_to_come_is_offered_and_set(cast: Cast) -> None:
    due_at = NOW + timedelta(minutes=30)
    task = make_task(cast.salesperson, due_at=due_at, at=NOW)
    assert [each for each, _label in reminding.offered(None, due_at, cast.salesperson, NOW)] == [0, 15]
    rows = reminding.set_reminders(task, [0, 15, 60, 1440], cast.salesperson, NOW)
    assert [row.minutes for row in rows] == [0, 15]
    assert [each for each, _label in reminding.offered(MONDAY, None, cast.salesperson, NOW)] == [0, 1440]


def test_setting_again_keeps_what_stays_and_drops_what_went(cast: Cast) -> None:
    task = make_task(cast.salesperson, due_at=NOW + timedelta(days=3), at=NOW)
    reminding.set_reminders(task, [15, 60], cast.salesperson, NOW)
    kept = task.reminders.get(minutes=60).pk
    reminding.set_reminders(task, [60, 0], cast.salesperson, NOW)
    assert sorted(task.reminders.values_list("minutes", flat=True)) == [0, 60]
    assert task.reminders.get(minutes=60).pk == kept
    reminding.set_reminders(task, [], cast.salesperson, NOW)
    assert not task.reminders.exists()


def test_a_day_without_work_is_reminded_of_before_it(cast: Cast) -> None:
    Absence.objects.create(person=cast.salesperson, starts_on=date(2026, 11, 26), ends_on=date(2026, 11, 27))
    task = make_task(cast.salesperson, due_on=date(2026, 11, 28), at=NOW)
    (row,) = reminding.set_reminders(task, [0], cast.salesperson, NOW)
    assert row.due_at == datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_a_reminder_is_told_once_and_rings_the_bell(cast: Cast, client_of: ClientOf) -> None:
    task = task_due(cast.salesperson, title="Call Ivan")
    reminding.set_reminders(task, [15], cast.salesperson, timezone.now())
    assert reminding.tell_due() == 0
    make_due()
    assert reminding.tell_due() == 1
    assert reminding.tell_due() == 0
    assert told(cast.salesperson) == 1
    assert "Call Ivan" in client_of(cast.salesperson).get("/notifications/").content.decode()
    assert User.objects.get(pk=cast.salesperson.pk).unread == 1


def test_a_batch_costs_as_many_statements_as_one(cast: Cast) -> None:
    for number in range(12):
        task = task_due(cast.salesperson if number % 2 else cast.colleague, title=f"Task {number}")
        reminding.set_reminders(task, [0], task.owner, timezone.now())
    make_due()
    with assert_query_count("telling twelve reminders"):
        assert telling.tell_due() == 12
    assert counting.recounted() == {}


def test_the_moved_task_takes_its_reminders_along(cast: Cast) -> None:
    task = make_task(cast.salesperson, due_at=NOW + timedelta(days=1), at=NOW)
    reminding.set_reminders(task, [60], cast.salesperson, NOW)
    task.change({"due_at": NOW + timedelta(days=2)}, by=cast.salesperson, at=NOW)
    row = task.reminders.get()
    assert row.next_at == row.due_at == NOW + timedelta(days=2, minutes=-60)
    task.change({"due_at": None, "due_on": date(2026, 11, 24)}, by=cast.salesperson, at=NOW)
    assert task.reminders.get().due_at == datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_told_and_moved_it_is_told_again_but_not_for_another_clock(cast: Cast) -> None:
    task = task_due(cast.salesperson)
    reminding.set_reminders(task, [15], cast.salesperson, timezone.now())
    make_due()
    reminding.tell_due()
    cast.salesperson.settle(time_zone="Pacific/Kiritimati")
    drain()
    assert reminding.tell_due() == 0
    task.change({"due_at": task.due_at + timedelta(days=1)}, by=cast.salesperson, at=timezone.now())
    make_due(task.reminders.filter(told_at=None))
    reminding.tell_due()
    assert told(cast.salesperson) == 2


def test_another_zone_moves_mornings_and_ends_of_days_and_loses_nothing(cast: Cast) -> None:
    task = make_task(cast.salesperson, due_on=MONDAY, at=NOW)
    reminding.set_reminders(task, [0], cast.salesperson, NOW)
    cast.salesperson.settle(time_zone="Pacific/Kiritimati", at=NOW)
    drain()
    task.refresh_from_db()
    assert task.reminders.get().next_at == datetime(2026, 11, 22, 19, tzinfo=UTC)
    assert task.due_by == datetime(2026, 11, 23, 10, tzinfo=UTC)
    cast.salesperson.settle(time_zone="Pacific/Niue", at=NOW)
    drain()
    assert task.reminders.get().next_at == datetime(2026, 11, 23, 20, tzinfo=UTC)


def test_a_zone_in_which_nine_is_over_already_is_told_at_once(cast: Cast) -> None:
    now = timezone.now()
    here = "Pacific/Niue"
    User.objects.filter(pk=cast.salesperson.pk).update(time_zone=here)
    person = User.objects.get(pk=cast.salesperson.pk)
    day = now.astimezone(ZoneInfo(here)).date() + timedelta(days=1)
    task = make_task(person, due_on=day)
    rows = reminding.set_reminders(task, [0], person, now - timedelta(days=6))
    assert len(rows) == 1
    Reminder.objects.update(due_at=now + timedelta(hours=1), next_at=now + timedelta(hours=1))
    person.settle(time_zone="Pacific/Kiritimati")
    drain()
    row = task.reminders.get()
    assert row.next_at is not None
    make_due()
    assert reminding.tell_due() == 1
    assert reminding.tell_due() == 0


def test_whoever_gets_the_task_gets_its_reminders(cast: Cast) -> None:
    task = make_task(cast.salesperson, due_at=NOW + timedelta(days=1), at=NOW)
    reminding.set_reminders(task, [15, 60], cast.salesperson, NOW)
    reminding.set_reminders(task, [60], cast.colleague, NOW)
    task.reassign(cast.colleague, by=cast.head, at=NOW)
    assert sorted(task.reminders.values_list("person__name", "minutes")) == [
        ("Clara Benson", 15),
        ("Clara Benson", 60),
    ]


def test_an_absence_moves_the_reminder_before_it(cast: Cast) -> None:
    from activities.reminding.setting import replan_person

    task = make_task(cast.salesperson, due_on=date(2026, 11, 26), at=NOW)
    reminding.set_reminders(task, [0], cast.salesperson, NOW)
    Absence.objects.create(person=cast.salesperson, starts_on=date(2026, 11, 25), ends_on=date(2026, 11, 30))
    replan_person(cast.salesperson, NOW)
    assert task.reminders.get().next_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_what_is_done_reminds_nobody(cast: Cast) -> None:
    task = task_due(cast.salesperson)
    reminding.set_reminders(task, [0, 15], cast.salesperson, timezone.now())
    task.finish(by=cast.salesperson, at=timezone.now())
    assert not task.reminders.filter(next_at__isnull=False).exists()
    task.reopen(by=cast.salesperson, at=timezone.now())
    assert task.reminders.filter(next_at__isnull=False).count() == 2


def test_put_off_it_is_told_again_when_the_time_has_come(cast: Cast) -> None:
    task = task_due(cast.salesperson)
    reminding.set_reminders(task, [0], cast.salesperson, timezone.now())
    make_due()
    reminding.tell_due()
    until = timezone.now() + timedelta(hours=1)
    task.snooze(until, by=cast.salesperson, at=timezone.now())
    row = task.reminders.get()
    assert (row.next_at, row.told_at) == (until, None)
    Task.objects.update(snoozed_until=timezone.now() - timedelta(seconds=1))
    make_due()
    reminding.tell_due()
    assert told(cast.salesperson) == 2


def unanswered(task: Task) -> None:
    """Told, and time passed."""
    make_due()
    reminding.tell_due()
    Reminder.objects.filter(task=task).update(told_at=timezone.now() - timedelta(hours=1))
    make_due()


def test_unanswered_it_is_mailed_and_then_the_head_hears_of_it_once(cast: Cast) -> None:
    task = task_due(cast.salesperson, title="Send the offer", by=cast.salesperson)
    reminding.set_reminders(task, [0, 60], cast.salesperson, timezone.now())
    unanswered(task)
    reminding.tell_due()
    mail = Sending.objects.get()
    assert (mail.kind, mail.person) == ("task.unanswered", cast.salesperson)
    waits = task.reminders.get(mailed_at__isnull=False)
    assert waits.next_at >= task.due_by + timedelta(minutes=settings.REMINDER_ESCALATE_AFTER)
    for _each in range(3):
        make_due()
        reminding.tell_due()
    assert told(cast.head, "task.escalated") == 1
    assert "Sam Porter" in Notification.objects.get(kind="task.escalated").text
    assert not Reminder.objects.filter(next_at__isnull=False).exists()


def test_opened_it_is_answered(cast: Cast, client_of: ClientOf) -> None:
    task = task_due(cast.salesperson)
    reminding.set_reminders(task, [0], cast.salesperson, timezone.now())
    make_due()
    reminding.tell_due()
    client_of(cast.salesperson).post("/notifications/seen/", {"path": task.get_absolute_url()})
    make_due()
    reminding.tell_due()
    row = task.reminders.get()
    assert row.answered_at is not None
    assert row.next_at is None
    assert not Sending.objects.exists()


def test_two_workers_at_once_tell_each_reminder_once(cast: Cast) -> None:
    """The second finds the rows of the first locked, and goes past them."""
    task = task_due(cast.salesperson)
    reminding.set_reminders(task, [0], cast.salesperson, timezone.now())
    make_due()
    with connection.cursor() as cursor:
        cursor.execute(telling.CLAIM, [10])
        assert len(cursor.fetchall()) == 1
    assert "SKIP LOCKED" in telling.CLAIM


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing() -> None:
    person = make_user("Sam Porter", email="sam@romashka.example")
    for number in range(30):
        task = task_due(person, title=f"Task {number}")
        reminding.set_reminders(task, [0], person, timezone.now())
    make_due()
    victim = subprocess.Popen(
        [sys.executable, "-c", KILLED_IN_THE_MIDDLE],
        env=dict(os.environ) | {"DATABASE_URL": _here(), "DJANGO_SETTINGS_MODULE": "crm.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert victim.stdout is not None
    assert victim.stdout.readline().strip() == "written"
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    for _each in range(50):
        if reminding.tell_due():
            break
        connection.cursor().execute("SELECT pg_sleep(0.1)")
    assert Notification.objects.count() == 30
    assert Notification.objects.values("subject_id").distinct().count() == 30
    assert counting.recounted() == {}
    assert not Reminder.objects.filter(told_at__isnull=True).exists()


KILLED_IN_THE_MIDDLE = """
import time, django
django.setup()
from activities.reminding import telling
note = telling._note
def wait(rows):
    note(rows)
    print("written", flush=True)
    time.sleep(60)
telling._note = wait
telling.tell_due()
"""


def _here() -> str:
    from tests.test_storm import beside_the_test_database

    return beside_the_test_database()


def test_a_missed_deadline_is_told_once_with_whose_side_it_is_on(cast: Cast) -> None:
    task = make_task(
        cast.salesperson,
        due_at=NOW,
        at=NOW - timedelta(days=2),
        by=cast.head,
        controller=cast.colleague,
        title="Offer",
    )
    Task.objects.filter(pk=task.pk).update(due_by=timezone.now() - timedelta(minutes=1))
    assert breaches.note_breaches() == 1
    assert breaches.note_breaches() == 0
    drain()
    row = Breach.objects.get()
    assert (row.side, row.person) == ("owner", cast.salesperson)
    said = dict(Notification.objects.filter(kind="task.overdue").values_list("person__name", "text"))
    assert "yours to do" in said["Sam Porter"]
    assert "Sam Porter" in said["Helena Marsh"]
    assert set(said) == {"Sam Porter", "Helena Marsh", "Clara Benson"}


def test_handed_in_the_deadline_is_on_the_side_of_who_accepts(cast: Cast) -> None:
    task = task_due(cast.salesperson, by=cast.head, controller=cast.head)
    task.finish(by=cast.salesperson, at=timezone.now())
    Task.objects.filter(pk=task.pk).update(
        due_by=timezone.now() - timedelta(minutes=1), planned_at=timezone.now() - timedelta(days=1)
    )
    breaches.note_breaches()
    drain()
    assert Breach.objects.get().person == cast.head
    text = Notification.objects.get(person=cast.salesperson, kind="task.overdue").text
    assert "Helena Marsh has to accept it" in text


def test_deadlines_of_long_ago_are_no_news(cast: Cast) -> None:
    make_task(
        cast.salesperson, due_at=timezone.now() - timedelta(days=30), at=timezone.now() - timedelta(days=60)
    )
    assert breaches.note_breaches() == 0
