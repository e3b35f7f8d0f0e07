"""Deals move by script while two workers, the movers and Redis are killed at random; then everything is counted.

The last line printed is JSON; exit code 1 when anything was lost or done twice.
"""

import argparse
import json
import os
import random
import signal
import sys
import time
from typing import Any

import django
from kombu.exceptions import OperationalError

from bench import databases
from bench.storm.processes import Broker, Killable, beat, mover, worker

# One worker sleeps past its lease at times, the other's clock is an hour ahead.
HABITS: list[dict[str, str]] = [{"STORM_SLEEPS": "1"}, {"STORM_AHEAD": "1"}]
WORKERS, MOVERS, DEALS = len(HABITS), 3, 60
REMINDERS_A_SECOND = 40
LEASE_AND_A_BIT, PATIENCE = 150, 40


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing it started is left behind
    options = _options()
    name = databases.fresh("storm")
    broker = Broker()
    environment = databases.environment_for(name) | {
        "DJANGO_SETTINGS_MODULE": "bench.storm.settings",
        "REDIS_URL": broker.url,
        "LOG_LEVEL": "CRITICAL",
    }
    os.environ.update(environment)
    django.setup()
    from activities.reminding import tell_due
    from bench.storm import counting, reminders, runs
    from foundation.drain import drain

    counting.set_scene(DEALS)
    runs.set_scene()
    seconds = options.seconds or options.minutes * 60
    reminders.plan(int(REMINDERS_A_SECOND * seconds), over=seconds)
    workers = [worker(environment | habit) for habit in HABITS]
    movers = [mover(environment, seed) for seed in range(MOVERS)]
    clock = beat(environment)
    try:
        deaths = _rage(workers, movers, clock, broker, seconds, options.pause, random.Random(options.seed))
        for each in movers:
            each.kill()
        if options.patient:
            _let_workers_finish(counting)
    finally:
        for each in (*movers, *workers, clock):
            each.kill()
        broker.stop()
    counting.release_leases()
    drained_at_the_end = drain()
    done_at_the_end = runs.finish()
    reminders.release()
    told_at_the_end = tell_due()
    figures = {
        "seconds": round(seconds),
        **counting.counted(),
        **deaths,
        "drained_at_the_end": drained_at_the_end,
        "processes": {**runs.counted(), "done_at_the_end": done_at_the_end},
        "reminders": {**reminders.counted(), "told_at_the_end": told_at_the_end},
    }
    print(json.dumps(figures | _in_all(figures)))
    is_whole = (
        counting.holds(figures) and reminders.holds(figures["reminders"]) and runs.holds(figures["processes"])
    )
    return 0 if is_whole else 1


def _in_all(figures: dict[str, Any]) -> dict[str, int]:
    """Deliveries, effects of processes and reminders together; `kills` are of workers and movers."""
    processes, reminded = figures["processes"], figures["reminders"]
    return {
        "kills": figures["worker_kills"] + figures["mover_kills"],
        "effects_expected": figures["moves"] + processes["effects_expected"] + reminded["expected"],
        **{
            name: abs(figures[name]) + abs(processes[name]) + abs(reminded[name])
            for name in ("lost", "doubled")
        },
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.storm", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seconds", type=float, help="instead of minutes")
    parser.add_argument("--pause", type=float, default=6, help="seconds between two deaths, on average")
    parser.add_argument(
        "--patient", action="store_true", help="let the workers themselves finish what is left"
    )
    parser.add_argument("--seed", type=int, default=None)
    return parser.parse_args()


def _rage(
    workers: list[Killable], movers: list[Killable], clock: Killable, broker: Broker, seconds: float, pause: float,
    dice: random.Random,
) -> dict[str, int]:  # fmt: skip
    """Kill somebody every few seconds and start them again, and stop Redis now and then; begins when all work."""
    deaths = {"worker_kills": 0, "mover_kills": 0, "redis_stops": 0}
    for each in (*workers, *movers, clock):
        each.start()
    _wait_until_all_work()
    from bench.storm.reminders import disturb

    until, turn = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        luck, turn = dice.random(), turn + 1
        disturb(turn)
        _wake()
        if luck < 0.6:
            _again(dice.choice(workers))
            deaths["worker_kills"] += 1
        elif luck < 0.85:
            _again(dice.choice(movers))
            deaths["mover_kills"] += 1
        elif broker.own is not None:
            broker.stop()
            deaths["redis_stops"] += 1
            time.sleep(dice.uniform(0.3, 1.5) * pause)
            broker.start()
        time.sleep(dice.uniform(0.2, 1.8) * pause)
    return deaths


def _wake() -> None:
    """Beat alone wakes reminders and processes every five seconds, which a short storm may not live to see."""
    from activities.tasks import remind
    from processes.tasks import drain

    try:
        remind.apply_async(retry=False)
        drain.apply_async(retry=False)
    except OperationalError:
        return  # Redis is stopped just now: beat asks again


def _wait_until_all_work() -> None:
    from bench.storm.counting import busy_workers

    until = time.monotonic() + PATIENCE
    while busy_workers() < WORKERS and time.monotonic() < until:
        time.sleep(0.3)


def _again(victim: Killable) -> None:
    victim.kill()
    victim.start()


def _let_workers_finish(counting: object) -> None:
    """Beat wakes them; a dead worker's claims come back when their lease ends."""
    until = time.monotonic() + LEASE_AND_A_BIT
    while counting.undone() and time.monotonic() < until:  # type: ignore[attr-defined]
        time.sleep(2)


if __name__ == "__main__":
    sys.exit(main())
