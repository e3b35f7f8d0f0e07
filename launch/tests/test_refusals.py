"""What the machine lacks is said in one sentence with the cure."""

import ast
import errno
import os
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from launch import commands, machine
from launch.console import CannotGoOn, sentence_for
from launch.places import ROOT


def test_a_taken_port_names_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotGoOn, match=rf"Port {port} is taken .* `PORT={port + 1} make run`"):
            machine.require_free_port(port)
    machine.require_free_port(port)


@pytest.mark.parametrize("text", ["eighty", "0", "70000", "-1", "80.5"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(CannotGoOn, match="is not a port"):
        machine.chosen_port({"PORT": text})


def test_the_usual_port_is_8000() -> None:
    assert machine.chosen_port({}) == machine.chosen_port({"PORT": ""}) == 8000


def test_a_nearly_full_disk_stops_the_set_up_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=20 * machine.MEGABYTE))
    with pytest.raises(CannotGoOn, match=r"nearly full \(20 MB free, 300 MB needed\): free some space"):
        machine.require_disk(Path("/"), 300)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full: free some space"),
        (errno.EROFS, "read-only disk: copy the project"),
        (errno.EACCES, "does not belong to you"),
        (errno.EIO, "mend that and start again"),
    ],
)
def test_a_failed_system_call_is_a_sentence(number: int, words: str) -> None:
    told = sentence_for(OSError(number, os.strerror(number), "/somewhere"), "/project")
    assert words in told
    assert "/somewhere" in told
    assert "\n" not in told


def test_a_command_that_fails_on_the_disk_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: list[str]) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")

    monkeypatch.setitem(commands.COMMANDS, "run", full)
    monkeypatch.setattr(commands.signal, "signal", lambda *_: None)
    assert commands.main(["run"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_lost_server_given_by_address_is_named_without_its_password() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(CannotGoOn) as refusal:
            machine.require_server(f"postgresql://crm:secret@127.0.0.1:{port}/x", "DATABASE_URL")
    assert f"127.0.0.1:{port}" in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_a_missing_browser_names_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(CannotGoOn, match="apt-get install -y --no-install-recommends chromium"):
        machine.ensure_chromium({}, tmp_path / "log")


def test_an_old_python_can_read_the_file_that_turns_it_away() -> None:
    for name in ("__main__.py", "__init__.py"):
        ast.parse((ROOT / "launch" / name).read_text(), feature_version=(3, 4))


def test_on_a_full_disk_any_failure_names_the_disk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cut_short(_: list[str]) -> int:
        raise CannotGoOn("Installing failed (ERROR: Could not inst)")

    monkeypatch.setitem(commands.COMMANDS, "run", cut_short)
    monkeypatch.setattr(commands.signal, "signal", lambda *_: None)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=machine.MEGABYTE))
    assert commands.main(["run"]) == 1
    told = capsys.readouterr().err
    assert "is full: free some space" in told
    assert "Could not inst" not in told
