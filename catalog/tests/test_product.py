"""Products: each change told once, a name of its own, a price the database would not let fall below nothing."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.bulk import add_many
from catalog.models import Product
from foundation.errors import Refused
from foundation.models import Event, EventSubject
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
ADD = "admin:catalog_product_add"


def make_product(cast: Cast, name: str = "Rose", price: str = "2.50", **fields: Any) -> Product:
    return Product.create(name=name, price=Decimal(price), by=cast.admin, at=timezone.now(), **fields)


def told() -> list[tuple[str, Any]]:
    """What was told of products, in order: the fact and the fields it names."""
    events = Event.objects.filter(name__startswith="product.").order_by("pk")
    return [(event.name, getattr(event.fact, "fields", None)) for event in events]


def typed(**changes: Any) -> dict[str, Any]:
    fields = {"name": "Rose", "series": "Flowers", "price": "2.50", "currency": "USD", "is_active": "on"}
    fields |= {"kind": "goods", "bundle_price": "own", "bundle_percent": "0"}
    fields |= {"parts-TOTAL_FORMS": "0", "parts-INITIAL_FORMS": "0"}
    return fields | changes


def test_a_new_product_is_told_once_by_whom_and_on_its_own_timeline(cast: Cast) -> None:
    rose = make_product(cast)
    event = Event.objects.get(name="product.created")
    assert (event.actor_id, event.fact.sentence()) == (cast.admin.pk, "Product added: Rose")
    assert EventSubject.objects.filter(kind="product", subject_id=rose.pk, event_id=event.pk).count() == 1
    assert (rose.currency, rose.is_active) == ("USD", True)


def test_one_change_of_several_fields_is_one_fact_that_names_them(cast: Cast) -> None:
    rose = make_product(cast)
    changes = {"price": Decimal("3.00"), "series": "Flowers", "name": "Rose"}
    rose.change(changes, by=cast.head, at=timezone.now())
    assert (rose.price, rose.series) == (Decimal("3.00"), "Flowers")
    assert told() == [("product.created", None), ("product.changed", ["price", "series"])]


def test_a_change_to_the_same_tells_nothing(cast: Cast) -> None:
    rose = make_product(cast)
    rose.change({"price": Decimal("2.5"), "name": "Rose"}, by=cast.head, at=timezone.now())
    assert told() == [("product.created", None)]


def test_a_product_follows_its_new_name_in_the_order_of_the_list(cast: Cast) -> None:
    aster, rose = make_product(cast, "Aster"), make_product(cast, "Rose")
    aster.change({"name": "Zinnia"}, by=cast.head, at=timezone.now())
    assert list(Product.objects.all()) == [rose, aster]


def test_a_name_is_taken_once_for_new_and_for_renamed_products(cast: Cast) -> None:
    make_product(cast, "Rose")
    tulip = make_product(cast, "Tulip")
    before = told()
    with pytest.raises(Refused, match="There is a product called Rose already"):
        make_product(cast, "Rose")
    with pytest.raises(Refused, match="There is a product called Rose already"):
        tulip.change({"name": "Rose", "price": Decimal(9)}, by=cast.head, at=timezone.now())
    tulip = Product.objects.get(pk=tulip.pk)
    assert (tulip.name, tulip.price, told()) == ("Tulip", Decimal("2.50"), before)


@pytest.mark.parametrize("way", ["create", "change", "update", "many"])
def test_the_database_refuses_a_negative_price_by_any_way(cast: Cast, way: str) -> None:
    rose, minus = make_product(cast), Decimal("-0.01")
    draft = {"name": "Debt", "price": minus, "currency": "USD"}
    ways: dict[str, Callable[[], Any]] = {
        "create": lambda: make_product(cast, "Debt", "-0.01"),
        "change": lambda: rose.change({"price": minus}, by=cast.head, at=timezone.now()),
        "update": lambda: Product.objects.update(price=minus),
        "many": lambda: add_many([draft], by=cast.head, at=timezone.now()),
    }
    with pytest.raises(IntegrityError, match="product_price_not_negative"), transaction.atomic():
        ways[way]()
    assert told() == [("product.created", None)]
    assert Product.objects.get().price == Decimal("2.50")


@pytest.mark.parametrize("code", ["XXY", "12$", "US"])
def test_an_unknown_currency_is_refused_by_the_page_and_by_the_verbs(
    cast: Cast, client_of: ClientOf, code: str
) -> None:
    answer = client_of(cast.admin).post(reverse(ADD), typed(currency=code))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == {"currency"}
    with pytest.raises(Refused, match=r"currency"):
        make_product(cast, currency=code)
    assert not Product.objects.exists()
    rose = make_product(cast)
    with pytest.raises(Refused, match=r"currency"):
        rose.change({"currency": code}, by=cast.head, at=timezone.now())


def test_many_products_are_told_one_by_one(cast: Cast) -> None:
    drafts = [{"name": name, "price": Decimal(1), "currency": "USD"} for name in ("Zinnia", "Aster")]
    add_many(drafts, by=cast.head, at=timezone.now())
    assert told() == [("product.created", None)] * 2
    assert [product.name for product in Product.objects.all()] == ["Aster", "Zinnia"]


def test_the_administration_adds_and_changes_through_the_verbs(cast: Cast, client_of: ClientOf) -> None:
    admin = client_of(cast.admin)
    assert admin.post(reverse(ADD), typed(currency=" usd ")).status_code == 302
    rose = Product.objects.get()
    assert (rose.name, rose.currency, rose.price) == ("Rose", "USD", Decimal("2.50"))
    page = reverse("admin:catalog_product_change", args=[rose.pk])
    assert admin.post(page, typed(price="4")).status_code == 302
    assert admin.post(page, typed(price="4.00")).status_code == 302
    assert told() == [("product.created", None), ("product.changed", ["price"])]
    assert set(Event.objects.values_list("actor_id", flat=True)) == {cast.admin.pk}


@pytest.mark.parametrize("wrong", [{"price": "-1"}, {"price": "cheap"}, {"name": ""}, {"name": "Tulip"}])
def test_a_bad_form_says_which_field_and_keeps_nothing(
    cast: Cast, client_of: ClientOf, wrong: dict[str, str]
) -> None:
    make_product(cast, "Tulip")
    answer = client_of(cast.admin).post(reverse(ADD), typed(**wrong))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == wrong.keys()
    assert told() == [("product.created", None)]


def test_the_list_shows_prices_as_the_reader_writes_them(cast: Cast, client_of: ClientOf) -> None:
    make_product(cast, price="1234.5", currency="EUR")
    page = client_of(cast.admin).get(reverse("admin:catalog_product_changelist")).content.decode()
    assert "1,234.50\u00a0EUR" in page


def test_products_are_never_deleted_and_others_do_not_come_in(cast: Cast, client_of: ClientOf) -> None:
    rose = make_product(cast)
    delete = reverse("admin:catalog_product_delete", args=[rose.pk])
    assert client_of(cast.admin).post(delete, {"post": "yes"}).status_code == 403
    for person in (cast.salesperson, cast.head, cast.outsider):
        assert client_of(person).get(reverse(ADD)).status_code in {302, 403}
        assert client_of(person).post(reverse(ADD), typed(name="Weed")).status_code in {302, 403}
    assert list(Product.objects.all()) == [rose]
