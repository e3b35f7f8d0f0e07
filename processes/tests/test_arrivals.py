"""Arrivals kept for runs under way: made after a step, gone with the run, and shown by whoever may see what."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm import process_work
from deals.testing import make_deal
from foundation.clock import company_day
from processes import operations, working
from processes.arrivals import keeping
from processes.models import Arrival, Outlook, Process, Run, StepLog, WorkItem
from processes.queries import arriving
from processes.testing import block, make_process
from processes.tests.conftest import HEAD, OWNER
from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]
Begun = Callable[..., Run]
WorkOf = Callable[[Run], WorkItem]
SALES = {"kind": "role", "key": "salesperson"}


@pytest.fixture(autouse=True)
def untaught() -> None:
    """What was learnt of processes belongs to another test's database."""
    keeping.forget_past()


@pytest.fixture
def offer() -> Process:
    return make_process(
        [
            block("task", "Prepare the offer", who=OWNER),
            block("approval", "Approve the offer", who=HEAD, declined=[], returned=[]),
            block("task", "Send {deal.title}", who=SALES),
        ],
        name="Offer",
    )


def coming(run: Run) -> list[tuple[str, str | None, str]]:
    found = Arrival.objects.filter(run=run).select_related("person").order_by("arrives_on", "pk")
    return [(each.name, each.person.name if each.person else None, each.role) for each in found]


def test_what_a_run_will_bring_is_known_by_name_where_it_can_be(
    cast: Cast, offer: Process, begun: Begun
) -> None:
    run = begun(offer)
    assert keeping.refresh(timezone.now()) == 1
    assert coming(run) == [
        ("Approve the offer", cast.head.name, ""),
        ("Send …", None, "salesperson"),
    ]


def test_it_is_looked_at_again_only_after_a_step_and_the_next_day(
    cast: Cast, offer: Process, begun: Begun, work_of: WorkOf
) -> None:
    now = timezone.now()
    run = begun(offer)
    assert [keeping.refresh(now), keeping.refresh(now)] == [1, 0]
    working.finish(work_of(run), by=cast.salesperson, at=now)
    assert [keeping.refresh(now), keeping.refresh(now)] == [1, 0]
    assert [name for name, _person, _role in coming(run)] == ["Send …"]
    assert keeping.refresh(now + timedelta(days=1)) == 1


def test_nothing_comes_of_a_run_that_is_over(cast: Cast, offer: Process, begun: Begun) -> None:
    run, now = begun(offer), timezone.now()
    keeping.refresh(now)
    working.cancel(run, "Enough", by=cast.admin, at=now)
    assert coming(run) == []
    keeping.refresh(now + timedelta(days=1))
    assert not Outlook.objects.exists()


