"""The spread of work over days, against an oracle that lays every task minute by minute."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from activities.capacity import Capacity
from activities.load import Piece, Pile, Weights, loads, shares

DAYS = 24
minutes_of_day = st.sampled_from([0, 0, 240, 480, 480, 480, 390, 60])


@st.composite
def calendars(draw: st.DrawFn) -> Capacity:
    worked = draw(st.lists(minutes_of_day, min_size=DAYS, max_size=DAYS))
    left = [draw(st.integers(0, minutes)) if draw(st.booleans()) else minutes for minutes in worked]
    return Capacity(left, worked)


@st.composite
def tasks(draw: st.DrawFn) -> list[Piece]:
    found = []
    for key in range(draw(st.integers(0, 25))):
        due = draw(st.integers(0, DAYS - 1))
        found.append(Piece(key, draw(st.integers(0, due)), due, draw(st.integers(0, 700))))
    return found


def laid(work: list[Piece], capacity: Capacity) -> Iterator[tuple[int, int]]:
    """(task, day) for every single minute of every task: the rule as its words say it."""
    for window in {(piece.starts, piece.due) for piece in work}:
        starts, due = window
        queue = [
            piece.key for piece in work if (piece.starts, piece.due) == window for _n in range(piece.minutes)
        ]
        total = len(queue)
        whole = sum(capacity.minutes[starts : due + 1])
        if whole == 0:
            inside = [day for day in range(starts, due + 1) if capacity.worked[day] > 0]
            after = [day for day in range(due + 1, DAYS) if capacity.worked[day] > 0]
            day = inside[-1] if inside else after[0] if after else due
            yield from ((key, day) for key in queue)
            continue
        share, done = Fraction(0), 0
        for day in range(starts, due + 1):
            share += Fraction(capacity.minutes[day] * total, whole)
            today = floor(share) - done
            yield from ((key, day) for key in queue[done : done + today])
            done += today
        assert done == total


def piles(work: list[Piece]) -> list[Pile]:
    summed: Counter[tuple[int, int]] = Counter()
    for piece in work:
        summed[piece.starts, piece.due] += piece.minutes
    return [(*window, minutes) for window, minutes in summed.items()]


@given(calendars(), tasks())
def test_piles_put_on_each_day_what_their_tasks_put_there_one_by_one(
    capacity: Capacity, work: list[Piece]
) -> None:
    expected = Counter(day for _key, day in laid(work, capacity))
    found = loads(piles(work), Weights(capacity), 0, list(range(DAYS)))
    assert found == [expected[day] for day in range(DAYS)]


@given(calendars(), tasks())
def test_nothing_is_lost_and_nothing_doubled(capacity: Capacity, work: list[Piece]) -> None:
    weights = Weights(capacity)
    whole = loads(piles(work), weights, 0, list(range(DAYS)))
    assert sum(whole) == sum(piece.minutes for piece in work)
    of_task: Counter[int] = Counter()
    for day in range(DAYS):
        of_task.update(shares(work, weights, day, day))
    assert of_task == Counter({piece.key: piece.minutes for piece in work if piece.minutes})


@given(calendars(), tasks(), st.data())
def test_the_tasks_behind_a_cell_sum_to_its_number(
    capacity: Capacity, work: list[Piece], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, DAYS - 1))
    ends = sorted(data.draw(st.sets(st.integers(first, DAYS - 1), min_size=1, max_size=8)))
    weights, minutes = Weights(capacity), Counter(laid(work, capacity))
    found, since = loads(piles(work), weights, first, ends), first
    for load, end in zip(found, ends, strict=True):
        behind = shares(work, weights, since, end)
        assert sum(behind.values()) == load
        for piece in work:
            assert behind.get(piece.key, 0) == sum(minutes[piece.key, day] for day in range(since, end + 1))
        since = end + 1


@given(calendars(), tasks())
def test_no_day_off_gets_work_while_its_window_has_capacity(capacity: Capacity, work: list[Piece]) -> None:
    for piece in work:
        if any(capacity.minutes[piece.starts : piece.due + 1]):
            found = loads([piece[1:]], Weights(capacity), 0, list(range(DAYS)))
            assert all(capacity.minutes[day] for day in range(DAYS) if found[day])


@given(calendars(), st.integers(0, 5_000), st.integers(0, DAYS - 1), st.integers(0, DAYS - 1))
def test_each_day_is_within_a_minute_of_its_exact_share(
    capacity: Capacity, minutes: int, one: int, other: int
) -> None:
    starts, due = sorted((one, other))
    whole = sum(capacity.minutes[starts : due + 1])
    if whole:
        found = loads([(starts, due, minutes)], Weights(capacity), 0, list(range(DAYS)))
        for day in range(starts, due + 1):
            assert abs(found[day] - Fraction(minutes * capacity.minutes[day], whole)) < 1


def week(*minutes: int, left: tuple[int, ...] | None = None) -> Weights:
    return Weights(Capacity(left or minutes, minutes))


def test_work_is_spread_in_proportion_and_the_last_day_takes_the_rest() -> None:
    assert loads([(0, 2, 100)], week(480, 240, 480), 0, [0, 1, 2]) == [40, 20, 40]
    assert loads([(0, 2, 100)], week(480, 480, 480), 0, [0, 1, 2]) == [33, 33, 34]


def test_due_on_a_day_off_it_is_done_before() -> None:
    assert loads([(0, 3, 60)], week(480, 480, 0, 0, 480), 0, range(5)) == [30, 30, 0, 0, 0]


def test_carried_onto_a_sunday_it_goes_to_the_day_after() -> None:
    assert loads([(0, 0, 60)], week(0, 480, 480), 0, range(3)) == [0, 60, 0]


def test_due_within_a_leave_it_stays_where_everybody_sees_it() -> None:
    assert loads([(1, 3, 60)], week(480, 480, 480, 0, 480, left=(480, 0, 0, 0, 480)), 0, range(5)) == [
        0,
        0,
        60,
        0,
        0,
    ]


def test_a_column_holds_the_days_off_before_it() -> None:
    assert loads([(0, 4, 100)], week(480, 480, 240, 0, 480), 0, [0, 1, 4]) == [28, 29, 43]


def test_without_any_working_day_it_stands_on_the_day_it_is_due() -> None:
    assert loads([(0, 1, 45)], week(0, 0, 0), 0, range(3)) == [0, 45, 0]
