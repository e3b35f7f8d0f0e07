"""The funnel's arithmetic against an oracle: plain Python over StageEvents, knowing nothing of the tables it checks."""

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deals import funnel
from deals.models import Deal, FunnelSum, Stage, StageEvent, StagePassage, StageTotal
from deals.operations import take_back
from deals.testing import make_deal, make_loss_reason, make_pipeline
from foundation.errors import Refused

ZERO = Decimal(0)
START = datetime(2026, 1, 20, 9, tzinfo=UTC)


def oracle(owners: dict[int, int]) -> tuple[dict, dict, dict]:
    """(passages, totals, sums) recounted from StageEvents alone; `owners` and amounts are the deals' of today."""
    stages = {stage.pk: stage for stage in Stage.objects.all()}
    orders = defaultdict(list)
    for each in sorted((s for s in stages.values() if s.kind == "open"), key=lambda s: (s.position, s.pk)):
        orders[each.pipeline_id].append(each)
    passages, totals, sums = {}, defaultdict(lambda: [0, ZERO]), defaultdict(lambda: [0, ZERO, 0])
    for deal in Deal.objects.order_by("pk"):
        passed: dict[int, tuple] = {}
        opened = None
        closed_by = None
        for event in StageEvent.objects.filter(deal=deal).order_by("at", "pk"):
            day = event.at.date()
            opened = opened or day
            entered = stages[event.to_stage_id]
            if closed_by is not None:  # reopened: what the closing passed was never passed
                passed = {key: value for key, value in passed.items() if value[0] != closed_by}
                closed_by = None
            skipped, order = [], orders[entered.pipeline_id]
            if entered.kind == "open":
                skipped = order[: order.index(entered)]
            elif entered.kind == "won":
                skipped = order
            for stage in [*skipped, entered]:
                worth = event.base_amount or ZERO
                passed.setdefault(stage.pk, (event.pk, day, event.owner_id, worth, stage.pk != entered.pk))
            if entered.kind != "open":
                closed_by = event.pk
        passages[deal.pk] = passed
        into = totals[deal.stage_id, owners[deal.pk]]
        into[0] += 1
        into[1] += deal.base_amount or ZERO
        for stage_id, (_event, day, owner, worth, _imputed) in passed.items():
            for grain, on, cohort in (("d", day, opened), ("m", day.replace(day=1), opened.replace(day=1))):
                at = stages[stage_id].pipeline_id
                sums[at, grain, on, stage_id, owner][0] += 1
                sums[at, grain, on, stage_id, owner][1] += worth
                sums[at, grain, cohort, stage_id, owners[deal.pk]][2] += 1
    return passages, {k: tuple(v) for k, v in totals.items()}, {k: tuple(v) for k, v in sums.items()}


def kept_totals() -> dict:
    rows = StageTotal.objects.values_list("stage_id", "owner_id", "deals", "base_amount")
    return {row[:2]: row[2:] for row in rows if any(row[2:])}


def kept_sums() -> dict:
    rows = FunnelSum.objects.values_list(
        "pipeline_id", "grain", "on", "stage_id", "owner_id", "passed", "base_amount", "reached"
    )
    return {row[:5]: row[5:] for row in rows if any(row[5:])}


def kept_passages() -> dict:
    found: dict[int, dict] = defaultdict(dict)
    for each in StagePassage.objects.all():
        worth = each.base_amount or ZERO
        found[each.deal_id][each.stage_id] = (each.event_id, each.on, each.owner_id, worth, each.is_imputed)
    return dict(found)


def check() -> None:
    owners = dict(Deal.objects.values_list("pk", "owner_id"))
    passages, totals, sums = oracle(owners)
    assert kept_passages() == passages
    assert kept_totals() == totals
    assert kept_sums() == sums
    funnel.rebuild()
    assert kept_totals() == totals
    assert kept_sums() == sums


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["move", "move", "move", "win", "lose", "reopen", "assign", "amount", "transfer", "undo"]
        ),
        st.integers(0, 1),
        st.integers(0, 3),
        st.integers(0, 3),
        st.integers(0, 40),
    ),
    max_size=14,
)


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=STEPS)
def test_after_any_sequence_of_verbs_the_sums_are_what_the_events_say(steps):
    from django.db import transaction

    with transaction.atomic():
        _play(steps)
        transaction.set_rollback(True)


