"""The working time people have: hours of their calendar, without absences and meetings. Whole minutes a day.

A day counts as its calendar says (half days, holidays). An absence takes the whole day. Of meetings only what lies
within working hours is taken, overlapping ones once. Absences and meetings are known `KNOWN` days ahead; later days,
which only weigh where a task is due after them, count as the calendar says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection

from activities.models import Absence
from foundation.working_time import Calendar, Interval, SpecialDay, working_time_between
from users.calendars import calendars_of

KNOWN, FAR = 42, 366  # days ahead
Span = tuple[int, int]  # seconds since the epoch, the end not counted

MEETINGS = """
    SELECT person, extract(epoch FROM starts_at)::bigint, extract(epoch FROM ends_at)::bigint
    FROM activities_occurrence, unnest(people_ids) AS person
    WHERE people_ids && %(people)s::bigint[] AND person = ANY(%(people)s::bigint[]) AND NOT is_cancelled
      AND tstzrange(starts_at, ends_at) && tstzrange(%(since)s, %(until)s)
    ORDER BY person, starts_at
"""


@dataclass(frozen=True, slots=True)
class Capacity:
    """Of one person, a day after another from a first one.

    `worked` is what the calendar gives, `minutes` what is left of it; `meetings` are minutes by the place of the day,
    `absences` the kinds of absence by the place of the day.
    """

    minutes: Sequence[int]
    worked: Sequence[int]
    meetings: Mapping[int, int] = field(default_factory=dict)
    absences: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hours:
    """Working spans of a calendar, and their minutes, a day after another from a first one."""

    spans: tuple[tuple[Span, ...], ...]
    minutes: tuple[int, ...]


def hours_of(calendar: Calendar, first: date, days: int) -> Hours:
    return _hours(
        calendar.time_zone, calendar.weekly, tuple(sorted(calendar.exceptions.items())), first, days
    )


def capacity_of(hours: Hours, absences: Mapping[int, str], meetings: Sequence[Span]) -> Capacity:
    """What is left of the hours. `absences` by the place of the day; `meetings` ordered by their beginning."""
    minutes, taken = list(hours.minutes), {}
    if meetings:
        busy = merged(meetings)
        for place, spans in enumerate(hours.spans[:KNOWN]):
            while busy and spans and busy[0][1] <= spans[0][0]:
                busy = busy[1:]  # over before this day begins
            if not busy:
                break
            if spans and busy[0][0] < spans[-1][1] and place not in absences:
                left = _left(spans, busy)
                if left is not None:
                    taken[place], minutes[place] = minutes[place] - left, left
    for place in absences:
        if place < len(minutes):
            minutes[place] = 0
    return Capacity(minutes, hours.minutes, taken, absences)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans ordered by their beginning; touching and overlapping ones made one."""
    found: list[Span] = []
    for starts, ends in spans:
        if found and starts <= found[-1][1]:
            if ends > found[-1][1]:
                found[-1] = (found[-1][0], ends)
        else:
            found.append((starts, ends))
    return found


def capacities(people: Sequence[Any], today: date) -> tuple[dict[int, Capacity], Hours, Calendar]:
    """The capacity of each person from today on by their key, and the company's hours and calendar.

    Four statements, and one for each calendar not seen lately.
    """
    company = _Nobody()
    calendars = calendars_of([*people, company])  # type: ignore[list-item]
    hours = {id(rules): hours_of(rules, today, FAR) for rules in calendars.values()}
    keys = [person.pk for person in people]
    away, busy = _absences(keys, today), _meetings(keys, today)
    found = {
        key: capacity_of(hours[id(calendars[key])], away.get(key, {}), busy.get(key, ())) for key in keys
    }
    rules = calendars[company.pk]
    return found, hours[id(rules)], rules


class _Nobody:
    """Somebody without a calendar and a department: has the company's calendar."""

    pk, calendar_id, department_id = 0, None, None


def _absences(keys: list[int], today: date) -> dict[int, dict[int, str]]:
    last = today + timedelta(days=KNOWN - 1)
    found: dict[int, dict[int, str]] = {}
    rows = Absence.objects.filter(person__in=keys, ends_on__gte=today, starts_on__lte=last)
    for person, kind, starts, ends in rows.order_by("starts_on", "pk").values_list(
        "person_id", "kind", "starts_on", "ends_on"
    ):
        days = found.setdefault(person, {})
        for place in range(max(0, (starts - today).days), min(KNOWN, (ends - today).days + 1)):
            days.setdefault(place, kind)
    return found


def _meetings(keys: list[int], today: date) -> dict[int, list[Span]]:
    """Wider by a day on both sides: days of people in other zones begin earlier and end later."""
    midnight = datetime.combine(today, time(), UTC)
    since, until = midnight - timedelta(days=1), midnight + timedelta(days=KNOWN + 1)
    found: dict[int, list[Span]] = {}
    with connection.cursor() as cursor:
        cursor.execute(MEETINGS, {"people": keys, "since": since, "until": until})
        for person, starts, ends in cursor.fetchall():
            found.setdefault(person, []).append((starts, ends))
    return found


@lru_cache(maxsize=128)
def _hours(
    zone: str,
    weekly: tuple[tuple[Interval, ...], ...],
    exceptions: tuple[tuple[date, SpecialDay], ...],
    first: date,
    days: int,
) -> Hours:
    """Kept, because it is the same for everybody of a calendar all day long."""
    begins = datetime.combine(first, time(), UTC)
    # Wider by a day, so that no zone cuts the first or the last day.
    around = (begins - timedelta(days=1), begins + timedelta(days=days + 1))
    steps = working_time_between(*around, Calendar("", zone, weekly, dict(exceptions))).steps
    spans: list[tuple[Span, ...]] = [()] * days
    for step in steps:
        place = (step.on - first).days
        if 0 <= place < days:
            spans[place] = tuple(
                (int(opens.timestamp()), int(closes.timestamp())) for opens, closes in step.intervals
            )
    return Hours(tuple(spans), tuple(sum(end - start for start, end in day) // 60 for day in spans))


def _left(spans: tuple[Span, ...], busy: list[Span]) -> int | None:
    """Whole minutes of the day that meetings leave; None where none touches it."""
    left, is_touched = 0, False
    for opens, closes in spans:
        left += closes - opens
        for starts, ends in busy:
            if starts >= closes:
                break
            if ends > opens:
                left -= min(ends, closes) - max(starts, opens)
                is_touched = True
    return left // 60 if is_touched else None
