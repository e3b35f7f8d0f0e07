"""Before and after: what moves would do to each person's days, in numbers and in words."""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from activities.capacity import Capacity, capacities
from activities.load import Weights
from activities.queries import planner_words as words
from activities.queries.planner import (
    Asked,
    Columns,
    capacity_in,
    columns_of,
    load_of,
    why_off,
)
from activities.queries.planner_draft import Draft, moved_work
from activities.queries.planner_sources import from_sources
from activities.queries.planner_work import Work, work_of
from users.models import User


class ChangedDay(NamedTuple):
    day: str
    before: str
    before_css: str
    after: str
    after_css: str
    capacity: str


@dataclass(frozen=True)
class Effect:
    """On one person. `warnings` are days that become, or stay, too full; or on which they do not work."""

    name: str
    days: list[ChangedDay]
    warnings: list[str]
    beyond: str = ""


def effects(draft: Draft, asked: Asked) -> list[Effect]:
    """The people the draft concerns, by name. Seven statements, none for an empty draft."""
    if not draft.shifts:
        return []
    people = list(
        User.objects.filter(pk__in=draft.people)
        .order_by("sort_key", "pk")
        .only("name", "department", "calendar")
    )
    held, hours, _calendar = capacities(people, asked.today)
    columns = columns_of(hours, asked.today, asked.first)
    work = work_of([person.pk for person in people], asked.today, asked.at)
    others = from_sources([person.pk for person in people], columns).load
    return [
        _effect(person, held[person.pk], work[person.pk], others.get(person.pk, ()), draft, columns)
        for person in people
    ]


def _effect(
    person: User, held: Capacity, work: Work, expected: object, draft: Draft, columns: Columns
) -> Effect:
    weights = Weights(held)
    moved = moved_work(work, person.pk, draft.shifts)
    before = load_of(work, weights, columns, expected)  # type: ignore[arg-type]
    after = load_of(moved, weights, columns, expected)  # type: ignore[arg-type]
    capacity = capacity_in(weights, columns)
    days, warnings = [], []
    for place, (was, now, most) in enumerate(zip(before, after, capacity, strict=True)):
        if was == now:
            continue
        day = words.long_day(columns.day(place))
        days.append(
            ChangedDay(
                day,
                words.clock(was),
                f"k{words.heat(was, most)}",
                words.clock(now),
                f"k{words.heat(now, most)}",
                words.clock(most),
            )
        )
        if now > most and now > was:
            warnings.append(_warning(person.name, day, now, most, why_off(held, columns, place)))
    beyond = _dated(moved) - _dated(work) - sum(after) + sum(before)
    return Effect(person.name, days, warnings, _beyond(beyond))


def _warning(name: str, day: str, load: int, capacity: int, why: str) -> str:
    said = {"name": name, "day": day, "load": words.clock(load), "capacity": words.clock(capacity)}
    if why:
        return _("%(name)s does not work on %(day)s (%(why)s).") % {**said, "why": words.reason(why)}
    return _(
        "%(name)s would have %(load)s of work for %(capacity)s of time on %(day)s, %(over)s too much."
    ) % {
        **said,
        "over": words.clock(load - capacity),
    }


def _dated(work: Work) -> int:
    return sum(minutes for _starts, _due, minutes in work.piles)


def _beyond(minutes: int) -> str:
    """What falls on days that are not shown."""
    if not minutes:
        return ""
    time = f"{'+' if minutes > 0 else '−'}{words.clock(abs(minutes))}"
    return _("On days not shown here: %(time)s") % {"time": time}
