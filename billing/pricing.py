"""What a line costs the client, and us: the plain price of its product, or what somebody set by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from billing.exchange import cross_rate
from catalog.models import BundlePart, Product, ProductKind
from foundation.money import rounded

HUNDRED = Decimal(100)
TEN_THOUSANDTH = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class Asked:
    product_id: int
    quantity: Decimal
    price: Decimal | None = None
    percent_by_hand: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Priced:
    """All in the document's currency; `cost` is None where nobody knows it."""

    list_price: Decimal
    price: Decimal
    trace: list[dict[str, Any]] = field(default_factory=list)
    cost: Decimal | None = None
    price_list_id: int | None = None


def price_lines(
    asked: Sequence[Asked],
    *,
    account_id: int,
    currency: str,
    on: date,
    price_list_id: int | None = None,
    promo_codes: Sequence[str] = (),
) -> list[Priced]:
    products = Product.objects.in_bulk({each.product_id for each in asked})
    costs = costs_of(products.values())
    rates = {each: cross_rate(each, currency, on) for each in {each.currency for each in products.values()}}
    return [_priced(each, products[each.product_id], currency, rates, costs) for each in asked]


def costs_of(products: Iterable[Product]) -> dict[int, Decimal]:
    """What one of each costs, in its own currency, where it is known; a bundle costs what its parts cost, where all
    are known and in its currency. One statement where there are bundles, else none."""
    found = {each.pk: each.cost for each in products if each.cost is not None}
    bundles = {each.pk: each for each in products if each.kind == ProductKind.BUNDLE}
    parts: dict[int, list[Decimal | None]] = {}
    if bundles:
        for part in BundlePart.objects.filter(bundle__in=bundles).select_related("product"):
            is_known = (
                part.product.cost is not None and part.product.currency == bundles[part.bundle_id].currency
            )
            cost = part.quantity * part.product.cost if is_known and part.product.cost is not None else None
            parts.setdefault(part.bundle_id, []).append(cost)
    for key, each in parts.items():
        known = [cost for cost in each if cost is not None]
        if len(known) == len(each):
            found[key] = sum(known, Decimal(0))
    return found


def _priced(
    asked: Asked, product: Product, currency: str, rates: dict[str, Decimal], costs: dict[int, Decimal]
) -> Priced:
    rate = rates[product.currency]
    plain = rounded(product.price * rate, currency)
    price, trace = plain, [_step("plain", None, plain)]
    if asked.price is not None:
        price = asked.price
        trace.append(_step("manual", plain, price))
    elif asked.percent_by_hand:
        price = rounded(plain * (HUNDRED - asked.percent_by_hand) / HUNDRED, currency)
        trace.append(_step("manual", plain, price))
    cost = (costs[product.pk] * rate).quantize(TEN_THOUSANDTH) if product.pk in costs else None
    return Priced(list_price=plain, price=price, trace=trace, cost=cost)


def _step(step: str, before: Decimal | None, after: Decimal) -> dict[str, Any]:
    return {"step": step, "name": "", "before": None if before is None else str(before), "after": str(after)}
