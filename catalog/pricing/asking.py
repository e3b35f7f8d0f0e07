"""Prices of the lines of a document, with why each is what it is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from catalog.pricing.book import Book
from catalog.pricing.discounting import discounted
from catalog.pricing.listing import Listed, calculated, listed
from foundation.money import rounded

HUNDRED = Decimal(100)
TEN_THOUSANDTH = Decimal("0.0001")
# Percents of percents of converted prices are reckoned exactly and rounded once.
DIGITS = 120


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`price` and `percent_by_hand` are what a person said, at most one of them."""

    product_id: int
    quantity: Decimal
    price: Decimal | None = None
    percent_by_hand: Decimal | None = None
    calculated: Mapping[str, Any] | None = None  # what was said of a product made to measure


@dataclass(frozen=True, kw_only=True)
class Priced:
    """All in the document's currency; `cost` is None where nobody knows it."""

    list_price: Decimal
    price: Decimal
    trace: list[dict[str, Any]] = field(default_factory=list)
    cost: Decimal | None = None
    price_list_id: int | None = None
    specification: str = ""


def price_lines(
    asked: Sequence[Asked],
    *,
    account_id: int,
    currency: str,
    on: date,
    price_list_id: int | None = None,
    promo_codes: Sequence[str] = (),
) -> list[Priced]:
    """In the order asked. A fixed number of statements for any number of lines. Refused where a rate is not known."""
    quantities: dict[int, Decimal] = defaultdict(Decimal)
    for each in asked:
        quantities[each.product_id] += each.quantity
    book = Book(
        account_id=account_id,
        currency=currency,
        on=on,
        named_list_id=price_list_id,
        promo_codes=promo_codes,
    )
    book.read(dict(quantities))
    with localcontext(prec=DIGITS):
        plain = {each.product_id for each in asked if each.calculated is None}
        known = {key: listed(book, book.products[key]) for key in plain}
        found = [
            (each, *calculated(book, each.product_id, each.calculated))
            if each.calculated is not None
            else (each, known[each.product_id], "")
            for each in asked
        ]
        amount = sum((rounded(each.quantity * of.price, currency) for each, of, _words in found), Decimal(0))
        return [_priced(book, each, of, amount, words) for each, of, words in found]


def _priced(book: Book, asked: Asked, of: Listed, amount: Decimal, specification: str) -> Priced:
    product = book.products[asked.product_id]
    trace = of.trace.copied()
    if asked.price is not None:
        price = asked.price
        trace.add("manual", of.price, price)
    else:
        exact = discounted(book, product, of, amount, trace)
        if asked.percent_by_hand:
            before, exact = exact, exact * (HUNDRED - asked.percent_by_hand) / HUNDRED
            trace.add("manual", before, exact, note=f"−{asked.percent_by_hand.normalize():f} %")
        price = exact.quantize(Decimal(1).scaleb(-of.places), rounding=ROUND_HALF_UP)
        if price != exact:
            trace.add("rounding", exact, price)
    return Priced(
        list_price=of.price,
        price=price,
        trace=trace.steps,
        cost=_cost(book, asked.product_id),
        price_list_id=of.price_list.pk if of.price_list else None,
        specification=specification,
    )


def _cost(book: Book, product_id: int) -> Decimal | None:
    cost = book.costs.get(product_id)
    if cost is None:
        return None
    rate = book.rate(book.products[product_id].currency, book.currency)
    return (cost * rate).quantize(TEN_THOUSANDTH, rounding=ROUND_HALF_UP)
