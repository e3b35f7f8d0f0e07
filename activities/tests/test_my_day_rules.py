"""Reasons to do something about a deal: pure rules."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from activities.suggesting import OpenDeal, heavy_clients, quiet_text, suggestions

TODAY = date(2026, 11, 25)
DEAL = OpenDeal(
    key=1, title="Flowers", account="Acme", account_id=7, worth=Decimal(100), worth_text="100 USD", quiet=1, norm=5,
    client_quiet=1, expected_close_on=None, next_step="Send the offer", next_step_on=TODAY + timedelta(days=3),
    has_task=False,
)  # fmt: skip


def reasons(*deals: OpenDeal) -> list[str]:
    return [each.reason for each in suggestions(deals, TODAY, lambda day: f"{day:%b} {day.day}")]


def test_a_deal_that_goes_as_planned_is_left_alone():
    assert reasons(DEAL) == []


def test_an_expected_close_that_passed_is_said():
    assert reasons(replace(DEAL, expected_close_on=date(2026, 11, 3))) == ["Expected close was Nov 3"]
    assert reasons(replace(DEAL, expected_close_on=TODAY)) == []


def test_a_missed_step_is_said_unless_a_task_says_it_already():
    missed = replace(DEAL, next_step_on=date(2026, 11, 20))
    assert reasons(missed) == ["“Send the offer” was due Nov 20"]
    assert reasons(replace(missed, has_task=True)) == []
    assert reasons(replace(missed, next_step="")) == ["The next step was due Nov 20"]


def test_a_quiet_deal_says_how_long_and_against_what():
    quiet = replace(DEAL, quiet=14, next_step_on=TODAY + timedelta(days=30))
    assert reasons(quiet) == ["Quiet for 14 working days; norm 5"]
    assert reasons(replace(quiet, norm=None)) == ["Quiet for 14 working days"]
    assert reasons(replace(quiet, norm=14)) == []
    assert reasons(replace(quiet, norm=0, quiet=1)) == ["Quiet for 1 working day; norm 0"]
    assert reasons(replace(quiet, quiet=None)) == ["Quiet for over a year"]


def test_what_is_planned_soon_is_not_quiet():
    assert reasons(replace(DEAL, quiet=14, next_step_on=TODAY + timedelta(days=5))) == []


def test_a_client_worth_much_is_not_left_without_a_word():
    heavy = replace(
        DEAL,
        is_heavy=True,
        client_worth_text="120K USD",
        client_quiet=12,
        next_step_on=TODAY + timedelta(days=20),
    )
    assert reasons(heavy) == ["No activity with a client worth 120K USD open"]
    assert reasons(replace(heavy, client_quiet=9)) == []
    assert reasons(replace(heavy, client_quiet=None)) == ["No activity with a client worth 120K USD open"]


def test_one_reason_a_deal_and_the_most_telling_first():
    closing = replace(DEAL, key=2, expected_close_on=date(2026, 11, 3), quiet=90, worth=Decimal(1))
    quiet = replace(DEAL, key=3, quiet=90, next_step_on=TODAY + timedelta(days=30))
    dearer = replace(quiet, key=4, quiet=80, worth=Decimal(900))
    assert reasons(quiet, dearer, closing) == [
        "Expected close was Nov 3", "Quiet for 80 working days; norm 5", "Quiet for 90 working days; norm 5",
    ]  # fmt: skip


def test_within_the_norm_nothing_is_said():
    assert quiet_text(DEAL) == ""


@given(st.dictionaries(st.integers(1, 50), st.decimals(0, 10_000, places=2), max_size=30))
def test_the_heavy_ones_are_a_quarter_and_lighter_than_none_of_them(worths):
    heavy = heavy_clients(worths)
    paying = [worth for worth in worths.values() if worth > 0]
    assert bool(heavy) == bool(paying)
    if heavy:
        least = min(worths[key] for key in heavy)
        assert all(worths[key] < least for key in worths if key not in heavy)
        assert sum(worth > least for worth in paying) <= (len(paying) - 1) // 4
