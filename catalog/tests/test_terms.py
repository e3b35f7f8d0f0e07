"""A client's terms, level and points: agreed from a day on, kept for good, seen on the card."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from catalog.models import ListPrice, LoyaltyStanding, PointsEntry, PriceTerms
from catalog.models.loyalty import balance_of
from catalog.testing import make_level, make_list, make_product, make_rule, put_price
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.models import Event

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def client(cast):
    return make_account("Acme Florists", owner=cast.salesperson)


def door(name, *args):
    return reverse(f"catalog:{name}", args=args)


def text(answer):
    return answer.content.decode()


def test_terms_are_agreed_on_a_page_told_once_and_shown_on_the_card(cast, client, client_of):
    partner = make_list("Partner", is_by_agreement=True)
    today = company_day(timezone.now())
    browser = client_of(cast.head)
    said = {
        "price_list": partner.pk,
        "percent": "5",
        "valid_from": today.isoformat(),
        "reason": "a year together",
    }
    answer = browser.post(door("terms_agree", client.pk), said)
    assert answer.url == door("terms", client.pk)
    event = Event.objects.get(name="price_terms.changed")
    assert "the usual prices → Partner, −5 %. a year together" in event.fact.sentence()
    for page in ("terms", "terms_panel"):
        assert "Partner, −5 %" in text(client_of(cast.salesperson).get(door(page, client.pk)))
    assert door("terms_panel", client.pk) in text(browser.get(client.get_absolute_url()))


def test_terms_to_come_are_said_beside_those_in_force(cast, client, client_of):
    today = company_day(timezone.now())
    for percent, days in ((5, -3), (10, 3)):
        PriceTerms.agree(
            client, percent=D(percent), valid_from=today + timedelta(days=days), reason="so agreed",
            by=cast.head, at=timezone.now(),
        )  # fmt: skip
    page = text(client_of(cast.salesperson).get(door("terms", client.pk)))
    assert page.index("to come") < page.index("in force")
    panel = text(client_of(cast.salesperson).get(door("terms_panel", client.pk)))
    assert "−5 %" in panel
    assert "−10 %" in panel


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"percent": "101"}, "less than or equal to 100"),
        ({"reason": " "}, "required"),
        ({"valid_from": "yesterday"}, "valid date"),
        ({"percent": "0"}, "in force on that day already"),
    ],
)
def test_terms_that_say_nothing_new_or_cannot_be_are_refused_with_what_was_typed(
    cast, client, client_of, wrong, sentence
):
    said = {"price_list": "", "percent": "5", "valid_from": "2026-11-02", "reason": "kept words"} | wrong
    answer = client_of(cast.head).post(door("terms_agree", client.pk), said)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not PriceTerms.objects.exists()


def test_terms_and_points_are_never_changed_or_deleted_by_anybody(cast, client):
    now = timezone.now()
    terms = PriceTerms.agree(
        client, percent=D(5), valid_from=date(2026, 11, 1), reason="x", by=cast.head, at=now
    )
    points = PointsEntry.move(client, D(5), reason="welcome", by=cast.head, at=now)
    for attempt in (
        lambda: PriceTerms.objects.filter(pk=terms.pk).update(percent=50),
        lambda: PriceTerms.objects.filter(pk=terms.pk).delete(),
        lambda: PointsEntry.objects.filter(pk=points.pk).update(amount=50),
        lambda: PointsEntry.objects.filter(pk=points.pk).delete(),
    ):
        with pytest.raises(InternalError, match="pgtrigger"), transaction.atomic():
            attempt()


def test_points_are_a_ledger_that_never_falls_below_nothing(cast, client, client_of):
    browser = client_of(cast.head)
    browser.post(door("points_move", client.pk), {"amount": "100", "reason": "welcome"})
    browser.post(door("points_move", client.pk), {"amount": "-30", "reason": "a gift"})
    answer = browser.post(door("points_move", client.pk), {"amount": "-70.01", "reason": "too much"})
    assert (answer.status_code, "fewer points" in text(answer)) == (422, True)
    assert balance_of(client.pk) == D(70)
    page = text(browser.get(door("terms", client.pk)))
    assert ("+100" in page, "-30" in page, "welcome" in page) == (True, True, True)


def test_points_come_once_for_what_they_are_for(cast, client):
    for _time in range(2):
        PointsEntry.move(client, D(5), reason="paid", source="payment:1", by=cast.robot, at=timezone.now())
    assert balance_of(client.pk) == D(5)
    assert Event.objects.filter(name="points.moved").count() == 1


def test_a_level_is_put_once_and_told_from_and_to(cast, client):
    silver, gold = make_level("Silver", 1000), make_level("Gold", 5000, 10)
    moved = [
        LoyaltyStanding.put(client, level, by=cast.robot, at=timezone.now())
        for level in (silver, silver, gold, None)
    ]
    assert moved == [True, False, True, True]
    told = Event.objects.filter(name="loyalty.moved").order_by("pk")
    assert [each.fact.to_name for each in told] == ["Silver", "Gold", ""]


def test_who_may_not_change_prices_sees_them_only_and_strangers_nothing(cast, client, client_of):
    page = text(client_of(cast.salesperson).get(door("terms", client.pk)))
    assert door("terms_agree", client.pk) not in page
    for name in ("terms_agree", "points_move"):
        assert client_of(cast.salesperson).post(door(name, client.pk), {}).status_code == 403
    for name in ("terms", "terms_panel"):
        assert client_of(cast.outsider).get(door(name, client.pk)).status_code == 404


def test_a_price_is_put_into_a_list_by_name_or_article_number(cast, client_of):
    retail, rose = make_list("Retail"), make_product("Red rose", 10, code="R-1")
    browser, page = client_of(cast.head), door("price_list", retail.pk)
    for said in ({"product": "r-1", "from_quantity": "0", "price": "9"},
                 {"product": "red ROSE", "from_quantity": "10", "price": "8.1250"},
                 {"product": "R-1", "from_quantity": "10", "price": "8.125"}):  # fmt: skip
        assert browser.post(page, said).status_code == 302
    assert sorted(ListPrice.objects.values_list("from_quantity", "price")) == [
        (D(0), D(9)),
        (D(10), D("8.125")),
    ]
    answer = browser.post(page, {"product": "Cactus", "from_quantity": "0", "price": "1"})
    assert (answer.status_code, "No product is called “Cactus”" in text(answer)) == (422, True)
    assert Event.objects.filter(name="price_list.changed").count() == 2
    shown = text(client_of(cast.salesperson).get(page))
    assert ("8.125 USD" in shown, "9.00 USD" in shown, "Put the price" in shown) == (True, True, False)
    answer = client_of(cast.salesperson).post(page, {"product": "R-1", "from_quantity": "0", "price": "1"})
    assert answer.status_code in {403, 422}
    assert retail.prices.get(product=rose, from_quantity=0).price == 9


def test_putting_one_price_leaves_the_others_of_the_product(cast):
    retail, rose = make_list("Retail"), make_product("Rose", 10)
    put_price(retail, rose, 9)
    retail.put_prices([(rose.pk, D(10), D(8))], by=cast.head, at=timezone.now())
    assert retail.prices.count() == 2
    with pytest.raises(Refused, match="stands here twice"):
        retail.put_prices([(rose.pk, D(1), D(8)), (rose.pk, D(1), D(7))], by=cast.head, at=timezone.now())


def test_the_page_of_lists_says_what_each_reckons_with(cast, client_of):
    retail = make_list("Retail")
    make_list("Wholesale", base_kind="list", base=retail, percent=-7, step="0.5", surcharge="-0.01")
    page = text(client_of(cast.salesperson).get(door("price_lists")))
    assert "Retail −7 %, in steps of 0.5, −0.01" in page


@pytest.mark.parametrize("name", ["pricelist", "discountrule", "loyaltylevel"])
def test_the_administration_keeps_lists_rules_and_levels_through_their_verbs(cast, client_of, name):
    said = {
        "pricelist": {"name": "Retail", "currency": "USD", "position": 1, "percent": "0", "surcharge": "0",
                      "step_rounding": "nearest", "base_kind": "", "is_active": "on"},
        "discountrule": {"name": "Autumn", "does": "percent", "value": "10", "currency": "USD",
                         "stacking": "together", "position": 1, "is_active": "on", "promo_code": "fall 26"},
        "loyaltylevel": {"name": "Silver", "from_amount": "1000", "percent": "5", "points_percent": "1",
                         "is_active": "on"},
    }[name]  # fmt: skip
    browser = client_of(cast.admin)
    answer = browser.post(reverse(f"admin:catalog_{name}_add"), said)
    assert answer.status_code == 302, text(answer)
    event = Event.objects.filter(name__endswith=".created").latest("pk")
    assert event.actor_id == cast.admin.pk
    answer = browser.post(reverse(f"admin:catalog_{name}_add"), said, follow=True)
    assert "already" in text(answer)


def test_a_promo_code_nobody_has_is_refused_on_the_invoice(cast, client, client_of):
    from billing.testing import make_draft

    make_rule("Spring", 20, promo_code="SPRING")
    invoice = make_draft(account=client, owner=cast.salesperson)
    invoice.change({"promo_code": "spring "}, by=cast.salesperson, at=timezone.now())
    assert invoice.promo_code == "SPRING"
    with pytest.raises(Refused, match="No campaign of that day has the promo code “WINTER”"):
        invoice.change({"promo_code": "WINTER"}, by=cast.salesperson, at=timezone.now())
