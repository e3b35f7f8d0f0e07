"""Who the database runs as: PostgreSQL refuses root, so root hands it to a user without rights."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launch.console import CannotGoOn
from launch.places import Places

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class ServerUser:
    name: str
    uid: int
    gid: int

    def options(self) -> dict[str, Any]:
        """Arguments for subprocess that start a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}

    def can_enter(self, folder: Path) -> bool:
        return self._tries(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])

    def can_run(self, program: Path) -> bool:
        return self._tries([str(program), "--version"])

    def _tries(self, command: list[str]) -> bool:
        try:
            done = subprocess.run(command, check=False, capture_output=True, timeout=30, **self.options())
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0


def server_user(places: Places) -> ServerUser | None:
    """Whom to drop to; None where this process is not root. Data that exists keeps its owner."""
    data = places.postgres
    if os.geteuid() != 0:
        if data.exists() and data.stat().st_uid != os.geteuid():
            owner = name_of(data.stat().st_uid)
            raise CannotGoOn(
                f"The database in {data} belongs to {owner}, because it was first started as root: start as root "
                f"again, or take it over with `sudo chown -R $(id -un) {places.data} {data}`."
            )
        return None
    names = [name_of(data.stat().st_uid)] if data.exists() else []
    for name in [*names, *CANDIDATES]:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        if found.pw_uid != 0:
            return ServerUser(found.pw_name, found.pw_uid, found.pw_gid)
    raise CannotGoOn(
        "PostgreSQL refuses to run as root and there is no user to hand it to: `useradd --system postgres` makes one."
    )


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def database_home(places: Places, user: ServerUser | None) -> Path | None:
    """The folder that the database moved to because `places.data` is closed to its user; None if it did not.

    Its name is new each time, so that deleting the data folder really starts afresh."""
    link = places.data / "postgres"
    if link.is_symlink():
        home = Path(os.readlink(link)).parent
        if home.exists():
            return home
        link.unlink()
    if user is None or link.exists() or user.can_enter(places.data):
        return None
    # Not under the temporary folders: they are swept by age, and this is a database.
    parent = "/var/lib" if os.access("/var/lib", os.W_OK) else tempfile.gettempdir()
    home = Path(tempfile.mkdtemp(prefix="romashka-", dir=parent))
    home.chmod(0o711)
    link.symlink_to(home / "postgres")
    return home


def own(folder: Path, user: ServerUser | None) -> None:
    if user is not None:
        shutil.chown(folder, user.uid, user.gid)
