"""What a draft would have done, compared with what the database says of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal, Stage
from deals.testing import make_deal
from foundation.models import Event, EventSubject
from processes import dry_run, operations
from processes.models import Process, Run
from processes.testing import block
from users.testing import Cast

OVER = {"all": [["deal.amount", "gt", "500000"]]}


def draft(cast: Cast, *starts: Any, blocks: Any = (), **fields: Any) -> Process:
    return operations.create(
        name="Deal over 500,000 needs approval",
        subject_kind="deal",
        by=cast.head,
        at=timezone.now(),
        starts=list(starts),
        outline={"blocks": list(blocks) or [block("approval", "Approve", who={"kind": "head"})]},
        **fields,
    )


def sql(text: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return int(cursor.fetchone()[0])


@pytest.fixture
def deals(cast: Cast) -> list[Deal]:
    """Of thirty deals, amounts from 50,000 to 1,500,000; every second one was moved to Proposal, some of them back."""
    made = [make_deal(f"Deal {n}", owner=cast.salesperson, amount=50_000 * n) for n in range(1, 31)]
    proposal = Stage.objects.get(name="Proposal")
    for number, deal in enumerate(made):
        if number % 2 == 0:
            before = deal.stage
            deal.move(proposal, by=cast.salesperson, at=timezone.now())
            if number % 6 == 0:
                deal.move(before, by=cast.salesperson, at=timezone.now())
    return made


def test_as_many_runs_as_the_database_counts(cast: Cast, deals: list[Deal]) -> None:
    process = draft(cast, {"fact": "deal.moved", "when": OVER}, is_single=False)
    trial = dry_run.tried(process, 30, timezone.now())
    told = sql(
        """SELECT count(*) FROM foundation_event e
           JOIN foundation_eventsubject s ON s.event_id = e.id AND s.kind = 'deal'
           JOIN deals_deal d ON d.id = s.subject_id
           WHERE e.name = 'deal.moved' AND d.amount > 500000"""
    )
    assert (trial.runs, trial.heard[0].fits) == (told, told)
    assert trial.heard[0].facts == Event.objects.filter(name="deal.moved").count()
    once = dry_run.tried(draft(cast, {"fact": "deal.moved", "when": OVER}), 30, timezone.now())
    records = sql(
        """SELECT count(DISTINCT d.id) FROM foundation_event e
           JOIN foundation_eventsubject s ON s.event_id = e.id AND s.kind = 'deal'
           JOIN deals_deal d ON d.id = s.subject_id
           WHERE e.name = 'deal.moved' AND d.amount > 500000"""
    )
    assert (once.runs, once.records, len(once.shown)) == (records, records, records)
    assert not Run.objects.exists()


def test_the_head_would_have_had_that_many_approvals(cast: Cast, deals: list[Deal]) -> None:
    trial = dry_run.tried(draft(cast, {"fact": "deal.moved", "when": OVER}), 30, timezone.now())
    assert [(load.who, load.tasks, load.most) for load in trial.loads] == [
        (cast.head.name, trial.runs, trial.runs)
    ]


def test_a_choice_before_the_first_task_is_decided_record_by_record(cast: Cast, deals: list[Deal]) -> None:
    way = {"id": "large", "name": "", "when": OVER, "blocks": [block("task", "Check", who={"kind": "head"})]}
    choice = block("choice", branches=[way], **{"else": [block("task", "Go on", who={"kind": "owner"})]})
    trial = dry_run.tried(draft(cast, {"fact": "deal.moved"}, blocks=[choice]), 30, timezone.now())
    large = sql("SELECT count(*) FROM deals_deal WHERE amount > 500000 AND (id %% 2 = %s)", deals[0].pk % 2)
    small = sql("SELECT count(*) FROM deals_deal WHERE amount <= 500000 AND (id %% 2 = %s)", deals[0].pk % 2)
    assert {load.who: load.tasks for load in trial.loads} == {
        cast.head.name: large,
        cast.salesperson.name: small,
    }


def test_where_nothing_was_recorded_it_says_how_many_records_fit_now(cast: Cast, deals: list[Deal]) -> None:
    """As with deals that were imported: there are no facts of their coming."""
    EventSubject.objects.all().delete()
    Event.objects.all().delete()
    trial = dry_run.tried(draft(cast, {"fact": "deal.created", "when": OVER}), 30, timezone.now())
    fits = sql("SELECT count(*) FROM deals_deal WHERE amount > 500000")
    assert (trial.runs, trial.heard[0].now) == (0, fits)
    assert len(trial.waiting) == min(fits, dry_run.SHOWN)


def test_what_happened_before_the_period_does_not_count(cast: Cast) -> None:
    make_deal(owner=cast.salesperson, at=timezone.now() - timedelta(days=40))
    process = draft(cast, {"fact": "deal.created"})
    assert dry_run.tried(process, 30, timezone.now()).runs == 0
    assert dry_run.tried(process, 90, timezone.now()).runs == 1


def test_a_day_that_reaches_the_cap_is_named(cast: Cast, deals: list[Deal]) -> None:
    trial = dry_run.tried(draft(cast, {"fact": "deal.created"}, daily_cap=5), 30, timezone.now())
    assert len(trial.over_cap_on) == 1


def test_a_day_that_deals_name_is_counted_through_the_period(cast: Cast) -> None:
    today = timezone.localdate()
    for days in (-40, -3, -2, -1, 40):
        make_deal(owner=cast.salesperson, expected_close_on=today + timedelta(days=days))
    start = {"field": "deal.expected_close_on", "offset": {"amount": 0, "unit": "days"}}
    assert dry_run.tried(draft(cast, start), 30, timezone.now()).runs == 3


def test_the_page_says_what_it_counted(cast: Cast, deals: list[Deal], client_of: Any) -> None:
    process = draft(cast, {"fact": "deal.moved", "when": OVER}, {"button": True})
    page = client_of(cast.head).get(f"{reverse('processes:design_try', args=[process.pk])}?days=7")
    assert page.status_code == 200
    assert "as they are now" in page.content.decode()
    assert deals[-2].get_absolute_url() in page.content.decode()
