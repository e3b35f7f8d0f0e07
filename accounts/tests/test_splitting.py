"""Dividing a portfolio: nothing lost, nothing twice, and level within one."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from accounts.handing_over.splitting import Unit, by_relations, by_territory, level

people = st.lists(st.integers(1, 40), min_size=1, max_size=8, unique=True)
loads = st.dictionaries(st.integers(1, 40), st.integers(0, 30))


@st.composite
def portfolios(draw):
    receivers = draw(people)
    units = [
        Unit(
            ("client", key),
            worth=Decimal(draw(st.integers(0, 10_000))),
            knows=draw(st.lists(st.integers(1, 40), max_size=3)),
            place=draw(st.sampled_from([None, 1, 2, 3])),
        )
        for key in range(draw(st.integers(0, 60)))
    ]
    owners = {place: draw(st.sampled_from([None, *receivers])) for place in (1, 2, 3)}
    for unit in units:
        unit.place_owner = owners.get(unit.place)
    return units, receivers


def by_hand(units: int, has: dict[int, int]) -> Counter[int]:
    """One after the other to whoever has fewest: what the numbers must be, however it is done."""
    totals = Counter(has)
    for _unit in range(units):
        totals[min(totals, key=lambda each: (totals[each], each))] += 1
    return totals


@given(portfolios())
def test_an_equal_split_is_level_within_one_and_loses_and_doubles_nothing(portfolio):
    units, receivers = portfolio
    shares = level(units, receivers, {})
    assert sorted(shares) == sorted(unit.key for unit in units)
    numbers = [Counter(shares.values())[each] for each in receivers]
    assert max(numbers) - min(numbers) <= 1


@given(portfolios(), loads)
def test_a_split_by_load_ends_with_the_numbers_that_giving_one_by_one_to_the_idlest_ends_with(portfolio, has):
    units, receivers = portfolio
    had = {each: has.get(each, 0) for each in receivers}
    shares = level(units, receivers, had)
    after = Counter({each: had[each] + Counter(shares.values())[each] for each in receivers})
    assert sorted(after.values()) == sorted(by_hand(len(units), had).values())
    given_to = set(shares.values())
    assert all(after[each] <= min(after.values()) + 1 for each in given_to)


@given(portfolios(), loads)
def test_by_relations_whoever_knows_a_client_best_gets_it_and_the_rest_is_spread(portfolio, has):
    units, receivers = portfolio
    shares = by_relations(units, receivers, has)
    assert sorted(shares) == sorted(unit.key for unit in units)
    for unit in units:
        known = [person for person in unit.knows if person in receivers]
        assert shares[unit.key] in (known[:1] or receivers)


@given(portfolios(), loads)
def test_by_territory_a_territory_stays_together_with_whoever_answers_for_it(portfolio, has):
    units, receivers = portfolio
    shares = by_territory(units, receivers, has)
    assert sorted(shares) == sorted(unit.key for unit in units)
    for place in (1, 2, 3):
        there = {shares[unit.key] for unit in units if unit.place == place}
        owner = next((unit.place_owner for unit in units if unit.place == place), None)
        assert len(there) <= 1
        assert not there or owner is None or there == {owner}


def test_the_dearest_are_spread_first_so_that_money_is_level_too():
    units = [Unit(("client", key), worth=Decimal(worth)) for key, worth in enumerate((100, 90, 10, 1))]
    shares = level(units, [1, 2], {})
    worth = {person: sum(unit.worth for unit in units if shares[unit.key] == person) for person in (1, 2)}
    assert worth == {1: 101, 2: 100}