def test_a_run_that_moved_while_it_was_looked_at_is_left_for_the_next_time(
    cast: Cast, offer: Process, begun: Begun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begun(offer)
    usual = keeping._write

    def moved_meanwhile(*arguments: Any) -> None:
        Run.objects.filter(pk=run.pk).update(revision=run.revision + 1)
        usual(*arguments)

    monkeypatch.setattr(keeping, "_write", moved_meanwhile)
    keeping.refresh(timezone.now())
    assert coming(run) == []
    assert not Outlook.objects.exists()


def test_the_middle_of_what_it_took_before_says_when(cast: Cast, offer: Process, begun: Begun) -> None:
    run, now = begun(offer), timezone.now()
    key = next(iter(run.state["tokens"]))["node"]
    for days in (7, 7, 28):
        StepLog.objects.create(
            run_id=0, process_id=offer.pk, at=now - timedelta(days=1), node=key, what="done",
            seconds=days * 24 * 3600,
        )  # fmt: skip
    keeping.refresh(now)
    approval = Arrival.objects.get(run=run, kind="approval")
    assert approval.basis == "history"
    assert approval.usual == {"amount": 5, "unit": "working_days"}
    assert 4 <= (approval.arrives_on - company_day(now)).days <= 7


def test_of_a_deadline_and_of_a_guess_it_is_said_which_it_is(cast: Cast, begun: Begun) -> None:
    timed = {"amount": 2, "unit": "working_days", "side": "us"}
    process = make_process([
        block("task", "First", who=OWNER, deadline=timed), block("task", "Second", who=OWNER),
        block("task", "Third", who=OWNER),
    ])  # fmt: skip
    begun(process)
    keeping.refresh(timezone.now())
    shown = [line.why for line in named(cast.salesperson, cast.admin) if line.is_expected]
    assert shown == [
        "Approval. Comes after “First”, which has 2 working days.",
        "Approval. Comes after “Second”; how long that takes is not known yet, a day is assumed.",
    ]


def named(person: User, reader: User) -> list[arriving.Line]:
    today = company_day(timezone.now())
    return arriving.lines(
        person.pk, today, today + timedelta(days=21), today, User.objects.with_policy().get(pk=reader.pk)
    )


def test_whoever_may_not_see_the_record_reads_no_names(cast: Cast, offer: Process, begun: Begun) -> None:
    begun(offer)
    keeping.refresh(timezone.now())
    (seen,) = named(cast.head, cast.salesperson)
    assert (seen.title, seen.is_expected) == ("Approve the offer: Quagmire drainage", True)
    assert seen.url.startswith("/processes/runs/")
    (hidden,) = named(cast.head, cast.outsider)
    assert (hidden.title, hidden.url, hidden.why) == ("", "", "")


def on(person: User, day: date) -> list[Any]:
    return [
        each for each in process_work.loads([person.pk], day, day) if getattr(each, "person", 0) == person.pk
    ]


def test_open_work_is_load_on_the_day_it_is_due_and_today_where_it_is_late_or_has_no_deadline(
    cast: Cast, offer: Process, begun: Begun
) -> None:
    today = company_day(timezone.now())
    begun(offer)
    (load,) = on(cast.salesperson, today)
    assert (load.minutes, load.is_expected) == (settings.DEFAULT_TASK_MINUTES, False)
    WorkItem.objects.update(due_at=timezone.now() - timedelta(days=9))
    assert len(on(cast.salesperson, today)) == 1
    WorkItem.objects.update(due_at=timezone.now() + timedelta(days=2))
    assert on(cast.salesperson, today) == []
    assert len(on(cast.salesperson, today + timedelta(days=2))) == 1


def test_the_planner_shows_it_beside_the_load_and_never_within(
    cast: Cast, offer: Process, begun: Begun, client_of: ClientOf
) -> None:
    begun(offer)
    keeping.refresh(timezone.now())
    text = client_of(cast.head).get(reverse("activities:planner")).content.decode().replace("\u00a0", " ")
    assert "<i>expected" in text
    assert "Somebody of “" in text
    arrival = Arrival.objects.get(kind="approval")
    assert f'value="{cast.head.pk}.{arrival.arrives_on.toordinal()}">0:00' in text
    asked = {"c": f"{cast.head.pk}.{arrival.arrives_on.toordinal()}"}
    behind = client_of(cast.head).get(reverse("activities:planner_cell"), asked).content.decode()
    assert "Expected, not counted as load" in behind
    assert "Approve the offer: Quagmire drainage" in behind
    cast.head.roles.get().grants.exclude(verb="activities.plan").filter(verb__startswith="deals").delete()
    blind = client_of(User.objects.get(pk=cast.head.pk))
    behind = blind.get(reverse("activities:planner_cell"), asked).content.decode()
    assert "1 expected task, " in behind
    assert "Quagmire" not in behind


def test_looking_ahead_asks_the_same_for_few_runs_and_for_many(cast: Cast, offer: Process) -> None:
    def statements(runs: int) -> int:
        for _turn in range(runs):
            deal = make_deal("Deal", owner=cast.salesperson)
            operations.start(offer, deal.pk, by=cast.salesperson, at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            assert keeping.refresh(timezone.now()) == runs
        return len(asked)

    statements(1)
    assert statements(2) == statements(12)


def test_the_planner_asks_two_statements_for_all_of_it(
    cast: Cast, offer: Process, begun: Begun, django_assert_num_queries: Any
) -> None:
    begun(offer)
    keeping.refresh(timezone.now())
    today = company_day(timezone.now())
    with django_assert_num_queries(1):
        assert (
            len(process_work.loads([cast.head.pk, cast.salesperson.pk], today, today + timedelta(days=21)))
            == 3
        )
    reader = User.objects.with_policy().get(pk=cast.head.pk)
    with django_assert_num_queries(1):
        process_work.lines(cast.head.pk, today, today + timedelta(days=21), reader)
