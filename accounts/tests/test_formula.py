"""Formulas of custom fields, against Python's own arithmetic."""

import contextlib
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.custom.formula import PRECISION, TOO_LARGE, computed, keys_in, parsed
from foundation.errors import Refused

KEYS = ["area", "rent", "rooms"]
numbers = st.decimals(min_value=0, max_value=10**6, places=3)
values = st.fixed_dictionaries(
    {key: st.decimals(min_value=-(10**6), max_value=10**6, places=2) for key in KEYS}
)
signs = st.sampled_from(["+", "-", "*", "/"])


@st.composite
def written(draw: st.DrawFn, depth: int = 4) -> tuple[str, str]:
    """(a formula as people write it, the same as Python for the oracle)."""
    kind = draw(
        st.sampled_from(["number", "name", "row", "brackets", "minus"] if depth else ["number", "name"])
    )
    if kind == "number":
        number = f"{draw(numbers):f}"
        return number, f'Decimal("{number}")'
    if kind == "name":
        key = draw(st.sampled_from(KEYS))
        return key, key
    if kind == "row":  # without brackets: what binds closer is the parser's to know
        parts = draw(st.lists(written(depth=depth - 1), min_size=2, max_size=4))
        between = [draw(signs) for _part in parts[1:]]
        shown = {"*": "×", "/": "÷", "-": "−", "+": "+"}
        ours = parts[0][0] + "".join(
            f" {shown[sign]} {part[0]}" for sign, part in zip(between, parts[1:], strict=True)
        )
        theirs = parts[0][1] + "".join(
            f" {sign} {part[1]}" for sign, part in zip(between, parts[1:], strict=True)
        )
        return ours, theirs
    ours, theirs = draw(written(depth=depth - 1))
    return (f"({ours})", f"({theirs})") if kind == "brackets" else (f"-({ours})", f"-({theirs})")


def oracle(text: str, known: dict[str, Decimal]) -> Decimal | None:
    with localcontext() as context:
        context.prec = PRECISION
        try:
            value = eval(text, {"Decimal": Decimal, **known})  # noqa: S307 - the test's own text
        except (DivisionByZero, InvalidOperation):
            return None
        return None if abs(value) >= TOO_LARGE else value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@given(written(), values)
def test_a_formula_gives_what_python_gives(both, known):
    ours, theirs = both
    if len(ours) <= 500:
        assert computed(parsed(ours), known, 2) == oracle(theirs, known)


@given(written(), st.sampled_from(KEYS))
def test_an_empty_field_makes_every_formula_it_stands_in_empty(both, empty):
    ours, _theirs = both
    if len(ours) <= 500:
        tree = parsed(ours)
        known = dict.fromkeys(KEYS, Decimal(3)) | {empty: None}
        assert empty not in keys_in(tree) or computed(tree, known, 2) is None


@given(st.text(alphabet="ab1.+-*/() ×÷'\"_[]{}\x00", max_size=60))
def test_any_text_is_a_tree_or_refused(text):
    with contextlib.suppress(Refused):
        assert all(key.isidentifier() for key in keys_in(parsed(text)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "ends too early"),
        ("area +", "ends too early"),
        ("(area", "not closed"),
        ("area rent", "not understood at “rent”"),
        ("area ** 2", "not understood at “*”"),
        ("__import__('os')", "not understood at “__import__"),
        ("(" * 200 + "1" + ")" * 200, "too many brackets"),
        ("-" * 400 + "1", "too many brackets"),
        ("1" * 501, "at most 500"),
    ],
)
def test_what_is_no_formula_is_refused_with_the_place(text, reason):
    with pytest.raises(Refused) as refusal:
        parsed(text)
    assert reason in refusal.value.message


def test_division_by_nothing_is_an_empty_cell():
    assert computed(parsed("area ÷ (rooms − 2)"), {"area": Decimal(50), "rooms": Decimal(2)}, 1) is None
    assert computed(parsed("area ÷ rooms"), {"area": Decimal(50), "rooms": Decimal(3)}, 1) == Decimal("16.7")
