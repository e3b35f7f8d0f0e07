"""Who has more work than time: for the home of a head."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from activities.capacity import capacities
from activities.load import Weights
from activities.queries.planner import COLUMNS, capacity_in, columns_of, load_of
from activities.queries.planner_sources import from_sources
from activities.queries.planner_work import work_of
from users.models import User


@dataclass(frozen=True, slots=True)
class Overload:
    """A day on which somebody has more work than time; minutes. `url` opens what is behind it."""

    person: User
    day: date
    load: int
    capacity: int
    url: str


def overloaded(
    people: Sequence[User], today: date, *, at: datetime | None = None, days: int = COLUMNS
) -> list[Overload]:
    """The next working days of the company on which any of the people has too much, the worst first.

    Five statements for any number of people, one more for each source of load, two for each calendar not
    seen lately.
    """
    held, hours, _calendar = capacities(people, today)
    columns, keys = columns_of(hours, today, 0), [person.pk for person in people]
    work, others = work_of(keys, today, at or timezone.now()), from_sources(keys, columns)
    cell, found = reverse("activities:planner_cell"), []
    for person in people:
        weights = Weights(held[person.pk])
        load = load_of(work[person.pk], weights, columns, others.load.get(person.pk, ()))
        for place, most in enumerate(capacity_in(weights, columns)[:days]):
            if load[place] > most:
                day = today + timedelta(days=columns.ends[place])
                url = f"{cell}?{urlencode({'c': f'{person.pk}.{day.toordinal()}'})}"
                found.append(Overload(person, day, load[place], most, url))
    return sorted(found, key=lambda each: (each.capacity - each.load, each.day, each.person.pk))
