"""When a person may be disturbed from outside the application: not in quiet hours, not while they are away."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

# Of these people, those who are away at the moment; as a mapping, with the moment they are back.
Away = Callable[[Collection[int], datetime], Mapping[int, datetime] | Iterable[int]]
ASK_AGAIN = timedelta(hours=6)
_away: dict[str, Away] = {}


def register_away(ask: Away) -> None:
    """Rooms that know of absences tell who is away: see activities.reminding."""
    _away[f"{ask.__module__}.{ask.__qualname__}"] = ask


def away(people: Collection[int], at: datetime) -> dict[int, datetime]:
    """Who of them is away, and until when; where nobody says, the question is worth asking again by then."""
    found: dict[int, datetime] = {}
    for ask in _away.values():
        answer = ask(people, at)
        back = answer if isinstance(answer, Mapping) else dict.fromkeys(answer, at + ASK_AGAIN)
        for key, moment in back.items():
            found[key] = max(moment, found.get(key, moment))
    return found


def free_at(people: Collection[Any], at: datetime) -> dict[int, datetime]:
    """From when on each person, with `notification_settings`, may get a mail or a push; `at` where it is now."""
    gone = away([person.pk for person in people], at)
    return {person.pk: _after_quiet(person, max(at, gone.get(person.pk, at))) for person in people}


def _after_quiet(person: Any, moment: datetime) -> datetime:
    settings = getattr(person, "notification_settings", None)
    if settings is None or settings.quiet_from is None:
        return moment
    return quiet_end(moment, person.time_zone, settings.quiet_from, settings.quiet_until) or moment


def quiet_end(moment: datetime, time_zone: str, begins: time, ends: time) -> datetime | None:
    """When the quiet hours in which the moment lies are over, in UTC; None where it lies in none.

    By the wall clock there. Of an hour the clock shows twice, the end is the first one still to come.
    """
    zone = ZoneInfo(time_zone)
    there = moment.astimezone(zone)
    clock = there.time()
    over_midnight = begins > ends
    is_quiet = clock >= begins or clock < ends if over_midnight else begins <= clock < ends
    if not is_quiet:
        return None
    day = there.date() + timedelta(days=1) if over_midnight and clock >= begins else there.date()
    wall = datetime.combine(day, ends, zone)
    first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    return first if first > moment else max(second, moment)
