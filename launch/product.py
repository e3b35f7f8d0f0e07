"""The processes of the product itself: web, worker and beat."""

import http.client
import signal
from collections.abc import Mapping
from pathlib import Path

from launch.children import Child
from launch.places import Places

SIGN_INS = {
    "sales@romashka.example": "salesperson",
    "head@romashka.example": "head of the department",
    "support@romashka.example": "support agent",
    "accountant@romashka.example": "accountant",
    "admin@romashka.example": "administrator",
    "outsider@romashka.example": "someone from another department",
}


def web(places: Places, environment: Mapping[str, str], port: int) -> Child:
    memory = Path("/dev/shm")  # noqa: S108 (gunicorn's own file there has no name)
    heartbeat = ["--worker-tmp-dir", str(memory)] if memory.is_dir() else []
    return _child(
        places,
        "web",
        ["gunicorn", "crm.wsgi", "--workers=2", "--preload", f"--bind=127.0.0.1:{port}", "--timeout=60",
         "--graceful-timeout=10", "--no-control-socket", *heartbeat],
        environment,
    )  # fmt: skip


def worker(places: Places, environment: Mapping[str, str]) -> Child:
    ready_file = places.data / "worker.ready"
    child = _child(
        places,
        "worker",
        ["celery", "-A", "crm", "worker", "--concurrency=2", "--loglevel=INFO", "--without-gossip",
         "--without-mingle", "--include=launch.ready"],
        dict(environment) | {"CRM_READY_FILE": str(ready_file)},
    )  # fmt: skip
    child.before_start = lambda: ready_file.unlink(missing_ok=True)
    child.is_ready = lambda _: ready_file.exists()
    child.orphan_signal = signal.SIGQUIT  # its broker dies with us, so it cannot finish politely
    return child


def beat(places: Places, environment: Mapping[str, str]) -> Child:
    return _child(
        places, "beat", ["celery", "-A", "crm", "beat", "--loglevel=INFO", "--pidfile="], environment
    )


def answers(port: int) -> bool:
    """Whether pages are served. Any answer but a failure counts: production redirects to https."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _child(places: Places, name: str, module: list[str], environment: Mapping[str, str]) -> Child:
    return Child(
        name=name,
        command=[str(places.python), "-m", *module],
        environment=environment,
        log=places.logs / f"{name}.log",
        pid_file=places.pids / name,
        is_ready=lambda _: True,
        options={"cwd": str(places.root)},
    )
