"""Projects: their verbs, their pages, the tasks in them, and nothing of it where they are switched off."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.testing import make_account
from activities import operations
from activities.models import Project, Task
from activities.project_time import Stretch, summed
from activities.queries.projects import share, time_in_work
from activities.testing import make_project, make_task
from deals.testing import make_deal
from foundation import timeline
from foundation.errors import Refused, Stale
from foundation.testing import assert_query_count
from foundation.working_time import Calendar, working_time_between
from users.calendars import calendar_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RECORD_DOORS = ["project", "project_timeline", "project_edit", "project_close", "project_reopen"]


def url(name, record=None, **query):
    address = reverse(f"activities:{name}", args=[record.pk] if record else [])
    return f"{address}?{'&'.join(f'{key}={value}' for key, value in query.items())}" if query else address


@pytest.fixture
def on(settings):
    settings.PROJECTS_ENABLED = True


@pytest.fixture
def project(cast):
    return make_project(
        cast.salesperson, "Spring shop", budget_minutes=600, budget_amount=Decimal(1500), at=NOW
    )


def names(project):
    return [entry.name for entry in timeline.page("project", project.pk).entries]


# Verbs


def test_a_project_brings_the_client_of_its_deal_along_and_stands_on_their_timelines(cast):
    deal = make_deal(owner=cast.salesperson, account=make_account("Acme", owner=cast.salesperson))
    project = make_project(cast.salesperson, deal=deal, by=cast.head)
    assert project.account == deal.account
    assert project.team_ids == sorted([cast.salesperson.pk, cast.head.pk])
    for kind, key in (("project", project.pk), ("account", deal.account_id), ("deal", deal.pk)):
        assert "project.opened" in [entry.name for entry in timeline.page(kind, key).entries]


def test_a_change_names_its_fields_and_another_version_than_seen_is_stale(cast, project):
    project.change(
        {"title": "Summer shop", "owner": cast.colleague}, by=cast.head, at=NOW, version=project.version
    )
    assert (project.title, project.owner, project.version) == ("Summer shop", cast.colleague, 2)
    assert set(project.team_ids) == {cast.salesperson.pk, cast.colleague.pk}
    with pytest.raises(Stale):
        project.change({"title": "x"}, by=cast.head, at=NOW, version=1)
    project.change({"title": "Summer shop"}, by=cast.head, at=NOW)
    assert names(project) == ["project.changed", "project.opened"]
    assert "project" in timeline.page("project", project.pk).entries[0].sentence


@pytest.mark.parametrize("said", [{"title": "  "}, {"budget_amount": Decimal(-1)}])
def test_a_project_without_a_name_or_with_less_than_nothing_is_refused(cast, project, said):
    with pytest.raises(Refused):
        project.change(said, by=cast.head, at=NOW)
    with pytest.raises(Refused):
        make_project(cast.salesperson, **{"title": "Shop", **said})


def test_a_project_with_open_tasks_is_not_closed_and_a_closed_one_takes_none(on, cast, project):
    task = make_task(cast.salesperson, project=project)
    with pytest.raises(Refused, match="still open"):
        project.close(by=cast.head, at=NOW)
    task.cancel(by=cast.head, at=NOW)
    project.close(by=cast.head, at=NOW)
    project.close(by=cast.head, at=NOW)
    assert (project.state, project.closed_at) == ("closed", NOW)
    other = make_task(cast.salesperson)
    with pytest.raises(Refused, match="closed"):
        make_task(cast.salesperson, project=project)
    with pytest.raises(Refused, match="closed"):
        other.change({"project": project}, by=cast.salesperson, at=NOW)
    with pytest.raises(Refused, match="closed"):
        project.change({"title": "x"}, by=cast.head, at=NOW)
    project.reopen(by=cast.head, at=NOW)
    assert (project.is_open, project.state) == (True, "open")
    other.change({"project": project}, by=cast.salesperson, at=NOW)
    assert list(project.tasks.open()) == [other]
    assert names(project)[:2] == ["project.reopened", "project.closed"]


def test_where_projects_are_switched_off_no_task_joins_one_and_one_in_it_stays(cast, project, settings):
    settings.PROJECTS_ENABLED = True
    task = make_task(cast.salesperson, project=project)
    settings.PROJECTS_ENABLED = False
    with pytest.raises(Refused, match="switched off"):
        make_task(cast.salesperson, project=project)
    task.change({"title": "Call again"}, by=cast.salesperson, at=NOW)
    assert task.project == project


def test_the_next_time_of_a_series_stays_in_the_project_while_projects_are_on(cast, project, settings):
    settings.PROJECTS_ENABLED = True
    day, at = timezone.localdate(), timezone.now()
    task = make_task(cast.salesperson, project=project, due_on=day, repeat="FREQ=DAILY")
    follower = operations.finish_task(task, by=cast.salesperson, at=at)
    assert follower.project == project
    settings.PROJECTS_ENABLED = False
    assert operations.finish_task(follower, by=cast.salesperson, at=at).project is None


def test_the_database_keeps_state_and_closing_together_and_a_project_with_tasks(on, cast, project):
    make_task(cast.salesperson, project=project)
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(state="closed")
    with pytest.raises(ProtectedError):
        project.delete()


# Time in work

SPLIT = ((time(9), time(13)), (time(14), time(18)))
MOSCOW = Calendar("", "Europe/Moscow", (SPLIT, SPLIT, SPLIT, SPLIT, SPLIT, (), ()))
MADRID = Calendar("", "Europe/Madrid", (SPLIT, SPLIT, SPLIT, SPLIT, ((time(22), time(0)),), SPLIT, ()))
CALENDARS = {1: MOSCOW, 2: MADRID}
START = datetime(2026, 10, 20, tzinfo=UTC)  # Madrid's clocks go back within the next days
MINUTES = st.integers(0, 14 * 24 * 60)
STRETCHES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2), MINUTES, MINUTES), max_size=8)


@given(STRETCHES)
def test_time_in_work_is_that_of_each_calendar_and_nobody_works_twice_at_once(drawn):
    now = START + timedelta(days=15)
    said = [
        Stretch(task, owner, START + timedelta(minutes=min(a, b)), START + timedelta(minutes=max(a, b)))
        for task, owner, a, b in drawn
    ]
    worked = summed(said, CALENDARS, now)
    for task in {each.task_id for each in said}:
        alone = [
            working_time_between(each.since, each.until, CALENDARS[each.owner_id]).duration
            for each in said
            if each.task_id == task
        ]
        assert worked.by_task.get(task, timedelta()) == sum(alone, timedelta())
    total = timedelta()
    for owner, calendar in CALENDARS.items():  # between neighbouring edges, counted where anything goes on
        theirs = [each for each in said if each.owner_id == owner]
        edges = sorted({edge for each in theirs for edge in (each.since, each.until)})
        for since, until in pairwise(edges):
            if any(each.since <= since and until <= each.until for each in theirs):
                total += working_time_between(since, until, calendar).duration
    assert worked.total == total


def test_what_is_still_in_work_counts_up_to_now_and_fifty_years_are_said_to_be_less_than_all():
    monday = datetime(2026, 11, 16, 6, tzinfo=UTC)  # nine in Moscow
    worked = summed([Stretch(1, 1, monday, None)], CALENDARS, monday + timedelta(hours=2))
    assert (worked.total, worked.is_whole) == (timedelta(hours=2), True)
    assert not summed([Stretch(1, 1, monday - timedelta(days=60 * 365), None)], CALENDARS, monday).is_whole


@pytest.mark.parametrize(
    ("hours", "budget", "percent", "is_over"),
    [
        (5, 600, 50, False),
        (10, 600, 100, False),
        (11, 600, 110, True),
        (0, 600, 0, False),
        (3, None, None, False),
    ],
)
def test_the_share_of_the_budget_is_whole_percent_and_says_when_it_is_more(hours, budget, percent, is_over):
    assert share(timedelta(hours=hours), budget)[1:] == (percent, is_over)


def test_time_in_work_is_told_by_what_happened_to_the_tasks(on, cast, project):
    monday = datetime(2026, 11, 16, 9, tzinfo=UTC)
    task = make_task(cast.salesperson, project=project, at=monday)
    make_task(cast.salesperson, "Elsewhere", at=monday).take_up(by=cast.salesperson, at=monday)
    task.take_up(by=cast.salesperson, at=monday + timedelta(minutes=30))
    task.let_wait(by=cast.salesperson, at=monday + timedelta(days=2))
    expected = working_time_between(
        monday + timedelta(minutes=30), monday + timedelta(days=2), calendar_of(cast.salesperson)
    )
    worked = time_in_work(project, monday + timedelta(days=9))
    assert worked.total == worked.by_task[task.pk] == expected.duration > timedelta()


# Pages


def test_the_owner_and_their_head_see_the_project_and_its_figures(on, cast, project, client_of):
    make_task(cast.salesperson, "Draw the shelves", project=project, estimate=90)
    for person in (cast.salesperson, cast.head):
        assert project.title in client_of(person).get(url("projects")).content.decode()
        page = client_of(person).get(url("project", project)).content.decode()
        for text in (project.title, "Draw the shelves", "1 h 30 min", "1:30", "15 %", "10 h", "1,500"):
            assert text in page, text


@pytest.mark.parametrize("name", RECORD_DOORS)
def test_the_outsider_gets_404_on_every_page_of_the_project(on, cast, project, client_of, name):
    outsider = client_of(cast.outsider)
    assert outsider.get(url(name, project)).status_code in {404, 405}
    assert outsider.post(url(name, project), {"title": "x"}).status_code in {404, 405}
    project.refresh_from_db()
    assert (project.version, project.is_open) == (1, True)


def test_the_outsider_finds_the_project_in_no_list_and_in_no_form(on, cast, project, client_of):
    outsider = client_of(cast.outsider)
    for address in (url("projects"), url("task_create"), url("task_create", project=project.pk)):
        assert project.title not in outsider.get(address).content.decode(), address
    said = {
        "title": "Sneak in",
        "kind": "todo",
        "priority": "2",
        "project": project.pk,
        "nonce": str(uuid4()),
    }
    assert outsider.post(url("task_create"), said).status_code == 422
    assert not Task.objects.exists()


@pytest.mark.parametrize("name", ["projects", "project_create", *RECORD_DOORS])
def test_switched_off_there_is_no_such_page_for_anybody(cast, project, client_of, name, settings):
    settings.PROJECTS_ENABLED = False
    record = project if name in RECORD_DOORS else None
    for person in (cast.salesperson, cast.head, cast.admin):
        assert client_of(person).get(url(name, record)).status_code == 404
        assert client_of(person).post(url(name, record), {"title": "x"}).status_code == 404


@pytest.mark.parametrize("is_on", [True, False])
def test_the_rail_and_the_form_of_a_task_know_projects_only_where_they_are_on(
    cast, project, client_of, settings, is_on
):
    settings.PROJECTS_ENABLED = True
    task = make_task(cast.salesperson, project=project)
    settings.PROJECTS_ENABLED = is_on
    person = client_of(cast.salesperson)
    assert ('href="/projects/"' in person.get(url("tasks")).content.decode()) is is_on
    for address in (url("task_create"), url("task_edit", task)):
        assert ('name="project"' in person.get(address).content.decode()) is is_on
    assert (project.title in person.get(url("task", task)).content.decode()) is is_on


def test_a_project_is_opened_once_however_often_the_form_is_sent(on, cast, client_of):
    account = make_account("Acme", owner=cast.salesperson)
    said = {
        "title": "Spring shop", "client": "Acme", "account": account.pk, "hours": "40.5", "budget_amount": "1,500",
        "currency": "eur", "nonce": str(uuid4()),
    }  # fmt: skip
    for _turn in range(2):
        assert client_of(cast.salesperson).post(url("project_create"), said).status_code == 302
    project = Project.objects.get()
    assert (project.account, project.owner, project.budget_minutes) == (account, cast.salesperson, 2430)
    assert (project.budget_amount, project.currency) == (Decimal(1500), "EUR")


@pytest.mark.parametrize(
    "bad", [{"title": ""}, {"hours": "long"}, {"hours": "-1"}, {"currency": "XXQ"}, {"budget_amount": "-5"}]
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(on, cast, project, client_of, bad):
    said = {"title": "Typed", "hours": "12", "currency": "USD", "nonce": str(uuid4()), "version": "1", **bad}
    for address in (url("project_create"), url("project_edit", project)):
        answer = client_of(cast.salesperson).post(address, said)
        assert answer.status_code == 422
        assert (said["title"] or "12") in answer.content.decode()
    assert Project.objects.get().version == 1


def test_the_form_changes_a_project_and_says_who_was_first(on, cast, project, client_of):
    said = {
        "title": "Summer shop",
        "hours": "",
        "currency": "USD",
        "version": "1",
        "owner": cast.salesperson.pk,
    }
    assert client_of(cast.head).post(url("project_edit", project), said).status_code == 302
    project.refresh_from_db()
    assert (project.title, project.budget_minutes, project.budget_amount) == ("Summer shop", None, None)
    late = client_of(cast.salesperson).post(url("project_edit", project), {**said, "title": "Mine"})
    assert late.status_code == 409
    assert "Mine" in late.content.decode()


def test_closing_asks_first_says_what_is_still_open_and_can_be_taken_back(on, cast, project, client_of):
    person, task = client_of(cast.salesperson), make_task(cast.salesperson, project=project)
    assert "Close “Spring shop”?" in person.get(url("project_close", project)).content.decode()
    refused = person.post(url("project_close", project), {"version": "1"})
    assert refused.status_code == 422
    assert "still open" in refused.content.decode()
    task.cancel(by=cast.salesperson, at=timezone.now())
    assert person.post(url("project_close", project), {"version": "1"}).status_code == 302
    assert project.title in person.get(url("projects", closed=1)).content.decode()
    assert project.title not in person.get(url("projects")).content.decode()
    assert person.post(url("project_reopen", project)).status_code == 302
    project.refresh_from_db()
    assert project.is_open


def test_a_task_planned_from_the_project_is_part_of_it_and_can_leave_it(on, cast, client_of):
    account = make_account("Acme", owner=cast.salesperson)
    project = make_project(cast.salesperson, account=account)
    person = client_of(cast.salesperson)
    assert 'value="Acme"' in person.get(url("task_create", project=project.pk)).content.decode()
    said = {"title": "Draw", "kind": "todo", "priority": "2", "project": project.pk, "nonce": str(uuid4())}
    assert person.post(url("task_create"), said).status_code == 302
    task = Task.objects.get()
    assert task.project == project
    said = {"title": "Draw", "kind": "todo", "priority": "2", "project": "", "version": task.version}
    assert person.post(url("task_edit", task), said).status_code == 302
    task.refresh_from_db()
    assert task.project is None


def test_a_task_of_a_project_that_was_closed_keeps_it_when_something_else_is_changed(
    on, cast, project, client_of
):
    task = make_task(cast.salesperson, project=project)
    task.finish(by=cast.salesperson, at=timezone.now())
    project.close(by=cast.salesperson, at=timezone.now())
    task.reopen(by=cast.salesperson, at=timezone.now())
    said = {"title": "Again", "kind": "todo", "priority": "2", "project": project.pk, "version": task.version}
    assert client_of(cast.salesperson).post(url("task_edit", task), said).status_code == 302
    task.refresh_from_db()
    assert (task.title, task.project) == ("Again", project)


def test_the_rows_of_the_page_are_the_tasks_the_reader_sees_and_the_sums_those_of_all(
    on, cast, project, client_of
):
    make_task(cast.outsider, "Secret of another department", project=project, estimate=60)
    page = client_of(cast.salesperson).get(url("project", project)).content.decode()
    assert "Secret of another department" not in page
    assert "1:00" in page


@pytest.mark.parametrize("query", ["cursor=x", "closed=1&cursor=%00", "closed=x"])
def test_a_forged_question_is_answered_without_an_error(on, cast, client_of, query):
    assert client_of(cast.salesperson).get(url("projects") + f"?{query}").status_code in {200, 422}


def test_statements_of_the_list_and_of_the_page(on, cast, project, client_of):
    calendar_of(cast.salesperson)
    account = make_account("Acme", owner=cast.salesperson)
    for turn in range(55):
        make_project(cast.salesperson, f"Shop {turn}", account=account)
    for turn in range(3):
        make_task(cast.salesperson, f"Part {turn}", project=project).take_up(
            by=cast.salesperson, at=timezone.now() - timedelta(days=3)
        )
    person = client_of(cast.salesperson)
    with assert_query_count("projects"):
        answer = person.get(url("projects"))
    assert answer.content.count(b'<tr id="row-') == 50
    with assert_query_count("project, shown"):
        assert person.get(url("project", project)).status_code == 200
    for name in ("project_edit", "project_close"):
        with assert_query_count(f"{name}, shown"):
            assert person.get(url(name, project)).status_code == 200
    with assert_query_count("project_create, shown"):
        assert person.get(url("project_create")).status_code == 200
