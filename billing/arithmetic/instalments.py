"""A total in parts, and what settles them: docs/algorithms/pricing.md, section 3. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from foundation.money import minor_units

HUNDRED = Decimal(100)
NOTHING = Decimal(0)


class Due(NamedTuple):
    """What is left of an instalment."""

    key: int
    due_on: date
    left: Decimal


def equal_parts(total: Decimal, count: int, currency: str) -> list[Decimal]:
    """Each cut off to minor units; the last takes the remainder. ValueError for less than one part."""
    if count < 1:
        raise ValueError("A total has one part or more.")
    part = _cut(total / count, currency)
    return [*[part] * (count - 1), total - part * (count - 1)]


def by_percent(total: Decimal, percents: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Parts in percent that sum to a hundred; the last takes the remainder."""
    if not percents or min(percents) < 0 or sum(percents) != HUNDRED:
        raise ValueError("The percents of the parts sum to a hundred.")
    parts = [_cut(total * percent / HUNDRED, currency) for percent in percents[:-1]]
    return [*parts, total - sum(parts, NOTHING)]


def spread(
    amount: Decimal, dues: Iterable[Due], *, is_latest_first: bool = False
) -> tuple[list[tuple[int, Decimal]], Decimal]:
    """What of the amount settles which instalment, and what is left over. The earliest due comes first, or the
    latest; of one day, by key."""
    parts = []
    for due in sorted(dues, key=lambda each: (each.due_on, each.key), reverse=is_latest_first):
        part = min(amount, due.left)
        if part > 0:
            parts.append((due.key, part))
            amount -= part
    return parts, amount


def _cut(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_DOWN)
