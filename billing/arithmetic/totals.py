"""What the lines of a document come to: docs/algorithms/pricing.md, section 2. Pure: nothing is read or written."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from billing.arithmetic.dividing import divided
from foundation.money import rounded

HUNDRED = Decimal(100)
NOTHING = Decimal(0)


class LineIn(NamedTuple):
    """`amount` is rounded(quantity × price); `tax_rate` in percent, 0 for an exempt line."""

    amount: Decimal
    tax_rate: Decimal


class LineOut(NamedTuple):
    """`discount` is the line's share of the document's; net + tax = gross."""

    discount: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


class Totals(NamedTuple):
    lines: list[LineOut]
    net: Decimal
    tax: Decimal
    total: Decimal
    discount: Decimal


def line_amount(quantity: Decimal, price: Decimal, currency: str) -> Decimal:
    """What a line says before a discount on the whole document."""
    return rounded(quantity * price, currency)


def totals(
    lines: Sequence[LineIn],
    *,
    currency: str,
    mode: str,
    rounding: str,
    percent: Decimal | None = None,
    amount: Decimal | None = None,
) -> Totals:
    """`mode` is “on_top” or “included”; tax is rounded per “line” or per “document”; the discount on the whole
    document is in percent, or an amount. Line amounts are in whole minor units."""
    amounts = [line.amount for line in lines]
    discount = discount_on(sum(amounts, NOTHING), currency=currency, percent=percent, amount=amount)
    shares = divided(discount, amounts, currency) if lines else []
    left = [line.amount - share for line, share in zip(lines, shares, strict=True)]
    rates = [line.tax_rate for line in lines]
    per = _taxes_per_line if rounding == "line" else _taxes_per_document
    taxes = per(left, rates, currency=currency, is_included=mode == "included")
    out = []
    for share, base, tax in zip(shares, left, taxes, strict=True):
        net = base - tax if mode == "included" else base
        out.append(LineOut(discount=share, net=net, tax=tax, gross=net + tax))
    net, tax = sum((line.net for line in out), NOTHING), sum((line.tax for line in out), NOTHING)
    return Totals(lines=out, net=net, tax=tax, total=net + tax, discount=discount)


def discount_on(
    whole: Decimal, *, currency: str, percent: Decimal | None = None, amount: Decimal | None = None
) -> Decimal:
    """Rounded once, and never more than the sum of the lines."""
    if percent is not None and amount is not None:
        raise ValueError("A discount is in percent or an amount, not both.")
    wanted = whole * percent / HUNDRED if percent is not None else amount or NOTHING
    return min(max(rounded(wanted, currency), rounded(NOTHING, currency)), whole)


def exact_tax(amount: Decimal, rate: Decimal, *, is_included: bool) -> Decimal:
    return amount * rate / (HUNDRED + rate if is_included else HUNDRED)


def _taxes_per_line(
    left: Sequence[Decimal], rates: Sequence[Decimal], *, currency: str, is_included: bool
) -> list[Decimal]:
    return [
        rounded(exact_tax(amount, rate, is_included=is_included), currency)
        for amount, rate in zip(left, rates, strict=True)
    ]


def _taxes_per_document(
    left: Sequence[Decimal], rates: Sequence[Decimal], *, currency: str, is_included: bool
) -> list[Decimal]:
    """The exact taxes of lines of one rate are in proportion to what is left of them."""
    places: dict[Decimal, list[int]] = defaultdict(list)
    for place, rate in enumerate(rates):
        places[rate].append(place)
    taxes = [NOTHING] * len(rates)
    for rate, those in places.items():
        amounts = [left[place] for place in those]
        whole = rounded(exact_tax(sum(amounts, NOTHING), rate, is_included=is_included), currency)
        for place, tax in zip(those, divided(whole, amounts, currency), strict=True):
            taxes[place] = tax
    return taxes
