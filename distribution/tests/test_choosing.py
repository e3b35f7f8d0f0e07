"""Who gets it: arithmetic, against an oracle that knows nothing of how it is done."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.choosing import Candidate, Colleague, Why, choose, give, obstacle
from distribution.models import Method, Presence

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
LATER = AT + timedelta(days=2)


def colleague(key, **fields):
    return Colleague(key, f"Person {key}", **({"works_at": AT} | fields))


def played(presences, n):
    """Give one thing at each step to whoever is there; presences[step] are the keys of those there."""
    candidates = [Candidate(colleague(key)) for key in range(n)]
    got, turn = [], 0
    for there in presences:
        for candidate in candidates:
            candidate.colleague.works_at = AT if candidate.colleague.pk in there else LATER
        chosen = choose(candidates, Method.TURN, Presence.AT_WORK, AT).candidate
        if chosen is not None:
            turn += 1
            give(chosen, turn)
        got.append(chosen.colleague.pk if chosen else None)
    return got


PRESENCES = st.integers(2, 6).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.sets(st.integers(0, n - 1)), max_size=60))
)


@settings(deadline=None)
@given(PRESENCES)
def test_nobody_gets_what_they_cannot_take_and_nothing_is_left_while_somebody_can(said):
    n, presences = said
    for there, key in zip(presences, played(presences, n), strict=True):
        assert (key in there) if there else key is None


@settings(deadline=None)
@given(PRESENCES)
def test_of_two_who_could_take_the_same_neither_is_ever_more_than_one_ahead(said):
    n, presences = said
    got = played(presences, n)
    for first in range(n):
        for second in range(first):
            if any((first in there) != (second in there) for there in presences):
                continue
            for end in range(len(got) + 1):
                assert abs(got[:end].count(first) - got[:end].count(second)) <= 1


@settings(deadline=None)
@given(PRESENCES)
def test_it_is_the_one_whose_last_turn_lies_furthest_back(said):
    """The oracle looks the last turns up in what was given, step by step."""
    n, presences = said
    got = played(presences, n)
    for step, there in enumerate(presences):
        before = got[:step]

        def last(key, before=before):
            return max((place for place, each in enumerate(before) if each == key), default=-1)

        expected = min(sorted(there), key=last, default=None)
        assert got[step] == expected


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 300)), min_size=1, max_size=8))
def test_the_least_busy_is_whom_one_more_weighs_least(people):
    candidates = [
        Candidate(colleague(key, open=n), capacity=capacity) for key, (n, capacity) in enumerate(people)
    ]
    chosen = choose(candidates, Method.LOAD, Presence.ANYBODY, AT).candidate
    load = (chosen.colleague.open + 1) / chosen.capacity
    assert all(load <= (n + 1) / capacity + 1e-12 for n, capacity in people)


def test_twice_the_capacity_gets_twice_as_many():
    strong, weak = Candidate(colleague(1), capacity=200), Candidate(colleague(2), capacity=100)
    for turn in range(1, 31):
        give(choose([strong, weak], Method.LOAD, Presence.ANYBODY, AT).candidate, turn)
    assert (strong.colleague.open, weak.colleague.open) == (20, 10)


def test_a_newcomer_comes_first_and_makes_up_for_nothing():
    old, new = Candidate(colleague(1), last=7), Candidate(colleague(2))
    got = []
    for turn in range(8, 13):
        chosen = choose([old, new], Method.TURN, Presence.ANYBODY, AT).candidate
        give(chosen, turn)
        got.append(chosen.colleague.pk)
    assert got == [2, 1, 2, 1, 2]


def test_what_keeps_somebody_from_it_and_until_when():
    away = Candidate(colleague(1, back_at=LATER, works_at=LATER + timedelta(hours=1)))
    assert obstacle(away, Presence.AT_WORK, AT)[1:] == (Why.AWAY, LATER + timedelta(hours=1))
    assert obstacle(away, Presence.PRESENT, AT)[1:] == (Why.AWAY, LATER)
    assert obstacle(away, Presence.ANYBODY, AT) is None
    resting = Candidate(colleague(2, works_at=LATER))
    assert obstacle(resting, Presence.AT_WORK, AT)[1:] == (Why.HOURS, LATER)
    assert obstacle(resting, Presence.PRESENT, AT) is None
    never = Candidate(colleague(3, works_at=None))
    assert obstacle(never, Presence.AT_WORK, AT)[1:] == (Why.HOURS, None)
    today = Candidate(colleague(4, today=3, this_month=9, tomorrow_at=LATER), per_day=3, per_month=10)
    assert obstacle(today, Presence.ANYBODY, AT)[1:] == (Why.DAY, LATER)
    month = Candidate(colleague(5, today=3, this_month=10, next_month_at=LATER), per_day=3, per_month=10)
    assert obstacle(month, Presence.ANYBODY, AT)[1:] == (Why.MONTH, LATER)
    full = Candidate(colleague(6, open=5), most_open=5)
    assert obstacle(full, Presence.ANYBODY, AT)[1:] == (Why.FULL, None)
    assert obstacle(Candidate(colleague(7), per_day=0), Presence.ANYBODY, AT)[1:] == (Why.DAY, None)


def test_place_and_number_of_candidates_are_said_with_those_left_out():
    people = [Candidate(colleague(1, works_at=LATER)), Candidate(colleague(2)), Candidate(colleague(3))]
    choice = choose(people, Method.TURN, Presence.AT_WORK, AT)
    assert (choice.candidate.colleague.pk, choice.place, choice.among) == (2, 2, 3)
    assert [(each.name, each.why) for each in choice.left_out] == [("Person 1", Why.HOURS)]
    nobody = choose(people[:1], Method.TURN, Presence.AT_WORK, AT)
    assert nobody.candidate is None
    assert nobody.opens_at == LATER
