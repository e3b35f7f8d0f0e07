"""Every hostile file, as every kind of record, by both doors: a sentence or its rows, soon and in little memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import load_command_class

from integrations.models import Entity
from integrations.testing import walked
from integrations.tests.test_import_command import run
from integrations.tests.test_tables import READ, REFUSED

LIMIT = 1536 * 2**20
SECONDS = 15
LARGEST = "one_million_rows.xlsx"
EMPTY = "The submitted file is empty."


@pytest.fixture(scope="module")
def answers(hostile: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[list[dict[str, Any]]]:
    """A file nobody can read is refused before it matters what is in it: one kind of record stands for all."""
    readable = [name for name in READ if name != LARGEST]
    with django_db_blocker.unblock():
        yield [
            *walked(hostile, Entity.values, readable, most_bytes=LIMIT),
            *walked(hostile, [Entity.CONTACTS], REFUSED, most_bytes=LIMIT),
            *walked(hostile, [Entity.TASKS], [LARGEST], most_bytes=LIMIT),
        ]


def test_each_is_answered_by_both_doors_with_a_sentence_or_with_its_rows(
    answers: list[dict[str, Any]],
) -> None:
    assert len(answers) == 2 * (len(Entity.values) * (len(READ) - 1) + len(REFUSED) + 1)
    for each in answers:
        said = each["said"]
        assert said.get("error") or said["read"] > 0, each
        assert said.get("error") or said["read"] == sum(
            said[became] for became in ("created", "updated", "unchanged", "rejected")
        ), each
        codes = {"command": {0, 2}, "page": {200, 422}}[each["door"]]
        assert each["code"] in codes, each


def test_each_is_answered_within_fifteen_seconds_and_a_gigabyte_and_a_half(
    answers: list[dict[str, Any]],
) -> None:
    """Seconds of its own work: what others do on the machine is not counted. The limit on memory is set by the walk
    itself: over it, there would be no answer."""
    assert [each for each in answers if each["took"] > SECONDS] == []


def test_who_is_refused_hears_the_same_sentence_at_both_doors(answers: list[dict[str, Any]]) -> None:
    for each in answers:
        if each["file"] in REFUSED:
            is_empty = each["file"].startswith("empty.") and each["door"] == "page"
            assert each["said"] == {"error": EMPTY if is_empty else REFUSED[each["file"]]}, each


def test_a_long_dry_run_says_where_it_stopped_unless_all_rows_are_asked_for(
    cast: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = type(load_command_class("integrations", "import"))
    monkeypatch.setitem(command.handle.__globals__, "DRY_RUN_ROWS", 3)
    (tmp_path / "clients.csv").write_text("Name\nA\nB\nC\nD\n")
    _code, told = run("accounts", tmp_path / "clients.csv", dry_run=True)
    assert told["read"] == 3
    assert told["warnings"] == ["Only the first 3 rows were checked; --all-rows checks the whole file."]
    _code, told = run("accounts", tmp_path / "clients.csv", dry_run=True, all_rows=True)
    assert (told["read"], "warnings" in told) == (4, False)
