"""Fifteen months of selling: deals that move, jump, come back, stall, are won, lost and reopened."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from crm.demo import words
from crm.demo.clients import Client
from crm.demo.company import Company
from crm.demo.stage import Stage, in_working_hours
from deals import bulk
from deals.models import Deal, DealContact, DealLine, Pipeline
from deals.models.deal_contact import DealContactRole

DEALS, OUTSIDERS_DEALS = 345, 5
OLD = timedelta(days=21)
CURRENCIES = {"Россия": ["RUB", "RUB", "USD"], "Germany": ["EUR"], "United Kingdom": ["GBP", "USD"]}
PER_DOLLAR = {"RUB": 90, "EUR": 1, "GBP": 1, "USD": 1}


@dataclass
class Story:
    """One deal's way, drawn before it is played: (moment, verb, argument) after its opening."""

    client: Client
    pipeline: Pipeline
    opened_at: datetime
    events: list[tuple[datetime, str, Any]]
    is_open: bool
    fields: dict[str, Any]
    products: list[Any]
    quantity: Decimal
    roles: list[str]
    reason: Any
    deal: Deal | None = None


def plan_deals(company: Company, clients: list[Client], stage: Stage, dice: random.Random) -> list[Story]:
    """Draw every deal's way; recent ones are put on the stage, the stories of long ago returned for `open_old`."""
    ours, foreign = clients[:-2], clients[-2:]
    favourites = [client for client in ours for _time in range(dice.choice([1, 1, 1, 2, 4]))]
    old = []
    for place in range(DEALS + OUTSIDERS_DEALS):
        client = dice.choice(favourites if place < DEALS else foreign)
        story = _story(company, client, stage.now, dice)
        if _is_old(story, stage.now):
            old.append(story)
        else:
            _put_on(stage, story, company, dice)
    return old


def open_old(stories: list[Story]) -> None:
    """Deals closed long ago, many at once: rows and facts are those of the verbs, in a tenth of the time."""
    by_owner: dict[Any, list[Story]] = {}
    for story in sorted(stories, key=lambda each: each.opened_at):
        by_owner.setdefault(story.client.owner, []).append(story)
    for owner, told in by_owner.items():
        deals = bulk.open_many([_draft(story) for story in told], by=owner)
        for story, deal in zip(told, deals, strict=True):
            story.deal = deal
            _add_people(story)


def _story(company: Company, client: Client, now: datetime, dice: random.Random) -> Story:
    """More deals are young than old, as in a company that grows."""
    age = (now - client.since).days * dice.random() ** 1.6
    opened = in_working_hours(now - timedelta(days=age), dice.randrange(540))
    opened = min(max(opened, client.since + timedelta(minutes=20)), now - timedelta(minutes=30))
    pipeline = company.renewals if dice.random() < 0.22 else company.sales
    events, is_open = _way(pipeline, opened, now, dice)
    currency = dice.choice(CURRENCIES.get(client.country, ["USD"]))
    worth = round(10 ** dice.uniform(2.5, 4.6) * PER_DOLLAR[currency] / 50) * 50
    fields = {
        "title": dice.choice(words.RUSSIAN_TITLES if client.is_russian else words.ENGLISH_TITLES),
        "currency": currency,
        "amount": None if dice.random() < 0.04 else Decimal(worth),
        "source": dice.choice(company.sources),
        "expected_close_on": (opened + timedelta(days=dice.randrange(20, 90))).date(),
    }
    return Story(
        client,
        pipeline,
        opened,
        events,
        is_open,
        fields,
        products=dice.sample(company.products, dice.choice([0, 1, 1, 2, 3])),
        quantity=Decimal(dice.randrange(1, 40)),
        roles=dice.sample(list(DealContactRole), 3),
        reason=dice.choice(company.reasons),
    )


def _is_old(story: Story, now: datetime) -> bool:
    return (
        not story.is_open
        and story.events[-1][0] < now - OLD
        and all(verb != "reopen" for _at, verb, _argument in story.events)
    )


def _put_on(stage: Stage, story: Story, company: Company, dice: random.Random) -> None:
    stage.plan(story.opened_at, _opening(story))
    for at, verb, argument in story.events:
        helps = dice.random() < 0.05 and story.client.owner in company.sellers
        by = company.cast.head if helps else story.client.owner
        stage.plan(at, _event(story, verb, argument, by))
    if story.is_open:
        last = max([story.opened_at, *(at for at, _verb, _argument in story.events)])
        _plan_next_step(story, stage, last, dice)


