"""What a grammar can say, as rules: a pattern over folded text and the readings of what it matched. No database.

A reading is text: a day is `2026-12-05`, a time `15:00`, a moment `2026-12-05T15:00` (in two hours), a duration its
minutes, a priority its number, three working days ahead `+3`, a sum `5000 EUR`. Several readings, likeliest first,
where the words can be meant in several ways.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from activities.quick_add import amounts
from activities.quick_add.grammars.grammar import Grammar

BEGIN, END = r"(?<![\w@#!:./-])", r"(?![\w:]|[./-]\w)"
LONGEST_MINUTES = 24 * 60
FARTHEST = 1_000
HALVES = ("am", "mid", "pm", "night")
FIRST_MIDDAY_HOUR = 10  # “11 siang” is before noon, “1 siang” after it
LAST_MORNING_HOUR = 7  # “at 5” without more is in the afternoon, “at 8” in the morning
NEXT_YEARS = 8  # February 29 comes again within so many

Readings = list[str]
Reader = Callable[["re.Match[str]", datetime], Readings]


@dataclass(frozen=True)
class Rule:
    kind: str
    pattern: "re.Pattern[str]"
    read: Reader


@cache
def rules_of(grammar_key: str) -> tuple[Rule, ...]:
    from activities.quick_add.grammars import GRAMMARS

    grammar = GRAMMARS[grammar_key]
    made = [
        *_ahead(grammar), *_weekdays(grammar), *_dates(grammar), *_times(grammar), *_words_of_time(grammar),
        *_durations(grammar), *_amounts(grammar),
    ]  # fmt: skip
    return tuple(Rule(kind, re.compile(f"{BEGIN}(?:{pattern}){END}"), read) for kind, pattern, read in made)


Made = Iterator[tuple[str, str, Reader]]


def _ahead(grammar: Grammar) -> Made:
    """Today, tomorrow, in three days, next week, in two hours."""
    for words, far in grammar.days.items():
        yield "day", words, lambda found, now, far=far: _days([now.date() + timedelta(days=far)])  # type: ignore[misc]
    for words in grammar.next_week:
        yield "day", words, lambda found, now: _days([_next_monday(now.date())])
    units = "|".join(f"(?P<{name}>{words})" for name, words in grammar.units.items())
    numbers = "|".join(["[0-9]{1,3}", *grammar.numbers])
    optional = "?" if grammar.bare_unit else ""
    yield (
        "ahead",
        f"(?:{grammar.ahead}) (?:(?P<n>{numbers}) ?){optional}(?:{units})",
        lambda found, now: _far(grammar, found, now),
    )
    yield (
        "ahead",
        f"(?P<n>{numbers}) (?:{units}) (?:{grammar.later})",
        lambda found, now: _far(grammar, found, now),
    )
    for pattern in (
        f"(?:{grammar.ahead}) (?P<n>{numbers}) (?:{grammar.working_days})",
        f"(?P<n>{numbers}) (?:{grammar.working_days}) (?:{grammar.later})",
    ):
        yield "day", pattern, lambda found, now: _working_days(grammar, found["n"])
    yield "ahead", f"(?:{grammar.ahead}) (?:{grammar.half_hour})", lambda found, now: _moment(now, 30)


def _weekdays(grammar: Grammar) -> Made:
    for place, words in enumerate(grammar.weekdays):
        yield (
            "day",
            f"(?:(?:{grammar.on}) )?(?:{words})",
            lambda found, now, place=place: _days(_coming(place, now.date())),  # type: ignore[misc]
        )
        yield (
            "day",
            f"(?:{grammar.following}) (?:{words})|(?:(?:{grammar.on}) )?(?:{words}) (?:{grammar.followed})",
            lambda found, now, place=place: _days(_of_next_week(place, now.date())),  # type: ignore[misc]
        )


def _dates(grammar: Grammar) -> Made:
    on, year = f"(?:(?:{grammar.on}) )?", "(?P<year>[0-9]{4}|[0-9]{2})"
    full = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    yield "day", on + full, lambda found, now: _days(_dated(found, now, [("day", "month")]))
    first = [("a", "b"), ("b", "a")]
    slashed = first[::-1] if grammar.month_first else first
    yield (
        "day",
        on + f"(?P<a>[0-9]{{1,2}})/(?P<b>[0-9]{{1,2}})(?:/{year})?",
        lambda found, now: _days(_dated(found, now, slashed)),
    )
    yield (
        "day",
        on + f"(?P<a>[0-9]{{1,2}})[.](?P<b>[0-9]{{1,2}})(?:[.]{year})?[.]?",
        lambda found, now: _days(_dated(found, now, first[:1])),
    )
    yield (
        "day",
        on + "(?P<a>[0-9]{1,2})-(?P<b>[0-9]{1,2})-(?P<year>[0-9]{4})",
        lambda found, now: _days(_dated(found, now, first[:1])),
    )
    yield "day", grammar.of_month, lambda found, now: _days(_of_month(int(found["day"]), now.date()))
    of = f"(?:(?:{grammar.of}) )?"
    after = f"(?:,? {of}(?P<year>[0-9]{{4}})(?: ?(?:{grammar.year}))?)?"
    for month, words in enumerate(grammar.months, 1):
        named = [
            f"(?P<a>[0-9]{{1,2}})(?:{grammar.ordinal})? ?{of}(?:{words})[.]?{after}",
            f"(?:{words})[.]? (?P<a>[0-9]{{1,2}})(?:{grammar.ordinal})?{after}",
        ]
        for pattern in named[: 2 if grammar.month_first else 1]:
            yield (
                "day",
                on + pattern,
                lambda found, now, month=month: _days(_dated(found, now, [("a", month)])),  # type: ignore[misc]
            )


def _times(grammar: Grammar) -> Made:
    at = f"(?:(?:{grammar.at}) )"
    half = _half(grammar)
    hour, minute, clock = "(?P<hour>[0-9]{1,2})", "(?P<minute>[0-9]{2})", f"(?: ?(?:{grammar.o_clock}))?"

    def read(found: "re.Match[str]", now: datetime) -> Readings:
        return _clock(grammar, found)

    yield "time", f"{at}?{hour}:{minute}(?: ?(?:{half}))?", read
    yield "time", f"{at}?{hour}{clock} ?(?:{half})", read
    yield "time", f"{at}{hour}(?:[.]{minute})?{clock}", read
    yield "time", grammar.noon, lambda found, now: ["12:00"]
    if grammar.dotted_times:
        yield "time", f"{hour}[.]{minute}", read


def _half(grammar: Grammar) -> str:
    return f"(?P<am>{grammar.morning})|(?P<mid>{grammar.midday})|(?P<pm>{grammar.afternoon})|(?P<night>{grammar.night})"


def _words_of_time(grammar: Grammar) -> Made:
    """Hours in words, half past three, in the afternoon."""
    at, half = f"(?:(?:{grammar.at}) )", _half(grammar)
    word = f"(?P<hour>{_longest_first(grammar.hours)})"

    def read(found: "re.Match[str]", now: datetime) -> Readings:
        return _clock(grammar, found)

    yield "time", f"{at}?{word}(?: (?:{grammar.o_clock}))? (?:{half})", read
    yield "time", f"{at}{word} (?:{grammar.o_clock})", read
    yield "time", f"(?:{grammar.at_words}) {word}", read
    either = f"(?P<hour>[0-9]{{1,2}}|{_longest_first(grammar.hours)})"
    for pattern, minutes in grammar.parted.items():
        yield (
            "time",
            f"(?:{at})?{pattern.replace('{hour}', either)}(?: ?(?:{half}))?",
            lambda found, now, minutes=minutes: _shifted(_clock(grammar, found), minutes),  # type: ignore[misc]
        )
    for kind, parts in (("time", grammar.dayparts), ("beside", grammar.beside_day)):
        for words, clock in parts.items():
            yield kind, words, lambda found, now, clock=clock: [clock]  # type: ignore[misc]


def _longest_first(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True)) or "(?!)"


def _amounts(grammar: Grammar) -> Made:
    for pattern in amounts.patterns(grammar):
        yield "amount", pattern, lambda found, now: amounts.readings(grammar, found)


def _durations(grammar: Grammar) -> Made:
    lasting, hour, minute = f"(?:(?:{grammar.lasting}) )?", grammar.units["hour"], grammar.units["minute"]
    yield "duration", f"{lasting}(?:{grammar.half_hour})", lambda found, now: ["30"]
    yield (
        "duration",
        f"{lasting}(?P<h>[0-9]{{1,2}}(?:[.,][0-9])?) ?(?:{hour})(?: ?(?P<m>[0-9]{{1,2}})(?: ?(?:{minute}))?)?",
        lambda found, now: _lasting(found["h"], found["m"]),
    )
    yield (
        "duration",
        f"{lasting}(?P<m>[0-9]{{1,3}}) ?(?:{minute})",
        lambda found, now: _lasting("0", found["m"]),
    )


def _days(days: list[date]) -> Readings:
    return [day.isoformat() for day in days]


def _far(grammar: Grammar, found: "re.Match[str]", now: datetime) -> Readings:
    said = found["n"] or "1"
    number = int(said) if said.isdigit() else _number(grammar, said)
    unit = next(name for name in grammar.units if found[name] is not None)
    if number > FARTHEST:
        return []
    if unit in ("hour", "minute"):
        return _moment(now, number * (60 if unit == "hour" else 1))
    if unit == "month":
        return _days([_months_later(now.date(), number)])
    return _days([now.date() + timedelta(days=number * (7 if unit == "week" else 1))])


def _working_days(grammar: Grammar, said: str) -> Readings:
    """As `+3`: whose working days they are is not known here."""
    number = int(said) if said.isdigit() else _number(grammar, said)
    return [f"+{number}"] if 0 < number <= FARTHEST else []


def _of_month(number: int, today: date) -> list[date]:
    """The next day of that number."""
    months = (_months_later(today.replace(day=1), ahead) for ahead in range(NEXT_YEARS))
    days = (_real(first.year, first.month, number) for first in months)
    return [day for day in days if day is not None and day >= today][:1]


def _number(grammar: Grammar, said: str) -> int:
    return next(number for words, number in grammar.numbers.items() if re.fullmatch(words, said))


def _moment(now: datetime, minutes: int) -> Readings:
    """To the minute; rounding would make “in 5 minutes” late at once."""
    then = now.replace(second=0, microsecond=0, tzinfo=None) + timedelta(minutes=minutes)
    return [then.isoformat(timespec="minutes")]


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _coming(place: int, today: date) -> list[date]:
    """The first such weekday to come; on that weekday itself perhaps today is meant."""
    ahead = (place - today.weekday()) % 7
    return [today + timedelta(days=ahead)] if ahead else [today + timedelta(days=7), today]


def _of_next_week(place: int, today: date) -> list[date]:
    """“Next Friday” is that of next week to most and the first to come to others."""
    next_week = _next_monday(today) + timedelta(days=place)
    first = today + timedelta(days=(place - today.weekday()) % 7 or 7)
    return list(dict.fromkeys([next_week, first]))


def _dated(found: "re.Match[str]", now: datetime, ways: Sequence[tuple[str, str | int]]) -> list[date]:
    groups = found.groupdict()
    said = groups.get("year")
    readings: list[date | None] = []
    over: list[date | None] = []
    for day_name, month_name in ways:
        month = month_name if isinstance(month_name, int) else int(groups[month_name])
        day = int(groups[day_name])
        if said:
            year = int(said) + (2000 if len(said) == 2 else 0)
            readings.append(_real(year, month, day))
        else:
            coming, this_year = _without_year(month, day, now.date())
            readings.append(coming)
            over.append(this_year)
    return list(dict.fromkeys(each for each in [*readings, *over] if each is not None))


def _without_year(month: int, day: int, today: date) -> tuple[date | None, date | None]:
    """The next time that day comes; where this year's is over, that one after it."""
    this = _real(today.year, month, day)
    coming = (
        _real(year, month, day) for year in range(today.year, min(today.year + NEXT_YEARS + 1, date.max.year))
    )
    following = next((each for each in coming if each is not None and each >= today), None)
    return following, this if this != following else None


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(grammar: Grammar, found: "re.Match[str]") -> Readings:
    groups = found.groupdict()
    hour, minute = _hour(grammar, found["hour"]), int(groups.get("minute") or 0)
    if hour > 23 or minute > 59:
        return []
    hours = [hour]
    if groups.get("am") and hour <= 12:
        hours = [hour % 12]
    elif groups.get("mid") and hour <= 12:
        hours = [hour if hour >= FIRST_MIDDAY_HOUR else hour + 12]
    elif groups.get("pm") and hour <= 12:
        hours = [hour % 12 + 12]
    elif groups.get("night") and hour <= 12:
        hours = [hour % 12 if hour % 12 <= 5 else hour + 12]
    elif not any(groups.get(name) for name in HALVES) and _is_open(grammar, found, hour):
        hours = [hour + 12, hour] if hour <= LAST_MORNING_HOUR else [hour, (hour + 12) % 24]
    return [f"{each:02}:{minute:02}" for each in hours]


def _hour(grammar: Grammar, said: str) -> int:
    if said.isdigit():
        return int(said)
    return next(hour for words, hour in grammar.hours.items() if re.fullmatch(words, said))


def _shifted(clocks: Readings, minutes: int) -> Readings:
    moved = [datetime.fromisoformat(f"2000-01-02T{clock}") + timedelta(minutes=minutes) for clock in clocks]
    return [f"{each:%H:%M}" for each in moved]


def _is_open(grammar: Grammar, found: "re.Match[str]", hour: int) -> bool:
    """May it be the other half of the day? 03:30 and 15 are plain, so is 3:30 where clocks show 24 hours."""
    is_short = not found["hour"].startswith("0") and 1 <= hour <= 12
    return is_short and (grammar.twelve_hours or not found.groupdict().get("minute"))


def _lasting(hours: str, minutes: str | None) -> Readings:
    length = round(float(hours.replace(",", ".")) * 60) + int(minutes or 0)
    return [str(length)] if 0 < length <= LONGEST_MINUTES else []
