"""The embedded servers, started, killed and started again for real."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest

from launch import postgres, valkey
from launch.places import places
from launch.tests.conftest import PATIENCE, Launched

Launch = Callable[..., Launched]


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_committed_rows_survive_every_kill(data_folder: Path, launch: Launch) -> None:
    (data_folder / "postgres.unfinished").mkdir(parents=True)  # an earlier set-up was cut short here
    first = launch(data_folder)
    url = first.addresses()["DATABASE_URL"]
    ask(url, "CREATE TABLE kept (number int); INSERT INTO kept VALUES (1)")

    os.kill(first.pid_of("postgres"), signal.SIGKILL)
    first.lines_until("PostgreSQL had stopped; starting it again.")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            ask(url, "INSERT INTO kept VALUES (2)")
            break
        except psycopg2.OperationalError:
            time.sleep(0.1)

    os.kill(first.pid_of("valkey"), signal.SIGKILL)
    first.lines_until("Valkey had stopped; starting it again.")

    first.process.kill()
    first.process.wait(PATIENCE)
    again = launch(data_folder)
    assert again.addresses()["DATABASE_URL"] == url
    assert ask(url, "SELECT number FROM kept ORDER BY number") == [(1,), (2,)]
    assert valkey.answers(valkey.socket_path(again.places))

    assert again.interrupt() == 0
    assert list(again.places.pids.iterdir()) == []
    with pytest.raises(psycopg2.OperationalError):
        ask(url, "SELECT 1")


def test_the_database_is_what_the_migrations_need_and_never_runs_as_root(
    data_folder: Path, launch: Launch
) -> None:
    running = launch(data_folder)
    url = running.addresses()["DATABASE_URL"]
    for extension in ("pg_trgm", "unaccent", "btree_gist", "pg_stat_statements"):
        ask(url, f"CREATE EXTENSION {extension}")
    assert ask(url, "SELECT lower('ДОМ Ёлка'), current_setting('listen_addresses')") == [("дом ёлка", "")]
    assert ask(url, "SELECT count(*) >= 0 FROM pg_stat_statements") == [(True,)]
    assert Path(f"/proc/{running.pid_of('postgres')}").stat().st_uid != 0

    second = launch(data_folder)
    told = second.lines_until("already runs in this folder")[-1]
    assert f"process {running.process.pid}" in told
    assert second.process.wait(PATIENCE) == 1


def test_a_long_foreign_path_closed_to_others_works(tmp_path: Path, launch: Launch) -> None:
    closed = tmp_path / ("Проекты и другие длинные названия " * 3)
    closed.mkdir(mode=0o700)
    packaged = postgres.bin_folder(places(), {}).parent.parent
    for folder in (packaged, packaged.with_suffix(".libs")):
        shutil.copytree(folder, closed / folder.name, symlinks=True)
    running = launch(closed / "data", programs=closed / packaged.name / "pginstall" / "bin")
    addresses = running.addresses()
    assert ask(addresses["DATABASE_URL"], "SELECT 1") == [(1,)]
    assert valkey.answers(Path(addresses["REDIS_URL"].removeprefix("redis+socket://")))
    outside = [running.places.postgres, running.places.sockets]
    assert running.interrupt() == 0
    running.places.discard()
    assert not any(each.exists() for each in outside)
