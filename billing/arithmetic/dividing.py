"""An amount divided in proportion to weights, so that nothing is lost: docs/algorithms/pricing.md, 2.5."""

from collections.abc import Sequence
from decimal import Decimal

from foundation.money import minor_units


def divided(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Shares of a whole number of minor units that sum to `amount`, none more than one unit from its exact part.

    The units that are left when every share was cut off go to those that lost the largest fractions, the earlier
    first where they lost the same. Weights all zero: everything goes to the last. ValueError for an amount that is
    not in whole minor units, for weights below zero and for no weights at all.
    """
    if not weights or min(weights) < 0:
        raise ValueError("An amount is divided by one weight or more, none below zero.")
    units, parts = _in_units(amount, currency), _whole(weights)
    total = sum(parts)
    if not total:
        return [*(in_currency(0, currency) for _weight in parts[1:]), in_currency(units, currency)]
    sign = -1 if units < 0 else 1
    cut = [divmod(abs(units) * part, total) for part in parts]
    left = abs(units) - sum(whole for whole, _lost in cut)
    by_loss = sorted(range(len(cut)), key=lambda place: (-cut[place][1], place))
    more = set(by_loss[:left])
    return [in_currency(sign * (whole + (place in more)), currency) for place, (whole, _) in enumerate(cut)]


def in_currency(units: int, currency: str) -> Decimal:
    """So many minor units, as an amount."""
    return Decimal(units).scaleb(-minor_units(currency))


def _in_units(amount: Decimal, currency: str) -> int:
    units = amount.scaleb(minor_units(currency))
    if units != units.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of minor units of {currency}.")
    return int(units)


def _whole(weights: Sequence[Decimal]) -> list[int]:
    """The same proportions in whole numbers, so that no share depends on how division rounds."""
    decimals = max(0, *(-int(weight.as_tuple().exponent) for weight in weights), 0)
    return [int(weight.scaleb(decimals)) for weight in weights]
