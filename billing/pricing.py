"""Prices by plain price alone: what the rules of the catalogue are asked instead, once there are any."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from billing.exchange import cross_rate
from catalog.models import Product
from foundation.money import rounded

HUNDRED = Decimal(100)


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
    rates = {each: cross_rate(each, currency, on) for each in {each.currency for each in products.values()}}
    return [_priced(each, products[each.product_id], currency, rates) for each in asked]


def _priced(asked: Asked, product: Product, currency: str, rates: dict[str, Decimal]) -> Priced:
    rate = rates[product.currency]
    plain = rounded(product.price * rate, currency)
    price, trace = plain, [_step("plain", None, plain)]
    if asked.price is not None:
        price = asked.price
        trace.append(_step("manual", plain, price))
    elif asked.percent_by_hand:
        price = rounded(plain * (HUNDRED - asked.percent_by_hand) / HUNDRED, currency)
        trace.append(_step("manual", plain, price))
    return Priced(list_price=plain, price=price, trace=trace)


def _step(step: str, before: Decimal | None, after: Decimal) -> dict[str, Any]:
    return {"step": step, "name": "", "before": None if before is None else str(before), "after": str(after)}
