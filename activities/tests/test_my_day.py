"""My day: what is late, due, handed in, without a step and worth doing, for the person whose day it is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from activities.models import Call, CallResult, Meeting, Occurrence, Task
from activities.my_day import MOST, Item, Section, filled, forget_section, items_of, register_section
from activities.testing import make_task
from deals.models import Deal
from deals.queries.words import company_calendar
from deals.testing import make_deal, make_pipeline
from foundation.testing import assert_query_count

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday
DAY = NOON.date()


@pytest.fixture
def calendar(db):
    company_calendar.forget()
    company_calendar.days_since(timezone.now(), timezone.now())


def sections(person, at=NOON):
    return {each.section.key: [item.title for item in each.items] for each in filled(person, at)}


def items(person, section, at=NOON):
    return next((each.items for each in filled(person, at) if each.section.key == section), [])


def make_meeting(owner, title, starts_at, **fields):
    from uuid import uuid4

    ends_at = starts_at + timedelta(hours=1)
    meeting = Meeting.objects.create(
        title=title, owner=owner, author=owner, starts_at=starts_at, ends_at=ends_at, time_zone="UTC",
        team_ids=[owner.pk], uid=uuid4(), planned_at=starts_at, **fields,
    )  # fmt: skip
    return Occurrence.objects.create(
        meeting=meeting, original_at=starts_at, starts_at=starts_at, ends_at=ends_at, people_ids=[owner.pk]
    )


def test_a_task_stands_where_its_time_says(cast):
    me = cast.salesperson
    make_task(me, "Yesterday's", due_on=DAY - timedelta(days=1))
    make_task(me, "An hour ago", due_at=NOON - timedelta(hours=1))
    make_task(me, "Today's", due_on=DAY)
    make_task(me, "In an hour", due_at=NOON + timedelta(hours=1))
    make_task(me, "Tomorrow's", due_on=DAY + timedelta(days=1))
    make_task(me, "Some day")
    assert sections(me) == {"overdue": ["Yesterday's", "An hour ago"], "today": ["In an hour", "Today's"]}


def test_meetings_stand_among_the_tasks_by_the_clock(cast):
    me = cast.salesperson
    make_task(me, "Call at two", due_at=NOON + timedelta(hours=2))
    make_meeting(me, "Meet at one", NOON + timedelta(hours=1))
    make_meeting(me, "Met at ten", NOON - timedelta(hours=2))
    make_meeting(cast.colleague, "Not mine", NOON + timedelta(hours=1))
    make_meeting(me, "Tomorrow", NOON + timedelta(days=1))
    assert sections(me) == {"today": ["Met at ten", "Meet at one", "Call at two"]}
    over, to_come, _call = items(me, "today")
    assert "/hold/?occurrence=" in over.action("done").url
    assert to_come.action("done") is None


def test_a_meeting_of_yesterday_asks_its_organiser_what_came_of_it(cast):
    me = cast.salesperson
    row = make_meeting(me, "Met yesterday", NOON - timedelta(days=1))
    make_task(me, "Later", due_on=DAY - timedelta(days=1))
    assert sections(me) == {"overdue": ["Met yesterday", "Later"]}
    assert items(me, "overdue")[0].reason == "It is over: what came of it?"
    Occurrence.objects.filter(pk=row.pk).update(held_at=NOON)
    assert sections(me) == {"overdue": ["Later"]}


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_the_day_is_the_one_where_the_person_lives(cast, zone):
    me = cast.salesperson
    me.settle(time_zone=zone)
    midnight = datetime.combine(DAY + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    make_task(me, "Today's", due_on=DAY)
    before, after = midnight - timedelta(seconds=1), midnight
    assert sections(me, before) == {"today": ["Today's"]}
    assert sections(me, after) == {"overdue": ["Today's"]}
    late = items(me, "overdue", after)[0]
    assert (late.due, late.is_late) == ("yesterday", True)


def test_a_moment_is_shown_by_the_clock_of_its_reader(cast):
    me = cast.salesperson
    me.settle(time_zone="Asia/Kolkata")
    make_task(me, due_at=NOON + timedelta(minutes=15))
    assert items(me, "today")[0].due.replace("\u202f", " ") == "5:45 PM"


def test_what_is_put_off_waits_out_of_sight(cast):
    me = cast.salesperson
    task = make_task(me, due_on=DAY - timedelta(days=3), at=NOON - timedelta(days=5))
    task.snooze(NOON + timedelta(hours=1), by=me, at=NOON)
    assert sections(me) == {}
    assert sections(me, NOON + timedelta(hours=1)) == {"overdue": ["Call back"]}


def test_work_handed_in_waits_for_whoever_accepts_it(cast):
    task = make_task(cast.salesperson, "The price list", controller=cast.head, due_on=DAY)
    task.finish(by=cast.salesperson, at=NOON)
    assert sections(cast.salesperson) == {}
    assert sections(cast.head) == {"to_accept": ["The price list"]}
    item = items(cast.head, "to_accept")[0]
    assert item.reason == f"Handed in by {cast.salesperson.name}"
    assert item.action("send_back") is not None


def test_a_deal_without_a_next_step_says_how_long_it_is_quiet(cast, calendar):
    at = timezone.now()
    deal = make_deal("Flowers", owner=cast.salesperson, pipeline=make_pipeline())
    item = items(cast.salesperson, "without_step", at)[0]
    assert (item.title, item.reason) == ("Flowers", "Nothing is planned")
    Deal.objects.filter(pk=deal.pk).update(entered_stage_at=at - timedelta(days=60))
    assert "Quiet for" in items(cast.salesperson, "without_step", at)[0].reason
    Call.objects.create(author=cast.salesperson, deal=deal, at=at - timedelta(hours=1))
    assert items(cast.salesperson, "without_step", at)[0].reason == "Nothing is planned"


def test_who_asked_to_be_called_back_is_suggested_until_somebody_calls(cast):
    account = make_account("Acme", owner=cast.salesperson)
    Call.objects.create(
        author=cast.salesperson, account=account, at=NOON - timedelta(days=1), result=CallResult.CALL_BACK
    )
    item = items(cast.salesperson, "suggested")[0]
    assert item.title == "Acme"
    assert item.reason.startswith("They asked to call back: yesterday")
    make_task(cast.salesperson, kind="call", account=account, due_on=DAY + timedelta(days=2))
    assert sections(cast.salesperson) == {}


def test_a_section_shows_twenty_and_says_how_many_there_are(cast, client_of):
    at = timezone.now()
    for number in range(MOST + 3):
        make_task(cast.salesperson, f"Task {number}", due_on=(at - timedelta(days=3)).date())
    shown = filled(cast.salesperson, at)[0]
    assert (len(shown.items), shown.count.text, shown.all_url) == (MOST, "23", "/tasks/?mine=1&overdue=1")
    assert "All 23" in client_of(cast.salesperson).get(reverse("activities:my_day")).content.decode()


def test_a_later_room_adds_a_section_with_its_own_gate(cast):
    item = Item("approval-1", "Discount of 20 %", "/approvals/1/", reason="Asked by Clara Benson")
    register_section(
        Section("approvals", "Approvals", 40, lambda person, at: [item], gate="activities.assign")
    )
    try:
        make_task(cast.head, "Mine", due_on=DAY)
        assert sections(cast.head) == {"today": ["Mine"], "approvals": ["Discount of 20 %"]}
        assert sections(cast.salesperson) == {}
    finally:
        forget_section("approvals")


def test_something_named_twice_is_done_once(cast):
    twice = Item("deal-1", "A deal", "/deals/1/")
    register_section(Section("first", "First", 1, lambda person, at: [twice]))
    register_section(Section("second", "Second", 2, lambda person, at: [twice]))
    try:
        assert items_of(filled(cast.salesperson, NOON)) == [twice]
    finally:
        forget_section("first")
        forget_section("second")


def test_nobody_sees_the_day_of_another(cast, client_of):
    make_task(cast.salesperson, "A secret", due_on=timezone.localdate())
    for person in (cast.outsider, cast.colleague, cast.head):
        assert "A secret" not in client_of(person).get(reverse("activities:my_day")).content.decode()


def test_an_empty_day_is_pleasant(cast, client_of):
    text = client_of(cast.support).get(reverse("activities:my_day")).content.decode()
    assert "Nothing is due. Plan something?" in text


def test_the_day_holds_its_statements(cast, client_of, calendar):
    at, me = timezone.now(), cast.salesperson
    pipeline = make_pipeline()
    for number in range(MOST + 2):
        make_task(me, f"Late {number}", due_on=(at - timedelta(days=3)).date())
        make_deal(f"Deal {number}", owner=me, pipeline=pipeline)
        make_deal(
            f"Planned {number}", owner=me, pipeline=pipeline, next_step="Call", next_step_on=date(2020, 1, 2)
        )
    person = client_of(me)
    with assert_query_count("my_day"):
        assert person.get(reverse("activities:my_day")).status_code == 200


def test_focus_shows_one_thing_and_how_many_there_are(cast, client_of):
    today = timezone.localdate()
    first = make_task(cast.salesperson, "First", due_on=today - timedelta(days=3))
    make_task(cast.salesperson, "Second", due_on=today - timedelta(days=2))
    person, url = client_of(cast.salesperson), reverse("activities:focus")
    text = person.get(url).content.decode()
    assert "1 of 2" in text
    assert "First" in text
    assert "Second" not in text
    assert "2 of 2" in person.get(f"{url}?at=1").content.decode()
    assert "You have seen everything" in person.get(f"{url}?at=2").content.decode()
    assert f"{first.get_absolute_url()}finish/?next=" in text
    Task.objects.get(pk=first.pk).finish(by=cast.salesperson, at=timezone.now())
    after = person.get(f"{url}?done=1").content.decode()
    assert "2 of 2" in after
    assert "Second" in after
    Task.objects.get(title="Second").finish(by=cast.salesperson, at=timezone.now())
    assert "Nothing is due. Well done!" in person.get(f"{url}?done=2").content.decode()


@pytest.mark.parametrize("said", ["at=99999", "at=-1", "at=x", "key=nothing-9", "at=²", "done=1e9"])
def test_focus_forgives_a_strange_address(cast, client_of, said):
    make_task(cast.salesperson, "Only", due_on=timezone.localdate())
    assert client_of(cast.salesperson).get(f"{reverse('activities:focus')}?{said}").status_code == 200


def test_focus_finds_a_row_by_its_key(cast, client_of):
    today = timezone.localdate()
    make_task(cast.salesperson, "First", due_on=today - timedelta(days=3))
    second = make_task(cast.salesperson, "Second", due_on=today - timedelta(days=2))
    text = (
        client_of(cast.salesperson)
        .get(f"{reverse('activities:focus')}?key=task-{second.pk}")
        .content.decode()
    )
    assert "Second" in text
    assert "First" not in text


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("salesperson", "my_day"), ("head", "team_day"), ("support", "my_day"), ("accountant", "my_day"),
        ("admin", "my_day"), ("outsider", "my_day"),
    ],
)  # fmt: skip
def test_work_begins_where_it_is(cast, client_of, who, page):
    answer = client_of(getattr(cast, who)).get(reverse("home"))
    assert answer.headers["Location"] == reverse(f"activities:{page}")
