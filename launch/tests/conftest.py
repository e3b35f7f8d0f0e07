"""A launcher started for real, on data folders that vanish with the test."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launch.places import ROOT, places

PATIENCE = 30.0


class Launched:
    """`python -m launch servers` on one data folder, and what it printed so far."""

    def __init__(self, data: Path, programs: Path | None = None) -> None:
        self.places = places(data)
        given_elsewhere = {"DATABASE_URL", "REDIS_URL", "CRM_DATA_DIR", "CRM_MODE", "SECRET_KEY"}
        environment = {name: value for name, value in os.environ.items() if name not in given_elsewhere}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "launch", "servers", "--as-is"],
            cwd=ROOT,
            env=environment
            | {"CRM_DATA_DIR": str(data)}
            | ({"POSTGRES_BIN": str(programs)} if programs else {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def lines_until(self, ending: str) -> list[str]:
        lines = []
        while not lines or ending not in lines[-1]:
            lines.append(self._lines.get(timeout=PATIENCE))
            if not lines[-1]:
                raise AssertionError(f"{ending!r} never came: {lines}")
        return lines

    def addresses(self) -> dict[str, str]:
        """Waits until it is ready."""
        return dict(
            line.strip().split("=", 1) for line in self.lines_until("Ready: servers") if "_URL=" in line
        )

    def pid_of(self, name: str) -> int:
        return int((self.places.pids / name).read_text().split()[0])

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A short path that others may enter, unlike pytest's own temporary folders."""
    folder = Path(tempfile.mkdtemp(prefix="rc-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def launch() -> Iterator[Callable[..., Launched]]:
    started: list[Launched] = []

    def begin(data: Path, programs: Path | None = None) -> Launched:
        started.append(Launched(data, programs))
        return started[-1]

    yield begin
    for each in started:
        if each.process.poll() is None:
            each.interrupt()
        each.places.discard()
