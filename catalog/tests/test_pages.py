"""What people see and do with products on their pages."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog.forms import ProductPageForm
from catalog.models import Product, ProductGroup, TaxRate
from foundation.models import Event
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db


def make(name: str, by: Any, **fields: Any) -> Product:
    return Product.create(
        name=name, price=fields.pop("price", Decimal(100)), **fields, by=by, at=timezone.now()
    )


def sent(**said: Any) -> dict[str, Any]:
    usual = {
        "name": "Rose",
        "code": "",
        "kind": "goods",
        "group": "",
        "series": "",
        "price": "5",
        "currency": "USD",
    }
    usual |= {"unit": "", "tax_rate": "", "about": "", "bundle_price": "own", "bundle_percent": "0"}
    return usual | {"is_active": "on"} | said


def text(answer: Any) -> str:
    return answer.content.decode()


def test_products_are_found_by_what_their_name_number_or_series_holds(cast, client_of):
    make("Red rose", cast.admin, code="R-7", series="Roses")
    make("Tulip", cast.admin)
    client = client_of(cast.salesperson)
    for query in ("red", "RED ros", "r-7", "roses"):
        page = text(client.get("/products/", {"q": query}))
        assert ("Red rose" in page, "Tulip" in page) == (True, False), query
    assert "No product matches" in text(client.get("/products/", {"q": "cactus"}))


def test_a_group_shows_what_is_in_it_and_below(cast, client_of):
    now = timezone.now()
    flowers = ProductGroup.create(name="Flowers", by=cast.admin, at=now)
    cut = ProductGroup.create(name="Cut", parent=flowers, by=cast.admin, at=now)
    make("Rose", cast.admin, group=cut)
    make("Vase", cast.admin)
    page = text(client_of(cast.salesperson).get("/products/", {"group": flowers.pk}))
    assert ("Rose" in page, "Vase" in page, "Flowers / Cut" in page) == (True, False, True)


def test_what_is_no_longer_offered_is_shown_only_when_asked_for(cast, client_of):
    make("Rose", cast.admin, is_active=False)
    client = client_of(cast.salesperson)
    shown = [("Rose" in text(client.get("/products/", {"offered": said}))) for said in ("", "no", "all")]
    assert shown == [False, True, True]


def test_costs_are_seen_only_by_those_who_may(cast, client_of):
    rose = make("Rose", cast.admin, cost=Decimal("61.23"))
    for page in ("/products/", f"/products/{rose.pk}/"):
        seen = ["61.23" in text(client_of(each).get(page)) for each in (cast.salesperson, cast.admin)]
        assert seen == [False, True], page


@pytest.mark.parametrize("said", [{"kind": "cactus"}, {"group": "x"}, {"group": "9" * 30}, {"q": "x" * 101}])
def test_what_nobody_can_ask_is_said_to_be_wrong(cast, client_of, said):
    assert client_of(cast.salesperson).get("/products/", said).status_code == 422


def test_pages_of_the_list_follow_each_other(cast, client_of):
    for n in range(60):
        make(f"Rose {n:02}", cast.admin)
    client = client_of(cast.salesperson)
    first = text(client.get("/products/"))
    assert ("Rose 00" in first, "Rose 55" in first, "60 products" in first) == (True, False, True)
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Rose 55" in text(client.get(f"/products/{following}"))


def test_a_list_and_a_page_send_as_many_statements_whatever_they_show(cast, client_of):
    client = client_of(cast.admin)
    bundle = make("Bouquet", cast.admin, kind="bundle")
    parts = [make(f"Rose {n}", cast.admin, cost=Decimal(3)) for n in range(30)]
    bundle.put_parts([(each.pk, Decimal(2)) for each in parts], by=cast.admin, at=timezone.now())
    client.get("/products/")
    with assert_query_count("products"):
        client.get("/products/")
    with assert_query_count("product"):
        page = text(client.get(f"/products/{bundle.pk}/"))
    assert "180.00" in page, "what the parts cost"


def test_a_product_is_added_once(cast, client_of):
    client = client_of(cast.admin)
    page = text(client.get("/products/new/"))
    nonce = page.split('name="nonce" value="')[1].split('"')[0]
    answers = [client.post("/products/new/", sent(nonce=nonce, cost="2.50")) for _each in range(2)]
    rose = Product.objects.get()
    assert [each.headers["Location"] for each in answers] == [f"/products/{rose.pk}/"] * 2
    assert rose.cost == Decimal("2.5")


def test_a_bundle_goes_on_to_its_parts(cast, client_of):
    client, rose = client_of(cast.admin), make("Rose", cast.admin)
    answer = client.post("/products/new/", sent(name="Bouquet", kind="bundle"))
    bundle = Product.objects.get(name="Bouquet")
    assert answer.headers["Location"] == f"/products/{bundle.pk}/parts/"
    said = {
        "part-TOTAL_FORMS": "2",
        "part-INITIAL_FORMS": "0",
        "part-0-product": rose.pk,
        "part-0-quantity": "7",
    }
    said |= {"part-1-product": "", "part-1-quantity": "1"}
    assert client.post(f"/products/{bundle.pk}/parts/", said).status_code == 302
    assert list(bundle.parts.values_list("product", "quantity")) == [(rose.pk, Decimal(7))]
    assert "Bouquet" in text(client.get(f"/products/{rose.pk}/"))
    said |= {"part-INITIAL_FORMS": "1", "part-0-DELETE": "on"}
    assert client.post(f"/products/{bundle.pk}/parts/", said).status_code == 302
    assert not bundle.parts.exists()


def test_parts_that_cannot_be_are_refused_and_kept_on_the_page(cast, client_of):
    client, rose = client_of(cast.admin), make("Rose", cast.admin)
    bundle = make("Bouquet", cast.admin, kind="bundle")
    said = {
        "part-TOTAL_FORMS": "2",
        "part-INITIAL_FORMS": "0",
        "part-0-product": rose.pk,
        "part-0-quantity": "7",
    }
    answer = client.post(
        f"/products/{bundle.pk}/parts/", said | {"part-1-product": rose.pk, "part-1-quantity": "1"}
    )
    assert (answer.status_code, "part of a bundle once" in text(answer)) == (422, True)
    assert 'value="7"' in text(answer)
    answer = client.post(f"/products/{bundle.pk}/parts/", {"part-TOTAL_FORMS": "x"})
    assert answer.status_code == 422


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(cast, client_of):
    make("Rose", cast.admin)
    client = client_of(cast.admin)
    answer = client.post("/products/new/", sent(about="Smells of summer"))
    assert (answer.status_code, "called Rose already" in text(answer)) == (422, True)
    assert "Smells of summer" in text(answer)
    assert client.post("/products/new/", sent(name="Tulip", currency="XXQ")).status_code == 422
    assert client.post("/products/new/", sent(name="Tulip", price="much")).status_code == 422
    assert Product.objects.count() == 1


def test_only_what_was_changed_is_written_and_told(cast, client_of):
    rose = make("Rose", cast.admin, cost=Decimal(3))
    client = client_of(cast.admin)
    page = text(client.get(f"/products/{rose.pk}/edit/"))
    seen = page.split('name="seen" value="')[1].split('"')[0]
    rose.change({"series": "Roses"}, by=cast.admin, at=timezone.now())
    answer = client.post(f"/products/{rose.pk}/edit/", sent(price="120.00", cost="3", seen=seen))
    assert answer.status_code == 302
    rose.refresh_from_db()
    assert (rose.price, rose.series) == (120, "Roses"), "a colleague's change of another field stays"
    assert Event.objects.filter(name="product.changed").latest("pk").payload["fields"] == ["price"]


def test_two_who_write_the_same_field_see_each_other(cast, client_of):
    rose = make("Rose", cast.admin)
    client = client_of(cast.admin)
    seen = text(client.get(f"/products/{rose.pk}/edit/")).split('name="seen" value="')[1].split('"')[0]
    rose.change({"price": Decimal(150)}, by=cast.admin, at=timezone.now())
    answer = client.post(f"/products/{rose.pk}/edit/", sent(price="120", seen=seen))
    assert (answer.status_code, "“150”" in text(answer), 'value="120"' in text(answer)) == (409, True, True)
    seen = text(answer).split('name="seen" value="')[1].split('"')[0]
    assert client.post(f"/products/{rose.pk}/edit/", sent(price="120", seen=seen)).status_code == 302
    rose.refresh_from_db()
    assert rose.price == 120


def test_whoever_may_not_see_costs_keeps_them_as_they_are(cast):
    rose = make("Rose", cast.admin, cost=Decimal(3))
    form = ProductPageForm(sent(price="120", cost="999"), product=rose, may_see_costs=False)
    assert form.is_valid(), form.errors
    assert form.said() == {"price": Decimal(120)}


def test_the_tax_rate_of_a_product_stays_to_choose_when_it_is_used_no_more(cast, client_of):
    rate = TaxRate.create(name="Old VAT", percent=Decimal(18), by=cast.admin, at=timezone.now())
    rose = make("Rose", cast.admin, tax_rate=rate)
    rate.change({"is_active": False}, by=cast.admin, at=timezone.now())
    client = client_of(cast.admin)
    assert f'<option value="{rate.pk}" selected' in text(client.get(f"/products/{rose.pk}/edit/"))
    assert "Old VAT" not in text(client.get("/products/new/"))


def test_only_those_who_may_change_products_do(cast, client_of):
    rose = make("Rose", cast.admin)
    client = client_of(cast.salesperson)
    assert client.get(f"/products/{rose.pk}/").status_code == 200
    pages = ["/products/new/", f"/products/{rose.pk}/edit/", f"/products/{rose.pk}/parts/"]
    assert [client.post(each, sent()).status_code for each in pages] == [403] * 3
    assert "New product" not in text(client.get("/products/"))
