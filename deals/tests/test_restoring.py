"""Undoing changes to deals: fields, owners and stages go back, and every sum is what a recount gives."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Source
from changes import undoing
from changes.models import ChangeKind, ResultRow
from changes.recording import change_set
from deals import funnel
from deals.models import Deal, FunnelSum, StageEvent, StageTotal
from deals.testing import make_deal, make_pipeline
from deals.tests.conftest import Room
from foundation.models import Event
from users.testing import Cast

pytestmark = pytest.mark.django_db


def sums() -> tuple[set[Any], set[Any]]:
    """Every sum that is not nothing."""
    totals = StageTotal.objects.exclude(deals=0, base_amount=0)
    passed = FunnelSum.objects.exclude(passed=0, reached=0, base_amount=0)
    return (
        set(totals.values_list("stage", "owner", "deals", "base_amount")),
        set(
            passed.values_list(
                "pipeline", "grain", "on", "stage", "owner", "passed", "base_amount", "reached"
            )
        ),
    )


def assert_sums_are_true() -> None:
    kept = sums()
    funnel.rebuild()
    assert kept == sums()


def test_all_that_was_changed_goes_back_and_the_sums_are_true(room: Room, cast: Cast, now: datetime) -> None:
    source = Source.objects.create(name="Fair")
    deal, told = room.deal, {"by": cast.head, "at": now}
    before = Deal.objects.filter(pk=deal.pk).values().get()
    with change_set(ChangeKind.AUTOMATION, title="Much", **told) as changes:
        deal.assign(cast.colleague, **told)
        deal.move(room.stage("Proposal"), **told)
        deal.change({"amount": Decimal(70), "source": source, "expected_close_on": date(2026, 5, 1)}, **told)
        deal.plan_next_step("Call", date(2026, 4, 1), **told)
    assert_sums_are_true()

    made = undoing.undo(changes.change_set, **told)

    after = Deal.objects.filter(pk=deal.pk).values().get()
    derived = {"version", "rank", "entered_stage_at"}
    assert {name: after[name] for name in after if name not in derived} == {
        name: before[name] for name in before if name not in derived
    }
    assert ResultRow.objects.get(change_set=made).outcome == "done"
    assert StageEvent.objects.filter(deal=deal).count() == 3
    assert_sums_are_true()


def test_a_deal_that_was_won_by_a_set_is_open_again(room: Room, cast: Cast, now: datetime) -> None:
    told = {"by": cast.head, "at": now}
    with change_set(ChangeKind.AUTOMATION, title="Won", **told) as changes:
        room.deal.win(**told)

    undoing.undo(changes.change_set, **told)

    room.deal.refresh_from_db()
    assert (room.deal.state, room.deal.stage.name) == ("open", "First contact")
    assert_sums_are_true()


def test_a_deal_that_was_reopened_by_a_set_says_that_it_is_closed_by_hand(
    room: Room, cast: Cast, now: datetime
) -> None:
    deal = make_deal(owner=cast.salesperson, pipeline=room.pipeline, won=True)
    told = {"by": cast.head, "at": now}
    with change_set(ChangeKind.AUTOMATION, title="Open", **told) as changes:
        deal.reopen(**told)

    made = undoing.undo(changes.change_set, **told)

    assert "close it by hand" in ResultRow.objects.get(change_set=made).reason


def test_a_deal_taken_to_another_pipeline_by_a_set_comes_back(room: Room, cast: Cast, now: datetime) -> None:
    told, other = {"by": cast.head, "at": now}, make_pipeline("Repairs", position=2)
    with change_set(ChangeKind.AUTOMATION, title="Taken", **told) as changes:
        room.deal.transfer(other.first_stage(), **told)

    undoing.undo(changes.change_set, **told)

    room.deal.refresh_from_db()
    assert (room.deal.pipeline, room.deal.stage.name) == (room.pipeline, "First contact")
    assert_sums_are_true()


def test_an_owner_who_left_meanwhile_does_not_get_it_back(room: Room, cast: Cast, now: datetime) -> None:
    told = {"by": cast.head, "at": now}
    with change_set(ChangeKind.REASSIGNMENT, title="Given", **told) as changes:
        room.deal.assign(cast.colleague, **told)
    cast.salesperson.deactivate(by=cast.admin, at=now)

    made = undoing.undo(changes.change_set, **told)

    room.deal.refresh_from_db()
    assert room.deal.owner == cast.colleague
    assert "no longer works here" in ResultRow.objects.get(change_set=made).reason


def test_the_facts_of_an_undo_stand_on_the_timelines(room: Room, cast: Cast, now: datetime) -> None:
    told = {"by": cast.head, "at": now}
    with change_set(ChangeKind.REASSIGNMENT, title="Given", **told) as changes:
        room.deal.assign(cast.colleague, **told)

    undoing.undo(changes.change_set, **told)

    event = Event.objects.filter(name="deal.assigned").latest("pk")
    assert (event.payload["from_name"], event.payload["to_name"]) == ("Clara Benson", "Sam Porter")
