"""Who stands in for whom today, by the absences people have written down."""

from collections.abc import Collection
from datetime import datetime

from activities.models import Absence
from foundation.clock import company_day
from users import standing_in


def register() -> None:
    standing_in.offer(substitutes)


def substitutes(people: Collection[int], at: datetime) -> dict[int, int]:
    """By the key of who is away that day, the key of who stands in; one statement."""
    day = company_day(at)
    away = Absence.objects.filter(
        person__in=people, starts_on__lte=day, ends_on__gte=day, substitute__is_active=True
    )
    return dict(away.order_by().values_list("person", "substitute"))
