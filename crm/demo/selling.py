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
from deals.models import Deal, DealContact, DealLine, Pipeline
from deals.models.deal_contact import DealContactRole

DEALS, OUTSIDERS_DEALS = 345, 5
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
    deal: Deal | None = None


def plan_deals(company: Company, clients: list[Client], stage: Stage, dice: random.Random) -> None:
    ours, foreign = clients[:-2], clients[-2:]
    favourites = [client for client in ours for _time in range(dice.choice([1, 1, 1, 2, 4]))]
    for place in range(DEALS + OUTSIDERS_DEALS):
        client = dice.choice(favourites if place < DEALS else foreign)
        story = _story(company, client, stage.now, dice)
        stage.plan(story.opened_at, _opening(story, company, dice))
        for at, verb, argument in story.events:
            stage.plan(at, _event(story, company, verb, argument, dice))
        if story.is_open:
            last = max([story.opened_at, *(at for at, _verb, _argument in story.events)])
            _plan_next_step(story, stage, last, dice)


def _story(company: Company, client: Client, now: datetime, dice: random.Random) -> Story:
    """More deals are young than old, as in a company that grows."""
    age = (now - client.since).days * dice.random() ** 1.6
    opened = in_working_hours(now - timedelta(days=age), dice.randrange(540))
    opened = min(max(opened, client.since + timedelta(minutes=20)), now - timedelta(minutes=30))
    pipeline = company.renewals if dice.random() < 0.22 else company.sales
    events, is_open = _way(pipeline, opened, now, dice)
    return Story(client, pipeline, opened, events, is_open)


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


def _opening(story: Story, company: Company, dice: random.Random) -> Callable[[datetime], Any]:
    client = story.client
    title = dice.choice(words.RUSSIAN_TITLES if client.is_russian else words.ENGLISH_TITLES)
    currency = dice.choice(CURRENCIES.get(client.country, ["USD"]))
    worth = round(10 ** dice.uniform(2.5, 4.6) * PER_DOLLAR[currency] / 50) * 50
    amount = None if dice.random() < 0.04 else Decimal(worth)
    source = dice.choice(company.sources)
    close_on = (story.opened_at + timedelta(days=dice.randrange(20, 90))).date()
    products = dice.sample(company.products, dice.choice([0, 1, 1, 2, 3]))
    roles = dice.sample(list(DealContactRole), 3)
    quantity = dice.randrange(1, 40)

    def open_deal(at: datetime) -> None:
        story.deal = Deal.create(
            title=title,
            stage=story.pipeline.first_stage(),
            account=client.account,
            owner=client.owner,
            amount=amount,
            currency=currency,
            source=source,
            expected_close_on=close_on,
            by=client.owner,
            at=at,
        )
        DealLine.objects.bulk_create(
            DealLine(deal=story.deal, product=product, quantity=quantity) for product in products
        )
        DealContact.objects.bulk_create(
            DealContact(deal=story.deal, contact=contact, role=role)
            for contact, role in zip(client.contacts, roles, strict=False)
        )

    return open_deal


def _event(
    story: Story, company: Company, verb: str, argument: Any, dice: random.Random
) -> Callable[[datetime], Any]:
    reason = dice.choice(company.reasons)
    by = company.cast.head if dice.random() < 0.05 and story.client.owner in company.sellers else story.client.owner

    def happen(at: datetime) -> None:
        deal = story.deal
        assert deal is not None
        match verb:
            case "move":
                deal.move(argument, by=by, at=at)
            case "win":
                deal.win(by=by, at=at)
            case "lose":
                deal.lose(reason, by=by, at=at, note=argument)
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
