"""Lines for deals and their ways through the pipelines. The hot loop: plain integers and texts, no objects."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from crm.demo import words
from crm.seeding.calendar import CLOSES, OPENS, WorkingDays
from crm.seeding.clients import SeededClients
from crm.seeding.events import Told
from crm.seeding.feed import Feed
from deals.models import Deal, Pipeline, StageEvent, StagePassage
from foundation.models import ExchangeRate
from foundation.search_text import normalised

DEAL = [
    "id", "title", "account_id", "pipeline_id", "stage_id", "state", "owner_id", "team_ids", "amount", "currency",
    "rate", "rate_on", "base_amount", "source_id", "expected_close_on", "next_step", "next_step_on", "loss_reason_id",
    "opened_at", "opened_on", "entered_stage_at", "closed_at", "closed_on", "rank", "search_text", "version",
]  # fmt: skip
EVENT = [
    "id", "deal_id", "pipeline_id", "from_stage_id", "to_stage_id", "at", "actor_id", "owner_id", "base_amount",
]  # fmt: skip
PASSAGE = ["deal_id", "stage_id", "event_id", "on", "owner_id", "base_amount", "is_imputed"]
NULL = r"\N"
GROWTH = 0.75  # below 1: more deals of late than long ago


@dataclass(frozen=True)
class Road:
    """A pipeline's stages as keys, with the norm of each open one."""

    pipeline: int
    open_stages: list[int]
    norms: list[int]
    won: int
    lost: int

    @classmethod
    def of(cls, pipeline: Pipeline) -> "Road":
        stages = [stage for stage in pipeline.stages_in_order() if stage.is_open]
        norms = [max(2, stage.norm_days or 5) for stage in stages]
        return cls(
            pipeline.pk,
            [stage.pk for stage in stages],
            norms,
            pipeline.won_stage().pk,
            pipeline.lost_stage().pk,
        )


Step = tuple[int, int, int, str]  # working day, minute, stage, state


def way(road: Road, opened: int, end: int, roll: Callable[[], float]) -> list[Step]:
    """The stages a deal enters and when, the first at its opening; it stays in the last."""
    place, day, last = 0, opened, len(road.open_stages) - 1
    steps = [(day, OPENS + int(roll() * (CLOSES - OPENS)), road.open_stages[0], "open")]
    while True:
        day += 1 + int(roll() * 2.2 * road.norms[place])
        if day >= end:
            return steps
        minute, luck = OPENS + int(roll() * (CLOSES - OPENS)), roll()
        if place == last and luck < 0.55:
            steps.append((day, minute, road.won, "won"))
            return steps
        if place == last or luck < 0.1:
            steps.append((day, minute, road.lost, "lost"))
            day += 3
            if luck > 0.03 or day >= end:
                return steps
            steps.append((day, minute, road.open_stages[place], "open"))  # reopened where it was
            continue
        if luck < 0.13 and place:
            place -= 1
        else:
            place = min(place + (2 if luck < 0.22 else 1), last)
        steps.append((day, minute, road.open_stages[place], "open"))


def passages(road: Road, steps: list[Step]) -> list[tuple[int, int, bool]]:
    """(stage, place of the step that passed it, imputed?): the rule of deals.funnel for a whole way at once.

    A closing that was taken back by reopening passed nothing.
    """
    passed: list[tuple[int, int, bool]] = []
    reached = 0
    for number, (_day, _minute, stage, state) in enumerate(steps):
        if state == "open":
            place = road.open_stages.index(stage) + 1
        elif number < len(steps) - 1:
            continue
        else:
            place = len(road.open_stages) if state == "won" else reached
        for before in range(reached, place):
            is_itself = state == "open" and before == place - 1
            passed.append((road.open_stages[before], number, not is_itself))
        reached = max(reached, place)
        if state != "open":
            passed.append((stage, number, False))
    return passed


