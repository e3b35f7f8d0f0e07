"""The planner page: numbers, who sees them, and what is behind them."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.capacity import capacities
from activities.load import Expected, LoadSource, Piece, Weights, forget_source, register_source, shares
from activities.models import Absence, Task
from activities.queries.planner import Asked, columns_of, grid
from activities.queries.planner_overload import overloaded
from activities.queries.planner_work import tasks_of, work_of
from activities.testing import make_task
from activities.tests.test_capacity import MONDAY, at, make_occurrence
from foundation.models import WorkingCalendar
from foundation.testing import assert_query_count
from users.calendars import kept
from users.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday_morning(monkeypatch):
    """Every page is asked on a Monday at eight."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    kept.forget()
    yield
    kept.forget()


def page(client, **asked):
    answer = client.get(reverse("activities:planner"), asked)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def behind(client, person, part, **asked):
    part = part.toordinal() if isinstance(part, date) else part
    return client.get(reverse("activities:planner_cell"), {"c": f"{person.pk}.{part}", **asked})


def cells(person, **asked):
    question = Asked(MONDAY, NOW, **asked)
    (row,) = grid([User.objects.get(pk=person.pk)], question).rows
    shown = re.findall(r'value="\d+\.\d+">([^<]*)</button>', row.cells)
    assert len(shown) == 15
    return [unescape(text).replace("\u00a0", " ").split("\n") for text in shown]


def test_a_head_sees_their_people_with_load_and_capacity(cast, client_of):
    make_task(cast.salesperson, due_on=MONDAY, estimate=390, at=NOW)
    shown = page(client_of(cast.head))
    assert "Sam Porter" in shown
    assert "6:30\n/\u00a08:00" in shown
    assert "Oscar Stone" not in shown


def test_an_outsider_and_a_salesperson_are_told_which_right_they_lack(cast, client_of):
    for person in (cast.outsider, cast.salesperson):
        assert client_of(person).get(reverse("activities:planner")).status_code == 403


def test_nobody_opens_the_numbers_of_people_they_do_not_plan(cast, client_of):
    make_task(cast.outsider, "Zanzibar", due_on=MONDAY, at=NOW)
    for key in (cast.outsider.pk, 0, 10**18):
        answer = client_of(cast.head).get(
            reverse("activities:planner_cell"), {"c": f"{key}.{MONDAY.toordinal()}"}
        )
        assert answer.status_code == 404
    for nonsense in ("", "x.y", f"{cast.salesperson.pk}.99999999", f"{cast.salesperson.pk}.²", "²."):
        answer = client_of(cast.head).get(reverse("activities:planner_cell"), {"c": nonsense})
        assert answer.status_code in (200, 404)


def test_the_planner_asks_a_fixed_number_of_statements(cast, client_of):
    client = client_of(cast.head)
    page(client)
    for person in (cast.salesperson, cast.colleague, cast.head):
        for day in range(10):
            make_task(person, due_on=MONDAY + timedelta(days=day), at=NOW)
        make_occurrence([person], at(10), 60)
    with assert_query_count("planner"):
        page(client)
    with assert_query_count("planner_cell"):
        assert behind(client, cast.salesperson, MONDAY).status_code == 200


def test_what_is_overdue_is_carried_onto_today_and_told_apart(cast, client_of):
    make_task(cast.salesperson, "Late one", due_on=MONDAY - timedelta(days=4), estimate=90, at=NOW)
    assert cells(cast.salesperson)[0][0] == "1:30"
    shown = page(client_of(cast.head))
    assert f'value="{cast.salesperson.pk}.late">1\n1:30<' in shown
    assert "Late one" in behind(client_of(cast.head), cast.salesperson, "late").content.decode()


def test_what_is_not_dated_is_listed_apart_and_weighs_on_no_day(cast, client_of):
    make_task(cast.salesperson, "Some day", estimate=60, at=NOW)
    assert all(lines[0] == "0:00" for lines in cells(cast.salesperson))
    assert "Some day" in behind(client_of(cast.head), cast.salesperson, "undated").content.decode()


def test_waiting_counts_review_and_closed_do_not(cast):
    waiting = make_task(cast.salesperson, due_on=MONDAY, estimate=60, at=NOW)
    waiting.let_wait(by=cast.salesperson, at=NOW)
    reviewed = make_task(cast.salesperson, due_on=MONDAY, estimate=60, controller=cast.head, at=NOW)
    reviewed.finish(by=cast.salesperson, at=NOW)
    done = make_task(cast.salesperson, due_on=MONDAY, estimate=60, at=NOW)
    done.finish(by=cast.salesperson, at=NOW)
    assert cells(cast.salesperson)[0][0] == "1:00"


