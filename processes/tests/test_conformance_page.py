"""What people really did against how a process is drawn, and the runs behind each figure."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal
from deals.testing import make_deal
from foundation.testing import assert_query_count
from processes import operations, working
from processes.models import Process, Run, StepLog, WorkItem
from processes.queries.conformance import MARKS, Conformance
from processes.testing import block, make_process
from processes.tests.conftest import HEAD, OWNER
from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]
NOON = datetime(2026, 11, 18, 9, tzinfo=UTC)  # a Wednesday, by the company's clock
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def process(cast: Cast) -> Process:
    deadline = {"amount": 1, "unit": "days", "side": "client"}
    return make_process(
        [
            block("task", "Measure", who=OWNER, deadline=deadline),
            block("approval", "Approve", who=HEAD, declined=[], returned=[]),
        ],
        name="Drainage",
        by=cast.admin,
        at=NOON - 30 * DAY,
    )


@pytest.fixture
def begun_at(cast: Cast, process: Process) -> Callable[..., Run]:
    def begin(at: datetime, name: str = "Bog", owner: User | None = None) -> Run:
        deal = make_deal(name, owner=owner or cast.salesperson)
        return operations.start(process, deal.pk, by=cast.salesperson, at=at)

    return begin


def finish(run: Run, by: User, at: datetime, **said: Any) -> None:
    working.finish(WorkItem.objects.get(run=run, state="open"), by=by, at=at, **said)


def figures(process: Process, person: User, row: int = 0, part: str = "steps") -> dict[str, int]:
    person = User.objects.with_policy().get(pk=person.pk)
    page = Conformance(process, 90, NOON + DAY).page(person)
    return {mark: each.n for mark, each in zip(MARKS, page[part][row].figures, strict=False) if each.n}


def test_steps_are_counted_as_done_skipped_and_done_again(
    cast: Cast, process: Process, begun_at: Callable[..., Run]
) -> None:
    run = begun_at(NOON)
    finish(run, cast.salesperson, NOON + 60 * MINUTE)
    finish(run, cast.head, NOON + 120 * MINUTE, outcome="returned", comment="Again")
    finish(run, cast.salesperson, NOON + 180 * MINUTE)
    other = begun_at(NOON, "Marsh")
    working.skip(other, int(min(other.state["since"])), "Snow", by=cast.admin, at=NOON + 60 * MINUTE)
    assert figures(process, cast.head) == {"done": 2, "skipped": 1, "again": 1}
    assert figures(process, cast.head, 1) == {"done": 1}


def test_many_done_by_one_person_within_a_minute_are_in_bulk_and_nights_are_out_of_hours(
    cast: Cast, process: Process, begun_at: Callable[..., Run]
) -> None:
    runs = [begun_at(NOON, f"Deal {place}") for place in range(6)]
    for place, run in enumerate(runs[:5]):
        finish(run, cast.salesperson, NOON + timedelta(hours=1, seconds=place))
    finish(runs[5], cast.salesperson, NOON + timedelta(hours=14))
    assert figures(process, cast.head) == {"done": 6, "bulk": 5, "outside": 1}
    assert figures(process, cast.head, part="people") == {"done": 6, "bulk": 5, "outside": 1}


def test_work_done_instead_of_somebody_and_missed_deadlines_are_counted_with_their_side(
    cast: Cast, process: Process, begun_at: Callable[..., Run]
) -> None:
    run = begun_at(NOON)
    WorkItem.objects.update(instead_of=cast.colleague)
    finish(run, cast.salesperson, NOON + 60 * MINUTE)
    key = WorkItem.objects.filter(run=run).earliest("pk").node
    StepLog.objects.create(run_id=run.pk, process_id=process.pk, at=NOON, node=key, what="late")
    assert figures(process, cast.head) == {"done": 1, "instead": 1, "late": 1}
    page = Conformance(process, 90, NOON + DAY).page(User.objects.with_policy().get(pk=cast.head.pk))
    assert page["steps"][0].side == "on the client's side"


def test_ways_are_told_with_their_share_and_what_took_longest(
    cast: Cast, process: Process, begun_at: Callable[..., Run]
) -> None:
    for name, outcome in (("A", "approved"), ("B", "approved"), ("C", "returned")):
        run = begun_at(NOON, name)
        finish(run, cast.salesperson, NOON + 5 * MINUTE)
        finish(run, cast.head, NOON + 65 * MINUTE, outcome=outcome, comment="So")
        if outcome == "returned":
            finish(run, cast.salesperson, NOON + 70 * MINUTE)
            finish(run, cast.head, NOON + 75 * MINUTE, outcome="approved")
    ways = Conformance(process, 90, NOON + DAY).page(User.objects.with_policy().get(pk=cast.head.pk))["ways"]
    assert [(way.text, way.runs.n, way.share) for way in ways] == [
        ("Measure → Approve", 2, "66.7%"),
        ("Measure → Approve → Measure → Approve", 1, "33.3%"),
    ]
    assert (ways[0].usual, ways[0].slowest, ways[0].longest) == ("1 h 5 min", "Approve", "1 h")


def test_each_figure_opens_its_runs_of_those_one_sees(
    cast: Cast, process: Process, begun_at: Callable[..., Run], client_of: ClientOf, quagmire: Deal
) -> None:
    now = timezone.now()
    run, far = begun_at(now, "Bog"), begun_at(now, "Far away", owner=cast.outsider)
    finish(run, cast.salesperson, now)
    finish(far, cast.outsider, now)
    head = client_of(cast.head)
    url = reverse("processes:conformance", args=[process.pk])
    page = head.get(url)
    assert page.status_code == 200
    query = page.context["steps"][0].figures[0].query
    text = head.get(f"{url}runs/?{query}").content.decode()
    assert ("Bog" in text, "Far away" in text) == (True, False)
    assert "Measure: Done" in text
    finish(run, cast.head, now, outcome="approved")
    way = head.get(url).context["ways"][0].runs.query
    assert "Bog" in head.get(f"{url}runs/?{way}").content.decode()
    assert "Bog" not in head.get(f"{url}runs/?what=skipped").content.decode()
    assert "Bog" not in head.get(f"{url}runs/?what=nonsense&node=%00&person=x").content.decode()
    assert client_of(cast.salesperson).get(url).status_code == 403


def test_a_head_sees_figures_of_their_own_people_only(
    cast: Cast, process: Process, begun_at: Callable[..., Run]
) -> None:
    finish(begun_at(NOON), cast.salesperson, NOON)
    finish(begun_at(NOON, "Far away", owner=cast.outsider), cast.outsider, NOON)
    for person, names in ((cast.head, ["Sam Porter"]), (cast.admin, ["Oscar Stone", "Sam Porter"])):
        page = Conformance(process, 30, NOON + DAY).page(User.objects.with_policy().get(pk=person.pk))
        assert sorted(row.title for row in page["people"]) == names


def test_the_table_is_a_file_in_which_no_cell_is_a_formula(
    cast: Cast, begun_at: Callable[..., Run], client_of: ClientOf
) -> None:
    evil = make_process([block("task", "=1+1", who=OWNER)], name="Evil")
    run = operations.start(
        evil, make_deal("Bog", owner=cast.salesperson).pk, by=cast.salesperson, at=timezone.now()
    )
    finish(run, cast.salesperson, timezone.now())
    file = client_of(cast.head).get(reverse("processes:conformance_table", args=[evil.pk]))
    assert file["Content-Type"].startswith("text/csv")
    assert "'=1+1,1,0" in file.content.decode()


def test_it_takes_the_same_statements_however_much_was_done(
    cast: Cast, process: Process, begun_at: Callable[..., Run]
) -> None:
    for place in range(4):
        finish(begun_at(NOON, f"Deal {place}"), cast.salesperson, NOON)
    person = User.objects.with_policy().get(pk=cast.head.pk)
    with assert_query_count("how it is kept"):
        Conformance(process, 90, NOON + DAY).page(person)
