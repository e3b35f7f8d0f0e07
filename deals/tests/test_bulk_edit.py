"""Many deals at once: what one verb a deal would have written, as one change-set, with its way back."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Source
from accounts.testing import make_account, make_custom_field
from changes import running, undoing
from changes.bulk.editing import Edit, edit_many
from changes.models import ChangeSet, ChangeState, Outcome, ResultRow
from deals import funnel
from deals.bulk_edit import DEALS
from deals.models import Deal, FunnelSum, StageEvent, StageTotal
from deals.testing import make_deal, make_pipeline, make_rule
from deals.tests.conftest import Room
from foundation.drain import drain
from foundation.models import Event
from users.models import Notification
from users.testing import Cast

pytestmark = pytest.mark.django_db


def sums() -> tuple[set[Any], set[Any]]:
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


@pytest.fixture
def deals(room: Room, cast: Cast, now: datetime) -> list[Deal]:
    """Open deals in several stages and of several owners, one of them worth nothing yet, and a lost one."""
    before = now - timedelta(days=3)
    told: dict[str, Any] = {"pipeline": room.pipeline, "account": room.account, "at": before}
    made = [
        make_deal("First", owner=cast.salesperson, amount=100, **told),
        make_deal("Second", owner=cast.colleague, amount=None, **told),
        make_deal("Third", owner=cast.salesperson, amount=250, stage="Proposal", **told),
        make_deal("Fourth", owner=cast.salesperson, amount=7, lost=True, **told),
    ]
    made[0].move(room.stage("Qualified"), by=cast.salesperson, at=before + timedelta(hours=1))
    return [room.deal, *made]


def edited(edit: Edit, cast: Cast, now: datetime, **by: Any) -> ChangeSet:
    made = edit_many(DEALS, Deal.objects.all(), edit, title="Edit", by=by.get("by", cast.head), at=now)
    made.refresh_from_db()
    return made


def test_a_new_owner_gets_the_deals_with_their_sums_teams_and_facts(
    deals: list[Deal], cast: Cast, now: datetime
) -> None:
    made = edited(Edit("owner", cast.head.pk), cast, now)

    assert (made.state, made.done, made.skipped) == (ChangeState.DONE, 5, 0)
    for deal in Deal.objects.all():
        assert deal.owner_id == cast.head.pk
        assert cast.head.pk in deal.team_ids
        assert len(deal.team_ids) == 2
    assert Event.objects.filter(name="deal.assigned", payload__to_name="Helena Marsh").count() == 5
    assert_sums_are_true()


def test_it_writes_the_very_rows_that_the_verb_would(room: Room, cast: Cast, now: datetime) -> None:
    by_verb = make_deal("Same", owner=cast.salesperson, account=room.account, pipeline=room.pipeline, at=now)
    in_bulk = make_deal("Same", owner=cast.salesperson, account=room.account, pipeline=room.pipeline, at=now)
    told: dict[str, Any] = {"by": cast.head, "at": now}
    source = Source.objects.create(name="Fair")
    by_verb.assign(cast.colleague, **told)
    by_verb.move(room.stage("Proposal"), **told)
    by_verb.change({"source": source, "expected_close_on": date(2026, 5, 1)}, **told)
    by_verb.plan_next_step("Call", date(2026, 4, 1), **told)

    only = Deal.objects.filter(pk=in_bulk.pk)
    for field, value in (
        ("owner", cast.colleague.pk),
        ("stage", room.stage("Proposal").pk),
        ("source", source.pk),
        ("next_step", {"next_step": "Call", "next_step_on": "2026-04-01"}),
        ("expected_close_on", "2026-05-01"),
    ):
        edit_many(DEALS, only, Edit(field, value), title="Edit", **told)

    rows = [Deal.objects.filter(pk=each.pk).values().get() for each in (by_verb, in_bulk)]
    for row in rows:
        for own in ("id", "version"):
            del row[own]
    assert rows[0] == rows[1]
    assert list(by_verb.stage_events.values_list("from_stage", "to_stage", "owner", "base_amount")) == list(
        in_bulk.stage_events.values_list("from_stage", "to_stage", "owner", "base_amount")
    )
    assert set(by_verb.passages.values_list("stage", "on", "is_imputed")) == set(
        in_bulk.passages.values_list("stage", "on", "is_imputed")
    )


def test_a_new_stage_is_entered_by_open_deals_of_its_pipeline_only(
    deals: list[Deal], room: Room, cast: Cast, now: datetime
) -> None:
    make_deal("Elsewhere", owner=cast.salesperson, pipeline=make_pipeline("Repairs", position=2))

    made = edited(Edit("stage", room.stage("Proposal").pk), cast, now)

    assert (made.done, made.skipped) == (3, 3)
    reasons = dict(
        ResultRow.objects.filter(change_set=made).exclude(reason="").values_list("title", "reason")
    )
    assert reasons == {
        "Fourth": "It is closed.",
        "Third": "It is so already.",
        "Elsewhere": "“Proposal” belongs to another pipeline.",
    }
    assert StageEvent.objects.filter(at=now).count() == 3
    assert Event.objects.filter(name="deal.moved", at=now).count() == 3
    assert_sums_are_true()


def test_the_rules_of_a_stage_hold_for_many_as_for_one(
    deals: list[Deal], room: Room, cast: Cast, now: datetime
) -> None:
    make_rule(room.stage("Negotiation"), needs=["amount", "contact"])
    made = edited(Edit("stage", room.stage("Negotiation").pk), cast, now)

    assert made.done == 0
    reasons = dict(ResultRow.objects.filter(change_set=made).values_list("title", "reason"))
    assert reasons["Second"] == "The amount is missing; no contact takes part."
    assert reasons["First"] == "No contact takes part."


def test_rights_are_asked_deal_by_deal(deals: list[Deal], cast: Cast, now: datetime) -> None:
    strange = make_deal("Strange", owner=cast.outsider)

    made = edited(Edit("source", Source.objects.create(name="Fair").pk), cast, now)

    row = ResultRow.objects.get(change_set=made, object_id=strange.pk)
    assert (row.outcome, row.reason) == (Outcome.SKIPPED, "You may not change it.")
    strange.refresh_from_db()
    assert strange.source_id is None


def test_a_custom_field_is_put_beside_the_others(deals: list[Deal], cast: Cast, now: datetime) -> None:
    make_custom_field("area", "number", record="deal", decimals=1)
    make_custom_field("colour", "text", record="deal")
    deals[0].change({"custom": {"colour": "red"}}, by=cast.head, at=now)

    edited(Edit("custom.area", "12.5"), cast, now)

    deals[0].refresh_from_db()
    assert deals[0].custom == {"colour": "red", "area": deals[0].custom["area"]}
    assert str(deals[0].custom["area"]) == "12.5"
    made = edited(Edit("custom.colour", None), cast, now)
    assert (made.done, made.skipped) == (1, 4)


def test_undo_brings_everything_back_and_the_sums_are_true(
    deals: list[Deal], room: Room, cast: Cast, now: datetime
) -> None:
    kept = ("owner_id", "stage_id", "team_ids", "source_id", "next_step", "next_step_on", "custom", "state")
    before = {row["pk"]: row for row in Deal.objects.values("pk", *kept)}
    for edit in (Edit("owner", cast.head.pk), Edit("stage", room.stage("Negotiation").pk)):
        made = edited(edit, cast, now)
        undone = undoing.undo(made, by=cast.head, at=now)
        undone.refresh_from_db()
        assert (undone.done, undone.conflicts, undone.skipped) == (made.done, 0, 0)
        assert_sums_are_true()

    assert {row["pk"]: row for row in Deal.objects.values("pk", *kept)} == before


def test_a_deal_loaded_past_the_history_can_be_undone_as_well(
    deals: list[Deal], cast: Cast, now: datetime
) -> None:
    from django.db import connection

    with connection.cursor() as cursor:  # as a load by COPY without triggers leaves it
        cursor.execute("ALTER TABLE deals_dealhistory DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM deals_dealhistory")
        cursor.execute("ALTER TABLE deals_dealhistory ENABLE TRIGGER USER")
    made = edited(Edit("owner", cast.head.pk), cast, now)

    undone = undoing.undo(made, by=cast.head, at=now)

    undone.refresh_from_db()
    assert undone.done == 5
    assert not Deal.objects.filter(owner=cast.head).exists()


def test_more_than_two_hundred_wait_for_a_worker(
    deals: list[Deal], cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 4)
    monkeypatch.setattr(running, "BATCH", 2)
    made = edited(Edit("owner", cast.head.pk), cast, now)
    assert (made.state, made.total, made.done) == (ChangeState.QUEUED, 5, 0)

    running.run_due(at=now)

    made.refresh_from_db()
    assert (made.state, made.done) == (ChangeState.DONE, 5)
    assert_sums_are_true()


def test_the_clients_owners_come_to_see_them(room: Room, cast: Cast, now: datetime) -> None:
    account = make_account("Bloom", owner=cast.salesperson)
    make_deal("Bloom one", owner=cast.salesperson, account=account, pipeline=room.pipeline)

    edited(Edit("owner", cast.head.pk), cast, now)

    account.refresh_from_db()
    assert cast.head.pk in account.team_ids


def test_whoever_is_given_the_deals_is_told_once(deals: list[Deal], cast: Cast, now: datetime) -> None:
    drain()
    Notification.objects.all().delete()

    edited(Edit("owner", cast.colleague.pk), cast, now)
    drain()

    told = Notification.objects.filter(person=cast.colleague)
    assert [(each.kind, each.title) for each in told] == [("deal.many_assigned", "4 deals are yours now")]
