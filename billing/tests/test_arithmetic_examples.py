"""The table of docs/algorithms/pricing.md, section 6: examples 5 to 12."""

from datetime import date
from decimal import Decimal

import pytest

from billing.arithmetic.dividing import divided
from billing.arithmetic.instalments import Due, by_percent, equal_parts, spread
from billing.arithmetic.totals import LineIn, line_amount, totals

D = Decimal


def lines(*said: tuple[str, str]) -> list[LineIn]:
    return [LineIn(D(amount), D(rate)) for amount, rate in said]


@pytest.mark.parametrize("rounding", ["line", "document"])
def test_5_three_lines_of_ten_at_nineteen_percent_bear_the_same_tax_either_way(rounding):
    found = totals(lines(*[("10.00", "19")] * 3), currency="EUR", mode="on_top", rounding=rounding)
    assert (found.net, found.tax, found.total) == (D("30.00"), D("5.70"), D("35.70"))


def test_5_pennies_rounded_per_line_and_per_document_differ_by_one():
    pennies = lines(*[("0.03", "19")] * 3)
    per_line = totals(pennies, currency="EUR", mode="on_top", rounding="line")
    per_document = totals(pennies, currency="EUR", mode="on_top", rounding="document")
    assert [line.tax for line in per_line.lines] == [D("0.01")] * 3
    assert [line.tax for line in per_document.lines] == [D("0.01"), D("0.01"), D("0.00")]
    assert (per_line.tax, per_document.tax) == (D("0.03"), D("0.02"))


def test_6_a_discount_on_the_document_is_divided_over_its_lines():
    found = totals(
        lines(("3.33", "0"), ("3.33", "0"), ("3.34", "0")),
        currency="USD",
        mode="on_top",
        rounding="line",
        amount=D("1.00"),
    )
    assert [line.discount for line in found.lines] == [D("0.33"), D("0.33"), D("0.34")]
    assert found.total == D("9.00")


def test_7_a_price_that_includes_tax_is_taken_apart():
    found = totals(lines(("118.00", "18")), currency="RUB", mode="included", rounding="line")
    assert (found.net, found.tax, found.total) == (D("100.00"), D("18.00"), D("118.00"))


def test_8_the_last_of_three_instalments_takes_the_remainder():
    parts = equal_parts(D("90000.10"), 3, "RUB")
    assert parts == [D("30000.03"), D("30000.03"), D("30000.04")]


def test_9_a_hundred_yen_in_three():
    assert equal_parts(D(100), 3, "JPY") == [D(33), D(33), D(34)]


def test_10_a_payment_settles_the_earliest_and_a_credit_the_latest():
    dues = [Due(1, date(2026, 1, 1), D(60)), Due(2, date(2026, 2, 1), D(40))]
    paid, left = spread(D(70), dues)
    assert (paid, left) == ([(1, D(60)), (2, D(10))], D(0))
    credited, left = spread(D(25), [Due(2, date(2026, 2, 1), D(30))], is_latest_first=True)
    assert (credited, left) == ([(2, D(25))], D(0))


def test_11_what_is_paid_too_much_is_left_over():
    dues = [Due(1, date(2026, 1, 1), D(60)), Due(2, date(2026, 2, 1), D(40))]
    assert spread(D(120), dues) == ([(1, D(60)), (2, D(40))], D(20))


def test_12_a_thousand_screws_at_a_price_of_four_decimals():
    amount = line_amount(D(1000), D("0.0125"), "USD")
    found = totals([LineIn(amount, D(20))], currency="USD", mode="on_top", rounding="line")
    assert (found.net, found.tax, found.total) == (D("12.50"), D("2.50"), D("15.00"))


def test_parts_in_percent_are_cut_off_and_the_last_takes_the_remainder():
    assert by_percent(D("100.01"), [D("33.33"), D("33.33"), D("33.34")], "USD") == [
        D("33.33"),
        D("33.33"),
        D("33.35"),
    ]


@pytest.mark.parametrize(
    ("wrong", "arguments"),
    [
        (divided, (D("0.001"), [D(1)], "USD")),
        (divided, (D(1), [], "USD")),
        (divided, (D(1), [D(-1), D(3)], "USD")),
        (equal_parts, (D(1), 0, "USD")),
        (by_percent, (D(1), [D(50), D(49)], "USD")),
    ],
)
def test_what_cannot_be_divided_is_said(wrong, arguments):
    with pytest.raises(ValueError, match=r"\w"):
        wrong(*arguments)


def test_a_discount_is_in_percent_or_an_amount_and_never_more_than_the_lines():
    with pytest.raises(ValueError, match="not both"):
        totals(
            lines(("1.00", "0")), currency="USD", mode="on_top", rounding="line", percent=D(1), amount=D(1)
        )
    found = totals(lines(("5.00", "10")), currency="USD", mode="on_top", rounding="line", amount=D(9))
    assert (found.discount, found.total) == (D(5), D(0))


def test_nothing_comes_to_nothing():
    found = totals([], currency="USD", mode="included", rounding="document", percent=D(10))
    assert (found.net, found.tax, found.total, found.discount) == (0, 0, 0, 0)
