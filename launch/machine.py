"""What the machine must offer: a free port, room on the disk, and libraries no wheel brings."""

import ctypes
import ctypes.util
import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from launch.console import CannotGoOn, say

MEGABYTE = 2**20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0")


def chosen_port(environment: Mapping[str, str]) -> int:
    text = environment.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotGoOn(
            f"PORT={text} is not a port: choose a number from 1024 to 65535, as in PORT=8001 make run."
        )
    return int(text)


def require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotGoOn(
                f"Port {port} is for root only: choose another with `PORT=8001 make run`."
            ) from None
        except OSError:
            other = port + 1 if port < 65535 else 8001
            raise CannotGoOn(
                f"Port {port} is taken by another program: choose another with `PORT={other} make run`."
            ) from None


def require_disk(folder: Path, megabytes: int) -> None:
    free = shutil.disk_usage(folder).free // MEGABYTE
    if free < megabytes:
        raise CannotGoOn(
            f"The disk that holds {folder} is nearly full ({free} MB free, {megabytes} MB needed): "
            "free some space and start again."
        )


def full_disk(*folders: Path) -> str | None:
    """A sentence when one of them has next to nothing left."""
    for folder in folders:
        if folder.exists() and shutil.disk_usage(folder).free < 20 * MEGABYTE:
            return f"The disk that holds {folder} is full: free some space (1 GB is plenty) and start again."
    return None


def require_server(url: str, name: str) -> None:
    """A server that was given by address must at least answer on its port; the rest the programs will say."""
    parts = urlsplit(url)
    if not parts.hostname:
        return  # a socket: its own client reports best
    port = parts.port or (5432 if name == "DATABASE_URL" else 6379)
    try:
        socket.create_connection((parts.hostname, port), timeout=5).close()
    except OSError as error:
        raise CannotGoOn(
            f"Nothing answers at {parts.hostname}:{port}, where {name} points ({error.strerror or error}): "
            f"start that server, or unset {name} to use the embedded one."
        ) from None


def mention_missing_pango() -> None:
    """Everything but PDF works without it, so this is a remark and not a refusal."""
    for library in PANGO:
        try:
            ctypes.CDLL(library)
        except OSError:
            if ctypes.util.find_library("pango-1.0") is None:
                say(
                    "PDF files cannot be made until Pango is there: "
                    "sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."
                )
            return


def ensure_chromium(environment: Mapping[str, str], log: Path) -> str:
    """The browser of the browser tests; installed where we may."""
    found = find_chromium(environment)
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium for the browser tests…")
        quiet = dict(environment) | {"DEBIAN_FRONTEND": "noninteractive"}
        with log.open("ab") as output:
            for command in (
                ["apt-get", "update"],
                ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
            ):
                subprocess.run(
                    command, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=quiet
                )
        found = find_chromium(environment)
        if found:
            return found
    raise CannotGoOn(
        "The browser tests need Chromium: sudo apt-get install -y --no-install-recommends chromium "
        "(or name another one, as in CHROMIUM=/path/to/chrome make test)."
    )


def find_chromium(environment: Mapping[str, str]) -> str | None:
    named = environment.get("CHROMIUM")
    candidates = [named] if named else list(BROWSERS)
    return next((path for path in map(shutil.which, candidates) if path), None)
