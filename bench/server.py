"""The web server under measurement: gunicorn as `make run` starts it, and what its workers weigh."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.databases import ROOT, environment_for

WORKERS = 2
PATIENCE = 60.0
COLD_START = (
    "import time; began = time.perf_counter(), time.process_time(); import django; django.setup();"
    " print(time.perf_counter() - began[0], time.process_time() - began[1])"
)


@contextmanager
def served(database: str) -> Iterator["Server"]:
    port = _free_port()
    command = [
        sys.executable, "-m", "gunicorn", "crm.wsgi", f"--workers={WORKERS}", "--preload", "--log-level=error",
        f"--bind=127.0.0.1:{port}", "--backlog=256", "--timeout=120", "--no-control-socket",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment_for(database))
    try:
        _wait(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Server:
    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid

    def memory(self) -> dict[str, float]:
        """Megabytes of the heaviest worker: all it has mapped, and its share of that. Empty where /proc is not."""
        weights = []
        for worker in _children(self.pid):
            text = Path(f"/proc/{worker}/smaps_rollup").read_text()
            found = {name: int(size) / 1024 for name, size in re.findall(r"^(Rss|Pss):\s+(\d+)", text, re.M)}
            weights.append((found["Rss"], found["Pss"]))
        if not weights:
            return {}
        rss, pss = max(weights)
        return {"rss_mb": round(rss, 1), "pss_mb": round(pss, 1)}


def cold_start(database: str) -> tuple[float, float]:
    """Seconds by the clock and of the processor: the best of seven django.setup() in fresh processes.

    The first leaves bytecode for the rest, as the first start of any installed house does, whatever this shell says.
    """
    environment = {**environment_for(database), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", COLD_START]
    runs = [
        subprocess.run(command, check=True, cwd=ROOT, env=environment, capture_output=True, text=True)
        for _time in range(7)
    ]
    wall, cpu = min(tuple(map(float, run.stdout.split())) for run in runs)
    return round(wall, 2), round(cpu, 2)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(
                "The web server under measurement ended before it answered; its message is above."
            )
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The web server under measurement did not answer in {PATIENCE:.0f} s.")
