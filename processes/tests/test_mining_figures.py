"""The figures of a log are what an independent count of the same cases gives, and what publishers say of theirs."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from statistics import mean, quantiles
from typing import Any

import pytest

from processes.mining.discovery import model_of
from processes.mining.figures import Figures, figures_of
from processes.mining.lifecycle import RawEvent, add_case
from processes.mining.log import Log, milliseconds
from processes.mining.people import Bulks
from processes.mining.spread import Spread, spread_of, suggested_deadline
from processes.tests.event_logs import LOANS, TEXTBOOK, Told, at, log_of, log_of_ways, random_cases

SEEDS = range(30)


@pytest.fixture(params=SEEDS)
def both(request: pytest.FixtureRequest) -> tuple[dict[str, list[Told]], Figures]:
    """The same random cases as lists and as figures. Steps in the order of their ends, as the file has them."""
    cases = random_cases(request.param)
    return cases, figures_of(log_of(cases))


def begin(told: Told) -> int:
    return told.ended if told.began is None else told.began


def holds(spread: Spread, minutes: list[int]) -> None:
    """Against the standard library's own percentiles."""
    assert spread.count == len(minutes)
    assert spread.total == sum(minutes) * 60
    if len(minutes) > 1:
        twentieths = quantiles(minutes, n=20, method="inclusive")
        assert spread.p50 == pytest.approx(twentieths[9] * 60)
        assert spread.p90 == pytest.approx(twentieths[17] * 60)
        assert spread.p95 == pytest.approx(twentieths[18] * 60)
        assert spread.mean == pytest.approx(mean(minutes) * 60)


def test_ways_are_counted_with_their_share_and_median(both: tuple[dict[str, list[Told]], Figures]) -> None:
    cases, figures = both
    ways: dict[tuple[str, ...], list[int]] = {}
    for told in cases.values():
        lasts = told[-1].ended - begin(told[0])
        ways.setdefault(tuple(each.activity for each in told), []).append(lasts)
    assert {each.steps: each.count for each in figures.variants} == {
        way: len(all_) for way, all_ in ways.items()
    }
    assert sum(each.share for each in figures.variants) == pytest.approx(1)
    for each in figures.variants:
        assert each.median == pytest.approx(spread_of(m * 60_000 for m in ways[each.steps]).p50)
    assert [each.count for each in figures.variants] == sorted((len(w) for w in ways.values()), reverse=True)


def test_what_follows_what_and_how_long_it_waits(both: tuple[dict[str, list[Told]], Figures]) -> None:
    cases, figures = both
    waits: dict[tuple[str, str], list[int]] = {}
    in_cases: Counter[tuple[str, str]] = Counter()
    for told in cases.values():
        pairs = list(pairwise(told))
        for one, two in pairs:
            waits.setdefault((one.activity, two.activity), []).append(max(0, begin(two) - one.ended))
        in_cases.update({(one.activity, two.activity) for one, two in pairs})
    assert {(arc.source, arc.target) for arc in figures.follows.arcs} == set(waits)
    for arc in figures.follows.arcs:
        holds(arc.waiting, waits[arc.source, arc.target])
        assert arc.cases == in_cases[arc.source, arc.target]
    assert figures.follows.starts == Counter(told[0].activity for told in cases.values())
    assert figures.follows.ends == Counter(told[-1].activity for told in cases.values())


def test_activities_wait_and_are_worked_on(both: tuple[dict[str, list[Told]], Figures]) -> None:
    cases, figures = both
    waiting: dict[str, list[int]] = {}
    working: dict[str, list[int]] = {}
    for told in cases.values():
        for before, each in zip([None, *told], told, strict=False):
            waiting.setdefault(each.activity, []).extend(
                [] if before is None else [max(0, begin(each) - before.ended)]
            )
            working.setdefault(each.activity, []).extend(
                [] if each.began is None else [each.ended - each.began]
            )
    entered = Counter(each.activity for told in cases.values() for each in told)
    assert {each.name: each.entered for each in figures.activities} == entered
    for each in figures.activities:
        holds(each.waiting, waiting[each.name])
        holds(each.working, working[each.name])
        present = sum(any(one.activity == each.name for one in told) for told in cases.values())
        assert each.cases == present
        assert each.missing == pytest.approx(1 - present / len(cases))
    assert sum(each.share for each in figures.activities) == pytest.approx(1)