def test_without_an_estimate_the_usual_time_counts_and_is_said_so(cast, client_of, settings):
    settings.DEFAULT_TASK_MINUTES = 45
    make_task(cast.salesperson, "Guess me", due_on=MONDAY, at=NOW)
    assert cells(cast.salesperson)[0][0] == "0:45"
    assert "not estimated" in behind(client_of(cast.head), cast.salesperson, MONDAY).content.decode()
    assert "1 task on this page has no estimate and counts as 0:45" in page(client_of(cast.head))


def test_a_task_is_not_counted_beside_its_own_subtasks(cast):
    whole = make_task(cast.salesperson, due_on=MONDAY, at=NOW)
    for _part in range(2):
        make_task(cast.salesperson, due_on=MONDAY, estimate=60, parent=whole, at=NOW)
    assert cells(cast.salesperson)[0][0] == "2:00"


def test_absences_meetings_and_too_much_are_said_in_words(cast):
    Absence.objects.create(person=cast.salesperson, kind="leave", starts_on=MONDAY, ends_on=MONDAY)
    make_occurrence([cast.salesperson], at(9, day=MONDAY + timedelta(days=1)), 90)
    make_task(cast.salesperson, due_on=MONDAY, estimate=60, at=NOW)
    make_task(
        cast.salesperson, starts_on=MONDAY + timedelta(days=1), due_on=MONDAY + timedelta(days=1), estimate=480, at=NOW
    )  # fmt: skip
    first, second = cells(cast.salesperson)[:2]
    assert first == ["1:00", "/ 0:00", "over 1:00", "leave"]
    assert second == ["8:00", "/ 6:30", "over 1:30", "mtg 1:30"]


def test_shares_are_shown_instead_of_hours_on_request(cast, client_of):
    make_task(cast.salesperson, due_on=MONDAY, estimate=240, at=NOW)
    assert cells(cast.salesperson, is_share=True)[0][:2] == ["50%", "/ 8:00"]
    assert "50%" in page(client_of(cast.head), unit="share")


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_a_due_day_is_the_same_column_in_every_zone(cast, client_of, zone):
    cast.salesperson.settle(time_zone=zone)
    cast.head.settle(time_zone="Asia/Kolkata")
    wednesday = MONDAY + timedelta(days=2)
    make_task(cast.salesperson, "That day", starts_on=wednesday, due_on=wednesday, estimate=60, at=NOW)
    assert [lines[0] for lines in cells(cast.salesperson)[:4]] == ["0:00", "0:00", "1:00", "0:00"]
    assert "That day" in behind(client_of(cast.head), cast.salesperson, wednesday).content.decode()


def test_a_moment_is_due_on_the_day_it_is_where_its_owner_lives(cast):
    cast.salesperson.settle(time_zone="Pacific/Kiritimati")
    task = make_task(cast.salesperson, due_at=at(20), estimate=60, at=NOW)  # Tuesday 10:00 there
    assert task.due_at == at(20)
    assert [lines[0] for lines in cells(cast.salesperson)[:2]] == ["0:30", "0:30"]


def test_piles_in_the_database_equal_tasks_one_by_one(cast):
    days = [None, -5, 0, 1, 1, 4, 4, 5, 6, 12, 25, 60, 500]
    for number in range(60):
        due = days[number % len(days)]
        fields = {"due_on": MONDAY + timedelta(days=due)} if due is not None else {}
        if number % 7 == 0 and due is not None and due > 3:
            fields["starts_on"] = MONDAY + timedelta(days=number % 3)
        make_task(cast.salesperson, estimate=None if number % 4 == 0 else 7 + number * 3, at=NOW, **fields)
    Absence.objects.create(
        person=cast.salesperson, kind="leave", starts_on=MONDAY + timedelta(days=3), ends_on=MONDAY + timedelta(days=8)
    )  # fmt: skip
    make_occurrence([cast.salesperson], at(10), 95)
    held, hours, _rules = capacities([cast.salesperson], MONDAY)
    weights, columns = Weights(held[cast.salesperson.pk]), columns_of(hours, MONDAY, 0)
    tasks = tasks_of(cast.salesperson.pk, MONDAY, NOW)
    pieces = [Piece(*task[:4]) for task in tasks if task.due is not None]
    shown = cells(cast.salesperson)
    for place, lines in enumerate(shown):
        since, until = columns.span(place)
        hour, minute = lines[0].split(":") if ":" in lines[0] else (0, 0)
        assert int(hour) * 60 + int(minute) == sum(shares(pieces, weights, since, until - 1).values())
    work = work_of([cast.salesperson.pk], MONDAY, NOW)[cast.salesperson.pk]
    assert sum(pile[2] for pile in work.piles) == sum(piece.minutes for piece in pieces)
    assert work.undated == sum(task.minutes for task in tasks if task.due is None)
    assert work.undated_tasks == sum(task.due is None for task in tasks)
    assert work.late == sum(task.minutes for task in tasks if task.is_late)


