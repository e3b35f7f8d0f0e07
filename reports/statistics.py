"""Shares and how far to trust them."""

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