class DealMaker:
    """Draws deals and hands their lines to the feed."""

    def __init__(
        self, feed: Feed, clients: SeededClients, days: WorkingDays, dice: random.Random, told: Told
    ) -> None:
        self.deals = feed.table(Deal, DEAL)
        self.entered = feed.table(StageEvent, EVENT)
        self.passed = feed.table(StagePassage, PASSAGE)
        self.clients, self.days, self.dice, self.told = clients, days, dice, told
        self.roads = [Road.of(pipeline) for pipeline in Pipeline.objects.order_by("position", "pk")[:2]]
        self.titles = [(title, normalised(title)) for title in words.ENGLISH_TITLES + words.RUSSIAN_TITLES]
        self.reasons = told.reasons
        self.sources = told.sources
        self.rates = _rates(days)

    def make(self, key: int, first_event: int, client: int) -> int:
        """One deal of the client with its events from `first_event` on; how many there were."""
        roll, days, clients = self.dice.random, self.days, self.clients
        road = self.roads[0] if roll() < 0.8 or len(self.roads) == 1 else self.roads[1]
        since = clients.since[client]
        opened = since + int((days.count - since) * roll() ** GROWTH)
        steps = way(road, opened, days.count, roll)
        owners = clients.owners[client]
        owner = owners[0] if len(owners) == 1 or roll() < 0.5 else owners[1]
        cents = int(10 ** (2.5 + 2.2 * roll())) * 100
        currency = "" if roll() < 0.85 else ("EUR" if roll() < 0.6 else "GBP")
        currency, rate = self.rates(currency, opened)
        base = int(cents * rate + 0.5)
        worth = f"{base // 100}.{base % 100:02d}"
        self._copy_deal(key, client, road, steps, owner, cents, currency, rate, worth)
        before = NULL
        for number, (day, minute, stage, _state) in enumerate(steps):
            self.entered.add(
                f"{first_event + number}\t{key}\t{road.pipeline}\t{before}\t{stage}\t{days.moment(day, minute)}\t"
                f"{owner}\t{owner}\t{worth}"
            )
            before = str(stage)
        for stage, number, is_imputed in passages(road, steps):
            self.passed.add(
                f"{key}\t{stage}\t{first_event + number}\t{days.days[steps[number][0]]}\t{owner}\t{worth}\t"
                f"{'t' if is_imputed else 'f'}"
            )
        clients.last[client] = max(clients.last[client], steps[-1][0])
        return len(steps)

    def _copy_deal(
        self, key: int, client: int, road: Road, steps: list[Step], owner: int, cents: int, currency: str,
        rate: float, worth: str,
    ) -> None:  # fmt: skip
        roll, days, clients = self.dice.random, self.days, self.clients
        (opened, opened_minute, _first, _open), (day, minute, stage, state) = steps[0], steps[-1]
        title, plain = self.titles[int(roll() * len(self.titles))]
        opened_at, entered_at = days.moment(opened, opened_minute), days.moment(day, minute)
        closed_at, closed_on = (NULL, NULL) if state == "open" else (entered_at, days.days[day])
        reason = self.reasons[int(roll() * len(self.reasons))] if state == "lost" else NULL
        step, step_on = self._next_step(state)
        expected = days.days[min(opened + 30 + int(roll() * 30), days.count - 1)]
        self.deals.add(
            f"{key}\t{title} {key}\t{clients.key(client)}\t{road.pipeline}\t{stage}\t{state}\t{owner}\t{{{owner}}}\t"
            f"{cents // 100}.00\t{currency}\t{rate:.8f}\t{days.days[opened]}\t{worth}\t"
            f"{self.sources[int(roll() * len(self.sources))]}\t{expected}\t{step}\t{step_on}\t{reason}\t{opened_at}\t"
            f"{days.days[opened]}\t{entered_at}\t{closed_at}\t{closed_on}\t{-(days.midnights[day] + minute * 60)}\t"
            f"{plain} {key} {clients.search_texts[client]}\t{len(steps)}"
        )
        if self.told.tells_of(client):
            self.told.deal(
                key, client, owner, f"{title} {key}", f"{cents // 100}.00", currency, worth, reason, steps
            )

    def _next_step(self, state: str) -> tuple[str, str]:
        if state != "open" or (luck := self.dice.random()) < 0.15:
            return "", NULL
        steps, days = words.ENGLISH_STEPS, self.told.around_today
        return steps[int(luck * 97) % len(steps)], days[int(self.dice.random() * len(days))]


def _rates(days: WorkingDays) -> Callable[[str, int], tuple[str, float]]:
    """(currency, rate) of a day; the base currency where no rate is known on it."""
    base = (settings.BASE_CURRENCY, 1.0)
    of_day: dict[str, list[tuple[str, float]]] = {}
    for currency in {"EUR", "GBP"} - {settings.BASE_CURRENCY}:
        known = list(ExchangeRate.objects.filter(currency=currency).order_by("on").values_list("on", "rate"))
        of_day[currency] = [_rate_on(date.fromisoformat(day), currency, known) or base for day in days.days]
    return lambda currency, day: of_day[currency][day] if currency in of_day else base


def _rate_on(day: date, currency: str, known: list[Any]) -> tuple[str, float] | None:
    before = [rate for on, rate in known if on <= day]
    return (currency, round(float(before[-1]), 8)) if before else None
