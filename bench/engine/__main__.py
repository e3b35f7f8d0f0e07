"""Steps a second against pgbench, chains, another engine, and a hundred thousand timers at once.

All on one PostgreSQL of its own, in turn, so that only ratios are told; the last line printed is JSON. Exit code 1 when
a bar of the design is not met.
"""

import argparse
import json
import os
import sys
import tempfile

import django

from bench import databases

BARS = {"step_ratio": 0.5, "chain10_ratio": 5, "spiff10_ratio": 3, "spiff100_ratio": 10}
LONGEST = {"timers_100k_s": 60, "flat_ratio": 1.5}


def main() -> int:
    options = _options()
    name = databases.fresh("engine")
    os.environ.update(databases.environment_for(name) | {"LOG_LEVEL": "CRITICAL"})
    django.setup()
    from bench.engine import others, ours, pgbench, scene

    subjects = scene.set_up(options.timers)
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        figures["pgbench_tps"] = pgbench.transactions_a_second(name, folder, options.seconds)
    steps = subjects[: options.steps]
    figures["steps_s"] = ours.steps_a_second(steps)
    figures["steps_alone_s"] = ours.steps_a_second(steps, together=False)
    figures["clicks_s"] = ours.clicks_a_second(steps[: len(steps) // 4])
    for tasks in (10, 100):
        # Processes from end to end: ours is one step however many automatic tasks it has, theirs is saved after each.
        own = ours.chain_nodes_a_second(steps[: len(steps) * 5 // tasks], tasks)
        other = others.tasks_a_second(tasks, name)
        figures[f"ours{tasks}_tasks_s"], figures[f"spiff{tasks}_tasks_s"] = own, other
        figures[f"spiff{tasks}_ratio"] = own / other
    figures["step_ratio"] = figures["steps_s"] / figures["pgbench_tps"]
    figures["chain10_ratio"] = figures["ours10_tasks_s"] / figures["steps_s"]
    figures["timers_100k_s"] = ours.timers_seconds(subjects) * 100_000 / options.timers
    # The runs of all those timers are still under way, and must slow nothing.
    figures["flat_ratio"] = figures["steps_s"] / ours.steps_a_second(steps)
    figures = {name: round(value, 2) for name, value in figures.items()}
    broken = [f"{name}: {figures[name]}, under {bar}" for name, bar in BARS.items() if figures[name] < bar]
    broken += [f"{name}: {figures[name]}, over {bar}" for name, bar in LONGEST.items() if figures[name] > bar]
    for each, value in figures.items():
        print(f"{each:20} {value}")
    print(json.dumps({**figures, "timers": options.timers, "broken": broken}))
    return 1 if broken else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description=__doc__)
    parser.add_argument("--steps", type=int, default=2_000)
    parser.add_argument("--timers", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=10, help="of pgbench")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
