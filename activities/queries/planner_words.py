"""Numbers and days of the planner as a person reads them, made once each."""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from babel.dates import format_skeleton
from django.utils.html import escape
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from activities.models import Absence

FULL, HALF, MUCH, TOO_MUCH = 100, 50, 80, 125


class Cell(NamedTuple):
    """Escaped already. `css` says how full it is by shade and pattern; `text`, by lines: load, of how much, what is
    special."""

    css: str
    text: str


def language() -> str:
    return get_language() or "en"


@lru_cache(maxsize=20_000)
def clock(minutes: int) -> str:
    """“6:30”."""
    return f"{minutes // 60}:{minutes % 60:02d}"


@lru_cache(maxsize=2_000)
def _day(day: date, skeleton: str, said_in: str) -> str:
    return format_skeleton(skeleton, day, locale=to_locale(said_in))


def weekday(day: date) -> str:
    return _day(day, "E", language())


def short_day(day: date) -> str:
    return _day(day, "MMMd", language())


def long_day(day: date) -> str:
    return _day(day, "MMMEd", language())


@lru_cache(maxsize=50_000)
def cell(
    load: int, capacity: int, meetings: int, why: str, was: int, is_share: bool, said_in: str, soft: int = 0
) -> Cell:  # fmt: skip
    """`why` there is no capacity: a kind of absence or “off”; `was` the load before the draft plan, −1 if the same;
    `said_in` the active language; `soft` what is only expected, a figure of its own. Escaped once and kept: a
    page has hundreds of cells, most of them alike."""
    lines = []
    if load or capacity:
        lines.append(percent(load, capacity) if is_share and capacity else clock(load))
        lines.append(f"/\u00a0{clock(capacity)}")
    if load > capacity:
        lines.append(_("over %(time)s") % {"time": clock(load - capacity)})
    if why:
        lines.append(reason(why))
    elif meetings:
        lines.append(_("mtg %(time)s") % {"time": clock(meetings)})
    if was >= 0:
        lines.append(_("was %(time)s") % {"time": clock(was)})
    css = f"k{heat(load, capacity)}"
    if not capacity and not load:
        css = "ko"
    text: str = escape("\n".join(line.replace(" ", "\u00a0") for line in lines))
    if soft:
        text += ("\n" if text else "") + _soft(soft)
    return Cell(escape(css + (" kw" if was >= 0 else "")), text)


def _soft(minutes: int) -> str:
    said = _("expected %(time)s") % {"time": clock(minutes)}
    return f"<i>{escape(said)}</i>"


@lru_cache(maxsize=5_000)
def of_role(load: int, soft: int, said_in: str) -> str:
    """A cell of work that nobody has taken yet, escaped."""
    lines = [escape(clock(load))] if load else []
    return "\n".join([*lines, _soft(soft)] if soft else lines)


def heat(load: int, capacity: int) -> int:
    """0 nothing, 1 to half, 2 to four fifths, 3 full, 4 over, 5 far over."""
    if not load:
        return 0
    if not capacity:
        return 5
    part = load * FULL // capacity
    for step, most in enumerate((HALF, MUCH, FULL, TOO_MUCH), 1):
        if part < most or (part == most and load * FULL == capacity * most):
            return step
    return 5


def percent(load: int, capacity: int) -> str:
    return f"{load * FULL // capacity}%"


def reason(why: str) -> str:
    return _("day off") if why == "off" else str(Absence.Kind(why).label)


@lru_cache(maxsize=5_000)
def tasks_text(tasks: int, minutes: int) -> str:
    """Of the columns beside the days: how many tasks, and their time."""
    return f"{tasks}\n{clock(minutes)}" if tasks else ""


def scale() -> list[dict[str, Any]]:
    """The legend: every shade and pattern in words."""
    return [
        {"css": "k0", "text": _("free")},
        {"css": "k1", "text": _("up to half")},
        {"css": "k2", "text": _("up to 80%")},
        {"css": "k3", "text": _("full")},
        {"css": "k4", "text": _("over")},
        {"css": "k5", "text": _("over by a quarter or more")},
        {"css": "ko", "text": _("absent or day off")},
    ]
