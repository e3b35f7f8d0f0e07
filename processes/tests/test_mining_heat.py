"""Heat of nodes from plain rows: the engine's history and an outside log feed the same figures."""

from datetime import timedelta
from random import Random

import pytest

from processes.mining.figures import figures_of
from processes.mining.heat import Stay, heat_of, on_nodes, stays_of, suggested
from processes.mining.log import moment_of
from processes.tests.event_logs import Told, at, log_of, random_cases
from processes.tests.test_mining_conformance import LINE

NOW = at(10_000)


def test_a_node_is_waited_at_and_worked_on() -> None:
    heat = heat_of(
        [
            Stay("sign", at(0), at(90), due_at=at(60), side="us", began_at=at(30)),
            Stay("sign", at(0), at(20), due_at=at(60), side="client", began_at=at(10)),
            Stay("sign", at(9_000), side="client", due_at=at(9_500)),
            Stay("pay", at(9_990)),
        ],
        at=NOW,
    )
    sign = heat["sign"]
    assert (sign.entered, sign.left, sign.standing, sign.late) == (3, 2, 1, 1)
    assert (sign.due, sign.breaches, sign.breaches_by_side) == (3, 2, {"us": 1, "client": 1})
    assert (sign.waiting.total, sign.working.total) == ((30 + 10 + 1_000) * 60, (60 + 10) * 60)
    assert sign.stay.p50 == 55 * 60
    assert sign.by_side == {"us": 90 * 60, "client": 1_020 * 60}
    assert sign.side == "client"
    assert (sign.warmth, round(heat["pay"].warmth, 4)) == (1.0, round(10 / 1_110, 4))
    assert heat["pay"].side == ""
    assert sign.deadline is None  # of two stays nothing is suggested
    assert sign.to_json()["side"] == "client"


def test_nothing_is_cold() -> None:
    assert heat_of([], at=NOW) == {}


@pytest.mark.parametrize("seed", range(20))
def test_heat_is_what_adding_up_each_row_gives(seed: int) -> None:
    random = Random(seed)
    stays = []
    for _turn in range(200):
        entered = random.randrange(9_000)
        left = random.choice([None, entered + random.randrange(900)])
        due = random.choice([None, entered + random.randrange(900)])
        stays.append(
            Stay(
                random.choice("abc"),
                at(entered),
                None if left is None else at(left),
                None if due is None else at(due),
                random.choice(["", "us", "client"]),
            )
        )
    for node, heat in heat_of(iter(stays), at=NOW).items():
        own = [stay for stay in stays if stay.node == node]
        until = {stay: stay.left_at or NOW for stay in own}
        assert heat.entered == len(own)
        assert heat.standing == sum(stay.left_at is None for stay in own)
        assert heat.breaches == sum(stay.due_at is not None and until[stay] > stay.due_at for stay in own)
        assert sum(heat.breaches_by_side.values()) == heat.breaches
        total = sum((until[stay] - stay.entered_at for stay in own), timedelta())
        assert heat.waiting.total == sum(heat.by_side.values()) == total.total_seconds()
        assert heat.working.count == 0


@pytest.mark.parametrize("seed", range(6))
def test_an_outside_log_gives_the_same_counts_as_its_figures(seed: int) -> None:
    log = log_of(random_cases(seed))
    heat = heat_of(stays_of(log), at=moment_of(log.last))
    figures = figures_of(log)
    for each in figures.activities:
        own = heat[each.name]
        assert (own.entered, own.standing) == (each.entered, each.open)
        assert own.waiting.total + own.working.total == each.waiting.total + each.working.total


def test_heat_of_a_log_is_laid_on_the_nodes_of_a_process_by_name() -> None:
    log = log_of({"one": [Told("ask", 0), Told("Check", 5), Told("sing", 9)]})
    heat = on_nodes(heat_of(stays_of(log), at=NOW), LINE)
    assert {key: each.node for key, each in heat.items()} == {"ask": "ask", "check": "Check"}


def test_a_deadline_is_suggested_from_ten_durations_on() -> None:
    assert suggested([timedelta(hours=1)] * 9) is None
    deadline = suggested([timedelta(hours=5)] * 10)
    assert deadline is not None
    assert (deadline.amount, deadline.unit) == (6, "hours")
