"""Where things are kept: the checkout, its data folder, and the folder of the sockets."""

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_LIMIT = 103  # bytes of a socket's path; Linux takes 107, macOS 103
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")  # needs no escaping in a URL, nor in a server's settings


@dataclass(frozen=True)
class Places:
    """One data folder under one checkout. `home` holds the database: elsewhere when `data` is out of its reach."""

    root: Path
    data: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def pids(self) -> Path:
        return self.data / "pids"

    @property
    def lock(self) -> Path:
        return self.data / "lock"

    @property
    def state(self) -> Path:
        return self.data / "launcher.json"

    @property
    def sockets(self) -> Path:
        """The real folder of the sockets: `data/run`, or what it points to."""
        return (self.data / "run").resolve()

    @property
    def postgres(self) -> Path:
        """The real folder of the database: `data/postgres`, or what it points to."""
        return (self.data / "postgres").resolve()

    def make(self) -> None:
        # Others may pass through (the database's user has to), but not look around.
        self.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (self.logs, self.pids):
            folder.mkdir(mode=0o700, exist_ok=True)

    def make_sockets(self, home: Path | None) -> None:
        """Make `data/run`; a link to a short folder where the path itself cannot name a socket.

        `home` is where the database had to move to, or None: its sockets move along."""
        run = self.data / "run"
        if run.is_symlink() and not run.exists():
            run.unlink()  # what it pointed to was cleaned away
        if run.exists():
            return
        if home is None and fits_a_socket(run):
            run.mkdir(mode=0o700)
            return
        short = home / "run" if home else Path(tempfile.mkdtemp(prefix="romashka-", dir=short_temp()))
        short.mkdir(mode=0o700, exist_ok=True)
        run.symlink_to(short)

    def discard(self) -> None:
        """Empty the data folder, and what it points to outside; its lock stays. For throwaway clusters only."""
        for link in (self.data / "run", self.data / "postgres"):
            if link.is_symlink():
                target = link.resolve()
                shutil.rmtree(target.parent if target.parent.name.startswith("romashka-") else target, True)
        for each in self.data.iterdir() if self.data.exists() else ():
            if each.is_symlink() or each.is_file():
                if each != self.lock:
                    each.unlink()
            else:
                shutil.rmtree(each, ignore_errors=True)


def places(data: str | os.PathLike[str] | None = None) -> Places:
    chosen = data or os.environ.get("CRM_DATA_DIR") or ROOT / ".data"
    return Places(ROOT, Path(chosen).absolute())


def fits_a_socket(folder: Path) -> bool:
    path = os.fsencode(folder / SOCKET_NAME)
    return len(path) <= SOCKET_LIMIT and PLAIN_PATH.fullmatch(os.fspath(folder)) is not None


def short_temp() -> str:
    chosen = tempfile.gettempdir()
    return chosen if len(chosen) < 40 and PLAIN_PATH.fullmatch(chosen) else "/tmp"  # noqa: S108 (mkdtemp makes a private folder in it)