def test_the_bottleneck_waits_the_most_in_total(both: tuple[dict[str, list[Told]], Figures]) -> None:
    cases, figures = both
    into: Counter[str] = Counter()
    over: Counter[tuple[str, str]] = Counter()
    for told in cases.values():
        for one, two in pairwise(told):
            wait = max(0, begin(two) - one.ended) * 60
            into[two.activity] += wait
            over[one.activity, two.activity] += wait
    found = figures.bottleneck
    assert found is not None
    assert into[found.activity] == max(into.values())
    worst = max(total for (_source, target), total in over.items() if target == found.activity)
    assert bool(found.source) == (worst * 2 >= into[found.activity])
    assert found.waiting.total == (worst if found.source else into[found.activity])
    assert found.share == pytest.approx(found.waiting.total / sum(into.values()))


def test_rework_is_what_is_done_more_than_once(both: tuple[dict[str, list[Told]], Figures]) -> None:
    cases, figures = both
    ways = [[each.activity for each in told] for told in cases.values()]
    again: Counter[str] = Counter()
    at_once: Counter[str] = Counter()
    loops: Counter[tuple[str, str]] = Counter()
    for way in ways:
        again.update({each: way.count(each) - 1 for each in set(way) if way.count(each) > 1})
        at_once.update(one for one, two in pairwise(way) if one == two)
        for place in range(len(way) - 2):
            if way[place] == way[place + 2] != way[place + 1]:
                loops[way[place], way[place + 1]] += 1
    assert {each.activity: each.again for each in figures.rework.repeated} == again
    assert {each.activity: each.at_once for each in figures.rework.repeated} == {n: at_once[n] for n in again}
    assert {(each.source, each.target): each.count for each in figures.rework.loops} == loops
    assert figures.rework.cases == sum(len(set(way)) < len(way) for way in ways)


def test_hand_overs_are_from_one_known_person_to_the_next(
    both: tuple[dict[str, list[Told]], Figures],
) -> None:
    cases, figures = both
    pairs: Counter[tuple[str, str]] = Counter()
    for told in cases.values():
        people = [each.person for each in told if each.person]
        pairs.update((one, two) for one, two in pairwise(people) if one != two)
    assert {(each.source, each.target): each.count for each in figures.hand_overs.pairs} == pairs
    assert figures.hand_overs.per_case == pytest.approx(sum(pairs.values()) / len(cases))


def test_cases_are_counted_in_the_week_they_began(both: tuple[dict[str, list[Told]], Figures]) -> None:
    cases, figures = both
    weeks = Counter()
    for told in cases.values():
        day = at(begin(told[0])).date()
        weeks[(day - timedelta(days=day.weekday())).isoformat()] += 1
    assert {week: count for week, count in figures.cases.arrivals.items() if count} == weeks
    assert sum(figures.cases.arrivals.values()) == figures.cases.count == len(cases)


@pytest.mark.parametrize("seed", SEEDS)
def test_done_in_bulk_is_found_by_looking_at_every_pair_of_moments(seed: int) -> None:
    """Where every gap is told in minutes, a run goes on as long as the next is at most that far."""
    log = log_of(random_cases(seed, cases=80, letters="ab"))
    found = Bulks(log, seconds=600, least=3)
    done: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for trace in log.traces():
        found.add(trace)
        for step in trace.steps:
            if step.resource >= 0:
                key = (log.name(step.activity), log.person(step.resource))
                done.setdefault(key, []).append((step.moment, trace.name))
    expected: Counter[str] = Counter()
    for (activity, _person), all_ in done.items():
        run: list[tuple[int, str]] = []
        for moment, case in [*sorted(all_), (10**15, "")]:
            if run and moment - run[-1][0] > 600_000:
                expected[activity] += len(run) if len({name for _at, name in run}) >= 3 else 0
                run = []
            run.append((moment, case))
    assert {each.activity: each.steps for each in found.found()} == {k: v for k, v in expected.items() if v}


def test_the_textbook_log_has_the_textbooks_counts() -> None:
    figures = figures_of(log_of_ways(TEXTBOOK))
    assert figures.cases.count == 1_391
    assert len(figures.variants) == 21
    assert figures.events == 7_539
    assert "".join(figures.variants[0].steps) == "acdeh"
    assert figures.follows.starts == {"a": 1_391}
    assert figures.follows.ends == {"h": 930, "g": 461}


def test_the_loan_log_has_its_publishers_counts() -> None:
    figures = figures_of(log_of_ways(LOANS))
    assert (figures.cases.count, figures.events, len(figures.variants)) == (100, 590, 11)
    entered = {each.name: each.entered for each in figures.activities}
    assert entered == {"A": 100, "B": 100, "C": 100, "D": 90, "E": 20, "F": 80, "G": 100}
    assert figures.rework.cases == 0


