"""Times as ISO 8601 says them, and as a wait of ours does: {"amount": 2, "unit": "days"}."""

import re
from datetime import datetime
from typing import Any

DURATION = re.compile(
    r"P(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})(?:[.,]\d{1,9})?S)?)?",
    re.ASCII,
)
CYCLE = re.compile(r"R(?P<count>\d{0,9})/(?P<duration>P[^/]+)", re.ASCII)
FOREVER = 1_000_000  # the `repeat` of a cycle that gives no number: the engine counts down from it
LONGEST = 100 * 366 * 24 * 60  # minutes


class Unreadable(ValueError):
    """`reason` is one of the reasons of the report."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def duration(text: str) -> dict[str, Any]:
    """P7D -> 7 days, PT90M -> 90 minutes, P1DT12H -> 36 hours. Seconds count up to the next whole minute."""
    said = DURATION.fullmatch(text.strip())
    given = {name: int(value) for name, value in said.groupdict().items() if value} if said else {}
    if not given or text.strip().endswith("T"):
        raise Unreadable("strange_time" if text.strip() else "no_time")
    if given.get("years") or given.get("months"):
        raise Unreadable("months")
    minutes = -(-given.get("seconds", 0) // 60) + given.get("minutes", 0) + 60 * given.get("hours", 0)
    minutes += 24 * 60 * (given.get("days", 0) + 7 * given.get("weeks", 0))
    if not 0 < minutes <= LONGEST:
        raise Unreadable("strange_time")
    for unit, length in (("days", 24 * 60), ("hours", 60)):
        if minutes % length == 0:
            return {"amount": minutes // length, "unit": unit}
    return {"amount": minutes, "unit": "minutes"}


def cycle(text: str) -> tuple[dict[str, Any], int]:
    """R6/P1D -> 1 day, 6 times."""
    said = CYCLE.fullmatch(text.strip())
    if said is None:
        raise Unreadable("strange_time" if text.strip() else "no_time")
    count = said["count"]
    if count and not int(count):
        raise Unreadable("strange_time")
    return duration(said["duration"]), int(count) if count else FOREVER


def moment(text: str) -> dict[str, Any]:
    """A date with its time, kept as it was written."""
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        raise Unreadable("strange_time" if text.strip() else "no_time") from None
    return {"at": text.strip()}


def as_duration(wait: Any) -> str | None:
    """The other way round; None for what ISO 8601 has no word for, such as working days."""
    if not isinstance(wait, dict) or set(wait) != {"amount", "unit"}:
        return None
    amount, unit = wait["amount"], wait["unit"]
    if type(amount) is not int or amount <= 0:
        return None
    pattern = {"days": "P{}D", "hours": "PT{}H", "minutes": "PT{}M"}.get(unit)
    return pattern.format(amount) if pattern else None
