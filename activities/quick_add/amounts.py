"""Sums of money in a line: `5 000 EUR`, `$1.5k`, `3 juta`, `150 тыс. руб.`. Pure.

A reading is `5000 EUR`, or `5000` and a space where no currency is said. “1.500” is fifteen hundred and one and a
half: both are kept, the likelier first, because a price with three decimals is rare.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from activities.quick_add.grammars.grammar import Grammar

SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₽": "RUB", "¥": "JPY", "rp": "IDR"}
CODES = "usd|eur|gbp|rub|idr|mxn|cop|ars|clp|pen|brl|kzt|uah|byn|cny|jpy|chf|pln|try"
NUMBER = r"(?P<n>[0-9]{1,3}(?:[ .,'’][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]{1,12}(?:[.,][0-9]{1,2})?)"
MOST = Decimal(10) ** 13
THOUSAND = 1_000


def patterns(grammar: Grammar) -> Iterator[str]:
    """A sum has a currency, or a word for thousands and millions: a bare number is no money."""
    sign = "|".join(map(re.escape, SIGNS))
    words = "|".join([*(f"(?:{each})" for each in grammar.money), CODES])
    many = "|".join([*(f"(?:{each})" for each in grammar.thousands), "k"])
    yield f"(?P<sign>{sign}) ?{NUMBER}(?: ?(?P<many>{many}))?"
    yield f"{NUMBER}(?: ?(?P<many>{many}))?(?: (?:{grammar.of}))? ?(?P<sign>{sign}|{words})"
    yield f"{NUMBER} ?(?P<many>{many})"


def readings(grammar: Grammar, found: "re.Match[str]") -> list[str]:
    currency = _currency(grammar, found.groupdict().get("sign") or "")
    many = _many(grammar, found.groupdict().get("many") or "")
    worth = [number * many for number in _numbers(found["n"])]
    return [f"{_plain(each)} {currency}" for each in worth if 0 < each < MOST]


def amount_of(reading: str) -> tuple[Decimal, str]:
    number, _space, currency = reading.partition(" ")
    return Decimal(number), currency


def _currency(grammar: Grammar, said: str) -> str:
    if said in SIGNS:
        return SIGNS[said]
    if re.fullmatch(CODES, said):
        return said.upper()
    return next((code for words, code in grammar.money.items() if said and re.fullmatch(words, said)), "")


def _many(grammar: Grammar, said: str) -> int:
    if said == "k":
        return THOUSAND
    return next((many for words, many in grammar.thousands.items() if said and re.fullmatch(words, said)), 1)


def _numbers(said: str) -> list[Decimal]:
    """Likelier first. What follows the last separator is a fraction where it has one or two digits."""
    *whole, last = re.split(r"[ .,'’]", said)
    together = Decimal("".join([*whole, last]))
    if not whole:
        return [together]
    is_point = said[-len(last) - 1] in ".,"
    fraction = Decimal(f"{''.join(whole)}.{last}")
    if len(last) < 3:
        return [fraction]
    if not is_point or len(whole) > 1:
        return [together]
    return [fraction] if whole[0] == "0" else [together, fraction]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
