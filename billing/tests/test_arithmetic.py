"""The arithmetic against fractions, which round nothing."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.arithmetic.dividing import divided
from billing.arithmetic.instalments import Due, by_percent, equal_parts, spread
from billing.arithmetic.totals import LineIn, totals

UNITS = {"JPY": 0, "USD": 2, "KWD": 3, "CLF": 4}
RATES = ["0", "7", "10", "12.5", "19", "20", "21", "7.725"]

currencies = st.sampled_from(sorted(UNITS))
modes = st.sampled_from(["on_top", "included"])
roundings = st.sampled_from(["line", "document"])
bounded = settings(max_examples=150, deadline=None, derandomize=True)


def amount_of(currency: str, units: int) -> Decimal:
    return Decimal(units).scaleb(-UNITS[currency])


def half_away(exact: Fraction, currency: str) -> Decimal:
    """The oracle's rounding: whole minor units, halves away from zero."""
    units = exact * 10 ** UNITS[currency]
    whole = int(abs(units) + Fraction(1, 2))
    return amount_of(currency, whole if units >= 0 else -whole)


@st.composite
def papers(draw):
    currency = draw(currencies)
    units = st.integers(0, 10**12)
    lines = [
        LineIn(amount_of(currency, draw(units)), Decimal(draw(st.sampled_from(RATES))))
        for _line in range(draw(st.integers(1, 12)))
    ]
    discount = draw(st.sampled_from(["none", "percent", "amount"]))
    said = {}
    if discount == "percent":
        said["percent"] = Decimal(draw(st.integers(0, 1_000_000))).scaleb(-4)
    if discount == "amount":
        said["amount"] = amount_of(currency, draw(units))
    return lines, {"currency": currency, "mode": draw(modes), "rounding": draw(roundings), **said}


@bounded
@given(
    currencies,
    st.integers(-(10**13), 10**13),
    st.lists(st.decimals(0, 10**8, places=4), min_size=1, max_size=20),
)
def test_shares_sum_to_the_amount_and_are_within_one_unit_of_their_exact_part(currency, units, weights):
    amount = amount_of(currency, units)
    shares = divided(amount, weights, currency)
    assert sum(shares) == amount
    whole = sum(Fraction(weight) for weight in weights)
    if not whole:
        assert shares[-1] == amount
        return
    unit = Fraction(amount_of(currency, 1))
    for share, weight in zip(shares, weights, strict=True):
        exact = Fraction(amount) * Fraction(weight) / whole
        assert abs(Fraction(share) - exact) < unit
    by_weight = sorted(zip(weights, (abs(share) for share in shares), strict=True))
    heavy = [share for _weight, share in by_weight]
    assert all(lighter - heavier <= amount_of(currency, 1) for lighter, heavier in itertools.pairwise(heavy))


@bounded
@given(papers())
def test_a_document_is_the_sum_of_its_lines(paper):
    lines, how = paper
    found = totals(lines, **how)
    assert found.net == sum(line.net for line in found.lines)
    assert found.tax == sum(line.tax for line in found.lines)
    assert found.total == sum(line.gross for line in found.lines) == found.net + found.tax
    assert found.discount == sum(line.discount for line in found.lines)
    for line, out in zip(lines, found.lines, strict=True):
        assert out.net + out.tax == out.gross
        assert min(out.discount, out.net, out.tax, out.gross) >= 0
        left = line.amount - out.discount
        assert left == (out.gross if how["mode"] == "included" else out.net)


@bounded
@given(papers())
def test_taxes_and_discounts_are_those_of_exact_fractions(paper):
    lines, how = paper
    found = totals(lines, **how)
    currency, included = how["currency"], how["mode"] == "included"
    whole = sum((Fraction(line.amount) for line in lines), Fraction(0))
    if "percent" in how:
        exact = min(whole, Fraction(half_away(whole * Fraction(how["percent"]) / 100, currency)))
        assert Fraction(found.discount) == exact
    elif "amount" in how:
        assert Fraction(found.discount) == min(whole, Fraction(how["amount"]))
    by_rate: dict[Decimal, list[tuple[Fraction, Decimal]]] = {}
    for line, out in zip(lines, found.lines, strict=True):
        left, rate = Fraction(line.amount - out.discount), Fraction(line.tax_rate)
        tax = left * rate / (100 + rate if included else 100)
        by_rate.setdefault(line.tax_rate, []).append((tax, out.tax))
    for pairs in by_rate.values():
        if how["rounding"] == "line":
            assert all(half_away(exact, currency) == tax for exact, tax in pairs)
        else:
            assert half_away(sum(exact for exact, _tax in pairs), currency) == sum(
                tax for _exact, tax in pairs
            )


@bounded
@given(currencies, st.integers(0, 10**13), st.integers(1, 60))
def test_equal_parts_sum_to_the_total_and_only_the_last_differs(currency, units, count):
    total = amount_of(currency, units)
    parts = equal_parts(total, count, currency)
    assert sum(parts) == total
    assert len({*parts[:-1]}) <= 1
    assert 0 <= parts[-1] - parts[0] < amount_of(currency, count) or count == 1


@bounded
@given(currencies, st.integers(0, 10**13), st.lists(st.integers(0, 10_000), min_size=1, max_size=8))
def test_parts_in_percent_sum_to_the_total(currency, units, cuts):
    edges = [0, *sorted(cuts), 10_000]
    percents = [Decimal(after - before) / 100 for before, after in itertools.pairwise(edges)]
    parts = by_percent(amount_of(currency, units), percents, currency)
    assert sum(parts) == amount_of(currency, units)
    assert min(parts) >= 0


@bounded
@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10**5)), max_size=9),
    st.booleans(),
)
def test_what_is_spread_settles_in_order_and_loses_nothing(units, dues, is_latest_first):
    owed = [
        Due(key, date(2026, 1, 1) + timedelta(days=day), amount_of("USD", left))
        for key, (day, left) in enumerate(dues)
    ]
    parts, over = spread(amount_of("USD", units), owed, is_latest_first=is_latest_first)
    assert sum((part for _key, part in parts), Decimal(0)) + over == amount_of("USD", units)
    left = {due.key: due.left for due in owed}
    for key, part in parts:
        left[key] -= part
    assert all(each >= 0 for each in left.values())
    order = sorted(owed, key=lambda due: (due.due_on, due.key), reverse=is_latest_first)
    rest = [left[due.key] > 0 for due in order]
    touched = [left[due.key] < due.left for due in order]
    # Once one is not wholly settled, none after it is touched.
    for place, is_open in enumerate(rest):
        if is_open:
            assert not any(touched[place + 1 :])


@pytest.mark.parametrize("currency", sorted(UNITS))
def test_an_amount_is_written_with_the_decimals_of_its_currency(currency):
    assert (
        -divided(amount_of(currency, 7), [Decimal(1), Decimal(2)], currency)[0].as_tuple().exponent
        == UNITS[currency]
    )
