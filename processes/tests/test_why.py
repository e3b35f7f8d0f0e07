"""Why a process began for a record or did not, and what a change goes back to."""

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal
from deals.testing import make_deal
from foundation.models import Event
from foundation.testing import assert_query_count
from processes import operations
from processes.models import Process, Run
from processes.queries.why import Why
from processes.testing import block, make_process, pass_time_until, settle
from processes.tests.conftest import OWNER
from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]
LARGE = ["deal.amount", "gt", "100000"]


@pytest.fixture
def moved(cast: Cast) -> Process:
    start = {"fact": "deal.moved", "when": {"all": [LARGE]}}
    return make_process(
        [block("task", "Think", who=OWNER)], name="Large deals", starts=[start], by=cast.admin
    )


def move(deal: Deal, by: User, place: int = 1) -> None:
    deal.refresh_from_db()
    deal.move(deal.pipeline.stages.all()[place], by=by, at=timezone.now())
    settle()


def why(process: Process, deal: Deal, person: User) -> dict[str, Any]:
    person = User.objects.with_policy().get(pk=person.pk)
    return Why(process, deal.pk, person, timezone.now()).page()


def test_it_says_which_part_of_the_condition_did_not_hold_and_with_what_value(
    cast: Cast, moved: Process, quagmire: Deal, client_of: ClientOf
) -> None:
    move(quagmire, cast.salesperson)
    url = reverse("processes:why", args=["deal", quagmire.pk])
    text = unescape(client_of(cast.salesperson).get(f"{url}?process={moved.pk}").content.decode())
    assert "It did not begin, because: “Deal: amount is more than 100,000” is not so: it is 7,302" in text
    assert "now: 7,302" in text
    assert "not now, because “Deal: amount is more than 100,000”" in text


def test_what_the_fact_said_then_counts_before_what_is_so_now(cast: Cast, quagmire: Deal) -> None:
    stages = list(quagmire.pipeline.stages.all())
    start = {"fact": "deal.moved", "when": ["deal.stage", "in", [stages[1].pk]]}
    process = make_process([block("task", "Think", who=OWNER)], starts=[start])
    move(quagmire, cast.salesperson)
    move(quagmire, cast.salesperson, 2)
    heard = why(process, quagmire, cast.salesperson)["beginnings"][0].heard
    assert [bool(each.run) for each in heard] == [False, True]
    assert "was not so: it was " in heard[0].held.sentence
    assert heard[1].asked.lines[0].is_then
    assert heard[1].asked.lines[0].value == f"{stages[1].pipeline.name}: {stages[1].name}"


def test_it_says_when_it_began_and_by_what(cast: Cast, moved: Process, client_of: ClientOf) -> None:
    deal = make_deal("Cathedral", owner=cast.salesperson, amount=200_000)
    move(deal, cast.salesperson)
    page = why(moved, deal, cast.salesperson)
    assert page["conclusion"].startswith("It began today")
    assert page["beginnings"][0].heard[0].run == Run.objects.get()
    assert "one was under way for this record since today" in page["would"][0]


@pytest.mark.parametrize(
    ("guard", "words"),
    [
        ("running", "one was under way for this record"),
        ("pause", "it begins once in 7 days for a record"),
        ("cap", "1 had begun within a day, which is as many as may"),
        ("paused", "the process was paused since today"),
        ("unpublished", "the process was not published yet"),
        ("unheard", "it has not been heard yet"),
        ("deep", "it is the end of a chain of more than 8"),
    ],
)
def test_every_guard_that_holds_it_back_is_named(cast: Cast, guard: str, words: str) -> None:
    deal = make_deal("Cathedral", owner=cast.salesperson, amount=200_000)
    now = timezone.now()
    if guard == "unpublished":
        move(deal, cast.salesperson)
    said: dict[str, Any] = {"pause": {"pause_days": 7, "is_single": False}, "cap": {"daily_cap": 1}}.get(
        guard, {}
    )
    start = {"fact": "deal.moved", "when": LARGE}
    process = make_process([block("task", "Think", who=OWNER)], starts=[start], **said)
    match guard:
        case "running" | "pause":
            operations.start(process, deal.pk, by=cast.salesperson, at=now)
        case "cap":
            move(make_deal("Chapel", owner=cast.salesperson, amount=300_000), cast.salesperson)
        case "paused":
            operations.switch(process, "paused", by=cast.admin, at=timezone.now(), reason="Snow")
    if guard == "unheard":
        deal.move(deal.pipeline.stages.all()[1], by=cast.salesperson, at=timezone.now())
    elif guard != "unpublished":
        if guard == "deep":
            operations.switch(process, "paused", by=cast.admin, at=timezone.now())
        move(deal, cast.salesperson)
    if guard == "deep":
        Event.objects.filter(name="process.switched").delete()
        Event.objects.filter(name="deal.moved").update(depth=8)
    assert words in why(process, deal, cast.salesperson)["conclusion"]


