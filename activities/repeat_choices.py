"""Repetition as people choose it, and as they read it: plain choices to a rule and back. Pure, no database."""

from dataclasses import dataclass, field
from datetime import date

from babel.dates import format_skeleton, get_day_names
from django.utils.translation import get_language, gettext_lazy, ngettext, to_locale
from django.utils.translation import gettext as _

from activities.repeats import DAYS, WORKDAYS, ends_on, parts_of
from foundation.errors import Refused

NEVER, DAILY, ON_WORKDAYS, WEEKLY, MONTHLY, BY_WEEKDAY, YEARLY, CUSTOM = (
    "", "daily", "workdays", "weekly", "monthly", "by_weekday", "yearly", "custom"
)  # fmt: skip
CHOICES = [
    (NEVER, gettext_lazy("does not repeat")),
    (DAILY, gettext_lazy("by days")),
    (ON_WORKDAYS, gettext_lazy("every working day")),
    (WEEKLY, gettext_lazy("by weeks, on weekdays")),
    (MONTHLY, gettext_lazy("by months, on the same day")),
    (BY_WEEKDAY, gettext_lazy("by months, on the same weekday")),
    (YEARLY, gettext_lazy("every year")),
    (CUSTOM, gettext_lazy("by a rule of my own")),
]


@dataclass(frozen=True)
class Repeat:
    """What was chosen. `every` is the interval; `weekdays` are 0 (Monday) … 6; `rule` is for CUSTOM only."""

    choice: str = NEVER
    every: int = 1
    weekdays: tuple[int, ...] = field(default_factory=tuple)
    until: date | None = None
    times: int | None = None
    rule: str = ""


def rule_of(repeat: Repeat, first: date) -> str:
    """The rule for a choice, for work due the first time on `first`. A day a month lacks becomes its last one."""
    every = f";INTERVAL={repeat.every}" if repeat.every > 1 else ""
    match repeat.choice:
        case "daily":
            rule = f"FREQ=DAILY{every}"
        case "workdays":
            rule = WORKDAYS
        case "weekly":
            days = ",".join(DAYS[day] for day in sorted(repeat.weekdays or (first.weekday(),)))
            rule = f"FREQ=WEEKLY{every};BYDAY={days}"
        case "monthly":
            rule = f"FREQ=MONTHLY{every};{_day_of_month(first.day)}"
        case "by_weekday":
            nth = (first.day - 1) // 7 + 1
            rule = f"FREQ=MONTHLY{every};BYDAY={-1 if nth > 4 else nth}{DAYS[first.weekday()]}"
        case "yearly":
            is_leap_day = (first.month, first.day) == (2, 29)
            rule = f"FREQ=YEARLY{every};BYMONTH={first.month};BYMONTHDAY={-1 if is_leap_day else first.day}"
        case "custom":
            return repeat.rule
        case _:
            return ""
    if repeat.until is not None:
        return f"{rule};UNTIL={repeat.until:%Y%m%d}"
    return f"{rule};COUNT={repeat.times}" if repeat.times else rule


def choice_of(rule: str, first: date) -> Repeat:
    """The choice a rule came from, so that a form shows it again; CUSTOM where it came from none."""
    if not rule:
        return Repeat()
    parts = parts_of(rule)
    every, times = int(parts.get("INTERVAL", "1")), int(parts.get("COUNT", "0")) or None
    days = [day for day in parts.get("BYDAY", "").split(",") if day in DAYS]
    weekdays = tuple(DAYS.index(day) for day in days)
    until = ends_on(parts)
    for choice in (DAILY, ON_WORKDAYS, WEEKLY, MONTHLY, BY_WEEKDAY, YEARLY):
        guess = Repeat(choice, every, weekdays if choice == WEEKLY else (), until, times)
        if parts_of(rule_of(guess, first)) == parts:
            return guess
    return Repeat(CUSTOM, rule=rule)


def described(rule: str) -> str:
    """A rule in words of the active language: “every 2 weeks on Mon, Wed, until Dec 31, 2026”."""
    if not rule:
        return ""
    try:
        parts = parts_of(rule)
    except Refused:
        return rule
    known = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"}
    words = [_every(parts)] if set(parts) <= known else [_("by the rule %(rule)s") % {"rule": rule}]
    until = ends_on(parts)
    if until is not None:
        day = format_skeleton("yMMMd", until, locale=_locale())
        words.append(_("until %(day)s") % {"day": day})
    if "COUNT" in parts:
        n = int(parts["COUNT"])
        words.append(ngettext("%(n)d time", "%(n)d times", n) % {"n": n})
    return ", ".join(words)


def weekday_names() -> list[tuple[int, str]]:
    names = get_day_names("abbreviated", locale=_locale())
    return [(day, names[day]) for day in range(7)]


def _every(parts: dict[str, str]) -> str:
    n, days = int(parts.get("INTERVAL", "1")), parts.get("BYDAY", "")
    if f"FREQ={parts['FREQ']};BYDAY={days}" == WORKDAYS and n == 1:
        return _("every working day")
    said = {
        "DAILY": ngettext("every day", "every %(n)d days", n),
        "WEEKLY": ngettext("every week", "every %(n)d weeks", n),
        "MONTHLY": ngettext("every month", "every %(n)d months", n),
        "YEARLY": ngettext("every year", "every %(n)d years", n),
    }[parts["FREQ"]] % {"n": n}
    if days:
        names = dict(weekday_names())
        on = [f"{day[:-2]} {names[DAYS.index(day[-2:])]}".strip() for day in days.split(",")]
        said = _("%(every)s on %(days)s") % {"every": said, "days": ", ".join(on)}
    if "BYMONTHDAY" in parts and "BYMONTH" not in parts:
        day = parts["BYMONTHDAY"]
        on_day = _("on the last day") if day == "-1" else _("on day %(day)s") % {"day": day}
        said = f"{said} {on_day}"
    return said


def _day_of_month(day: int) -> str:
    if day == 31:
        return "BYMONTHDAY=-1"
    if day > 28:
        return f"BYMONTHDAY={','.join(map(str, range(28, day + 1)))};BYSETPOS=-1"
    return f"BYMONTHDAY={day}"


def _locale() -> str:
    return to_locale(get_language() or "en")
