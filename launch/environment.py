"""The Python environment in .venv: exactly the packages of the lock files, checked by hash.

A mark is left when a lock is fully installed. Without it the work was cut short; what was half made is made anew."""

import csv
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from launch.children import last_error
from launch.console import CannotGoOn, say
from launch.places import Places

RUNNING = "requirements.txt"
TESTING = "requirements-dev.txt"
NODE = "requirements-node.txt"


def ensure_environment(places: Places, locks: Sequence[str]) -> None:
    marks = places.venv / "installed"
    working = marks / "unfinished"
    if places.venv.exists() and (working.exists() or not python_works(places) or damaged(places)):
        say("The environment in .venv is damaged or half made: making it anew…")
        shutil.rmtree(places.venv)
    missing = [lock for lock in locks if not is_installed(places, lock)]
    if not missing:
        return
    if not places.venv.exists():
        make_environment(places)
    marks.mkdir(exist_ok=True)
    if not any(marks.iterdir()) and any(places.venv.glob("lib/python3*/site-packages/django")):
        say("Completing the environment…")  # someone made it by hand: add to it
    else:
        working.touch()
    say("Installing the Python packages…")
    pip_install(places, missing)
    for lock in missing:
        (marks / lock).write_text(fingerprint(places.root / lock))
    working.unlink(missing_ok=True)


def is_installed(places: Places, lock: str) -> bool:
    mark = places.venv / "installed" / lock
    return mark.exists() and mark.read_text() == fingerprint(places.root / lock)


def fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def python_works(places: Places) -> bool:
    try:
        done = subprocess.run(
            [places.python, "-c", "import encodings, pip"], check=False, capture_output=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def damaged(places: Places) -> bool:
    """Whether a file that an installed package came with is gone or cut short. Sizes only: it runs at each start."""
    if not (places.venv / "installed").exists():
        return False
    for record in places.venv.glob("lib/python3*/site-packages/*.dist-info/RECORD"):
        site = os.fspath(record.parent.parent)
        with record.open(newline="", encoding="utf-8") as lines:
            for path, _, size in csv.reader(lines):
                try:
                    found = os.stat(os.path.join(site, path)).st_size
                except OSError:
                    if path.endswith(".pyc"):
                        continue
                    return True
                if size and found != int(size) and not path.startswith(".."):
                    return True
    return False


def make_environment(places: Places) -> None:
    say("Making the environment (.venv)…")
    with log(places).open("wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", "venv", places.venv], check=False, stdout=output, stderr=output
        )
    if done.returncode == 0:
        return
    shutil.rmtree(places.venv, ignore_errors=True)
    complain_of_disk(places)
    raise CannotGoOn(
        f"Python's venv module is incomplete on this machine: sudo apt-get install -y "
        f"python{sys.version_info[0]}.{sys.version_info[1]}-venv, then start again."
    )


def pip_install(places: Places, locks: Sequence[str]) -> None:
    command = [
        os.fspath(places.python), "-m", "pip", "install", "--require-hashes", "--only-binary=:all:", "--no-deps",
        "--no-input", "--disable-pip-version-check", "--progress-bar=off",
    ]  # fmt: skip
    for lock in locks:
        command += ["-r", os.fspath(places.root / lock)]
    with log(places).open("wb") as output:
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    if done.returncode == 0:
        return
    complain_of_disk(places)
    text = log(places).read_text(errors="replace")
    if "DO NOT MATCH THE HASHES" in text:
        raise CannotGoOn(
            f"A downloaded Python package is not the one that was locked (see {log(places)}): clear what pip keeps "
            "with `.venv/bin/python -m pip cache purge` and start again."
        )
    raise CannotGoOn(
        f"Installing the Python packages failed ({last_error(log(places))[:160]}): check that this machine reaches its "
        f"Python package index and start again; the whole story is in {log(places)}."
    )


def complain_of_disk(places: Places) -> None:
    if "No space left on device" in log(places).read_text(errors="replace"):
        raise CannotGoOn(
            f"The disk that holds {places.root} is full: free some space (1 GB is plenty) and start again."
        )


def log(places: Places) -> Path:
    """Of the set-up's last step; each step begins it anew, so that its complaints are its own."""
    return places.logs / "setup.log"
