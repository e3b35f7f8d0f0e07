"""Builders of rules for tests and the demo company."""

from datetime import time
from typing import Any

from accounts.models import Territory, TerritoryPlace
from distribution.models import DistributionCandidate, DistributionRule, Presence
from foundation.models import WorkingCalendar, WorkingHours
from users.models import User


def make_distribution_rule(
    name: str = "All leads",
    *people: Any,
    fallback: User,
    limits: dict[str, int] | None = None,
    territories: Any = (),
    **fields: Any,
) -> DistributionRule:
    """Gives leads in turn to these people (or lines: {"department": …}), at any hour unless said otherwise."""
    fields.setdefault("presence", Presence.ANYBODY)
    rule = DistributionRule.objects.create(name=name, fallback=fallback, **fields)
    rule.territories.set(territories)
    for position, person in enumerate(people):
        line = person if isinstance(person, dict) else {"person": person}
        DistributionCandidate.objects.create(rule=rule, position=position, **(limits or {}), **line)
    return rule


def make_territory(name: str, person: User | None = None, **place: str) -> Territory:
    territory = Territory.objects.create(name=name, person=person)
    TerritoryPlace.objects.create(territory=territory, **place)
    return territory


def make_hours(person: User, opens: time, closes: time, zone: str = "UTC") -> None:
    """They work every day of the week from then to then."""
    calendar = WorkingCalendar.objects.create(name=f"Hours of {person.name}", time_zone=zone)
    for weekday in range(7):
        WorkingHours.objects.create(calendar=calendar, weekday=weekday, starts=opens, ends=closes)
    User.objects.filter(pk=person.pk).update(calendar=calendar, time_zone=zone)
    person.refresh_from_db()
