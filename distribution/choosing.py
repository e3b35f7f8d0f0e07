"""Who of the candidates gets it. Pure arithmetic: no database, no clock.

In turn means: of those who can take it, the one whose last turn lies furthest back, newcomers first. A pointer that
walks a ring would not be fair: whoever it passes while they are away loses a turn that another as often away may keep.
So of any two who could take the same things neither is ever more than one ahead, and nobody makes up for an absence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from distribution.models.rule import Method, Presence


class Why(StrEnum):
    """Why somebody could not take it."""

    AWAY = "away"
    HOURS = "hours"
    DAY = "day"
    MONTH = "month"
    FULL = "full"


@dataclass(slots=True)
class Colleague:
    """A person as they stand now; what they are given is counted at once.

    `back_at`: away until then. `works_at`: the first moment from now on in their working hours and not away, None where
    there is none. `tomorrow_at` and `next_month_at` are by their clock.
    """

    pk: int
    name: str
    back_at: datetime | None = None
    works_at: datetime | None = None
    tomorrow_at: datetime | None = None
    next_month_at: datetime | None = None
    open: int = 0
    today: int = 0
    this_month: int = 0


@dataclass(slots=True)
class Candidate:
    """A colleague as a rule knows them: `last` is the number of their last turn, 0 for none; limits None for none."""

    colleague: Colleague
    last: int = 0
    per_day: int | None = None
    per_month: int | None = None
    most_open: int | None = None
    capacity: int = 100


class LeftOut(NamedTuple):
    """`until` is when they could take it, as far as anybody can tell."""

    name: str
    why: Why
    until: datetime | None


@dataclass(frozen=True)
class Choice:
    """`candidate` stands at `place`, from 1, of `among`; `opens_at` is when the first of those left out can."""

    candidate: Candidate | None
    place: int = 0
    among: int = 0
    left_out: tuple[LeftOut, ...] = field(default=())

    @property
    def opens_at(self) -> datetime | None:
        return min((each.until for each in self.left_out if each.until is not None), default=None)


def choose(candidates: Sequence[Candidate], method: str, presence: str, at: datetime) -> Choice:
    able, left_out = [], []
    for place, candidate in enumerate(candidates, 1):
        against = obstacle(candidate, presence, at)
        if against is None:
            able.append((place, candidate))
        else:
            left_out.append(against)
    if not able:
        return Choice(None, 0, len(candidates), tuple(left_out))
    place, chosen = min(able, key=lambda each: _rank(each[1], each[0], method))
    return Choice(chosen, place, len(candidates), tuple(left_out))


def obstacle(candidate: Candidate, presence: str, at: datetime) -> LeftOut | None:
    """What keeps a candidate from taking one more, the gravest first."""
    person = candidate.colleague
    if presence != Presence.ANYBODY and person.back_at is not None and person.back_at > at:
        opens = person.works_at if presence == Presence.AT_WORK else person.back_at
        return LeftOut(person.name, Why.AWAY, opens)
    if candidate.most_open is not None and person.open >= candidate.most_open:
        return LeftOut(person.name, Why.FULL, None)
    if candidate.per_month is not None and person.this_month >= candidate.per_month:
        return LeftOut(person.name, Why.MONTH, person.next_month_at if candidate.per_month else None)
    if candidate.per_day is not None and person.today >= candidate.per_day:
        return LeftOut(person.name, Why.DAY, person.tomorrow_at if candidate.per_day else None)
    if presence == Presence.AT_WORK and (person.works_at is None or person.works_at > at):
        return LeftOut(person.name, Why.HOURS, person.works_at)
    return None


def give(candidate: Candidate, turn: int) -> None:
    """They have one more, and have had their turn."""
    candidate.last = turn
    candidate.colleague.open += 1
    candidate.colleague.today += 1
    candidate.colleague.this_month += 1


def _rank(candidate: Candidate, place: int, method: str) -> tuple[Fraction, int, int]:
    """Least first. As busy as they would be with one more, for what they can carry; then by turn."""
    load = (
        Fraction(candidate.colleague.open + 1, candidate.capacity) if method == Method.LOAD else Fraction(0)
    )
    return load, candidate.last, place
