"""The table of docs/algorithms/pricing.md, section 6: examples 1 to 4 and 12, and what the page says in words."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models.dictionaries import Tag
from accounts.testing import make_account
from catalog.models import DiscountRule, LoyaltyStanding, PriceList, PriceTerms, Product, ProductGroup
from catalog.pricing import Asked, price_lines
from catalog.testing import make_level, make_list, make_product, make_rule, put_price
from foundation.errors import Refused
from foundation.models import ExchangeRate
from users.models import User

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 11, 2)


@pytest.fixture
def client(cast):
    return make_account("Acme Florists", owner=cast.salesperson)


def priced(client: Any, *asked: tuple[Product, Any], currency: str = "USD", **said: Any) -> list[Any]:
    wanted = [Asked(product_id=product.pk, quantity=D(str(count))) for product, count in asked]
    return price_lines(wanted, account_id=client.pk, currency=currency, on=DAY, **said)


def price(client: Any, product: Product, count: Any = 1, **said: Any) -> Decimal:
    return priced(client, (product, count), **said)[0].price  # type: ignore[no-any-return]


def steps(found: Any) -> list[tuple[str, str, str]]:
    return [(each["step"], each["name"], each["after"]) for each in found.trace]


def agree(client: Any, percent: Any = 0, price_list: PriceList | None = None, day: date = DAY) -> PriceTerms:
    robot = User.objects.robot()
    return PriceTerms.agree(
        client,
        price_list=price_list,
        percent=D(percent),
        valid_from=day,
        reason="agreed",
        by=robot,
        at=timezone.now(),
    )


def test_1_the_quantity_of_the_whole_document_finds_the_price(client):
    rose, retail = make_product("Rose", 10), make_list("Retail")
    put_price(retail, rose, 12)
    put_price(retail, rose, 11, from_quantity=10)
    assert [each.price for each in priced(client, (rose, 5), (rose, 7))] == [D(11), D(11)]
    assert price(client, rose, 9) == D(12)


def test_2_a_list_is_derived_in_steps_with_a_surcharge(client):
    rose, retail = make_product("Rose", 10), make_list("Retail", is_by_agreement=True)
    put_price(retail, rose, 12)
    make_list("Wholesale", base_kind="list", base=retail, percent=-7, step="0.5", surcharge="-0.01")
    (found,) = priced(client, (rose, 1))
    assert found.price == D("10.99")
    assert steps(found) == [("list", "Retail", "12.00"), ("derived", "Wholesale", "10.99")]


@pytest.fixture
def hundred(client):
    """Example 3: everything at once."""
    rose = make_product("Rose", 100)
    agree(client, 10)
    level = make_level("Silver", percent=5)
    LoyaltyStanding.put(client, level, by=User.objects.robot(), at=timezone.now())
    make_rule("Autumn", 10)
    return rose


def test_3_together_each_works_on_what_the_one_before_left(client, hundred):
    (found,) = priced(client, (hundred, 1))
    assert steps(found) == [
        ("plain", "", "100.00"), ("agreed", "", "90.00"), ("level", "Silver", "85.50"), ("rule", "Autumn", "76.95"),
    ]  # fmt: skip
    assert found.price == D("76.95")


def test_3_the_client_gets_the_lower_of_the_two_roads(client, hundred):
    make_rule("Clearance", 25, stacking="alone")
    (found,) = priced(client, (hundred, 1))
    assert (found.price, steps(found)[1:]) == (D(75), [("rule", "Clearance", "75.00")])


def test_4_the_lists_limit_gives_back_what_goes_beyond(client, hundred):
    make_rule("Clearance", 25, stacking="alone")
    retail = make_list("Retail", largest_discount=D(20))
    put_price(retail, hundred, 100)
    (found,) = priced(client, (hundred, 1))
    assert (found.price, steps(found)[-1]) == (D(80), ("limit", "Retail", "80.00"))


def test_12_screws_keep_their_four_decimals(client):
    screw, shop = make_product("Screw", 1), make_list("Shop")
    put_price(shop, screw, "0.0125")
    assert price(client, screw, 1000) == D("0.0125")
    make_rule("Bulk", 10)
    assert price(client, screw, 1000) == D("0.0113")


def test_a_list_named_on_the_document_comes_before_the_clients_terms(client):
    rose = make_product("Rose", 10)
    named, agreed, everybody = (make_list(name) for name in ("Fair", "Partner", "Retail"))
    for each, said in ((named, 7), (agreed, 8), (everybody, 9)):
        put_price(each, rose, said)
    for each in (named, agreed):
        each.change({"is_by_agreement": True}, by=User.objects.robot(), at=timezone.now())
    assert price(client, rose) == D(9)
    agree(client, price_list=agreed)
    assert price(client, rose) == D(8)
    assert price(client, rose, price_list_id=named.pk) == D(7)


def test_terms_count_from_their_day_and_the_last_agreed_of_a_day_counts(client):
    rose = make_product("Rose", 100)
    agree(client, 10, day=date(2026, 11, 1))
    agree(client, 30, day=date(2026, 11, 3))
    assert price(client, rose) == D(90)
    agree(client, 20, day=date(2026, 11, 1))
    assert price(client, rose) == D(80)


def test_a_list_for_a_tag_is_for_those_who_have_it_and_before_everybodys(client):
    rose, tag = make_product("Rose", 10), Tag.objects.create(name="Wholesale")
    for name, said, more in (("All", 9, {"position": 1}), ("Tagged", 6, {"tag": tag, "position": 50})):
        put_price(make_list(name, **more), rose, said)
    assert price(client, rose) == D(9)
    client.tags.add(tag)
    assert price(client, rose) == D(6)


def test_a_list_that_does_not_know_the_product_is_passed_over(client):
    rose, tulip = make_product("Rose", 10), make_product("Tulip", 5)
    put_price(make_list("Roses only", position=1), rose, 8)
    put_price(make_list("Retail", position=2), tulip, 4)
    assert [each.price for each in priced(client, (rose, 1), (tulip, 1))] == [D(8), D(4)]
    assert price(client, make_product("Vase", 30)) == D(30)


@pytest.mark.parametrize("days", [(None, date(2026, 11, 1)), (date(2026, 11, 3), None)])
def test_a_list_counts_on_its_days_only(client, days):
    rose = make_product("Rose", 10)
    put_price(make_list("Seasonal", valid_from=days[0], valid_to=days[1]), rose, 3)
    assert price(client, rose) == D(10)


def test_a_price_in_another_currency_is_converted_and_the_trace_says_the_rate(client):
    ExchangeRate.objects.create(currency="EUR", rate=D("1.25"), on=date(2026, 1, 1))
    rose = make_product("Rose", 10)
    put_price(make_list("Europe", currency="EUR"), rose, 8)
    (found,) = priced(client, (rose, 1))
    assert (found.price, steps(found)[1]) == (D(10), ("rate", "EUR → USD", "10.00"))
    with pytest.raises(Refused, match="No exchange rate of CHF"):
        priced(client, (rose, 1), currency="CHF")


def test_a_bundle_is_the_sum_of_its_parts_less_its_percent(client):
    robot, now = User.objects.robot(), timezone.now()
    rose, vase = make_product("Rose", 2, cost=D(1)), make_product("Vase", 30, cost=D(10))
    put_price(make_list("Retail"), rose, "1.50", from_quantity=20)
    gift = make_product("Gift", 99, kind="bundle", bundle_price="parts", bundle_percent=D(10))
    gift.put_parts([(rose.pk, D(11)), (vase.pk, D(1))], by=robot, at=now)
    one, two = priced(client, (gift, 1))[0], priced(client, (gift, 2))[0]
    assert (one.price, one.cost) == (D("46.80"), D(21))
    assert two.price == D("41.85")  # 22 roses are more than 20
    gift.change({"bundle_price": "own"}, by=robot, at=now)
    assert price(client, gift) == D(99)


@pytest.mark.parametrize(
    ("said", "count", "comes"),
    [
        ({"least_quantity": D(10)}, 9, 100),
        ({"least_quantity": D(10)}, 10, 90),
        ({"least_amount": D(1000)}, 9, 100),
        ({"least_amount": D(1000)}, 10, 90),
        ({"valid_to": date(2026, 11, 1)}, 1, 100),
        ({"valid_from": DAY, "valid_to": DAY}, 1, 90),
        ({"does": "amount", "value": D(30)}, 1, 70),
        ({"does": "amount", "value": D(300)}, 1, 0),
        ({"does": "price", "value": D(55)}, 1, 55),
        ({"does": "price", "value": D(155)}, 1, 100),
    ],
)
def test_a_rule_fits_where_all_that_it_names_fits(client, said, count, comes):
    rose = make_product("Rose", 100)
    make_rule("Rule", said.pop("value", D(10)), **said)
    assert price(client, rose, count) == D(comes)


def test_a_rule_of_a_group_fits_what_is_in_groups_below_it(client):
    robot, now = User.objects.robot(), timezone.now()
    flowers = ProductGroup.create(name="Flowers", by=robot, at=now)
    cut = ProductGroup.create(name="Cut", parent=flowers, by=robot, at=now)
    rose, vase = make_product("Rose", 100, group=cut), make_product("Vase", 100)
    make_rule("Flowers", 10, group=flowers)
    assert [each.price for each in priced(client, (rose, 1), (vase, 1))] == [D(90), D(100)]


def test_a_rule_with_a_code_fits_only_where_the_code_is_given(client):
    rose = make_product("Rose", 100)
    make_rule("Spring", 20, promo_code="spring 26")
    assert price(client, rose) == D(100)
    assert price(client, rose, promo_codes=["Spring26"]) == D(80)
    assert price(client, rose, promo_codes=["summer"]) == D(100)


def test_a_price_by_hand_walks_no_road_but_the_list_price_is_kept(client):
    rose = make_product("Rose", 100)
    make_rule("Autumn", 10)
    asked = [
        Asked(product_id=rose.pk, quantity=D(1), price=D("77.70")),
        Asked(product_id=rose.pk, quantity=D(1), percent_by_hand=D(5)),
    ]
    by_price, by_percent = price_lines(asked, account_id=client.pk, currency="USD", on=DAY)
    assert (by_price.list_price, by_price.price) == (D(100), D("77.70"))
    assert by_percent.price == D("85.50")
    assert [each["step"] for each in by_percent.trace] == ["plain", "rule", "manual"]


def test_lists_are_derived_at_most_five_deep_and_never_from_themselves(client):
    robot, now = User.objects.robot(), timezone.now()
    deepest = make_list("L0", base_kind="plain", percent=10)
    lists = [deepest]
    for depth in range(1, 5):
        lists.append(make_list(f"L{depth}", base_kind="list", base=lists[-1]))
    with pytest.raises(Refused, match="at most 5 deep"):
        make_list("L5", base_kind="list", base=lists[-1])
    with pytest.raises(Refused, match="from itself"):
        deepest.change({"base_kind": "list", "base": lists[2]}, by=robot, at=now)
    rose = make_product("Rose", 100)
    assert price(client, rose, price_list_id=lists[-1].pk) == D(110)


def test_from_the_cost_and_where_nobody_knows_it_the_next_list(client):
    known, unknown = make_product("Rose", 100, cost=D(40)), make_product("Tulip", 50)
    make_list("Cost plus", base_kind="cost", percent=50)
    assert [each.price for each in priced(client, (known, 1), (unknown, 1))] == [D(60), D(50)]


def test_a_hundred_lines_are_priced_by_as_many_statements_as_one(client, django_assert_num_queries):
    products = [make_product(f"Rose {n}", 100 + n) for n in range(100)]
    retail = make_list("Retail", base_kind="plain", percent=5)
    put_price(retail, products[0], 7)
    make_rule("Autumn", 10)
    counts = []
    for some in (products[:1], products):
        with django_assert_num_queries(6):
            counts.append(len(priced(client, *((each, 1) for each in some))))
    assert counts == [1, 100]


def test_two_rules_of_one_name_and_a_rule_of_more_than_all_are_refused(client):
    make_rule("Autumn", 10)
    with pytest.raises(Refused, match="a discount rule called Autumn"):
        make_rule("Autumn", 20)
    with pytest.raises(Refused, match="at most 100 %"):
        make_rule("Too much", 101)
    assert DiscountRule.objects.count() == 1
