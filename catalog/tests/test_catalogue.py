"""Bundles, groups, rates and units: what cannot be is refused with a sentence, and every change is told once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import BundlePart, Product, ProductGroup, ProductKind, TaxRate, Unit
from catalog.models.product_group import DEEPEST
from catalog.tests.test_product import make_product, typed
from foundation.errors import Refused
from foundation.models import Event
from users.models import Grant, User
from users.testing import Cast

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def make_bundle(cast: Cast, name: str = "Bouquet") -> Product:
    return make_product(cast, name, "10.00", kind=ProductKind.BUNDLE)


def make_group(cast: Cast, name: str, parent: ProductGroup | None = None) -> ProductGroup:
    return ProductGroup.create(name=name, parent=parent, by=cast.admin, at=timezone.now())


def make_rate(cast: Cast, name: str = "VAT 20 %", percent: str = "20", **fields: Any) -> TaxRate:
    return TaxRate.create(name=name, percent=Decimal(percent), by=cast.admin, at=timezone.now(), **fields)


def put(bundle: Product, cast: Cast, *parts: tuple[Product, str]) -> None:
    bundle.put_parts([(each.pk, Decimal(n)) for each, n in parts], by=cast.admin, at=timezone.now())


def told(noun: str) -> list[str]:
    return list(
        Event.objects.filter(name__startswith=f"{noun}.").order_by("pk").values_list("name", flat=True)
    )


def test_a_bundle_has_the_parts_last_put_and_tells_so_once(cast: Cast) -> None:
    bundle, rose, fern = make_bundle(cast), make_product(cast, "Rose"), make_product(cast, "Fern")
    put(bundle, cast, (rose, "11"), (fern, "0.5"))
    put(bundle, cast, (rose, "11.000"), (fern, "0.5"))
    assert dict(bundle.parts.values_list("product__name", "quantity")) == {
        "Rose": Decimal(11),
        "Fern": Decimal("0.5"),
    }
    assert told("product") == ["product.created"] * 3 + ["product.changed"]
    put(bundle, cast, (fern, "2"))
    assert [(part.product_id, part.quantity) for part in bundle.parts.all()] == [(fern.pk, Decimal(2))]


def test_a_bundle_takes_no_bundle_no_itself_no_product_twice_and_no_strange_quantity(cast: Cast) -> None:
    bundle, other, rose = make_bundle(cast), make_bundle(cast, "Wreath"), make_product(cast)
    for parts, sentence in (
        ([(other, "1")], "Wreath is a bundle"),
        ([(bundle, "1")], "Bouquet is a bundle"),
        ([(rose, "1"), (rose, "2")], "once"),
        ([(rose, "0")], "more than nothing"),
        ([(rose, "-1")], "more than nothing"),
        ([(rose, "0.0001")], "three decimals"),
    ):
        with pytest.raises(Refused, match=sentence):
            put(bundle, cast, *parts)
    with pytest.raises(Refused, match="not there any more"):
        bundle.put_parts([(0, Decimal(1))], by=cast.admin, at=timezone.now())
    with pytest.raises(Refused, match="Only a bundle has parts"):
        put(rose, cast, (other, "1"))
    assert not BundlePart.objects.exists()


def test_a_part_never_becomes_a_bundle_and_a_bundle_with_parts_stays_one(cast: Cast) -> None:
    bundle, rose = make_bundle(cast), make_product(cast)
    put(bundle, cast, (rose, "1"))
    with pytest.raises(Refused, match="Rose is part of a bundle"):
        rose.change({"kind": ProductKind.BUNDLE}, by=cast.admin, at=timezone.now())
    with pytest.raises(Refused, match="Take the parts out first"):
        bundle.change({"kind": ProductKind.GOODS}, by=cast.admin, at=timezone.now())
    put(bundle, cast)
    bundle.change({"kind": ProductKind.GOODS}, by=cast.admin, at=timezone.now())
    assert bundle.kind == ProductKind.GOODS


def test_a_bundle_has_no_cost_of_its_own_and_a_percent_between_nothing_and_all(cast: Cast) -> None:
    bundle = make_bundle(cast)
    with pytest.raises(Refused, match="leave its own cost empty"):
        bundle.change({"cost": Decimal(1)}, by=cast.admin, at=timezone.now())
    with pytest.raises(Refused, match="between 0 and 100"):
        bundle.change({"bundle_percent": Decimal(101)}, by=cast.admin, at=timezone.now())


def test_an_article_number_is_one_products_and_many_have_none(cast: Cast) -> None:
    make_product(cast, "Rose", code="R-1")
    tulip = make_product(cast, "Tulip")
    make_product(cast, "Aster")
    with pytest.raises(Refused, match="article number R-1 already"):
        tulip.change({"code": "R-1"}, by=cast.admin, at=timezone.now())
    with pytest.raises(IntegrityError, match="product_code_once"), transaction.atomic():
        Product.objects.filter(pk=tulip.pk).update(code="R-1")


def test_a_group_cannot_go_below_itself_nor_too_deep_nor_twice_into_one_place(cast: Cast) -> None:
    top = make_group(cast, "Plants")
    below = make_group(cast, "Flowers", top)
    deep = make_group(cast, "Roses", below)
    for parent in (top, below, deep):
        with pytest.raises(Refused, match="cannot be part of itself"):
            top.change({"parent": parent}, by=cast.admin, at=timezone.now())
    for name, parent in (("Plants", None), ("Flowers", top)):
        with pytest.raises(Refused, match="here already"):
            make_group(cast, name, parent)
    assert ProductGroup.objects.keys_below(below.pk) == {below.pk, deep.pk}
    chain = [make_group(cast, "1")]
    while len(chain) < DEEPEST:
        chain.append(make_group(cast, str(len(chain) + 1), chain[-1]))
    with pytest.raises(Refused, match="at most 8 deep"):
        make_group(cast, "9", chain[-1])
    with pytest.raises(Refused, match="at most 8 deep"):
        chain[0].change({"parent": top}, by=cast.admin, at=timezone.now())
    below.change({"parent": None}, by=cast.admin, at=timezone.now())
    assert ProductGroup.objects.keys_below(top.pk) == {top.pk}


def test_the_next_default_rate_takes_the_place_of_the_last(cast: Cast) -> None:
    old = make_rate(cast, is_default=True)
    new = make_rate(cast, "VAT 22 %", "22", is_default=True)
    assert list(TaxRate.objects.filter(is_default=True)) == [new]
    old.change({"is_default": True}, by=cast.admin, at=timezone.now())
    assert list(TaxRate.objects.filter(is_default=True)) == [old]
    with pytest.raises(Refused, match="must be in use"):
        old.change({"is_active": False}, by=cast.admin, at=timezone.now())
    assert told("tax_rate") == ["tax_rate.created"] * 2 + ["tax_rate.changed"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"percent": "100.001"}, "between 0 and 100"),
        ({"percent": "-1"}, "between 0 and 100"),
        ({"exempt_reason": "Export"}, "only where the rate is 0"),
        ({"country": "usa"}, "two capital letters"),
        ({"name": "VAT"}, "called VAT already"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(cast: Cast, fields: dict[str, Any], sentence: str) -> None:
    make_rate(cast, "VAT")
    with pytest.raises(Refused, match=sentence):
        make_rate(cast, **fields)
    assert TaxRate.objects.count() == 1


def test_the_administration_keeps_the_parts_of_a_bundle_through_their_verb(
    cast: Cast, client_of: ClientOf
) -> None:
    bundle, rose = make_bundle(cast), make_product(cast)
    page = reverse("admin:catalog_product_change", args=[bundle.pk])
    parts = {"parts-0-bundle": bundle.pk, "parts-0-product": rose.pk, "parts-0-quantity": "11"}
    answer = client_of(cast.admin).post(
        page, typed(name="Bouquet", price="10", kind="bundle") | forms(1) | parts
    )
    assert answer.status_code == 302
    assert list(bundle.parts.values_list("product_id", "quantity")) == [(rose.pk, Decimal(11))]
    kept = parts | {"parts-0-id": bundle.parts.get().pk, "parts-0-DELETE": "on"}
    sent = typed(name="Bouquet", price="10", kind="bundle") | forms(1, 1) | kept
    assert client_of(cast.admin).post(page, sent).status_code == 302
    assert not bundle.parts.exists()


def test_what_a_product_costs_is_shown_and_taken_only_from_those_with_the_right(
    cast: Cast, client_of: ClientOf
) -> None:
    rose = make_product(cast, cost=Decimal("1.2345"))
    page = reverse("admin:catalog_product_change", args=[rose.pk])
    assert b"1.2345" in client_of(cast.admin).get(page).content
    Grant.objects.filter(verb="catalog.view_costs").delete()
    answer = client_of(cast.admin).get(page)
    assert answer.status_code == 200
    assert b"1.2345" not in answer.content
    assert client_of(cast.admin).post(page, typed(price="3", cost="9")).status_code == 302
    rose.refresh_from_db()
    assert (rose.price, rose.cost) == (Decimal(3), Decimal("1.2345"))


def test_units_rates_and_groups_are_added_in_the_administration_and_not_deleted(
    cast: Cast, client_of: ClientOf
) -> None:
    admin = client_of(cast.admin)
    assert admin.post(reverse("admin:catalog_unit_add"), unit_typed()).status_code == 302
    rate = {"name": "VAT", "percent": "20", "is_active": "on"}
    assert admin.post(reverse("admin:catalog_taxrate_add"), rate).status_code == 302
    assert admin.post(reverse("admin:catalog_productgroup_add"), {"name": "Plants"}).status_code == 302
    for noun, model in (("unit", Unit), ("taxrate", TaxRate), ("productgroup", ProductGroup)):
        delete = reverse(f"admin:catalog_{noun}_delete", args=[model.objects.get().pk])
        assert admin.post(delete, {"post": "yes"}).status_code == 403
        assert client_of(cast.head).get(reverse(f"admin:catalog_{noun}_add")).status_code in {302, 403}


def forms(total: int, initial: int = 0) -> dict[str, Any]:
    return {"parts-TOTAL_FORMS": total, "parts-INITIAL_FORMS": initial}


def unit_typed() -> dict[str, str]:
    return {"code": "C62", "name": "piece", "symbol": "pcs"}
