"""Amounts in a table whose heading says the currency, prices as exact as they are kept, and quantities."""

from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import get_language, to_locale

from foundation.money import NO_BREAK, minor_units, rounded


def plain_amount(amount: Decimal | None, currency: str) -> str:
    """“1,234.50”: the currency stands elsewhere."""
    return "" if amount is None else _written(rounded(amount, currency), minor_units(currency))


def price_text(price: Decimal | None, currency: str) -> str:
    """At least the currency's decimals, and as many more as it has: “0.0125”."""
    if price is None:
        return ""
    return _written(price, max(minor_units(currency), _decimals(price)))


def number_text(number: Decimal | None) -> str:
    """“2”, “0.5”, “1,200”: no zeros that say nothing."""
    return "" if number is None else _written(number, _decimals(number))


def percent_text(percent: Decimal) -> str:
    return f"{number_text(percent)}{NO_BREAK}%"


def typed(number: Decimal | None) -> str:
    """As a person would type it into a field; what `parsed_amount` reads again."""
    return "" if number is None else _written(number, _decimals(number), grouped=False)


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _written(number: Decimal, decimals: int, *, grouped: bool = True) -> str:
    pattern = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
    text = format_decimal(number, format=pattern, locale=to_locale(get_language() or "en"))
    return text.replace(" ", NO_BREAK)
