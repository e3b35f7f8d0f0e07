"""Discounts on a list price: two roads, the lower price counts. docs/algorithms/pricing.md, 1.4 and 1.5."""

from decimal import Decimal

from catalog.models import DiscountRule, Product
from catalog.models.discount_rule import Does, Stacking
from catalog.pricing.book import Book
from catalog.pricing.listing import Listed
from catalog.pricing.trace import Trace

HUNDRED = Decimal(100)
NOTHING = Decimal(0)


def discounted(book: Book, product: Product, of: Listed, amount: Decimal, trace: Trace) -> Decimal:
    """Exact; steps go into the trace. `amount`: of the document at list prices, in its currency."""
    rules = [each for each in book.rules if _fits(book, each, product, amount)]
    together, steps = _together(book, of.price, rules)
    alone, rule = _alone(book, of.price, rules)
    price = together
    if rule is not None and alone < together:
        price, steps = alone, Trace()
        _said(steps, rule, of.price, alone)
    trace.extend(steps)
    return _limited(of, price, trace)


def _together(book: Book, price: Decimal, rules: list[DiscountRule]) -> tuple[Decimal, Trace]:
    """Each works on what the one before left."""
    trace = Trace()
    agreed = book.terms.percent if book.terms else NOTHING
    level = book.level
    for step, name, percent in (
        ("agreed", "", agreed),
        ("level", level.name if level else "", level.percent if level else NOTHING),
    ):
        if percent:
            before, price = price, price * (HUNDRED - percent) / HUNDRED
            trace.add(step, before, price, name=name, note=f"−{percent.normalize():f} %")
    for rule in rules:
        if rule.stacking == Stacking.TOGETHER:
            after = _after(book, rule, price)
            if after < price:
                _said(trace, rule, price, after)
                price = after
    return price, trace


def _alone(book: Book, price: Decimal, rules: list[DiscountRule]) -> tuple[Decimal, DiscountRule | None]:
    """Each on the list price by itself; the lowest, of equal ones the first."""
    best, found = price, None
    for rule in rules:
        if rule.stacking == Stacking.ALONE:
            after = _after(book, rule, price)
            if after < best:
                best, found = after, rule
    return best, found


def _after(book: Book, rule: DiscountRule, price: Decimal) -> Decimal:
    """Never below nothing, never above the price."""
    if rule.does == Does.PERCENT:
        return price * (HUNDRED - rule.value) / HUNDRED
    value = rule.value * book.rate(rule.currency, book.currency)
    after = value if rule.does == Does.PRICE else price - value
    return min(max(after, NOTHING), price)


def _said(trace: Trace, rule: DiscountRule, before: Decimal, after: Decimal) -> None:
    note = f"−{rule.value.normalize():f} %" if rule.does == Does.PERCENT else ""
    if rule.promo_code:
        note = f"{note} {rule.promo_code}".strip()
    trace.add("promo" if rule.promo_code else "rule", before, after, name=rule.name, note=note)


def _fits(book: Book, rule: DiscountRule, product: Product, amount: Decimal) -> bool:
    """Day, client and code were looked at when the book was read."""
    if rule.product_id not in (None, product.pk):
        return False
    if rule.group_id is not None and not book.is_in_group(product, rule.group_id):
        return False
    if rule.least_quantity is not None and book.quantities[product.pk] < rule.least_quantity:
        return False
    if rule.least_amount is None:
        return True
    return amount >= rule.least_amount * book.rate(rule.currency, book.currency)


def _limited(of: Listed, price: Decimal, trace: Trace) -> Decimal:
    """What goes beyond the largest discount of the list is given back."""
    largest = of.price_list.largest_discount if of.price_list else None
    if largest is None:
        return price
    least = of.price * (HUNDRED - largest) / HUNDRED
    if price >= least:
        return price
    name = of.price_list.name if of.price_list else ""
    trace.add("limit", price, least, name=name, note=f"≤ {largest.normalize():f} %")
    return least
