"""`make bench`: each main page against the floor at 10,000 and at 1,000,000 deals, with 1 and 8 clients.

The last line printed is JSON. Exit code 0 with figures; `--check` exits 1 when a budget of DESIGN §9 is broken.
"""

import argparse
import json
import signal
import subprocess
import sys
from typing import Any

from bench import databases
from bench.browser import Browser
from bench.measure import Run, Side, measure
from bench.pages import pages
from bench.report import broken_budgets, printed
from bench.server import Server, cold_start, served

PEOPLE = ("head", "seller2", "admin")


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing it started is left behind
    options = _options()
    names = [_ready(deals) for deals in (options.small, options.large)]
    starts = [cold_start(names[0])]
    with served(names[0]) as small_server, served(names[1]) as large_server:
        sides = _side(names[0], small_server, options), _side(names[1], large_server, options)
        small, large = measure(*sides, options.rounds)
        memory = large_server.memory()
    starts.append(cold_start(names[0]))
    cold, asked = min(starts), sides[1].pages
    figures = _figures(small, large, memory, cold, options)
    broken = broken_budgets(asked, figures)
    print(printed(asked, figures, broken))
    print(json.dumps(figures | {"broken": broken}))
    return 1 if options.check and broken else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--small", type=int, default=10_000, help="deals in the small database")
    parser.add_argument("--large", type=int, default=1_000_000, help="deals in the large database")
    parser.add_argument("--only", action="append", help="a page's name; several times for several")
    parser.add_argument("--rounds", type=int, default=15, help="how often each page is asked for alone")
    parser.add_argument("--check", action="store_true", help="fail where a budget is broken")
    return parser.parse_args()


def _ready(deals: int) -> str:
    name = databases.ready(deals)
    databases.analyse(name)
    return name


def _side(name: str, server: Server, options: argparse.Namespace) -> Side:
    found = subprocess.run(
        [sys.executable, "-m", "bench.targets"],
        check=True,
        cwd=databases.ROOT,
        env=databases.environment_for(name),
        stdout=subprocess.PIPE,
    )
    asked = [
        page for page in pages(json.loads(found.stdout)) if not options.only or page.name in options.only
    ]
    return Side(asked, {who: Browser(server.port).sign_in(f"{who}@romashka.example") for who in PEOPLE})


def _figures(
    small: Run, large: Run, memory: dict[str, float], cold: tuple[float, float], options: argparse.Namespace
) -> dict[str, Any]:
    return {
        "pages": {
            name: {
                "ratio": page.ratio,
                "growth": page.growth,
                "median_ms": page.median_ms,
                "p95_8_ms": page.p95_8_ms,
                "queries": page.queries,
                "bytes": page.bytes,
                "status": page.status,
                "small_ratio": small.pages[name].ratio,
            }
            for name, page in large.pages.items()
        },
        "floor_ms": large.floor_ms,
        "floor_p95_8_ms": large.floor_p95_8_ms,
        "memory_mb": memory.get("rss_mb"),
        "memory_share_mb": memory.get("pss_mb"),
        "cold_start_s": cold[0],
        "cold_start_cpu_s": cold[1],
        "deals": [options.small, options.large],
    }


if __name__ == "__main__":
    sys.exit(main())
