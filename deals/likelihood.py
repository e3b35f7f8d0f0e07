"""How likely a deal is to be won, learnt from the closed ones in a way a person can check: pure arithmetic.

For every open stage the share of won deals among those that came there is the base. Beside it stand counts per
feature: of deals of this source, this owner, this size, this age, so many were won. A share of few deals is drawn
towards the base as if there were `STRENGTH` more deals that went as usual (the mean of a Beta posterior), so that two
lucky deals prove nothing. The evidence of the features is added up in log-odds, and by less than all of it, because
features overlap: how much less is chosen on the later part of the past, before the test.

The test is the newest fifth of the closed deals, by the day they closed: nothing of them is known when the rates for
it are made. Where the Brier score (mean squared error of the probability) is not better than the base's, the stage
keeps to its own figure.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

STRENGTH = 20
WEIGHTS = (0.25, 0.5, 0.75, 1.0)
FEATURES = ("source", "owner", "age", "amount")
LEAST_TESTED = 30
# Known much more often for won deals than for lost ones, or the other way round: written down with hindsight.
HINDSIGHT = 0.2
AGES = (7, 30, 90, 180)
Features = Mapping[str, str]


class Example(NamedTuple):
    """A closed deal in an open stage it was in, as it was then; what is not known of it is left out."""

    stage_id: int
    is_won: bool
    closed_on: date
    features: Features


class Count(NamedTuple):
    """Of `n` deals that are closed, so many were won."""

    won: int = 0
    n: int = 0

    def plus(self, is_won: bool) -> "Count":
        return Count(self.won + is_won, self.n + 1)


class Reason(NamedTuple):
    """A feature with what became of deals that share it; `share` is shrunk, `weight` its part in log-odds."""

    feature: str
    value: str
    seen: Count
    share: float
    weight: float


@dataclass
class Rates:
    """Counts by stage, and by stage, feature and value."""

    stages: dict[int, Count] = field(default_factory=dict)
    values: dict[tuple[int, str, str], Count] = field(default_factory=dict)

    def base(self, stage_id: int) -> float:
        """The share won, one deal of each kind added, so that it is never quite nothing nor quite certain."""
        won, n = self.stages.get(stage_id, Count())
        return (won + 1) / (n + 2)

    def reasons(self, stage_id: int, features: Features, weight: float) -> list[Reason]:
        """The weightiest first."""
        base, found = self.base(stage_id), []
        for name in FEATURES:
            value = features.get(name)
            count = self.values.get((stage_id, name, value)) if value is not None else None
            if value is not None and count is not None:
                share = shrunk(count, base)
                found.append(Reason(name, value, count, share, weight * (log_odds(share) - log_odds(base))))
        return sorted(found, key=lambda reason: (-abs(reason.weight), reason.feature))

    def probability(self, stage_id: int, features: Features, weight: float) -> float:
        evidence = sum(reason.weight for reason in self.reasons(stage_id, features, weight))
        return 1 / (1 + math.exp(-(log_odds(self.base(stage_id)) + evidence)))


@dataclass(frozen=True)
class Tested:
    """How a stage did on the newest deals: mean squared errors, of `n` deals. `is_better` than its base."""

    n: int
    base: float
    model: float
    is_better: bool


@dataclass(frozen=True)
class Learnt:
    """From all examples: the rates, how much of the evidence counts, and by stage how the test went.

    `hindsight` are the features left out because they seem to be written down after the deal is decided.
    """

    rates: Rates
    weight: float
    tested: dict[int, Tested]
    hindsight: tuple[str, ...] = ()


def shrunk(count: Count, base: float) -> float:
    """The mean of Beta(STRENGTH·base + won, STRENGTH·(1 − base) + lost)."""
    return (count.won + STRENGTH * base) / (count.n + STRENGTH)


def log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def counted(examples: Iterable[Example]) -> Rates:
    stages: dict[int, Count] = defaultdict(Count)
    values: dict[tuple[int, str, str], Count] = defaultdict(Count)
    for stage_id, is_won, _on, features in examples:
        stages[stage_id] = stages[stage_id].plus(is_won)
        for name, value in features.items():
            values[stage_id, name, value] = values[stage_id, name, value].plus(is_won)
    return Rates(dict(stages), dict(values))


def brier(examples: Sequence[Example], rates: Rates, weight: float) -> float:
    """The mean squared error; 0 is a prophet, 0.25 a coin. With a weight of 0 that of the base alone."""
    errors = [
        (rates.probability(each.stage_id, each.features, weight) - each.is_won) ** 2 for each in examples
    ]
    return sum(errors) / len(errors) if errors else 0.0


def learn(examples: Iterable[Example]) -> Learnt:
    """Rates of all the examples, after a test on the newest fifth of them."""
    hindsight, ordered = without_hindsight(sorted(examples, key=lambda each: each.closed_on))
    past, test = parted(ordered)
    older, newer = parted(past)
    known = counted(older)
    weight = min(WEIGHTS, key=lambda each: (brier(newer, known, each), each))
    rates = counted(past)
    by_stage: dict[int, list[Example]] = defaultdict(list)
    for each in test:
        by_stage[each.stage_id].append(each)
    tested = {stage_id: _tested(part, rates, weight) for stage_id, part in sorted(by_stage.items())}
    return Learnt(counted(ordered), weight, tested, hindsight)


def parted(ordered: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """The oldest four fifths and the rest; a day is never in both."""
    if not ordered:
        return [], []
    border = ordered[min(len(ordered) - 1, len(ordered) * 4 // 5)].closed_on
    return [each for each in ordered if each.closed_on < border], [
        each for each in ordered if each.closed_on >= border
    ]


def without_hindsight(examples: Sequence[Example]) -> tuple[tuple[str, ...], list[Example]]:
    """An amount filled in only when a deal is won would foretell everything and nothing."""
    sides = {True: [each for each in examples if each.is_won], False: [e for e in examples if not e.is_won]}
    suspects = []
    for name in FEATURES:
        shares = [
            sum(name in each.features for each in side) / len(side) if side else 0.0
            for side in sides.values()
        ]
        if all(sides.values()) and abs(shares[0] - shares[1]) > HINDSIGHT:
            suspects.append(name)
    if not suspects:
        return (), list(examples)
    kept = [
        each._replace(features={key: said for key, said in each.features.items() if key not in suspects})
        for each in examples
    ]
    return tuple(suspects), kept


def features_of(*, source: int | None, owner: int | None, days: int, worth: Decimal | None) -> dict[str, str]:
    """What is known of a deal when it comes to a stage; `days` since it was opened, `worth` in the company's money."""
    known = {"age": age_band(days)}
    if source is not None:
        known["source"] = str(source)
    if owner is not None:
        known["owner"] = str(owner)
    if worth:
        known["amount"] = amount_band(worth)
    return known


def age_band(days: int) -> str:
    """“0–7”, “8–30” … “181+” days."""
    begins = 0
    for ends in AGES:
        if days <= ends:
            return f"{begins}–{ends}"
        begins = ends + 1
    return f"{begins}+"


def amount_band(worth: Decimal) -> str:
    """“1000–3000”: whole and half orders of magnitude, whatever the currency."""
    power = 10 ** max(0, worth.adjusted())
    return f"{3 * power}–{10 * power}" if worth >= 3 * power else f"{power if worth >= 1 else 0}–{3 * power}"


def _tested(examples: list[Example], rates: Rates, weight: float) -> Tested:
    base, model = brier(examples, rates, 0.0), brier(examples, rates, weight)
    return Tested(len(examples), base, model, len(examples) >= LEAST_TESTED and model < base)
