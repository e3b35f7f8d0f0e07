"""Amounts of money: a Decimal beside an ISO 4217 code, rounded in one place, read and written for people."""

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern, format_compact_decimal, get_group_symbol, is_currency, parse_pattern
from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from foundation.errors import Refused
from foundation.models.exchange_rate import ExchangeRate

# ISO 4217, table A.1. Babel's own figures are CLDR's, which give the Iraqi dinar no decimals at all.
KINDS_OF_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
MINOR_UNITS = {code: units for units, codes in KINDS_OF_UNITS.items() for code in codes.split()}

# Amounts at or over this do not fit the amount columns (18 digits, 2 to 4 of them decimals).
TOO_LARGE = Decimal(10) ** 14
LONGEST_TEXT = 60
NO_BREAK = "\u00a0"
_is_known = lru_cache(maxsize=512)(is_currency)
GROUPED_BY_SPACE_OR_APOSTROPHE = re.compile(r"\d{1,3}(?:[ ']\d{3})+(?=[.,]|$)")


def minor_units(currency: str) -> int:
    """Decimals of a currency: 2 for USD, 0 for JPY, 3 for KWD. ValueError for a code ISO 4217 never knew."""
    if currency not in MINOR_UNITS and not _is_known(currency):
        raise ValueError(_("“%(code)s” is not a currency code.") % {"code": currency})
    return MINOR_UNITS.get(currency, 2)


def rounded(amount: Decimal | int, currency: str) -> Decimal:
    """The amount in whole minor units of its currency; halves go away from zero, as invoices are rounded."""
    return Decimal(amount).quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP)


@lru_cache(maxsize=10_000)
def money_text(amount: Decimal | int, currency: str, language: str) -> str:
    """“1,234.50 USD” as the language writes numbers; the code always shows, and the text never wraps."""
    written = _pattern(minor_units(currency)).apply(rounded(amount, currency), _locale(language))
    return f"{written.replace(' ', NO_BREAK)}{NO_BREAK}{currency}"


def compact_money_text(amount: Decimal | int, currency: str, language: str) -> str:
    """“10.0M USD” for headers, with one decimal from a thousand on; below that the exact amount."""
    amount, locale, size = rounded(amount, currency), _locale(language), 0
    shown = abs(amount)
    while shown >= 1000 and size < 12:
        size += 3
        shown = (abs(amount).scaleb(-size)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if not size:
        return money_text(amount, currency, language)
    written = format_compact_decimal(shown.copy_sign(amount).scaleb(size), locale=locale, fraction_digits=1)
    if written.strip("-\u2212\u200e").isdecimal():  # German has no short word for a thousand.
        return f"{number_text(int(amount.to_integral_value(ROUND_HALF_UP)), language)}{NO_BREAK}{currency}"
    if not re.search(r"\d\D\d", written):
        written = re.sub(r"(\d)(?!.*\d)", rf"\g<1>{_symbol(locale, 'decimal')}0", written)
    return f"{written.replace(' ', NO_BREAK)}{NO_BREAK}{currency}"


def number_text(number: int, language: str) -> str:
    """A whole number with the language's thousands separators."""
    return f"{number:,}".replace(",", _group(_locale(language)))


def parsed_amount(text: str, language: str) -> Decimal:
    """Read an amount as people type or paste it: “1 234 567,89”, “1,234,567.89”, “12.345,00”, “1'000”.

    A lone separator before exactly three digits groups thousands only where the language groups with it;
    otherwise the text has two readings and is refused, since guessing is wrong by a factor of a thousand.
    Not rounded. ValueError, with a sentence for the person, for anything that is not one plain amount.
    """
    typed = text.strip()
    plain = unicodedata.normalize("NFKC", typed).replace("\u2019", "'").replace("\u2212", "-")
    plain = re.sub(r"\s", " ", plain).strip()
    if "%" in plain:
        raise ValueError(_("Enter an amount of money, not a percentage."))
    sign = "-" if plain.startswith("-") else ""
    unsigned = plain[1:].lstrip() if plain[:1] in {"-", "+"} else plain
    if len(plain) > LONGEST_TEXT or not re.fullmatch(r"[\d., ']*\d[\d., ']*", unsigned):
        raise ValueError(
            _("“%(text)s” is not an amount. Enter digits only, without letters or currency signs.")
            % {"text": typed[:LONGEST_TEXT]}
        )
    amount = Decimal(sign + _machine_readable(unsigned, typed, language))
    if abs(amount) >= TOO_LARGE:
        raise ValueError(
            _("This amount is too large: the limit is %(limit)s.")
            % {"limit": number_text(int(TOO_LARGE), language)}
        )
    return amount


def base_amount(amount: Decimal, currency: str, on: date) -> tuple[Decimal, Decimal]:
    """(rate, amount in settings.BASE_CURRENCY) at the latest rate known on the day; documents freeze both.

    Refused where no rate is known on or before the day, or the result is too large to be kept.
    """
    base = settings.BASE_CURRENCY
    if currency == base:
        return Decimal(1), rounded(amount, base)
    rate = ExchangeRate.objects.latest_rate(currency, on)
    if rate is None:
        raise Refused(
            _(
                "No exchange rate from %(currency)s to %(base)s is known on %(day)s. "
                "Ask an administrator to add one under “Exchange rates”, or choose another currency."
            )
            % {"currency": currency, "base": base, "day": formats.date_format(on)}
        )
    converted = rounded(amount * rate, base)
    if abs(converted) >= TOO_LARGE:
        raise Refused(_("This amount is too large in %(base)s.") % {"base": base})
    return rate, converted


def _machine_readable(unsigned: str, typed: str, language: str) -> str:
    """Digits with at most one dot. Raises ValueError where grouping is broken or readable in two ways."""
    broken = ValueError(_("“%(text)s” is not an amount: check its separators.") % {"text": typed})
    spaced = GROUPED_BY_SPACE_OR_APOSTROPHE.match(unsigned)
    if spaced:
        unsigned = re.sub(r"[ ']", "", spaced[0]) + unsigned[spaced.end() :]
    if re.search(r"[ ']", unsigned):
        raise broken
    marks = re.findall(r"[.,]", unsigned)
    if not marks:
        return unsigned
    last, (before, after) = marks[-1], unsigned.rsplit(marks[-1], 1)
    only_thousands = len(set(marks)) == 1 and len(marks) > 1
    like_thousands = len(marks) == 1 and not spaced and len(after) == 3 and 1 <= len(before) <= 3
    two_readings = like_thousands and before.strip("0") != ""
    in_thousands = two_readings and last == _symbol(_locale(language), "group")
    if only_thousands or in_thousands:
        before, after, last = unsigned, "", ""
    elif two_readings:
        readings = {"text": typed, "thousands": before + after, "decimals": f"{before}{last}{after}0"}
        raise ValueError(
            _("“%(text)s” can be read in two ways: write %(thousands)s or %(decimals)s.") % readings
        )
    group = re.escape("".join(set(marks) - {last}))
    # Thousands, or lakh and crore as in “12,34,567”.
    if group and (
        spaced or not re.fullmatch(rf"\d{{1,3}}({group}\d{{3}})+|\d\d?({group}\d\d)+{group}\d{{3}}", before)
    ):
        raise broken
    return f"{re.sub('[.,]', '', before)}.{after or 0}"


@lru_cache(maxsize=8)
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


@lru_cache(maxsize=64)
def _group(locale: Locale) -> str:
    return get_group_symbol(locale)


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def _symbol(locale: Locale, name: str) -> str:
    return locale.number_symbols[locale.default_numbering_system][name]