def test_another_room_adds_the_load_it_expects(cast, client_of):
    def loads(people, since, until):
        assert since == MONDAY
        assert until in (MONDAY, date(2026, 12, 11))
        return [
            Expected(cast.salesperson.pk, MONDAY, 50, "Approve the contract", "/somewhere/1/"),
            Expected(cast.salesperson.pk, MONDAY - timedelta(days=1), 5, "Past", "/x/"),
        ]

    register_source(LoadSource("fake", "Processes", loads))
    try:
        assert cells(cast.salesperson)[0][0] == "0:50"
        shown = behind(client_of(cast.head), cast.salesperson, MONDAY).content.decode()
    finally:
        forget_source("fake")
    assert '<a href="/somewhere/1/">Approve the contract</a>' in shown
    assert cells(cast.salesperson)[0][0] == "0:00"


def test_meetings_of_others_are_shown_without_their_titles(cast, client_of):
    make_occurrence([cast.salesperson], at(10), 60, title="Quarterly review")
    with_title = behind(client_of(cast.head), cast.salesperson, MONDAY).content.decode()
    assert "Quarterly review" in with_title
    role = cast.head.roles.get()
    role.grants.filter(verb="activities.view").update(scope="own")
    busy = behind(client_of(User.objects.get(pk=cast.head.pk)), cast.salesperson, MONDAY).content.decode()
    assert "Quarterly review" not in busy
    assert "Busy" in busy


def test_tasks_the_reader_does_not_see_keep_their_minutes_and_lose_their_words(cast, client_of):
    make_task(cast.salesperson, "Secret", due_on=MONDAY, estimate=60, at=NOW)
    cast.head.roles.get().grants.filter(verb="activities.view").update(scope="own")
    shown = behind(client_of(User.objects.get(pk=cast.head.pk)), cast.salesperson, MONDAY).content.decode()
    assert "Secret" not in shown
    assert "1 task you do not see, 1:00" in shown


def test_a_department_narrows_the_page(cast, client_of):
    client = client_of(cast.admin)
    assert "Oscar Stone" in page(client)
    shown = page(client, department=cast.sales.pk)
    assert "Sam Porter" in shown
    assert "Oscar Stone" not in shown
    assert "Oscar Stone" in page(client, department="nonsense")


def test_later_weeks_are_shown_up_to_what_is_known(cast, client_of):
    client = client_of(cast.head)
    assert "Mon, Nov 30" in page(client, **{"from": "2026-11-30"})
    assert "Mon, Dec 14" in page(client, **{"from": "2099-01-01"})
    assert "Mon, Nov 23" in page(client, **{"from": "yesterday"})


def test_fifty_people_a_page_and_the_line_of_everybody_apart(cast, client_of):
    for number in range(60):
        User(name=f"Agent {number:02}", email=f"a{number}@romashka.example", department=cast.sales).save()
    make_task(cast.salesperson, due_on=MONDAY, estimate=61, at=NOW)
    client = client_of(User.objects.get(pk=cast.head.pk))
    shown = page(client)
    assert shown.count('<tr><th scope="row"><button') == 50
    assert "On this page" in shown
    everybody = client.get(reverse("activities:planner_totals"), headers={"HX-Request": "true"})
    assert "63 people" in everybody.content.decode()
    assert "1:01\n" in everybody.content.decode()
    assert "<html" not in everybody.content.decode()
    assert "<html" in client.get(reverse("activities:planner_totals")).content.decode()


def test_a_day_off_in_the_company_has_no_column_but_is_named(cast, client_of):
    company = WorkingCalendar.objects.get(is_default=True)
    company.exceptions.create(on=date(2026, 11, 26), name="Thanksgiving")
    shown = page(client_of(cast.head))
    assert "Thu, Nov 26, Thanksgiving" in shown
    assert '<span class="visually-hidden">Thu, Nov 26</span>' not in shown


def test_the_heads_home_asks_who_has_too_much(cast, django_assert_max_num_queries):
    make_task(cast.salesperson, due_on=MONDAY, estimate=600, at=NOW)
    make_task(cast.colleague, due_on=MONDAY, estimate=60, at=NOW)
    people = list(User.objects.filter(pk__in=[cast.salesperson.pk, cast.colleague.pk]))
    with django_assert_max_num_queries(7):  # two of them for a calendar not read lately
        (found,) = overloaded(people, MONDAY, at=NOW)
    assert (found.person.pk, found.day, found.load, found.capacity) == (
        cast.salesperson.pk,
        MONDAY,
        600,
        480,
    )
    assert str(cast.salesperson.pk) in found.url


def test_every_open_task_of_a_person_is_behind_their_name(cast, client_of):
    make_task(cast.salesperson, "First", due_on=MONDAY, at=NOW)
    make_task(cast.salesperson, "Second", at=NOW)
    shown = behind(client_of(cast.head), cast.salesperson, "all").content.decode()
    assert "First" in shown
    assert "Second" in shown
    assert Task.objects.count() == 2