def test_a_step_planned_before_waits_from_its_plan_on() -> None:
    log = Log()
    moments = [
        (at(0), "complete", "a"),
        (at(10), "schedule", "b"),
        (at(25), "start", "b"),
        (at(27), "complete", "b"),
    ]
    add_case(log, "one", [RawEvent(name, milliseconds(when), what) for when, what, name in moments])
    b = next(each for each in figures_of(log).activities if each.name == "b")
    assert (b.waiting.total, b.working.total) == (15 * 60, 2 * 60)


def test_what_is_always_done_in_seconds_or_always_skipped_is_named() -> None:
    log = Log()
    for number in range(20):
        base = milliseconds(at(number * 100)) + 17
        add_case(
            log,
            str(number),
            [
                RawEvent("ask", base),
                RawEvent("tick", base + 60_000, "start"),
                RawEvent("tick", base + 62_000),
                RawEvent("survey", base + 90_000, "manualskip"),
                RawEvent("answer", base + 900_000),
                *([RawEvent("appeal", base + 950_000)] if number == 0 else []),
            ],
        )
    figures = figures_of(log)
    assert figures.always_in_seconds == ["tick"]
    assert figures.always_skipped == ["survey"]
    assert figures.nearly_never_done == ["appeal"]


def test_many_cases_ticked_off_by_one_person_within_seconds_are_done_in_bulk() -> None:
    log = Log()
    for number in range(12):
        when = milliseconds(at(0)) + (number * 3_000 if number < 7 else number * 3_600_000)
        add_case(log, str(number), [RawEvent("approve", when, resource="Ann")])
    (bulk,) = figures_of(log).bulk
    assert (bulk.activity, bulk.runs, bulk.steps, bulk.of, bulk.most) == ("approve", 1, 7, 12, 7)
    assert bulk.people == {"Ann": 7}


def test_a_zombie_is_open_longer_than_nearly_all_lasted_and_quiet_since() -> None:
    cases = {f"done {n}": [Told("ask", n), Told("close", n + 60)] for n in range(40)}
    cases |= {
        "forgotten": [Told("ask", 0), Told("check", 20)],
        "worked on": [Told("ask", 0), Told("check", 20), Told("call", 9_000)],
        "young": [Told("ask", 9_990)],
        "last": [Told("ask", 9_900), Told("close", 10_000)],
    }
    figures = figures_of(log_of(cases), ends=["close"])
    assert [each.name for each in figures.cases.zombies] == ["forgotten"]
    zombie = figures.cases.zombies[0]
    assert (zombie.last_activity, zombie.seconds_open) == ("check", 10_000 * 60)
    assert (figures.cases.closed, figures.cases.open) == (41, 3)
    guessed = figures_of(log_of(cases)).cases.ends
    assert "close" in guessed
    assert "ask" not in guessed


@pytest.mark.parametrize(
    ("p90", "amount", "unit"),
    [
        (1, 5, "minutes"),
        (301, 10, "minutes"),
        (3_600, 1, "hours"),
        (3_601, 2, "hours"),
        (13 * 3_600, 1, "days"),
        (86_400 * 6, 7, "days"),
        (86_400 * 366, 730, "days"),
    ],
)
def test_a_suggested_deadline_is_rounded_up_to_a_number_people_say(
    p90: float, amount: int, unit: str
) -> None:
    deadline = suggested_deadline(p90)
    assert deadline is not None
    assert (deadline.amount, deadline.unit) == (amount, unit)
    assert deadline.seconds >= p90


def test_nothing_has_no_deadline_and_no_middle() -> None:
    assert suggested_deadline(None) is None
    assert spread_of([]) == Spread(0, 0.0)


def test_a_model_keeps_the_strong_arcs_and_says_what_it_left_out() -> None:
    model = model_of(log_of_ways({"abcd": 90, "acbd": 80, "ad": 2}))
    arcs = {(arc.source, arc.target): arc for arc in model.arcs}
    assert ("a", "d") not in arcs
    assert (model.left_out, model.left_out_moves) == (1, 2)
    assert model.any_order == [("b", "c")]
    assert arcs["a", "b"].dependency == pytest.approx(90 / 91)
    assert [node.name for node in model.nodes if node.starts] == ["a"]
    told: dict[str, Any] = model.to_json()
    assert {arc["source"] for arc in told["arcs"]} == {"a", "b", "c"}
