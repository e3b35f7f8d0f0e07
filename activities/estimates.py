"""Minutes of work as people type and read them: “1h 30m”, “90”, “1,5 ч”. Pure, no database."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

MOST = 60 * 1_000
MINUTES = {
    "m": 1, "min": 1, "mins": 1, "minute": 1, "minutes": 1, "м": 1, "мин": 1, "минут": 1, "минуты": 1, "минута": 1,
    "h": 60, "hr": 60, "hrs": 60, "hour": 60, "hours": 60, "ч": 60, "час": 60, "часа": 60, "часов": 60, "jam": 60,
    "d": 480, "day": 480, "days": 480, "д": 480, "день": 480, "дня": 480, "дней": 480,
    "hari": 480, "día": 480, "días": 480,
}  # fmt: skip
PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]*)\.?\s*")
CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)")


def parsed(text: str) -> int | None:
    """Minutes; None for nothing. A bare number is minutes, a bare fraction hours, a day eight hours.

    ValueError, with a sentence for a person, where it cannot be read.
    """
    said = " ".join(text.lower().split())
    if not said:
        return None
    if clock := CLOCK.fullmatch(said):
        return _bounded(Decimal(int(clock[1]) * 60 + int(clock[2])))
    total, at = Decimal(0), 0
    while at < len(said):
        part = PART.match(said, at)
        if part is None or (part[2] and part[2] not in MINUTES):
            raise ValueError(_("Say how long as “1h 30m”, “90” (minutes) or “1.5 h”."))
        number = Decimal(part[1].replace(",", "."))
        bare = 1 if number == number.to_integral_value() else 60
        total += number * (MINUTES[part[2]] if part[2] else bare)
        at = part.end()
    return _bounded(total)


def in_words(minutes: int | None) -> str:
    """“1 h 30 min”; empty for none."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    parts = [_("%(n)d h") % {"n": hours}] if hours else []
    parts += [_("%(n)d min") % {"n": rest}] if rest else []
    return " ".join(parts)


def _bounded(minutes: Decimal) -> int:
    whole = int(minutes.to_integral_value())
    if not 0 < whole <= MOST:
        raise ValueError(_("An estimate lies between a minute and 1,000 hours."))
    return whole
