"""Keeps the children alive: starts them, starts them again when they die, stops them in order."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from launch.children import Child
from launch.console import CannotGoOn, say

QUICK = 20.0  # seconds: who dies sooner than this after a start died "quickly"
DEATHS_ALLOWED = 5
LONGEST_PAUSE = 8.0
TICK = 0.1


class Stopped(Exception):
    """Someone asked us to stop: Ctrl-C, SIGTERM, a closed terminal, or `make` is gone."""


class Supervisor:
    def __init__(self) -> None:
        self.children: list[Child] = []
        self._deaths: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._signals = 0
        self._parent = Parent()

    def listen(self) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, self._hear)

    def start(self, *children: Child, within: float = 60.0) -> None:
        """Start them at once and wait until each is ready."""
        for child in children:
            self.children.append(child)
            child.start()
        for child in children:
            self._wait_for(child, within)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        while not until():
            self.tick()

    def tick(self) -> None:
        """One look at everybody, then a short sleep."""
        if self._signals or self._parent.is_gone():
            raise Stopped
        for child in self.children:
            if not child.is_alive():
                self._revive(child)
        time.sleep(TICK)

    def stop(self) -> None:
        """Stop all, last started first: nobody loses what they lean on while they finish their work."""
        while self.children:
            child = self.children.pop()
            child.stop(hurry=self._signals > 1)

    def _wait_for(self, child: Child, within: float) -> None:
        deadline = time.monotonic() + within
        while not (child.is_alive() and child.is_ready(child)):
            if time.monotonic() > deadline:
                raise CannotGoOn(
                    f"{child.name} did not answer within {within:.0f} seconds ({child.last_words()}): "
                    f"look into {child.log} and start again."
                )
            self.tick()

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            lived = now - child.started_at
            deaths = self._deaths.get(child.name, 0) + 1 if lived < QUICK else 1
            child.forget()
            if deaths >= DEATHS_ALLOWED:
                raise CannotGoOn(
                    f"{child.name} died {deaths} times in a row ({child.last_words()}): "
                    f"look into {child.log}, mend the cause and start again."
                )
            self._deaths[child.name] = deaths
            self._due[child.name] = now + min(LONGEST_PAUSE, 0.25 * 2**deaths)
        elif now >= self._due.get(child.name, 0.0):
            say(f"{child.name} had stopped; starting it again.")
            child.start()

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1


class Parent:
    """The `make` that started us. When it is killed or interrupted alone, it tells nobody: we have to look."""

    def __init__(self) -> None:
        self._pid = os.getppid()
        self._is_make = self._read("comm").strip() in {"make", "gmake"}
        self._minded_interrupts = self._minds_interrupts()

    def is_gone(self) -> bool:
        if not self._is_make:
            return False
        return os.getppid() != self._pid or (self._minded_interrupts and not self._minds_interrupts())

    def _minds_interrupts(self) -> bool:
        """GNU make drops its handler once it was interrupted, and then waits for us without a word."""
        for line in self._read("status").splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) & 1 << (signal.SIGINT - 1))
        return False

    def _read(self, name: str) -> str:
        try:
            return Path(f"/proc/{self._pid}/{name}").read_text()
        except OSError:
            return ""
