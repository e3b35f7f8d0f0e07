"""Middles and tails of durations. A percentile is interpolated, as PostgreSQL's percentile_cont has it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3_600, 86_400
LADDER = (
    *((n * MINUTE, n, "minutes") for n in (5, 10, 15, 20, 30, 45)),
    *((n * HOUR, n, "hours") for n in (1, 2, 3, 4, 6, 8, 12)),
    *((n * DAY, n, "days") for n in (1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365)),
)


@dataclass(frozen=True)
class Spread:
    """Of durations, in seconds; `total` is their sum. All but `count` and `total` are None of nothing."""

    count: int
    total: float
    least: float | None = None
    mean: float | None = None
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    most: float | None = None


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that this share of the ordered values does not exceed."""
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def spread_of(milliseconds: Iterable[int]) -> Spread:
    ordered = sorted(milliseconds)
    if not ordered:
        return Spread(0, 0.0)
    total = sum(ordered)
    p50, p90, p95 = (percentile(ordered, share) / 1000 for share in (0.5, 0.9, 0.95))
    mean = total / len(ordered) / 1000
    return Spread(len(ordered), total / 1000, ordered[0] / 1000, mean, p50, p90, p95, ordered[-1] / 1000)


@dataclass(frozen=True)
class Deadline:
    """As a process writes one: three "days"."""

    amount: int
    unit: str
    seconds: int


def suggested_deadline(p90: float | None) -> Deadline | None:
    """What nine of ten keep, rounded up to a number people would say; above a year, whole years of 365 days."""
    if p90 is None:
        return None
    for seconds, amount, unit in LADDER:
        if p90 <= seconds:
            return Deadline(amount, unit, seconds)
    days = -(-int(-(-p90 // DAY)) // 365) * 365
    return Deadline(days, "days", days * DAY)
