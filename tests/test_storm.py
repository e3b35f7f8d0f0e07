"""Kill a worker at any moment: every delivery is done once. The short version of `make storm`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 16
PATIENCE = 300


def test_moves_events_and_deliveries_stay_as_many_while_everybody_is_killed(db: None) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.storm", f"--seconds={SECONDS}", "--pause=2", "--seed=5"],
        cwd=ROOT,
        env=dict(os.environ) | {"DATABASE_URL": beside_the_test_database(), "CRM_MODE": "test"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stdout, done.stderr[-2000:]
    figures = json.loads(done.stdout.strip().splitlines()[-1])
    assert done.returncode == 0, figures
    assert figures["moves"] > 0
    assert figures["moves"] == figures["stage_events"] == figures["events"] == figures["deliveries_done"], (
        figures
    )
    assert (figures["doubled"], figures["lost"]) == (0, 0), figures
    assert figures["sums_hold"], figures
    assert figures["kills"] == figures["worker_kills"] + figures["mover_kills"] > 0, figures
    processes = figures["processes"]
    assert processes["effects_expected"] > 0
    assert [processes[name] for name in ("lost", "doubled", "open", "incidents")] == [0] * 4, figures
    reminders = figures["reminders"]
    wanted = figures["moves"] + processes["effects_expected"] + reminders["expected"]
    assert figures["effects_expected"] == wanted
    assert reminders["expected"] > 0
    assert (reminders["doubled"], reminders["lost"], reminders["wrong_counters"]) == (0, 0, 0), figures


def beside_the_test_database() -> str:
    """An address like the test database's: the storm makes its own one next to it."""
    at = connection.settings_dict
    person = quote(at["USER"]) + (":" + quote(at["PASSWORD"]) if at["PASSWORD"] else "")
    if at["HOST"].startswith("/"):
        return f"postgresql://{person}@/{at['NAME']}?host={quote(at['HOST'])}"
    return f"postgresql://{person}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"
