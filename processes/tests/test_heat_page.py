"""How a process goes: waiting and working, whose side and whose hands the time lies in, and deadlines for the draft."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.testing import make_deal
from processes import operations, working
from processes.models import Process, Run, StepLog, WorkItem
from processes.queries import heat
from processes.queries.conformance import LOOKED_AT, Conformance
from processes.testing import block, make_process
from processes.tests.conftest import OWNER
from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def process(cast: Cast) -> Process:
    clients = {"amount": 9, "unit": "days", "side": "client", "warn": [{"amount": 1, "unit": "days"}]}
    steps = [block("task", "Measure", who=OWNER, deadline=clients), block("task", "Dig", who=OWNER)]
    return make_process(steps, name="Drainage", by=cast.admin)


def key(process: Process, name: str) -> str:
    return next(each["id"] for each in process.outline["blocks"] if each["name"] == name)  # type: ignore[index]


def log(
    process: Process, name: str, seconds: int, *, by: User, n: int = 1, ago: timedelta = HOUR, **said: Any
) -> None:
    StepLog.objects.bulk_create(
        StepLog(
            run_id=place, process_id=process.pk, at=timezone.now() - ago, node=key(process, name), seconds=seconds,
            actor_id=by.pk, actor_name=by.name, **{"what": "done"} | said,
        ) for place in range(n)
    )  # fmt: skip


def page(process: Process, person: User, days: int = 90) -> dict[str, Any]:
    return heat.page_of(process, timezone.now(), User.objects.with_policy().get(pk=person.pk), days)


def test_work_of_a_role_is_told_by_how_long_it_lay_and_how_long_it_was_in_hand(cast: Cast) -> None:
    start = timezone.now() - DAY
    role = {"kind": "role", "key": "salesperson"}
    process = make_process([block("task", "Answer", who=role)])
    run = operations.start(process, make_deal("Bog", owner=cast.salesperson).pk, by=cast.head, at=start)
    item = WorkItem.objects.get(run=run)
    assert item.role == "salesperson"
    working.take(item, by=cast.salesperson, at=start + 2 * HOUR)
    working.finish(WorkItem.objects.get(run=run), by=cast.salesperson, at=start + 5 * HOUR)
    (row,) = page(process, cast.head)["rows"]
    assert (row.usual, row.taken, row.in_hand) == ("5 h", "2 h", "3 h")


def test_the_time_lies_on_the_side_of_each_deadline_and_with_whom_it_goes_is_for_heads(
    cast: Cast, process: Process
) -> None:
    log(process, "Measure", 3_600, by=cast.salesperson, n=3)
    log(process, "Dig", 1_200, by=cast.outsider, n=3)
    found = page(process, cast.head)
    assert found["sides"] == "Of all the time, 25% lies on our side and 75% on the client's."
    assert [(row.name, row.step, row.done, row.share) for row in found["people"]] == [
        ("Sam Porter", "Measure", 3, 75)
    ]
    assert [row.name for row in page(process, cast.admin)["people"]] == ["Sam Porter", "Oscar Stone"]
    assert page(process, cast.salesperson)["people"] == []


def test_a_period_is_chosen(cast: Cast, process: Process, client_of: ClientOf) -> None:
    log(process, "Dig", 60, by=cast.salesperson, ago=50 * DAY)
    assert [len(page(process, cast.head, days)["rows"]) for days in (30, 90, 365, 7)] == [0, 1, 1, 1]
    text = (
        client_of(cast.head).get(reverse("processes:heat", args=[process.pk]) + "?days=30").content.decode()
    )
    assert "Nothing was done in this time." in text


def test_the_suggested_deadline_goes_into_the_draft_and_keeps_its_side(
    cast: Cast, process: Process, client_of: ClientOf
) -> None:
    log(process, "Measure", 3 * 3_600, by=cast.salesperson, n=12)
    head, url = client_of(cast.head), reverse("processes:use_deadline", args=[process.pk])
    assert "Use it" in head.get(reverse("processes:heat", args=[process.pk])).content.decode()
    assert head.post(url, {"node": key(process, "Measure"), "days": "90"}).status_code == 302
    process.refresh_from_db()
    assert process.outline is not None
    deadline = process.outline["blocks"][0]["deadline"]
    assert deadline == {
        "amount": 3,
        "unit": "hours",
        "side": "client",
        "warn": [{"amount": 1, "unit": "days"}],
    }
    assert process.current is not None
    assert process.current.outline["blocks"][0]["deadline"]["amount"] == 9
    for node in (key(process, "Dig"), "nowhere", ""):
        assert head.post(url, {"node": node}).status_code == 422
    seller = client_of(cast.salesperson)
    assert seller.post(url, {"node": key(process, "Measure")}).status_code == 403
    assert "Use it" not in seller.get(reverse("processes:heat", args=[process.pk])).content.decode()


def test_of_a_long_history_the_latest_lines_are_looked_at_and_the_whole_is_reckoned(
    cast: Cast, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heat, "LOOKED_AT", 10)
    now = timezone.now()
    for place in range(90):  # a minute each day, of which ten days are looked at
        log(process, "Dig", 60, by=cast.salesperson, ago=place * DAY + HOUR)
    log(process, "Measure", 60 * 90, by=cast.salesperson)
    rows = {row.title: row for row in page(process, cast.head)["rows"]}
    assert (rows["Dig"].done, rows["Dig"].more, rows["Measure"].more) == (10, "+", "")
    assert 45 <= rows["Dig"].share <= 55
    assert Run.objects.filter(started_at__gt=now).count() == 0


def test_a_hundred_thousand_lines_are_read_no_further_than_needed(cast: Cast, process: Process) -> None:
    keys = [key(process, "Measure"), key(process, "Dig")]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO processes_steplog (run_id, process_id, at, node, what, note, actor_id, actor_name, seconds)
            SELECT n, %s, now() - n * interval '10 seconds', (%s::text[])[1 + n %% 2], 'done', '', %s, 'Sam', n %% 999
            FROM generate_series(1, 100000) AS n
            """,
            [process.pk, keys, cast.salesperson.pk],
        )
    assert [row.done for row in page(process, cast.head)["rows"]] == [heat.LOOKED_AT] * 2
    person = User.objects.with_policy().get(pk=cast.head.pk)
    figures = Conformance(process, 90, timezone.now()).page(person)["steps"][0].figures
    assert figures[0].n == LOOKED_AT
