"""The commands behind `make`: run, install, test, check, seed, bench, storm, manage, servers."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from launch import checks, lock, machine, postgres, product, valkey
from launch.children import die_with_parent, last_error
from launch.console import CannotGoOn, say, sentence_for
from launch.environment import RUNNING, TESTING, ensure_environment, is_installed
from launch.frontend import ensure_frontend
from launch.places import ROOT, Places, places
from launch.supervisor import Stopped, Supervisor

FRESH_MEGABYTES, USUAL_MEGABYTES = 1000, 300
INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    name, *rest = arguments or ["run"]
    if name not in COMMANDS:
        print(f"There is no command {name!r}: choose one of {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _stop_at_once)
    try:
        return COMMANDS[name](rest)
    except (Stopped, KeyboardInterrupt):
        say("Stopped.")
        return 0 if name in {"run", "servers"} else INTERRUPTED
    except CannotGoOn as refusal:
        # On a full disk everything fails in its own way, and even the logs are cut short: say the cause.
        print(machine.full_disk(ROOT, places().data) or refusal, file=sys.stderr, flush=True)
    except OSError as error:
        print(sentence_for(error, os.environ.get("CRM_DATA_DIR") or ROOT), file=sys.stderr, flush=True)
    return 1


def run(_: list[str]) -> int:
    at, port = places(), machine.chosen_port(os.environ)
    url = f"http://127.0.0.1:{port}"
    with lock.held(at):
        machine.require_free_port(port)
        set_up(at, [RUNNING])
        machine.mention_missing_pango()
        with started_servers(at) as (supervisor, environment):
            is_demo = environment["CRM_MODE"] == "demo"
            prepare(at, supervisor, environment, ["demo"] if is_demo else [])
            web = product.web(at, environment, port)
            web.is_ready = lambda _: product.answers(port)
            supervisor.start(product.worker(at, environment), web)
            supervisor.start(product.beat(at, environment))  # nobody waits for it, so it comes last
            lock.note(at, {"stage": "running", "url": url, "environment": shared(environment)})
            say(f"Ready: {url}")
            if is_demo:
                for address, who in product.SIGN_INS.items():
                    say(f"  {address:<29} password demo   {who}")
            supervisor.watch()
    return 0


def install(_: list[str]) -> int:
    """The environment and the browser's packages, and nothing started: for your own servers."""
    set_up(places(), [RUNNING])
    say("Installed.")
    return 0


def servers(arguments: list[str]) -> int:
    """The database and Valkey alone, until Ctrl-C: for work on the code with other tools.

    `--as-is` takes the environment as it stands, which tests of the launcher do."""
    at = places()
    with lock.held(at):
        if "--as-is" not in arguments:
            set_up(at, [RUNNING])
        with started_servers(at) as (supervisor, environment):
            lock.note(at, {"stage": "running", "environment": shared(environment)})
            for name in ("DATABASE_URL", "REDIS_URL"):
                say(f"{name}={environment[name]}")
            say("Ready: servers")
            supervisor.watch()
    return 0


def test(_: list[str]) -> int:
    at = places(ROOT / ".data" / "test")
    with lock.held(at):
        at.discard()
        at.make()
        set_up(places(), [RUNNING, TESTING])
        chromium = machine.ensure_chromium(os.environ, places().logs / "setup.log")
        with started_servers(at, throwaway=True) as (supervisor, environment):
            environment |= {"CRM_MODE": "test", "CHROMIUM": chromium}
            cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
            pytest = [
                str(at.python),
                "-m",
                "pytest",
                "-n",
                str(cores),
                *shlex.split(os.environ.get("ARGS", "")),
            ]
            code = call(at, supervisor, environment, pytest)
        if code == 0:
            at.discard()  # after a failure the servers' logs stay for a look; the next run clears them
    return code


def check(_: list[str]) -> int:
    at = places()
    at.make()
    set_up(at, [RUNNING, TESTING])
    return checks.run_all(at, os.environ)


def seed(arguments: list[str]) -> int:
    deals = arguments[0] if arguments and arguments[0] else "10000"
    return manage(["seed", "--deals", deals])


