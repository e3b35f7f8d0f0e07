"""A price list tried on what was sold, before it is in use."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from billing.drafting import DraftLine
from billing.simulating import simulate
from billing.testing import line, make_draft, make_invoice, make_legal_entity, make_rate
from billing.views.simulate import last_quarter
from catalog.testing import make_list, make_product, put_price
from users.models import User

pytestmark = pytest.mark.django_db
D = Decimal
FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)


@pytest.fixture
def seller(cast):
    make_legal_entity()
    return User.objects.with_policy().get(pk=cast.salesperson.pk)


@pytest.fixture
def client(cast, seller):
    return make_account("Acme", owner=cast.salesperson)


def sold(client, *lines, day=LAST, **said):
    return make_invoice(lines=list(lines), account=client, dated_on=day, by=User.objects.robot(), **said)


def of(product, quantity=1, **said):
    return DraftLine(product_id=product.pk, quantity=D(quantity), **said)


def test_what_was_sold_is_counted_at_the_lists_prices_by_the_quantity_of_each_document(cast, client, seller):
    rose, retail = make_product("Rose", 10), make_list("Next year", is_active=False)
    put_price(retail, rose, 12)
    put_price(retail, rose, 9, from_quantity=10)
    sold(client, of(rose, 5))
    sold(client, of(rose, 6), of(rose, 4))
    found = simulate(retail, FIRST, LAST, person=seller)
    assert (found.before, found.after, found.difference) == (D(150), D(150), D(0))
    put_price(retail, rose, 8, from_quantity=10)
    found = simulate(retail, FIRST, LAST, person=seller)
    assert (found.after, found.effects[0].documents, found.effects[0].quantity) == (D(140), 2, D(15))


def test_discounts_stay_in_proportion_and_unknown_products_stay_as_they_were(cast, client, seller):
    rose, vase, retail = make_product("Rose", 100), make_product("Vase", 30), make_list("Next")
    put_price(retail, rose, 200)
    retail.change({"is_active": False}, by=cast.head, at=timezone.now())
    sold(client, of(rose, 1, percent_by_hand=D(10)), of(vase), line(500))
    found = simulate(retail, FIRST, LAST, person=seller)
    assert (found.before, found.after, found.products, found.unknown) == (D(120), D(210), 2, 1)


def test_other_days_drafts_and_credit_notes_are_left_out_and_rates_are_those_of_the_day(cast, client, seller):
    make_rate("EUR", "1.25")
    rose, retail = make_product("Rose", 10), make_list("Next", base_kind="plain", percent=10)
    retail.change({"is_active": False}, by=cast.head, at=timezone.now())
    sold(client, of(rose), day=date(2026, 6, 30))
    make_draft(lines=[of(rose)], account=client, dated_on=LAST, by=cast.robot)
    sold(client, of(rose, 10), currency="EUR")
    found = simulate(retail, FIRST, LAST, person=seller)
    assert (found.before, found.after) == (D(100), D(110))


def test_the_page_shows_only_what_the_person_sees_and_the_last_quarter_first(cast, client, client_of):
    rose, retail = make_product("Rose", 10), make_list("Next", base_kind="plain", percent=50, is_active=False)
    _first, last = last_quarter(timezone.localdate())
    sold(client, of(rose, 7), day=last)
    page = reverse("billing:simulate", args=[retail.pk])
    text = client_of(cast.head).get(page).content.decode()
    assert ("105.00" in text, "+35.00" in text, "50\u00a0%" in text or "50 %" in text) == (True, True, True)
    assert client_of(cast.salesperson).get(page).status_code == 403
    assert page in client_of(cast.head).get(reverse("catalog:price_list", args=[retail.pk])).content.decode()
    wrong = client_of(cast.head).get(page, {"first": "2026-09-01", "last": "2026-08-01"})
    assert wrong.status_code == 422
    endless = client_of(cast.head).get(page, {"first": "9999-12-31", "last": "9999-12-31"})
    assert endless.status_code == 200


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2026, 1, 1), (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 11, 24), (date(2026, 7, 1), date(2026, 9, 30))),
    ],
)
def test_the_last_quarter_is_the_one_before_this(today, days):
    assert last_quarter(today) == days


def test_ten_times_as_much_is_as_many_statements(cast, client, seller, django_assert_max_num_queries):
    retail = make_list("Next", base_kind="plain", percent=5)
    products = [make_product(f"Rose {n}", 10 + n) for n in range(20)]
    sold(client, *(of(each, n + 1) for n, each in enumerate(products)))
    with django_assert_max_num_queries(7):
        assert simulate(retail, FIRST, LAST, person=seller).products == 20
