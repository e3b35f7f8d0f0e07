import statistics
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.statistics import median, share


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # R: binom::binom.wilson(x, n)
        (81, 263, 0.2552977, 0.3662048),
        (0, 10, 0.0, 0.2775328),
        (10, 10, 0.7224672, 1.0),
        (15, 148, 0.0624014, 0.1605414),
    ],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    found = share(part, whole)
    assert found.low is not None
    assert found.high is not None
    assert isclose(found.low, low, abs_tol=2e-4)
    assert isclose(found.high, high, abs_tol=2e-4)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_an_interval_holds_its_share_and_never_leaves_0_to_1(part: int, whole: int) -> None:
    found = share(part, whole)
    if found.low is not None and found.high is not None and found.value is not None:
        assert 0 <= found.low <= found.value + 1e-12
        assert found.value - 1e-12 <= found.high <= 1
    else:
        assert whole == 0 or part > whole


def test_a_share_of_nothing_is_unknown_and_a_ratio_over_one_has_no_interval() -> None:
    assert share(0, 0).value is None
    assert (share(3, 2).value, share(3, 2).low) == (1.5, None)
    assert share(1, 29).is_small
    assert not share(1, 30).is_small


@given(st.lists(st.integers(-5, 400), min_size=1))
def test_the_median_of_counted_days_is_the_median_of_the_days(days: list[int]) -> None:
    counts = {day: days.count(day) for day in days}
    assert median(counts) == statistics.median(days)