def manage(arguments: list[str]) -> int:
    """A Django command beside a running product, or with servers started for it alone."""
    at = places()
    command = [str(at.python), "manage.py", *(arguments or shlex.split(os.environ.get("ARGS", "")))]
    joined = lock.running_environment(at)
    if joined is not None:
        return subprocess.run(command, check=False, cwd=ROOT, env=dict(os.environ) | joined).returncode
    with lock.held(at):
        set_up(at, [RUNNING])
        with started_servers(at) as (supervisor, environment):
            prepare(at, supervisor, environment, [])
            return call(at, supervisor, environment, command)


def bench(arguments: list[str], module: str = "bench") -> int:
    """Measured on a database of its own, so that the demo stays as it is."""
    at = places(ROOT / ".data" / "bench")
    with lock.held(at):
        set_up(places(), [RUNNING])
        with started_servers(at) as (supervisor, environment):
            prepare(at, supervisor, environment, [])
            words = arguments or shlex.split(os.environ.get("ARGS", ""))
            return call(at, supervisor, environment, [str(at.python), "-m", module, *words])


def storm(arguments: list[str]) -> int:
    return bench(arguments, "bench.storm")


def bench_engine(arguments: list[str]) -> int:
    """What it is compared with is one of the tests' packages."""
    set_up(places(), [RUNNING, TESTING])
    return bench(arguments, "bench.engine")


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run, "install": install, "test": test, "check": check, "seed": seed, "bench": bench,
    "bench-engine": bench_engine, "storm": storm, "manage": manage, "servers": servers,
}  # fmt: skip


def set_up(at: Places, locks: list[str]) -> None:
    at.make()
    fresh = not all(is_installed(at, each) for each in locks)
    for folder in {at.root, at.data}:
        machine.require_disk(folder, FRESH_MEGABYTES if fresh and folder == at.root else USUAL_MEGABYTES)
    with lock.one_set_up_at_a_time(at.root):
        ensure_environment(at, locks)
        ensure_frontend(at, os.environ)


@contextmanager
def started_servers(at: Places, *, throwaway: bool = False) -> Iterator[tuple[Supervisor, dict[str, str]]]:
    """Both servers and the environment that leads to them; those given by address are left alone."""
    environment = dict(os.environ) | {"CRM_DATA_DIR": str(at.data), "PYTHONUNBUFFERED": "1"}
    environment.setdefault("CRM_MODE", "demo")
    if environment["CRM_MODE"] == "demo":
        environment.setdefault("SECRET_KEY", lock.secret_key(at))
    children = []
    if environment.get("DATABASE_URL"):
        machine.require_server(environment["DATABASE_URL"], "DATABASE_URL")
    else:
        children.append(postgres.postgres(at, environment, throwaway=throwaway))
        environment["DATABASE_URL"] = postgres.url(at)
    if environment.get("REDIS_URL"):
        machine.require_server(environment["REDIS_URL"], "REDIS_URL")
    else:
        children.append(valkey.valkey(at, environment))
        environment["REDIS_URL"] = valkey.url(at)
    supervisor = Supervisor()
    supervisor.listen()
    try:
        supervisor.start(*children)
        yield supervisor, environment
    finally:
        lock.note(at, {"stage": "stopping"})
        supervisor.stop()


def prepare(at: Places, supervisor: Supervisor, environment: Mapping[str, str], steps: list[str]) -> None:
    log = at.logs / "prepare.log"
    with log.open("wb") as errors:
        code = call(
            at, supervisor, environment, [str(at.python), "-m", "launch.prepare", *steps], errors.fileno()
        )
    if code != 0:
        raise CannotGoOn(
            f"Preparing the database failed ({last_error(log)[:200]}): mend that and start again; "
            f"the whole story is in {log}."
        )


def call(
    at: Places,
    supervisor: Supervisor,
    environment: Mapping[str, str],
    command: list[str],
    stderr: int | None = None,
) -> int:
    """Run a command to its end while the servers are kept alive."""
    process = subprocess.Popen(
        command,
        cwd=at.root,
        env=dict(environment),
        stderr=stderr,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        supervisor.watch(until=lambda: process.poll() is not None)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    return process.returncode


def shared(environment: Mapping[str, str]) -> dict[str, str]:
    """What another command needs to join in."""
    names = ("DATABASE_URL", "REDIS_URL", "CRM_DATA_DIR", "CRM_MODE", "SECRET_KEY")
    return {name: environment[name] for name in names if name in environment}


def _stop_at_once(number: int, frame: FrameType | None) -> NoReturn:
    """Until there are servers to stop in order."""
    raise Stopped
