"""The look before runs are moved, the move, what became of it: who may, what is said, in how many statements."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deals.testing import make_deal
from processes import operations, working
from processes.models import Process, Run, VersionMove, WorkItem
from processes.moving import batches
from processes.moving.preview import preview
from processes.testing import block, make_process, open_work
from processes.tests.conftest import OWNER
from processes.tests.moving import move_all, plan_of, publish_again
from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]
Begun = Callable[..., Run]


@pytest.fixture
def measure() -> dict[str, Any]:
    return block("task", "Measure", who=OWNER, deadline={"amount": 1, "unit": "days"})


@pytest.fixture
def cut() -> dict[str, Any]:
    return block("task", "Cut", who=OWNER)


@pytest.fixture
def process(cast: Cast, measure: dict[str, Any], begun: Begun) -> Process:
    """On version 1 one run stands at “Measure” and one at “Dig”."""
    process = make_process([measure, block("task", "Dig", who=OWNER)], name="Drainage", by=cast.admin)
    begun(process)
    other = operations.start(
        process, make_deal("Roses", owner=cast.salesperson).pk, by=cast.salesperson, at=timezone.now()
    )
    working.finish(WorkItem.objects.get(run=other), by=cast.salesperson, at=timezone.now())
    return process


def test_after_publishing_the_pages_say_how_many_runs_are_on_older_versions(
    cast: Cast, process: Process, measure: dict[str, Any], client_of: ClientOf
) -> None:
    admin, versions = client_of(cast.admin), reverse("processes:design_versions", args=[process.pk])
    assert "Move them" not in admin.get(versions).content.decode()
    publish_again(process, [measure])
    page = admin.get(versions).content.decode()
    assert "2 runs are under way on it." in page
    assert "Move them to version 2" in page
    assert "2 runs are still on older versions." in admin.get(process.get_absolute_url()).content.decode()
    assert (
        "older versions" not in client_of(cast.salesperson).get(process.get_absolute_url()).content.decode()
    )


def test_the_look_beforehand_says_what_becomes_of_each_and_asks_what_it_must(
    cast: Cast, process: Process, measure: dict[str, Any], cut: dict[str, Any], client_of: ClientOf
) -> None:
    publish_again(process, [measure | {"deadline": {"amount": 4, "unit": "days"}}, cut])
    admin, url = client_of(cast.admin), reverse("processes:design_move", args=[process.pk])
    page = admin.get(url, {"from": "1"}).content.decode()
    assert "“Dig” has gone, and nothing was chosen in its place." in page
    assert "Need a choice" in page
    assert "Move 1 run" in page
    assert "Was: 1 day. Now: 4 days." in page
    assert "leave these runs where they are" in page
    dig = next(
        each["id"] for each in process.versions.get(number=1).outline["blocks"] if each["name"] == "Dig"
    )
    said = {f"node:{dig}": cut["id"], f"time:{measure['id']}": "now", "do": "look"}
    page = admin.post(f"{url}?from=1", said).content.decode()
    assert "Need a choice" not in page
    assert "“Measure”: the deadline changes." in page
    assert "Move 2 runs" in page
    assert not VersionMove.objects.exists()
    answer = admin.post(f"{url}?from=1", said | {"do": "move"})
    made = VersionMove.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    page = admin.get(made.get_absolute_url()).content.decode()
    assert "<dt>moved</dt><dd>2</dd>" in page
    versions = admin.get(reverse("processes:design_versions", args=[process.pk])).content.decode()
    assert made.get_absolute_url() in versions
    assert "2 runs to version 2" in versions
    assert set(WorkItem.objects.filter(state="open").values_list("name", flat=True)) == {"Measure", "Cut"}
    admin.post(reverse("processes:move_undo", args=[made.pk]))
    page = admin.get(made.get_absolute_url()).content.decode()
    assert "<dt>put back</dt><dd>2</dd>" in page
    assert set(WorkItem.objects.filter(state="open").values_list("name", flat=True)) == {"Measure", "Dig"}


def test_a_group_opens_its_runs(
    cast: Cast, process: Process, measure: dict[str, Any], client_of: ClientOf
) -> None:
    publish_again(process, [measure])
    shown = preview(Run.objects.filter(process=process), plan_of(process))
    assert [(each.verdict, each.count, each.steps) for each in shown.groups] == [
        ("mapping", 1, ["Dig"]),
        ("fine", 1, ["Measure"]),
    ]
    url = reverse("processes:design_move_runs", args=[process.pk])
    page = client_of(cast.admin).get(url, {"from": 1, "standing": shown.groups[0].standing}).content.decode()
    assert "Roses" in page
    assert "Quagmire" not in page


def test_one_run_is_moved_from_its_own_page(
    cast: Cast, process: Process, measure: dict[str, Any], cut: dict[str, Any], client_of: ClientOf
) -> None:
    publish_again(process, [measure, cut])
    run = Run.objects.get(title__startswith="Quagmire")
    head = client_of(cast.head)
    page = head.get(run.get_absolute_url()).content.decode()
    assert "This run is on version 1; the newest is 2." in page
    url = reverse("processes:run_move", args=[run.pk])
    assert "Move it" in head.get(url).content.decode()
    assert head.post(url, {"do": "move"})["Location"] == run.get_absolute_url()
    run.refresh_from_db()
    assert (run.version_id, open_work(run)) == (process.current_id, ["Measure"])
    assert "Moved to another version: 1 → 2" in head.get(run.get_absolute_url()).content.decode()
    assert head.get(url).status_code == 422
    assert Run.objects.get(title="Roses").version_id != process.current_id


def test_who_may_not_move_runs_is_told_so_or_finds_nothing(
    cast: Cast, process: Process, measure: dict[str, Any], client_of: ClientOf
) -> None:
    publish_again(process, [measure])
    run = Run.objects.get(title__startswith="Quagmire")
    made = move_all(process, cast.admin)
    seller, head, stranger = client_of(cast.salesperson), client_of(cast.head), client_of(cast.outsider)
    for name, key in (("design_move", process.pk), ("design_move_runs", process.pk), ("run_move", run.pk)):
        assert seller.get(reverse(f"processes:{name}", args=[key])).status_code == 403
    assert stranger.get(reverse("processes:run_move", args=[run.pk])).status_code in (403, 404)
    assert head.get(made.get_absolute_url()).status_code == 404
    assert head.post(reverse("processes:move_undo", args=[made.pk])).status_code == 404
    assert seller.get(made.get_absolute_url()).status_code == 403
    assert head.get(reverse("processes:design_move", args=[10**9])).status_code == 404


def test_a_second_press_moves_nothing_twice_and_a_wrong_choice_is_refused(
    cast: Cast, process: Process, measure: dict[str, Any], client_of: ClientOf
) -> None:
    publish_again(process, [measure])
    admin, url = client_of(cast.admin), reverse("processes:design_move", args=[process.pk])
    nonce = {"nonce": "5b0ee1c0-5f4a-4f7c-9f0e-3e1f0a3c5a11", "do": "move"}
    first, second = admin.post(url, nonce), admin.post(url, nonce)
    assert first["Location"] == second["Location"]
    assert VersionMove.objects.count() == 1
    unseen = admin.post(url, {"do": "move", "looked": "0", f"again:{measure['id']}": "1"})
    assert unseen.status_code == 422
    assert "You chose something else since you looked." in unseen.content.decode()
    wrong = admin.post(url, {"do": "move", f"node:{measure['id']}": "nowhere"})
    assert wrong.status_code == 422
    assert "not in the new version" in wrong.content.decode()


def test_a_move_under_way_shows_how_far_it_is(
    cast: Cast,
    process: Process,
    measure: dict[str, Any],
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 0)
    publish_again(process, [measure])
    made, admin = move_all(process, cast.admin), client_of(cast.admin)
    page = admin.get(made.get_absolute_url()).content.decode()
    assert "0 of 2 runs so far" in page
    assert 'hx-trigger="every 2s"' in page
    part = admin.get(made.get_absolute_url(), HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part
    batches.carry_on_all()
    assert "so far" not in admin.get(made.get_absolute_url()).content.decode()


def test_twenty_thousand_runs_are_looked_at_in_as_many_statements_as_two(
    cast: Cast, process: Process, measure: dict[str, Any], client_of: ClientOf
) -> None:
    publish_again(process, [measure])
    admin, url = client_of(cast.admin), reverse("processes:design_move", args=[process.pk])
    admin.get(url)
    with CaptureQueriesContext(connection) as few:
        admin.get(url)
    _copy_runs(process, 20_000)
    with CaptureQueriesContext(connection) as many:
        page = admin.get(url).content.decode()
    assert len(many) == len(few)
    assert len(many) <= 12
    assert "20,001" in page or "20001" in page or "20002" in page


def _copy_runs(process: Process, count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO processes_run (process_id, version_id, subject_kind, subject_id, title, status, is_single,
                state, data, result, revision, started_at, moved_at)
            SELECT process_id, version_id, subject_kind, 1000000 + n, title, status, is_single, state, data, result,
                revision, started_at, moved_at
            FROM (SELECT * FROM processes_run WHERE process_id = %s ORDER BY id LIMIT 1) AS run,
                generate_series(1, %s) AS n
            """,
            [process.pk, count],
        )
