"""Children that die, linger or belong to somebody else."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from launch import supervisor as supervision
from launch.children import Child, birth_of, end_leftover
from launch.console import CannotGoOn
from launch.supervisor import Stopped, Supervisor


@pytest.fixture
def child(tmp_path: Path) -> Callable[[str], Child]:
    def made(script: str) -> Child:
        return Child(
            name="web",
            command=["/bin/sh", "-c", script],
            environment={},
            log=tmp_path / "web.log",
            pid_file=tmp_path / "web",
            is_ready=lambda _: (tmp_path / "ready").exists(),
        )

    return made


def is_running(pid: int) -> bool:
    return birth_of(pid) != ""


def wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_five_quick_deaths_are_told_with_the_last_words(
    child: Callable[[str], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "LONGEST_PAUSE", 0.01)
    with pytest.raises(CannotGoOn, match=r"web died 5 times in a row \(no such module\)"):
        Supervisor().start(child("echo no such module; exit 1"), within=10)


def test_a_child_that_never_answers_is_told(child: Callable[[str], Child]) -> None:
    watching = Supervisor()
    with pytest.raises(CannotGoOn, match="web did not answer within 0 seconds"):
        watching.start(child("exec sleep 60"), within=0.2)
    pid = watching.children[0].pid
    watching.stop()
    assert not is_running(pid)


def test_what_a_dead_child_left_in_its_group_is_ended(child: Callable[[str], Child], tmp_path: Path) -> None:
    parent = child(f"sleep 60 & echo $! > {tmp_path}/grandchild; wait")
    parent.start()
    assert wait_for(
        lambda: (tmp_path / "grandchild").exists() and (tmp_path / "grandchild").read_text() != ""
    )
    grandchild = int((tmp_path / "grandchild").read_text())
    parent.stop()
    assert wait_for(lambda: not is_running(grandchild))


def test_a_stubborn_child_is_killed_in_the_end(child: Callable[[str], Child], tmp_path: Path) -> None:
    stubborn = child(f"trap '' TERM; touch {tmp_path}/ready; while true; do sleep 0.05; done")
    stubborn.patience = 0.2
    stubborn.start()
    assert wait_for(lambda: stubborn.is_ready(stubborn))
    pid = stubborn.pid
    stubborn.stop()
    assert not is_running(pid)


def test_a_leftover_is_ended_and_a_stranger_with_its_number_is_not(tmp_path: Path) -> None:
    somebody = subprocess.Popen(["sleep", "60"], start_new_session=True)
    note = tmp_path / "web"
    note.write_text(f"{somebody.pid} another-boot:1\n")
    assert end_leftover(note, signal.SIGTERM) is False
    assert somebody.poll() is None

    note.write_text(f"{somebody.pid} {birth_of(somebody.pid)}\n")
    assert end_leftover(note, signal.SIGTERM) is True
    assert somebody.wait(5) == -signal.SIGTERM


def test_children_die_with_a_killed_launcher(tmp_path: Path) -> None:
    script = (
        "import subprocess, time; from launch.children import die_with_parent; import signal;"
        "child = subprocess.Popen(['sleep', '60'], preexec_fn=die_with_parent(signal.SIGTERM));"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    launcher = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    pid = int(launcher.stdout.readline())
    launcher.kill()
    launcher.wait()
    assert wait_for(lambda: not is_running(pid))


def test_a_signal_ends_the_watch() -> None:
    watching = Supervisor()
    watching._hear(signal.SIGTERM, None)
    with pytest.raises(Stopped):
        watching.watch()
