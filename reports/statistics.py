"""Shares and how far to trust them; middles."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

CONFIDENCE_Z = 1.959963984540054  # 95 %, two-sided
SMALL_SAMPLE = 30


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, with Wilson's 95 % interval; all as fractions, None where they would mean nothing.

    A flow may pass more deals through a stage than through the one before it: a ratio over one has no interval.
    """

    part: int
    whole: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def is_small(self) -> bool:
        return self.whole < SMALL_SAMPLE


def share(part: int, whole: int) -> Share:
    """Source: E. B. Wilson, "Probable inference", JASA 22 (1927); holds for small samples and shares near 0 or 1."""
    if whole <= 0:
        return Share(part, whole, None, None, None)
    value = part / whole
    if not 0 <= part <= whole:
        return Share(part, whole, value, None, None)
    z2 = CONFIDENCE_Z**2
    middle = (value + z2 / (2 * whole)) / (1 + z2 / whole)
    reach = CONFIDENCE_Z / (1 + z2 / whole) * sqrt(value * (1 - value) / whole + z2 / (4 * whole**2))
    return Share(part, whole, value, max(0.0, middle - reach), min(1.0, middle + reach))


def median(counts: Mapping[int, int]) -> float:
    """The middle of {value: how often}; between two middle values their mean, as percentile_cont(0.5) has it."""
    total = sum(counts.values())
    if not total:
        raise ValueError("Nothing has no median.")
    low, high = (total - 1) // 2, total // 2
    passed, middles = 0, []
    for value in sorted(counts):
        middles += [value] * sum(passed <= place < passed + counts[value] for place in (low, high))
        passed += counts[value]
    return sum(middles) / 2
