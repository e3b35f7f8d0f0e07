"""Cells as a person reads them, formatted once here and never in a template."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from time import monotonic

from django.conf import settings
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation.clock import company_day
from foundation.models import WorkingCalendar
from foundation.money import compact_money_text, money_text, number_text
from foundation.working_time import Calendar, add_working_days, working_days_between
from users.dates import day_text as day_text

CALENDAR_KEPT_SECONDS = 60
LONGEST_COUNTED = timedelta(days=366)
STEP_ICONS = {"none": "circle-dashed", "late": "alert-circle", "planned": "circle-check"}


def language() -> str:
    return get_language() or "en"


def amount_text(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else money_text(amount, currency, language())


def worth_text(amount: Decimal | int) -> str:
    """An amount of the company's currency, short enough for a heading: “1.2M USD”."""
    return compact_money_text(amount, settings.BASE_CURRENCY, language())


def count_text(number: int, *, is_exact: bool = True) -> str:
    return number_text(number, language()) + ("" if is_exact else "+")


def rate_text(rate: Decimal) -> str:
    """“0.0112”, “0,0112”: as exact as it is kept."""
    return formats.number_format(f"{rate.normalize():f}")


@dataclass(frozen=True)
class StepMark:
    """The next step of a deal: `state` none, late, planned or closed; shape and words carry it, colour only helps."""

    state: str
    icon: str
    text: str


def step_mark(state: str, text: str, on: date | None, today: date) -> StepMark:
    if state != "open":
        return StepMark("closed", "", "")
    if on is None:
        return StepMark("none", STEP_ICONS["none"], _("No next step"))
    kind = "late" if on < today else "planned"
    # The day first: where the line is cut short, the day is what must be read.
    day = day_text(on, today)
    said = _("Late: %(day)s") % {"day": day} if kind == "late" else day[:1].upper() + day[1:]
    return StepMark(kind, STEP_ICONS[kind], f"{said} · {text}" if text else said)


class CompanyCalendar:
    """The company's working days, read once a minute in each process and counted once a start."""

    def __init__(self) -> None:
        self._calendar: Calendar | None = None
        self._read_at: float | None = None
        self._counted: dict[tuple[date, date], int] = {}
        self._after: dict[tuple[date, int], date] = {}

    def forget(self) -> None:
        self._calendar, self._read_at = None, None

    def days_since(self, moment: datetime, now: datetime) -> int | None:
        """Working days from a moment until now; None when it is longer ago than anybody counts."""
        start, end = company_day(moment), company_day(now)
        if end - start > LONGEST_COUNTED:
            return None
        rules = self.rules()
        if rules is None:
            return (end - start).days
        if (start, end) not in self._counted:
            self._counted[start, end] = working_days_between(start, end, rules)
        return self._counted[start, end]

    def working_day_before(self, day: date, n: int) -> date:
        """The n-th working day before the last one up to and with `day`: since then n have passed by its end."""
        rules = self.rules()
        if rules is None:
            return day - timedelta(days=n)
        last = add_working_days(day + timedelta(days=1), -1, rules)
        return add_working_days(last, -n, rules)

    def working_day_after(self, day: date, n: int) -> date:
        """The n-th working day after the day."""
        rules = self.rules()
        if rules is None:
            return day + timedelta(days=n)
        if (day, n) not in self._after:
            self._after[day, n] = add_working_days(day, n, rules)
        return self._after[day, n]

    def rules(self) -> Calendar | None:
        """The calendar as it is; None where the company has none."""
        if self._read_at is None or monotonic() - self._read_at > CALENDAR_KEPT_SECONDS:
            self._calendar = WorkingCalendar.rules_of(None)
            self._counted, self._after, self._read_at = {}, {}, monotonic()
        return self._calendar


company_calendar = CompanyCalendar()


ROUND_THE_CLOCK = Calendar("", settings.COMPANY_TIME_ZONE, (((time(0), time(0)),),) * 7)


def working_text(spent: timedelta | None, day: timedelta) -> str:
    """“3 d 4 h” of working days that long, “2 h”, “under 1 h”."""
    if spent is None:
        return _("very long")
    days, rest = divmod(spent, day)
    hours = int(rest.total_seconds() // 3600)
    if days and hours:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if days:
        return _("%(days)s d") % {"days": days}
    return _("%(hours)s h") % {"hours": hours} if hours else _("under 1 h")


@dataclass(frozen=True)
class StageAge:
    """How long a deal has stood in its stage, against the stage's norm in working days."""

    text: str
    is_over: bool


def stage_age(entered_at: datetime, norm: int | None, now: datetime) -> StageAge:
    days = company_calendar.days_since(entered_at, now)
    if days is None:
        return StageAge(_("over a year"), norm is not None)
    text = _("%(days)s d") % {"days": days}
    if norm is None:
        return StageAge(text, False)
    return StageAge(_("%(days)s d / norm %(norm)s") % {"days": days, "norm": norm}, days > norm)


def initials(name: str) -> str:
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()
