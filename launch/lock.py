"""One launcher a data folder: who holds it, what became of one that was killed, and how others may join in."""

import fcntl
import json
import os
import secrets
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from launch.children import end_leftover
from launch.console import CannotGoOn
from launch.places import Places

STOP_ORDER = ("web", "beat", "worker", "valkey", "postgres")
PATIENCE = 60.0


@contextmanager
def held(places: Places) -> Iterator[None]:
    """Hold the data folder; the kernel lets go of it however we end. Ends what a killed launcher left running."""
    places.make()
    with places.lock.open("w") as file:
        _wait_for(file.fileno(), places)
        note(places, {"stage": "starting"})
        for name in STOP_ORDER:
            end_leftover(places.pids / name, signal.SIGINT if name == "postgres" else signal.SIGTERM)
        try:
            yield
        finally:
            places.state.unlink(missing_ok=True)


@contextmanager
def one_set_up_at_a_time(root: Path) -> Iterator[None]:
    """`make run` and `make test` share .venv: the second waits for the first."""
    folder = root / ".data"
    folder.mkdir(mode=0o711, exist_ok=True)
    with (folder / "setup.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def note(places: Places, facts: Mapping[str, Any]) -> None:
    """Write down who we are, for other commands. Private: addresses of databases may hold passwords."""
    text = json.dumps({"pid": os.getpid(), **facts})
    draft = places.state.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.rename(places.state)


def noted(places: Places) -> dict[str, Any]:
    try:
        return dict(json.loads(places.state.read_text()))
    except (OSError, ValueError):
        return {}


def running_environment(places: Places) -> dict[str, str] | None:
    """The environment of the launcher that holds this folder right now, ready to be joined."""
    try:
        with places.lock.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return noted(places).get("environment")
    except FileNotFoundError:
        return None
    return None


def secret_key(places: Places) -> str:
    """Made once and kept, so that people stay signed in over a restart."""
    kept = places.data / "secret_key"
    if not kept.exists() or not kept.read_text().strip():
        kept.unlink(missing_ok=True)
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return kept.read_text().strip()


def _wait_for(file: int, places: Places) -> None:
    """At once when it is free; a little later when its holder is just going; otherwise one sentence."""
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            holder = noted(places)
        waited = time.monotonic() - began
        if waited > (PATIENCE if holder.get("stage") == "stopping" else 1.0):
            where = f", {holder['url']}" if "url" in holder else ""
            raise CannotGoOn(
                f"Romashka CRM already runs in this folder (process {holder.get('pid', 'unknown')}{where}): "
                "use that one, or stop it with Ctrl-C first."
            )
        time.sleep(0.1)
