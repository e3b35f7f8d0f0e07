"""One process that the launcher keeps: started in a group of its own, found again after a crash, stopped in peace."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


@dataclass
class Child:
    """A program and how to treat it. `is_ready` answers whether it serves yet."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    pid_file: Path
    is_ready: Callable[["Child"], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGTERM  # sent by the kernel when the launcher is killed
    patience: float = 20.0  # seconds between the polite signal and the last one
    options: dict[str, Any] = field(default_factory=dict)
    before_start: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def start(self) -> None:
        if self.before_start:
            self.before_start()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(self.orphan_signal),  # there are no threads here
                **self.options,
            )
        self.started_at = time.monotonic()
        self.pid_file.write_text(f"{self.pid} {birth_of(self.pid)}\n")

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def forget(self) -> None:
        """After its death: end what it left in its group, so that nothing holds its port or its socket."""
        if self.process is not None:
            kill_group(self.pid)
        self.process = None
        self.pid_file.unlink(missing_ok=True)

    def stop(self, hurry: bool = False) -> None:
        if self.process is not None and self.is_alive():
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(0.5 if hurry else self.patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.forget()

    def last_words(self) -> str:
        return last_line(self.log)


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None] | None:
    """Run in the child before its program: the kernel is to end it when the launcher dies, even by kill -9."""
    if _libc is None:
        return None
    parent = os.getpid()

    def arrange() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return arrange


def birth_of(pid: int) -> str:
    """What tells this process from a later one with the same number; empty when there is no such process."""
    if _libc is None:
        asked = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)], check=False, capture_output=True, text=True
        )
        return "_".join(asked.stdout.split())
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    if after_name[0] in "ZX":
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{after_name[19]}"


def end_leftover(pid_file: Path, with_signal: signal.Signals, patience: float = 10.0) -> bool:
    """End the child of a launcher that was killed. Its number alone proves nothing: its birth must match too."""
    try:
        pid_text, birth = pid_file.read_text().split()
        pid = int(pid_text)
    except (OSError, ValueError):
        pid_file.unlink(missing_ok=True)
        return False
    alive = birth_of(pid)
    if alive == birth:
        os.kill(pid, with_signal)
        deadline = time.monotonic() + patience
        while birth_of(pid) == birth and time.monotonic() < deadline:
            time.sleep(0.05)
    if birth_of(pid) in {birth, ""}:
        kill_group(pid)
    pid_file.unlink(missing_ok=True)
    return alive == birth


def kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def last_line(log: Path) -> str:
    return (_last_lines(log) or [""])[-1]


def last_error(log: Path) -> str:
    """The last line that speaks of an error, or just the last one, for a sentence about a failure."""
    errors = [line for line in _last_lines(log) if "error" in line.lower() and "complete log" not in line]
    return errors[-1] if errors else last_line(log)


def _last_lines(log: Path) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            return [line.strip() for line in file.read().decode(errors="replace").split("\n") if line.strip()]
    except OSError:
        return []