def test_a_button_says_who_may_press_it_and_a_schedule_when_it_looks(cast: Cast, quagmire: Deal) -> None:
    starts = [{"button": True, "roles": ["head"]}, {"schedule": "FREQ=DAILY", "when": LARGE}]
    process = make_process([block("task", "Think", who=OWNER)], starts=starts)
    button, schedule = why(process, quagmire, cast.salesperson)["beginnings"]
    assert button.says.startswith("You may not press it: it is for")
    assert schedule.says.startswith("It looks next ")
    by_day = {"field": "deal.expected_close_on", "offset": {"amount": -3, "unit": "days"}}
    before = make_process([block("task", "Think", who=OWNER)], starts=[by_day], name="Before the end")
    for day, words in ((None, "The record has no such day."), (date(2027, 3, 9), "it means Mar 6, 2027.")):
        Deal.objects.update(expected_close_on=day)
        assert words in why(before, quagmire, cast.salesperson)["beginnings"][0].says
    assert why(process, quagmire, cast.head)["beginnings"][0].says.startswith("You may press it")


def test_it_is_asked_in_few_statements_however_much_happened(cast: Cast, moved: Process) -> None:
    deal = make_deal("Cathedral", owner=cast.salesperson, amount=7)
    for place in (1, 2, 1, 2, 1):
        move(deal, cast.salesperson, place)
    person = User.objects.with_policy().get(pk=cast.salesperson.pk)
    with assert_query_count("why"):
        Why(moved, deal.pk, person, timezone.now()).page()


def test_a_record_is_found_by_a_few_letters_among_those_one_sees(
    cast: Cast, moved: Process, quagmire: Deal, client_of: ClientOf
) -> None:
    make_deal("Quagmire of others", owner=cast.colleague)
    url = reverse("processes:ask", args=[moved.pk])
    text = client_of(cast.salesperson).get(f"{url}?q=quag").content.decode()
    assert reverse("processes:why", args=["deal", quagmire.pk]) in text
    assert "of others" not in text
    assert "Nothing found" in client_of(cast.salesperson).get(f"{url}?q=zzzz").content.decode()


def test_who_may_not_see_the_record_may_not_ask(cast: Cast, moved: Process, client_of: ClientOf) -> None:
    other = make_deal("Secret", owner=cast.colleague)
    for name in ("processes:why", "processes:record_because"):
        assert client_of(cast.salesperson).get(reverse(name, args=["deal", other.pk])).status_code == 404
    assert (
        client_of(cast.head).get(reverse("processes:why", args=["deal", other.pk]) + "?process=0").status_code
        == 404
    )


def test_a_change_goes_back_over_its_rule_to_the_first_fact(
    cast: Cast, quagmire: Deal, client_of: ClientOf
) -> None:
    action = block("action", "Plan a call", action="task.plan", arguments={"title": "Call them"})
    start = {"fact": "deal.moved", "when": None}
    wait = block("wait", "Rest", **{"for": {"amount": 1, "unit": "minutes"}})
    make_process([wait, action], name="Follow up", starts=[start])
    move(quagmire, cast.salesperson)
    pass_time_until(timezone.now() + timedelta(hours=1))
    run = Run.objects.get()
    assert run.status == "ended", list(run.incidents.values_list("cause", flat=True))
    text = unescape(
        client_of(cast.salesperson)
        .get(reverse("processes:record_because", args=["deal", quagmire.pk]))
        .content.decode()
    )
    assert (
        text.index("Call them")
        < text.index("The process “Follow up” went on")
        < text.index("Quagmire drainage: ")
    )
    assert run.get_absolute_url() in text
    event = Event.objects.filter(cause_id__isnull=False).exclude(name__startswith="process.").latest("pk")
    url = reverse("processes:because", args=[event.pk])
    assert client_of(cast.salesperson).get(url).status_code == 200
    shut = client_of(cast.outsider).get(url)
    assert (shut.status_code, "Quagmire" in shut.content.decode()) == (404, False)
    assert client_of(cast.salesperson).get(reverse("processes:because", args=[0])).status_code == 404
    page = client_of(cast.salesperson).get(run.get_absolute_url()).content.decode()
    assert "/processes/because/" in page
