"""Prices over random lists, rules and quantities, against an oracle in fractions that knows no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.testing import make_account
from catalog.models import DiscountRule, LoyaltyStanding, PriceList, PriceTerms, Product
from catalog.pricing import Asked, price_lines
from catalog.testing import make_level, make_list, make_product, make_rule
from users.models import User

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)
PENNY = Decimal("0.01")

prices = st.decimals(min_value=0, max_value=10_000, places=2)
percents = st.decimals(min_value=0, max_value=100, places=2)
quantities = st.decimals(min_value=Decimal("0.001"), max_value=500, places=3)


@dataclass(frozen=True)
class Rule:
    does: str
    value: Decimal
    is_alone: bool
    least_quantity: Decimal | None
    least_amount: Decimal | None


rules = st.builds(
    Rule,
    does=st.sampled_from(["percent", "amount", "price"]),
    value=percents,
    is_alone=st.booleans(),
    least_quantity=st.none() | st.decimals(min_value=0, max_value=500, places=3),
    least_amount=st.none() | st.decimals(min_value=0, max_value=100_000, places=2),
)


@dataclass(frozen=True)
class World:
    """`own` are prices in the list by the least quantity; `derived` is (percent, step, surcharge) from plain prices."""

    plain: Decimal
    own: dict[Decimal, Decimal]
    derived: tuple[Decimal, Decimal | None, Decimal] | None
    largest: Decimal | None
    agreed: Decimal
    level: Decimal
    rules: Sequence[Rule]
    lines: Sequence[Decimal]


worlds = st.builds(
    World,
    plain=prices,
    own=st.dictionaries(st.decimals(min_value=0, max_value=500, places=3), prices, max_size=3),
    derived=st.none()
    | st.tuples(
        st.decimals(min_value=-100, max_value=100, places=2),
        st.none() | st.sampled_from([Decimal("0.05"), Decimal("0.5"), Decimal(10)]),
        st.decimals(min_value=-2, max_value=2, places=2),
    ),
    largest=st.none() | percents,
    agreed=percents,
    level=percents,
    rules=st.lists(rules, max_size=4),
    lines=st.lists(quantities, min_size=1, max_size=3),
)


def whole(number: Fraction, unit: Fraction = Fraction(1, 100)) -> Fraction:
    """To the nearest multiple, halves up: what is rounded here is never negative, or is a list's step."""
    return ((number / unit + Fraction(1, 2)) // 1) * unit


def list_price(world: World) -> tuple[Fraction, bool]:
    """(the price, whether the list knew it)"""
    asked = sum((Fraction(each) for each in world.lines), Fraction(0))
    fitting = [key for key in world.own if Fraction(key) <= asked]
    if fitting:
        return Fraction(world.own[max(fitting)]), True
    if world.derived is None:
        return Fraction(world.plain), False
    percent, step, surcharge = world.derived
    price = Fraction(world.plain) * (100 + Fraction(percent)) / 100
    if step is not None:
        price = whole(price, Fraction(step))
    return whole(max(price + Fraction(surcharge), Fraction(0))), True


def expected(world: World) -> Fraction:
    start, is_listed = list_price(world)
    amount = sum((whole(Fraction(each) * start) for each in world.lines), Fraction(0))
    asked = sum((Fraction(each) for each in world.lines), Fraction(0))

    def after(rule: Rule, price: Fraction) -> Fraction:
        value = Fraction(rule.value)
        ways = {"percent": price * (100 - value) / 100, "amount": price - value, "price": value}
        return min(max(ways[rule.does], Fraction(0)), price)

    fitting = [
        rule
        for rule in world.rules
        if (rule.least_quantity is None or asked >= Fraction(rule.least_quantity))
        and (rule.least_amount is None or amount >= Fraction(rule.least_amount))
    ]
    together = start * (100 - Fraction(world.agreed)) / 100 * (100 - Fraction(world.level)) / 100
    for rule in fitting:
        if not rule.is_alone:
            together = after(rule, together)
    alone = min((after(rule, start) for rule in fitting if rule.is_alone), default=start)
    price = min(together, alone)
    if is_listed and world.largest is not None:
        price = max(price, start * (100 - Fraction(world.largest)) / 100)
    return whole(price)


def build(world: World, client: Any, product: Product) -> None:
    robot, now = User.objects.robot(), timezone.now()
    DiscountRule.objects.all().delete()
    product.change({"price": world.plain}, by=robot, at=now)
    said: dict[str, Any] = {"base_kind": "", "percent": Decimal(0), "step": None, "surcharge": Decimal(0)}
    if world.derived is not None:
        percent, step, surcharge = world.derived
        said = {"base_kind": "plain", "percent": percent, "step": step, "surcharge": surcharge}
    said["largest_discount"] = world.largest
    retail = PriceList.objects.filter(name="Retail").first() or make_list("Retail")
    retail.change(said, by=robot, at=now)
    rows = [(product.pk, quantity, price) for quantity, price in world.own.items()]
    retail.put_prices(rows, by=robot, at=now, keeps_others=False)
    for number, rule in enumerate(world.rules):
        make_rule(
            f"Rule {number}",
            rule.value,
            does=rule.does,
            stacking="alone" if rule.is_alone else "together",
            position=number,
            least_quantity=rule.least_quantity,
            least_amount=rule.least_amount,
        )
    in_force = PriceTerms.in_force(client.pk, DAY)
    if (in_force.percent if in_force else Decimal(0)) != world.agreed:
        PriceTerms.agree(client, percent=world.agreed, valid_from=DAY, reason="agreed", by=robot, at=now)
    standing = LoyaltyStanding.objects.get(account=client)
    standing.level.change({"percent": world.level}, by=robot, at=now)


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(world=worlds)
def test_a_price_is_what_the_page_says_to_the_penny(cast, world):
    client = cast.__dict__.setdefault("florists", None) or make_account("Acme", owner=cast.salesperson)
    if cast.__dict__["florists"] is None:
        cast.__dict__["florists"] = client
        cast.__dict__["rose"] = make_product("Rose", 1)
        LoyaltyStanding.put(client, make_level("Silver"), by=User.objects.robot(), at=timezone.now())
    product = cast.__dict__["rose"]
    build(world, client, product)
    asked = [Asked(product_id=product.pk, quantity=each) for each in world.lines]
    found = price_lines(asked, account_id=client.pk, currency="USD", on=DAY)
    assert {Fraction(each.price) for each in found} == {expected(world)}
    assert {Fraction(each.list_price) for each in found} == {list_price(world)[0]}
    for each in found:
        assert each.price == each.price.quantize(PENNY, rounding=ROUND_HALF_UP)
        assert 0 <= each.price <= each.list_price
        assert Decimal(each.trace[-1]["after"]) == each.price
