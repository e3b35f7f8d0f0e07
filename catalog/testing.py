"""Builders of products, price lists and discounts for tests and the demo company."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalog.models import DiscountRule, LoyaltyLevel, PriceList, Product
from users.models import User

AMOUNTS = {"percent", "step", "surcharge"}


def make_product(name: str = "Bouquet", price: Any = 100, **fields: Any) -> Product:
    by = User.objects.robot()
    return Product.create(name=name, price=Decimal(price), by=by, at=timezone.now(), **fields)


def make_list(name: str = "Retail", **fields: Any) -> PriceList:
    """For everybody, in the company's currency, unless said otherwise."""
    said = {key: Decimal(str(value)) if key in AMOUNTS else value for key, value in fields.items()}
    return PriceList.create(name=name, by=User.objects.robot(), at=timezone.now(), **said)


def put_price(price_list: PriceList, product: Product, price: Any, from_quantity: Any = 0) -> None:
    row = (product.pk, Decimal(str(from_quantity)), Decimal(str(price)))
    others = [
        (each.product_id, each.from_quantity, each.price)
        for each in price_list.prices.all()
        if (each.product_id, each.from_quantity) != row[:2]
    ]
    price_list.put_prices([*others, row], by=User.objects.robot(), at=timezone.now())


def make_rule(name: str = "Discount", value: Any = 10, **fields: Any) -> DiscountRule:
    """A percent off, unless said otherwise."""
    return DiscountRule.create(
        name=name, value=Decimal(str(value)), by=User.objects.robot(), at=timezone.now(), **fields
    )


def make_level(
    name: str = "Silver", from_amount: Any = 1000, percent: Any = 5, points: Any = 1
) -> LoyaltyLevel:
    return LoyaltyLevel.create(
        name=name,
        from_amount=Decimal(str(from_amount)),
        percent=Decimal(str(percent)),
        points_percent=Decimal(str(points)),
        by=User.objects.robot(),
        at=timezone.now(),
    )
