"""The list price of a product: which list knows it and what it reckons with. docs/algorithms/pricing.md, 1.1 to 1.3."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import BundlePrice, PriceList, Product, ProductKind
from catalog.models.price_list import DEEPEST, Base, StepRounding
from catalog.pricing.book import Book
from catalog.pricing.trace import Trace
from foundation.errors import Refused
from foundation.money import minor_units

HUNDRED = Decimal(100)
NOTHING = Decimal(0)
WAYS = {
    StepRounding.NEAREST: ROUND_HALF_UP,
    StepRounding.UP: ROUND_CEILING,
    StepRounding.DOWN: ROUND_FLOOR,
}


@dataclass(kw_only=True)
class Listed:
    """A list price in the document's currency, rounded to `places` decimals. `price_list` is None for a plain price."""

    price: Decimal
    places: int
    trace: Trace
    price_list: PriceList | None = None


@dataclass(kw_only=True)
class _Found:
    amount: Decimal
    currency: str
    trace: Trace
    decimals: int = 0


def listed(book: Book, product: Product) -> Listed:
    if product.kind == ProductKind.BUNDLE and product.bundle_price == BundlePrice.PARTS:
        return _bundle(book, product)
    for price_list in book.lists:
        found = _in_list(book, price_list, product, 1)
        if found is not None:
            return _converted(book, found, price_list)
    return _converted(book, _plain(product), None)


def listed_in(book: Book, price_list: PriceList, product: Product) -> Listed | None:
    """In this list, whoever it is for and whenever it is valid; None where it knows no price."""
    found = _in_list(book, price_list, product, 1)
    return _converted(book, found, price_list) if found is not None else None


def calculated(book: Book, key: int, said: Mapping[str, Any]) -> tuple[Listed, str]:
    """What the product's calculator makes of what was said, in place of a list price, and the words of it."""
    calculator = book.calculators.get(key)
    if calculator is None:
        raise Refused(_("%(name)s is not calculated any more.") % {"name": book.products[key]})
    made, trace = calculator.calculate(said), Trace()
    trace.add("calculated", None, made.price, note=made.specification)
    found = _Found(amount=made.price, currency=calculator.product.currency, trace=trace)
    return _converted(book, found, None), made.specification


def _plain(product: Product) -> _Found:
    trace = Trace()
    trace.add("plain", None, product.price)
    return _Found(amount=product.price, currency=product.currency, trace=trace)


def _in_list(book: Book, price_list: PriceList, product: Product, depth: int) -> _Found | None:
    """In the list's own currency; None where the list knows no price."""
    own = book.own_price(price_list, product.pk)
    if own is not None:
        trace, from_one = Trace(), not own.from_quantity
        trace.add(
            "list" if from_one else "quantity",
            None,
            own.price,
            name=price_list.name,
            note="" if from_one else f"≥ {own.from_quantity.normalize():f}",
        )
        decimals = max(0, -int(own.price.normalize().as_tuple().exponent))
        return _Found(amount=own.price, currency=price_list.currency, trace=trace, decimals=decimals)
    base = _base(book, price_list, product, depth)
    return _derived(book, price_list, base) if base is not None else None


def _base(book: Book, price_list: PriceList, product: Product, depth: int) -> _Found | None:
    if price_list.base_kind == Base.PLAIN:
        return _plain(product)
    if price_list.base_kind == Base.COST:
        cost = book.costs.get(product.pk)
        if cost is None:
            return None
        trace = Trace()
        trace.add("cost", None, cost)
        return _Found(amount=cost, currency=product.currency, trace=trace)
    below = book.base_of(price_list)
    if below is None or depth >= DEEPEST:
        return None
    return _in_list(book, below, product, depth + 1)


def _derived(book: Book, price_list: PriceList, base: _Found) -> _Found:
    """base × (100 + percent) / 100, rounded to a multiple of the step, with the surcharge; never below nothing."""
    amount, trace = _exchanged(book, base.amount, base.currency, price_list.currency, base.trace), base.trace
    price = amount * (HUNDRED + price_list.percent) / HUNDRED
    if price_list.step is not None:
        steps = (price / price_list.step).to_integral_value(
            rounding=WAYS[StepRounding(price_list.step_rounding)]
        )
        price = steps * price_list.step
    price = max(price + price_list.surcharge, NOTHING)
    more = {"base": "cost"} if price_list.base_kind == Base.COST else {}
    trace.add("derived", amount, price, name=price_list.name, note=_note(price_list), **more)
    return _Found(amount=price, currency=price_list.currency, trace=trace)


def _note(price_list: PriceList) -> str:
    """Numbers only, which need no language."""
    said = [f"{price_list.percent.normalize():+f} %"] if price_list.percent else []
    said += [f"↔ {price_list.step.normalize():f}"] if price_list.step else []
    said += [f"{price_list.surcharge.normalize():+f}"] if price_list.surcharge else []
    return ", ".join(said)


def _exchanged(book: Book, amount: Decimal, source: str, target: str, trace: Trace) -> Decimal:
    if source == target:
        return amount
    rate = book.rate(source, target)
    trace.add("rate", amount, amount * rate, name=f"{source} → {target}", note=f"{rate.normalize():f}")
    return amount * rate


def _converted(book: Book, found: _Found, price_list: PriceList | None) -> Listed:
    """In the document's currency, in whole units of it, or with the decimals of the list's own price if they are
    more."""
    is_same = found.currency == book.currency
    amount = _exchanged(book, found.amount, found.currency, book.currency, found.trace)
    places = max(minor_units(book.currency), found.decimals if is_same else 0)
    return _rounded(amount, places, found.trace, price_list)


def _rounded(amount: Decimal, places: int, trace: Trace, price_list: PriceList | None) -> Listed:
    price = amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if price != amount:
        trace.add("rounding", amount, price)
    return Listed(price=price, places=places, trace=trace, price_list=price_list)


def _bundle(book: Book, product: Product) -> Listed:
    """The sum of its parts, each at its own list price, less the bundle's percent."""
    prices = [(part, listed(book, part.product)) for part in book.parts.get(product.pk, [])]
    whole = sum((part.quantity * each.price for part, each in prices), NOTHING)
    trace = Trace()
    for part, each in prices:
        name = f"{part.quantity.normalize():f} × {part.product.name}"
        trace.add("bundle", None, part.quantity * each.price, name=name)
    after = whole * (HUNDRED - product.bundle_percent) / HUNDRED
    note = f"−{product.bundle_percent.normalize():f} %" if product.bundle_percent else ""
    trace.add("bundle", whole, after, name=product.name, note=note)
    lists = {each.price_list for _part, each in prices}
    only = lists.pop() if len(lists) == 1 else None
    return _rounded(after, minor_units(book.currency), trace, only)