def _draft(story: Story) -> bulk.DealDraft:
    path = [(story.pipeline.first_stage(), story.opened_at)]
    note = ""
    for at, verb, argument in story.events:
        match verb:
            case "move":
                path.append((argument, at))
            case "win":
                path.append((story.pipeline.won_stage(), at))
            case "lose":
                path.append((story.pipeline.lost_stage(), at))
                note = argument
    return bulk.DealDraft(
        **story.fields,
        path=path,
        owner=story.client.owner,
        account=story.client.account,
        loss_reason=story.reason,
        loss_note=note,
        lines=[(product, story.quantity) for product in story.products],
    )


def _way(
    pipeline: Pipeline, opened: datetime, now: datetime, dice: random.Random
) -> tuple[list[tuple[datetime, str, Any]], bool]:
    """What happens until `now`, and whether the deal is open then."""
    stages = [stage for stage in pipeline.stages_in_order() if stage.is_open]
    events: list[tuple[datetime, str, Any]] = []
    place, at, reopened, stalls = 0, opened, False, dice.random() < 0.06
    while True:
        norm = stages[place].norm_days or 5
        days = max(0.05, dice.gammavariate(2, norm * 0.8))
        at = max(in_working_hours(at + timedelta(days=days), dice.randrange(540)), at + timedelta(minutes=10))
        if at >= now or (stalls and place > 0):
            return events, True
        luck = dice.random()
        if place == len(stages) - 1 and luck < 0.62:
            events.append((at, "win", None))
            return events, False
        if luck > 0.87 or place == len(stages) - 1:
            events.append((at, "lose", dice.choice(words.LOSS_NOTES)))
            at += timedelta(days=dice.randrange(4, 30), minutes=dice.randrange(90))
            if reopened or dice.random() > 0.12 or at >= now:
                return events, False
            events.append((at, "reopen", None))
            reopened = True
            continue
        if luck < 0.05 and place > 0:
            place -= 1
        else:
            place = min(place + (2 if luck < 0.18 else 1), len(stages) - 1)
        events.append((at, "move", stages[place]))


def _opening(story: Story) -> Callable[[datetime], Any]:
    def open_deal(at: datetime) -> None:
        client = story.client
        story.deal = Deal.create(
            stage=story.pipeline.first_stage(),
            account=client.account,
            owner=client.owner,
            by=client.owner,
            at=at,
            **story.fields,
        )
        DealLine.objects.bulk_create(
            DealLine(deal=story.deal, product=product, quantity=story.quantity) for product in story.products
        )
        _add_people(story)

    return open_deal


def _add_people(story: Story) -> None:
    DealContact.objects.bulk_create(
        DealContact(deal=story.deal, contact=contact, role=role)
        for contact, role in zip(story.client.contacts, story.roles, strict=False)
    )


def _event(story: Story, verb: str, argument: Any, by: Any) -> Callable[[datetime], Any]:
    def happen(at: datetime) -> None:
        deal = story.deal
        assert deal is not None
        match verb:
            case "move":
                deal.move(argument, by=by, at=at)
            case "win":
                deal.win(by=by, at=at)
            case "lose":
                deal.lose(story.reason, by=by, at=at, note=argument)
            case "reopen":
                deal.reopen(by=by, at=at)

    return happen


def _plan_next_step(story: Story, stage: Stage, last: datetime, dice: random.Random) -> None:
    """Most open deals have one: some late, most in the coming days; the silent ones have none."""
    luck = dice.random()
    if luck < 0.15:
        return
    days = dice.randrange(-12, 0) if luck < 0.4 else dice.randrange(0, 15)
    on = (stage.now + timedelta(days=days)).date()
    text = dice.choice(words.RUSSIAN_STEPS if story.client.is_russian else words.ENGLISH_STEPS)
    at = min(last + timedelta(minutes=dice.randrange(5, 120)), stage.now)

    def plan(at: datetime) -> None:
        assert story.deal is not None
        story.deal.plan_next_step(text, on, by=story.client.owner, at=at)

    stage.plan(max(at, last), plan)
