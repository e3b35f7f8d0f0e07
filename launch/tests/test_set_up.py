"""Locks, marks and paths: what makes a second start quick and a broken one whole again."""

import json
import re
from pathlib import Path

import pytest

from launch import environment, frontend, lock
from launch.console import CannotGoOn
from launch.environment import NODE, RUNNING, TESTING
from launch.places import ROOT, Places, fits_a_socket

LOCKS = [RUNNING, TESTING, NODE]


@pytest.fixture
def at(tmp_path: Path) -> Places:
    made = Places(tmp_path, tmp_path / ".data")
    made.make()
    return made


def install(at: Places, *, size: int) -> Path:
    """A package with one file of five bytes, said to have `size`."""
    site = at.venv / "lib" / "python3.11" / "site-packages"
    (site / "thing-1.dist-info").mkdir(parents=True)
    (site / "thing.py").write_text("x = 1")
    (site / "thing-1.dist-info" / "RECORD").write_text(f"thing.py,,{size}\nthing.pyc,,\n")
    (at.venv / "installed").mkdir()
    return site / "thing.py"


def test_a_whole_environment_is_left_alone(at: Places) -> None:
    install(at, size=5)
    assert not environment.damaged(at)


def test_a_file_that_is_gone_is_damage(at: Places) -> None:
    install(at, size=5).unlink()
    assert environment.damaged(at)


def test_a_file_cut_short_is_damage(at: Places) -> None:
    install(at, size=6)
    assert environment.damaged(at)


def test_a_changed_lock_is_installed_again(at: Places) -> None:
    (at.root / RUNNING).write_text("django==5.2 --hash=sha256:0")
    install(at, size=5)
    assert not environment.is_installed(at, RUNNING)
    (at.venv / "installed" / RUNNING).write_text(environment.fingerprint(at.root / RUNNING))
    assert environment.is_installed(at, RUNNING)
    (at.root / RUNNING).write_text("django==5.3 --hash=sha256:0")
    assert not environment.is_installed(at, RUNNING)


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_version_and_hash_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"https?://|--index-url|--find-links|file:", text)
    packages = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert all(
        re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", each) and "--hash=sha256:" in each for each in packages
    )


def test_the_front_end_lock_is_exact_and_names_no_address() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert not any("resolved" in package for package in locked.values())
    assert all("integrity" in package for path, package in locked.items() if path)
    asked = json.loads((ROOT / "package.json").read_text())
    versions = {**asked["dependencies"], **asked["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())


def test_every_listed_front_end_file_belongs_to_a_package_we_ask_for() -> None:
    asked = json.loads((ROOT / "package.json").read_text())
    names = {*asked["dependencies"], *asked["devDependencies"]}
    for source, target in json.loads((ROOT / frontend.LISTED).read_text()).items():
        assert any(source.startswith(f"{name}/") for name in names), source
        assert target.startswith("static/vendor/")


def test_what_is_put_together_is_made_of_packages_we_ask_for_and_is_made_anew_when_it_changes(
    tmp_path: Path,
) -> None:
    asked = json.loads((ROOT / "package.json").read_text())["dependencies"]
    for entry, target in frontend.BUNDLED.items():
        sources = re.findall(r'from "([^"]+)"', (ROOT / entry).read_text())
        assert sources
        assert all(any(each == name or each.startswith(f"{name}/") for name in asked) for each in sources)
        assert target.is_relative_to("static/vendor")
    copy = Places(tmp_path, tmp_path / "data")
    for each in (Path("package-lock.json"), frontend.LISTED, *frontend.BUNDLED):
        (tmp_path / each).parent.mkdir(exist_ok=True)
        (tmp_path / each).write_bytes((ROOT / each).read_bytes())
    before = frontend.fingerprint(copy)
    with (tmp_path / next(iter(frontend.BUNDLED))).open("a") as entry_file:
        entry_file.write("// more")
    assert frontend.fingerprint(copy) != before


def test_sockets_move_where_their_path_is_too_long_or_needs_escaping() -> None:
    assert fits_a_socket(Path("/home/anna/romashka/.data/run"))
    assert not fits_a_socket(Path("/home") / ("a" * 100) / "run")
    assert not fits_a_socket(Path("/home/anna/two words/run"))
    assert not fits_a_socket(Path("/home/анна/run"))


def test_a_socket_folder_that_was_swept_away_is_made_again(tmp_path: Path) -> None:
    at = Places(tmp_path, tmp_path / ("b" * 120))
    at.make()
    at.make_sockets(None)
    swept = at.sockets
    assert fits_a_socket(swept)
    swept.rmdir()
    at.make_sockets(None)
    assert at.sockets.is_dir()
    at.discard()
    assert not at.sockets.exists()


def test_the_secret_key_is_made_once_and_private(at: Places) -> None:
    first = lock.secret_key(at)
    assert len(first) > 50
    assert lock.secret_key(at) == first
    assert (at.data / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_running_launcher_can_be_joined_and_a_dead_one_cannot(at: Places) -> None:
    with lock.held(at):
        lock.note(at, {"stage": "running", "environment": {"DATABASE_URL": "here"}})
        assert lock.running_environment(at) == {"DATABASE_URL": "here"}
        assert at.state.stat().st_mode & 0o777 == 0o600
    assert lock.running_environment(at) is None


def test_a_python_without_its_venv_module_names_the_package(
    at: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.sys, "executable", "/bin/false")
    with pytest.raises(CannotGoOn, match=r"apt-get install -y python3\.\d+-venv"):
        environment.make_environment(at)
    assert not at.venv.exists()


@pytest.mark.parametrize(
    ("complaint", "cure"),
    [
        ("ERROR: [Errno 28] No space left on device", "is full: free some space"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "pip cache purge"),
        (
            "ERROR: Could not find a version",
            "Could not find a version.*check that this machine reaches its Python",
        ),
    ],
)
def test_a_failed_installation_says_why(at: Places, complaint: str, cure: str) -> None:
    at.python.parent.mkdir(parents=True)
    at.python.write_text(f"#!/bin/sh\necho '{complaint}'\nexit 1\n")
    at.python.chmod(0o755)
    with pytest.raises(CannotGoOn, match=cure):
        environment.pip_install(at, [RUNNING])
