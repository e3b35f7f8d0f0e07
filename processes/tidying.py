"""Stories of tidying up: a process kept until a day, several things done at once, and the weekly word."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from foundation.clock import company_day
from foundation.errors import Refused
from processes.models import Process, Run
from processes.notices import tell_of_zombies
from processes.queries import dead_weight, zombies

MOST = 100


@dataclass
class Tidied:
    """`refused`: (title, why) of what could not be done."""

    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def keep(process: Process, until: date, *, by: Any, at: datetime) -> None:
    """It stays as it is, and is looked at again on a day to come."""
    if until <= company_day(at):
        raise Refused(_("Choose a day to come."))
    Process.objects.filter(pk=process.pk).update(review_on=until, changed_at=at)
    process.refresh_from_db(fields=["review_on", "changed_at"])


def each_one(things: Iterable[Any], verb: Callable[[Any], None]) -> Tidied:
    """The same done to several, each by itself: what is refused of one says nothing of the others."""
    tidied = Tidied()
    for each in things:
        try:
            verb(each)
        except Refused as refusal:
            tidied.refused.append((str(each), refusal.message))
        else:
            tidied.done += 1
    return tidied


def tell_weekly(at: datetime) -> int:
    """Whoever is responsible for a process hears of what nobody will finish in it; how many were told."""
    limits = zombies.usual(at)
    counted = zombies.counted(Run.objects.all(), limits, at)
    found = dead_weight.published()
    weights = {each.process.pk for each in dead_weight.processes(found, at)}
    told = 0
    for process in found:
        still, dead = counted.get(process.pk, (0, 0))
        if process.owner_id and (still or dead or process.pk in weights):
            tell_of_zombies(process, still, dead, at=at)
            told += 1
    return told
