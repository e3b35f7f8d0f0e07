"""Seeding: whole, reproducible, and true to the rules the verbs keep."""

import random
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Max
from django.utils import timezone

from accounts.models import Account, Contact, ContactPoint
from crm.seeding import seed
from crm.seeding.deals import Road, passages, way
from deals.funnel import newly_passed, rebuild
from deals.models import Deal, FunnelSum, LossReason, Stage, StageEvent, StageKind, StagePassage, StageTotal
from deals.testing import make_deal, make_pipeline
from foundation.models import Event, EventSubject
from users.models import Department, User
from users.testing import Cast

pytestmark = pytest.mark.django_db

DEALS, CLIENTS = 2_000, 200


@pytest.mark.parametrize("is_large", [False, True])
def test_seeded_deals_keep_every_rule(cast: Cast, is_large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if is_large:
        monkeypatch.setattr("crm.seeding.load.LARGE", 1)  # the way of a million: indexes and keys taken off
    before = schema()
    figures = seed(deals=DEALS, clients=CLIENTS, seed=1, now=timezone.now())
    assert set(schema()) ^ set(before) == set(), "indexes, constraints and triggers are back"
    connection.check_constraints()

    assert (figures.deals, figures.clients, figures.contacts) == (DEALS, CLIENTS, CLIENTS * 3)
    assert Deal.objects.count() == DEALS
    assert Account.objects.count() == CLIENTS
    assert ContactPoint.objects.count() == 2 * Contact.objects.count() == 2 * figures.contacts
    assert StageEvent.objects.count() == figures.stage_events
    assert StagePassage.objects.count() == figures.passages
    for state in ("open", "won", "lost"):
        assert Deal.objects.filter(state=state).count() > DEALS / 20

    assert_histories_hold_together()
    kept = sums()
    rebuild()
    assert kept == sums()

    events = Event.objects.filter(name__startswith="deal.")
    assert 0 < events.count() < figures.stage_events
    subject = EventSubject.objects.filter(kind="account").order_by("subject_id", "at", "event_id").first()
    assert subject is not None
    told = Event.objects.get(pk=subject.event_id, at=subject.at)
    assert told.fact is not None
    assert told.fact.sentence()


def test_life_goes_on_after_seeding(cast: Cast) -> None:
    seed(deals=300, clients=30, seed=1, now=timezone.now())
    for model in (Deal, Account, Contact, StageEvent, Event):
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
            assert cursor.fetchone()[0] > model.objects.aggregate(Max("pk"))["pk__max"]
    deal = make_deal(account=Account.objects.first(), owner=cast.salesperson)
    deal.win(by=cast.salesperson, at=timezone.now())
    kept = sums()
    connection.check_constraints()
    rebuild()
    assert kept == sums()


def test_the_same_seed_gives_the_same_figures_and_another_gives_others(cast: Cast) -> None:
    make_pipeline()
    now = timezone.now()
    once, again, other = (seed(deals=400, clients=40, seed=number, now=now) for number in (7, 7, 8))
    assert once == again
    assert once != other
    titles = Deal.objects.order_by("pk").values_list("amount", "state")
    assert list(titles[:400]) == list(titles[400:800])


def test_somebody_has_a_desk_of_500_deals_and_heads_see_their_team(cast: Cast) -> None:
    seed(deals=6_000, clients=600, seed=1, now=timezone.now())
    busy = User.objects.get_by_natural_key("seller2@romashka.example")
    assert 400 < Deal.objects.visible_to(busy).count() < 600
    head = User.objects.get_by_natural_key("seller1@romashka.example")
    team = Department.objects.get(name="Team 1")
    assert team.head == head
    assert team.parent == cast.sales
    assert Deal.objects.visible_to(head).count() > Deal.objects.visible_to(busy).count()
    assert Deal.objects.visible_to(User.objects.get(pk=cast.head.pk)).count() == 6_000, (
        "the head of Sales sees every team"
    )
    assert not Deal.objects.visible_to(cast.outsider).exists()
    people = sorted(head.reach("deals.view").people)
    by_team = Account.objects.filter(team_ids__overlap=people)
    assert set(Account.objects.visible_to(head)) == set(by_team), "owners and collaborators alike"
    assert by_team.exclude(owner__in=people).exists()


def test_seeding_is_refused_where_real_clients_live(settings: Any) -> None:
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="Invented clients"):
        call_command("seed", deals=1)


def test_the_quick_rule_for_passages_is_the_funnels_rule() -> None:
    """An oracle: the same ways, stage by stage, through deals.funnel.newly_passed."""
    pipeline = make_pipeline()
    stages = {stage.pk: stage for stage in pipeline.stages.all()}
    road, dice = Road.of(pipeline), random.Random(3)
    for _time in range(500):
        steps = way(road, 0, 120, dice.random)
        passed: dict[int, tuple[int, bool]] = {}
        for number, (_day, _minute, stage, _state) in enumerate(steps):
            if number and steps[number - 1][3] != "open":  # reopened: what the closing passed is taken back
                passed = {key: value for key, value in passed.items() if value[0] != number - 1}
            for each in newly_passed(list(stages.values()), passed, stages[stage]):
                passed[each.stage_id] = (number, each.is_imputed)
        quick = {stage: (number, is_imputed) for stage, number, is_imputed in passages(road, steps)}
        assert quick == passed


def assert_histories_hold_together() -> None:
    events: dict[int, list[StageEvent]] = {}
    for event in StageEvent.objects.order_by("deal", "at", "pk"):
        events.setdefault(event.deal_id, []).append(event)
    open_stages = set(Stage.objects.filter(kind=StageKind.OPEN).values_list("pk", flat=True))
    for deal in Deal.objects.order_by("pk"):
        way = events[deal.pk]
        assert [event.pk for event in way] == sorted(event.pk for event in way)
        assert way[0].from_stage_id is None
        assert way[0].to_stage_id in open_stages
        assert all(after.from_stage_id == before.to_stage_id for before, after in pairwise(way))
        assert way[-1].to_stage_id == deal.stage_id
        assert (way[0].at, way[-1].at) == (deal.opened_at, deal.entered_stage_at)
        assert deal.closed_at == (None if deal.stage_id in open_stages else way[-1].at)
        assert deal.version == len(way)
    assert not Deal.objects.exclude(stage__kind=F("state")).exists()
    lost = Deal.objects.lost()
    assert lost.count() == lost.filter(loss_reason__in=LossReason.objects.all()).count()
    counted = StagePassage.objects.filter(deal__state="won").values("deal").annotate(n=Count("stage"))
    assert set(counted.values_list("n", flat=True)) <= {4, 5}, "winning passes every stage"


def sums() -> tuple[Any, ...]:
    totals = StageTotal.objects.exclude(deals=0).values_list("stage", "owner", "deals", "base_amount")
    days = FunnelSum.objects.exclude(passed=0, reached=0).values_list(
        "pipeline", "grain", "on", "stage", "owner", "passed", "base_amount", "reached"
    )
    return sorted(map(str, totals)), sorted(map(str, days))


def schema() -> list[str]:
    """Every index, constraint and trigger state, as the database tells them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
            " JOIN pg_class ON pg_class.oid = indrelid"
            " WHERE NOT relispartition AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        indexes = cursor.fetchall()
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE conparentid = 0"
            " AND conname !~ '_20[0-9][0-9]_' ORDER BY 1, 2"
        )
        constraints = cursor.fetchall()
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0 ORDER BY 1, 2"
        )
        return [str(row) for row in (*indexes, *constraints, *cursor.fetchall())]
