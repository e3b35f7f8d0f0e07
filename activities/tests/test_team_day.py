"""The head's team: numbers by person, each opening its rows; whoever leads nobody does not get in."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.testing import make_account
from activities.models import Absence
from activities.queries import team_day as queries
from activities.queries.team_day import team_day
from activities.testing import make_task
from deals.models import Deal
from deals.queries.quiet import is_quiet
from deals.queries.words import company_calendar
from deals.testing import make_deal, make_pipeline
from foundation.testing import assert_query_count


@pytest.fixture
def calendar(db):
    company_calendar.forget()
    company_calendar.days_since(timezone.now(), timezone.now())


@pytest.fixture
def team(cast):
    """One late task, one handed in, one deal without a step, one quiet, one client of nobody; another's beside them."""
    at, pipeline = timezone.now(), make_pipeline()
    past = (at - timedelta(days=3)).date()
    make_task(cast.salesperson, "Late", due_on=past)
    make_task(cast.outsider, "Late elsewhere", due_on=past)
    make_task(cast.colleague, controller=cast.head).finish(by=cast.colleague, at=at)
    make_deal("No step", owner=cast.salesperson, pipeline=pipeline)
    quiet = make_deal("Quiet", owner=cast.colleague, pipeline=pipeline, next_step="Call", next_step_on=past)
    pipeline.stages.update(norm_days=5)
    Deal.objects.filter(pk=quiet.pk).update(entered_stage_at=at - timedelta(days=40))
    account = make_account("Acme", owner=cast.salesperson)
    account.assign(None, by=cast.head, at=at)
    today = timezone.localdate()
    Absence.objects.create(person=cast.colleague, starts_on=today, ends_on=today, substitute=cast.salesperson)
    return cast


def numbers(page):
    return {person.name: [cell.text for cell in person.cells] for person in page["people"]}


def test_each_number_stands_with_its_person(team, calendar):
    page = team_day(team.head, timezone.now())
    assert numbers(page) == {
        team.salesperson.name: ["1", "", "1", ""],
        team.colleague.name: ["", "", "", "1"],
        team.head.name: ["", "1", "", ""],
    }
    assert [(tile.title, tile.number) for tile in page["tiles"]] == [
        ("Overdue tasks", "1"), ("To accept", "1"), ("Deals without a next step", "1"),
        ("Deals quiet beyond the norm", "1"), ("Clients of nobody", "1"), ("Deals of nobody", "0"),
    ]  # fmt: skip
    assert [(each.name, each.text) for each in page["away"]] == [
        (team.colleague.name, f"leave until today; {team.salesperson.name} stands in")
    ]


def test_a_long_team_shows_those_with_most_waiting_first_and_the_rest_at_a_click(
    team, client_of, calendar, monkeypatch
):
    monkeypatch.setattr(queries, "MOST_SHOWN", 2)
    make_task(team.salesperson, "Late again", due_on=(timezone.now() - timedelta(days=3)).date())
    head = client_of(team.head)
    page = head.get(reverse("activities:team_day"))
    assert page.context["people"][0].name == team.salesperson.name
    assert (len(page.context["people"]), page.context["unseen"]) == (2, 1)
    assert "Show one more person" in page.content.decode()
    page = head.get(reverse("activities:team_day"), {"everybody": "1"})
    assert (len(page.context["people"]), page.context["unseen"]) == (3, 0)


def test_a_team_of_a_company_without_a_pipeline_has_its_page(cast, client_of):
    assert client_of(cast.head).get(reverse("activities:team_day")).status_code == 200


def test_each_number_opens_exactly_its_rows(team, client_of, calendar):
    page = team_day(team.head, timezone.now())
    head = client_of(team.head)
    found = {}
    for person in page["people"]:
        for heading, cell in zip(page["headings"], person.cells, strict=True):
            if cell.url:
                text = head.get(cell.url).content.decode()
                found[heading] = [
                    title for title in ("Late", "Call back", "No step", "Quiet") if f">{title}<" in text
                ]
    assert found == {
        "Overdue tasks": ["Late"],
        "To accept": ["Call back"],
        "Deals without a next step": ["No step"],
        "Deals quiet beyond the norm": ["Quiet"],
    }
    for tile in page["tiles"]:
        assert not tile.url or head.get(tile.url).status_code == 200, tile.url


def test_whoever_leads_nobody_is_told_which_right_is_missing(cast, client_of):
    for person in (cast.salesperson, cast.outsider, cast.support):
        assert client_of(person).get(reverse("activities:team_day")).status_code == 403


def test_the_head_of_others_sees_nothing_of_this_team(team, client_of):
    from users.testing import make_user

    stranger = make_user("Olga Export", "head", department=team.elsewhere)
    assert numbers(team_day(stranger, timezone.now())) == {team.outsider.name: ["1", "", "", ""]}


def test_whoever_has_more_work_than_time_is_named_with_the_worst_day(team, client_of):
    make_task(
        team.salesperson, "A mountain", due_on=timezone.localdate() + timedelta(days=3), estimate=60_000
    )
    head, url = client_of(team.head), reverse("activities:team_load")
    text = head.get(url, HTTP_HX_REQUEST="true").content.decode()
    assert team.salesperson.name in text
    assert team.colleague.name not in text
    assert "<html" not in text
    assert "More work than time" in head.get(url).content.decode()
    assert client_of(team.salesperson).get(url).status_code == 403


def test_the_team_holds_its_statements(team, client_of, calendar):
    head = client_of(team.head)
    with assert_query_count("team_day"):
        assert head.get(reverse("activities:team_day")).status_code == 200


@settings(max_examples=150, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 15), st.integers(0, 60))
def test_the_last_day_within_a_norm_is_the_one_that_counting_days_gives(today, norm, ago):
    from deals.queries.quiet import last_day_within
    from foundation.clock import noon_of

    rules = company_calendar
    rules.forget()
    rules._read_at = float("inf")  # no calendar read: every day is worked
    entered = today - timedelta(days=ago)
    days = rules.days_since(noon_of(entered), noon_of(today))
    assert (entered < last_day_within(norm, today)) == (days > norm)
    rules.forget()


def test_quiet_by_the_condition_is_quiet_by_counting(cast, calendar):
    """The condition in moments against the count of working days that a card shows, day by day through two months."""
    pipeline = make_pipeline()
    pipeline.stages.update(norm_days=4)
    deal = make_deal(owner=cast.salesperson, pipeline=pipeline)
    now = timezone.now()
    for ahead in range(20):
        at = now + timedelta(days=ahead)
        expected = company_calendar.days_since(deal.entered_stage_at, at) > 4
        assert Deal.objects.filter(is_quiet(at), pk=deal.pk).exists() == expected, ahead