def _play(steps):
    from users.models import User

    people = [User.objects.create_user(f"person{n}@romashka.example", f"Person {n}") for n in range(3)]
    pipeline, other, reason = make_pipeline("Tested"), make_pipeline("Other"), make_loss_reason()
    stages_of = {each.pk: [s for s in each.stages_in_order() if s.is_open] for each in (pipeline, other)}
    deals = [
        make_deal(f"Deal {n}", owner=people[n], pipeline=pipeline, at=START, amount=100 + n) for n in range(2)
    ]
    at = START
    for verb, which, stage, person, days in steps:
        at += timedelta(days=days, minutes=1)
        deal, by = deals[which], people[0]
        stages = stages_of[deal.pipeline_id]
        try:
            match verb:
                case "move":
                    deal.move(stages[stage], by=by, at=at)
                case "win":
                    deal.win(by=by, at=at)
                case "lose":
                    deal.lose(reason, by=by, at=at)
                case "reopen":
                    deal.reopen(by=by, at=at, stage=stages[stage] if person else None)
                case "transfer":
                    into = other if deal.pipeline_id == pipeline.pk else pipeline
                    deal.transfer(stages_of[into.pk][stage], by=by, at=at)
                case "undo":
                    take_back(deal, version=deal.version, rank=None, by=by, at=at)
                case "assign":
                    deal.assign(people[person] if person < 3 else None, by=by, at=at)
                case "amount":
                    deal.change({"amount": Decimal(days) if days else None}, by=by, at=at)
        except Refused:
            continue
    check()


def test_many_deals_in_one_pipeline_agree_with_the_oracle(cast, room):
    rng, stages = random.Random(7), [s for s in room.pipeline.stages_in_order() if s.is_open]
    people, reason = [cast.salesperson, cast.colleague, None], make_loss_reason()
    for n in range(15):
        at = START + timedelta(days=rng.randint(0, 60))
        owner, amount = rng.choice(people), rng.randint(1, 99)
        deal = make_deal(f"Deal {n}", owner=owner, pipeline=room.pipeline, at=at, amount=amount)
        for _turn in range(rng.randint(0, 5)):
            at += timedelta(days=rng.randint(0, 20), minutes=1)
            deal.move(rng.choice(stages), by=cast.head, at=at)
        if rng.random() < 0.6:
            close = deal.win if rng.random() < 0.5 else lambda **told: deal.lose(reason, **told)  # noqa: B023
            close(by=cast.head, at=at + timedelta(days=1))
    check()


def test_a_stage_is_passed_once_however_often_it_is_entered(cast, room, now):
    qualified, first = room.stage("Qualified"), room.stage("First contact")
    for turn, stage in enumerate([qualified, first, qualified, first]):
        room.deal.move(stage, by=cast.salesperson, at=now + timedelta(minutes=turn))
    counts = Counter(room.deal.passages.values_list("stage__name", flat=True))
    assert counts == {"First contact": 1, "Qualified": 1}


def test_losing_passes_no_skipped_stage_and_winning_passes_them_all(cast, room, now):
    lost = make_deal("Lost one", owner=cast.salesperson, pipeline=room.pipeline, lost=True)
    assert set(lost.passages.values_list("stage__name", flat=True)) == {"First contact", "Lost"}
    room.deal.win(by=cast.salesperson, at=now)
    passed = dict(room.deal.passages.values_list("stage__name", "is_imputed"))
    assert passed == {
        "First contact": False, "Qualified": True, "Proposal": True, "Negotiation": True, "Won": False
    }  # fmt: skip
