"""Which tax a line bears, and which unit it is written with."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.drafting import Around, DraftLine, lined
from catalog.models import Product, TaxRate, Unit
from foundation.errors import Refused
from users.testing import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def rates(cast: Cast) -> dict[str, TaxRate]:
    said = {"usual": "20", "books": "10", "export": "0"}
    return {
        name: TaxRate.create(
            name=name,
            percent=Decimal(percent),
            exempt_reason="Export" if name == "export" else "",
            is_default=name == "usual",
            by=cast.admin,
            at=timezone.now(),
        )
        for name, percent in said.items()
    }


def make_product(cast: Cast, name: str, **fields: Any) -> Product:
    return Product.create(name=name, price=Decimal(10), by=cast.admin, at=timezone.now(), **fields)


def drafted(*asked: DraftLine, **around: Any) -> list[dict[str, Any]]:
    fields = {
        "account_id": 0,
        "currency": "USD",
        "on": timezone.localdate(),
        "mode": "on_top",
        "rounding": "line",
    }
    return lined(asked, Around(**fields | around))[0]


def taxed(*asked: DraftLine, **around: Any) -> list[tuple[str, Decimal, str]]:
    return [(row["tax_name"], row["tax_rate"], row["exempt_reason"]) for row in drafted(*asked, **around)]


def test_the_rate_said_goes_before_the_products_and_that_before_the_usual_one(
    cast: Cast, rates: dict[str, TaxRate]
) -> None:
    book, rose = make_product(cast, "Book", tax_rate=rates["books"]), make_product(cast, "Rose")
    asked = [
        DraftLine(product_id=book.pk, tax_rate_id=rates["export"].pk),
        DraftLine(product_id=book.pk),
        DraftLine(product_id=rose.pk),
        DraftLine(title="Delivery", price=Decimal(5)),
    ]
    usual = ("usual", Decimal(20), "")
    assert taxed(*asked) == [("export", Decimal(0), "Export"), ("books", Decimal(10), ""), usual, usual]


def test_without_a_usual_rate_a_line_bears_no_tax(cast: Cast, rates: dict[str, TaxRate]) -> None:
    rates["usual"].change({"is_default": False}, by=cast.admin, at=timezone.now())
    assert taxed(DraftLine(title="Delivery", price=Decimal(5))) == [("", Decimal(0), "")]


def test_a_client_who_is_exempt_pays_none_of_the_rates(cast: Cast, rates: dict[str, TaxRate]) -> None:
    line = DraftLine(title="Delivery", price=Decimal(5), tax_rate_id=rates["books"].pk)
    assert taxed(line, exempt_reason="Diplomats") == [("", Decimal(0), "Diplomats")]


def test_a_rate_that_is_not_there_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="tax rate is not there any more"):
        drafted(DraftLine(title="Delivery", price=Decimal(5), tax_rate_id=0))


def test_a_line_is_written_with_the_unit_said_else_with_its_products(cast: Cast) -> None:
    hour = Unit.objects.create(code="HUR", name="hour", symbol="h")
    work = make_product(cast, "Work", unit=hour)
    rows = drafted(DraftLine(product_id=work.pk), DraftLine(product_id=work.pk, unit="day"))
    assert [row["unit"] for row in rows] == ["h", "day"]


def test_rates_and_units_are_read_in_as_many_statements_for_many_lines_as_for_few(
    cast: Cast, rates: dict[str, TaxRate], django_assert_max_num_queries: Any
) -> None:
    hour = Unit.objects.create(code="HUR", name="hour", symbol="h")
    made = [make_product(cast, f"Work {n}", unit=hour, tax_rate=rates["books"]) for n in range(12)]
    with django_assert_max_num_queries(7):
        drafted(*(DraftLine(product_id=each.pk) for each in made))
