"""Processes and their runs: figures, where each stands, what happened, and putting it right."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal
from deals.testing import make_deal
from foundation.testing import assert_query_count
from processes import operations, working
from processes.models import Incident, Process, Run, StepLog, WorkItem
from processes.queries import heat
from processes.testing import block, make_process, open_work
from processes.tests.conftest import HEAD, OWNER
from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]
Begun = Callable[..., Run]
WorkOf = Callable[[Run], WorkItem]


@pytest.fixture
def process(cast: Cast) -> Process:
    deadline = {"amount": 1, "unit": "days", "side": "client"}
    return make_process(
        [
            block("task", "Measure", who=OWNER, deadline=deadline),
            block("wait", "Let it dry", **{"for": {"amount": 2, "unit": "days"}}),
            block("approval", "Approve", who=HEAD, declined=[], returned=[]),
        ],
        name="Drainage",
        goal="So that nobody sinks.",
        by=cast.admin,
    )


@pytest.fixture
def stuck(cast: Cast, quagmire: Deal) -> Run:
    """Its action cannot be done: the deal is won already."""
    process = make_process([block("action", "Win it", action="deal.win"), block("task", "Thank", who=OWNER)])
    quagmire.win(by=cast.salesperson, at=timezone.now())
    return operations.start(process, quagmire.pk, by=cast.salesperson, at=timezone.now())


def test_a_process_says_what_it_is_for_its_steps_and_how_it_stands(
    cast: Cast, process: Process, begun: Begun, client_of: ClientOf
) -> None:
    begun(process)
    listed = client_of(cast.salesperson).get(reverse("processes:list")).content.decode()
    assert "Drainage" in listed
    assert "Ada Winter" in listed
    text = client_of(cast.salesperson).get(process.get_absolute_url()).content.decode()
    assert "So that nobody sinks." in text
    assert text.index("Let it dry") < text.index(">Approve<")
    assert "Quagmire drainage" in text
    assert "Sam Porter" in text
    assert "Switch off" not in text


def test_runs_are_narrowed_by_how_they_stand(
    cast: Cast, process: Process, begun: Begun, client_of: ClientOf
) -> None:
    run = begun(process)
    WorkItem.objects.filter(run=run).update(due_at=timezone.now())
    other = operations.start(
        process, make_deal("Dry land", owner=cast.salesperson).pk, by=cast.salesperson, at=timezone.now()
    )
    working.cancel(other, "Too dry", by=cast.admin, at=timezone.now())
    person, url = client_of(cast.salesperson), process.get_absolute_url()
    for asked, seen in (
        ("", "both"), ("active", "wet"), ("late", "wet"), ("incident", "none"), ("ended", "none"), ("cancelled", "dry"),
    ):  # fmt: skip
        text = person.get(f"{url}?show={asked}").content.decode()
        assert ("Quagmire" in text) is (seen in ("both", "wet")), asked
        assert ("Dry land" in text) is (seen in ("both", "dry")), asked


def test_a_process_is_paused_and_switched_off_with_a_reason(
    cast: Cast, process: Process, client_of: ClientOf
) -> None:
    head, url = client_of(cast.head), reverse("processes:switch", args=[process.pk])
    assert client_of(cast.salesperson).get(url).status_code == 403
    assert "Pause “Drainage”" in head.get(f"{url}?to=paused").content.decode()
    refused = head.post(url, {"to": "off", "reason": " "})
    assert refused.status_code == 422
    assert head.post(url, {"to": "off", "reason": "Everything is dry"}).status_code == 302
    process.refresh_from_db()
    assert (process.status, process.why) == ("off", "Everything is dry")
    assert "Everything is dry" in head.get(reverse("processes:list")).content.decode()
    assert head.post(url, {"to": "on"}).status_code == 302
    assert head.post(url, {"to": "paused"}).status_code == 302
    process.refresh_from_db()
    assert process.status == "paused"
    assert head.post(url, {"to": "sideways"}).status_code == 422
    assert "Nothing new begins" in head.get(f"{url}?to=off").content.decode()


def test_pages_of_a_process_and_of_its_design_lead_to_each_other(
    cast: Cast, process: Process, client_of: ClientOf
) -> None:
    head, design = client_of(cast.head), reverse("processes:design", args=[process.pk])
    for page in (reverse("processes:list"), process.get_absolute_url()):
        assert f'href="{design}"' in head.get(page).content.decode()
        assert design not in client_of(cast.salesperson).get(page).content.decode()
    text = head.get(design).content.decode()
    assert f'href="{process.get_absolute_url()}"' in text
    switch = reverse("processes:switch", args=[process.pk])
    assert f'href="{switch}?to=off&amp;next={design}"' in text
    answer = head.post(switch, {"to": "off", "reason": "Dry", "next": design})
    assert answer["Location"] == design


def test_a_run_says_where_it_stands_and_what_happened(
    cast: Cast, process: Process, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    run = begun(process)
    head = client_of(cast.head)
    text = unescape(head.get(run.get_absolute_url()).content.decode())
    for words in ("waits for Sam Porter", "on the client's side", "Due ", "it stands here", "to come"):
        assert words in text, words
    working.finish(work_of(run), by=cast.salesperson, at=timezone.now(), comment="Two metres")
    text = head.get(run.get_absolute_url()).content.decode()
    for words in ("Done: Measure", "Two metres", "until ", "Let it dry"):
        assert words in text, words


def test_history_is_read_page_by_page(cast: Cast, begun: Begun, work_of: WorkOf, client_of: ClientOf) -> None:
    again = block("repeat", blocks=[block("task", "Dig", who=OWNER)], times=35)
    run = begun(make_process([again]))
    for turn in range(35):
        working.finish(work_of(run), by=cast.salesperson, at=timezone.now(), comment=f"Hole {turn}.")
    run.refresh_from_db()
    assert run.status == "ended"
    person = client_of(cast.salesperson)
    first = person.get(run.get_absolute_url()).content.decode()
    assert "Hole 34." in first
    assert "Hole 0." not in first
    older = first.split("?cursor=")[1].split('"')[0]
    url = f"{reverse('processes:run_history', args=[run.pk])}?cursor={older}"
    part = person.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Hole 0." in part
    assert "<!doctype" not in part
    assert "Hole 0." in person.get(url).content.decode()


def test_what_cannot_go_on_is_tried_again_or_skipped_by_who_may(
    cast: Cast, stuck: Run, client_of: ClientOf
) -> None:
    incident = Incident.objects.get(run=stuck)
    seller, head = client_of(cast.salesperson), client_of(cast.head)
    text = seller.get(stuck.get_absolute_url()).content.decode()
    assert incident.cause in text
    assert "Try again" not in text
    assert "Try again" in head.get(stuck.get_absolute_url()).content.decode()
    retry, skip = (
        reverse("processes:incident_retry", args=[incident.pk]),
        f"{reverse('processes:skip', args=[stuck.pk])}?token={incident.token}",
    )
    assert seller.post(retry).status_code == 403
    assert client_of(cast.outsider).post(retry).status_code == 403
    assert head.post(retry).status_code == 302
    assert Incident.objects.filter(run=stuck, solved_at=None).count() == 1
    assert head.post(skip, {"reason": ""}).status_code == 422
    assert head.post(skip, {"reason": "Won already"}).status_code == 302
    assert open_work(stuck) == ["Thank"]
    assert head.get(skip).status_code == 404
    assert "Troubles that are over" in head.get(stuck.get_absolute_url()).content.decode()


def test_an_incident_is_noted_as_seen_and_a_run_cancelled(
    cast: Cast, stuck: Run, client_of: ClientOf
) -> None:
    incident, admin = Incident.objects.get(run=stuck), client_of(cast.admin)
    assert admin.post(reverse("processes:incident_seen", args=[incident.pk])).status_code == 302
    incident.refresh_from_db()
    assert (incident.solution, incident.solved_by) == ("seen", cast.admin)
    cancel = reverse("processes:cancel", args=[stuck.pk])
    assert admin.post(cancel, {"reason": ""}).status_code == 422
    assert admin.post(cancel, {"reason": "Won already"}).status_code == 302
    stuck.refresh_from_db()
    assert stuck.status == "cancelled"
    assert admin.post(cancel, {"reason": "Once more"}).status_code == 422


def test_a_run_goes_on_from_another_step(
    cast: Cast, process: Process, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    run = begun(process)
    admin, url = client_of(cast.admin), reverse("processes:restart", args=[run.pk])
    text = admin.get(url).content.decode()
    assert "Let it dry" in text
    item = work_of(run)
    approve = next(node for node in process.current.graph["nodes"] if node.get("name") == "Approve")["key"]
    assert admin.post(url, {"to": "9:nowhere", "reason": "So"}).status_code == 422
    assert admin.post(url, {"to": f"{item.token}:{approve}", "reason": "It is dry"}).status_code == 302
    assert open_work(run) == ["Approve"]


def test_the_head_of_others_repairs_nothing_here(cast: Cast, process: Process, client_of: ClientOf) -> None:
    run = operations.start(
        process, make_deal("Export wine", owner=cast.outsider).pk, by=cast.outsider, at=timezone.now()
    )
    assert client_of(cast.head).get(reverse("processes:cancel", args=[run.pk])).status_code == 404
    assert client_of(cast.admin).get(reverse("processes:cancel", args=[run.pk])).status_code == 200


def test_a_deal_shows_what_waits_for_whom_and_begins_a_process(
    cast: Cast, process: Process, quagmire: Deal, client_of: ClientOf
) -> None:
    person = client_of(cast.salesperson)
    url = reverse("processes:about", args=["deal", quagmire.pk])
    assert f'hx-get="{url}"' in person.get(quagmire.get_absolute_url()).content.decode()
    part = person.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Start “Drainage”" in part
    sent = {"kind": "deal", "key": quagmire.pk, "process": process.pk, "next": quagmire.get_absolute_url()}
    answer = person.post(reverse("processes:start"), sent)
    assert (answer.status_code, answer["Location"]) == (302, quagmire.get_absolute_url())
    run = Run.objects.get()
    assert run.started_by == cast.salesperson
    refused = person.post(reverse("processes:start"), sent)
    assert (refused.status_code, "is under way for this record" in refused.content.decode()) == (422, True)
    seen = client_of(cast.head).get(url).content.decode()
    assert "waits for Sam Porter" in seen
    assert "Remind" in seen
    for wrong in ({"key": "x"}, {"process": "0"}, {"kind": "moon"}):
        assert person.post(reverse("processes:start"), sent | wrong).status_code == 404
    assert client_of(cast.outsider).post(reverse("processes:start"), sent).status_code == 404


def test_statements_of_pages_of_processes(
    cast: Cast, process: Process, begun: Begun, quagmire: Deal, client_of: ClientOf
) -> None:
    run = begun(process)
    person: Any = client_of(cast.head)
    for name, url in (
        ("processes", reverse("processes:list")),
        ("process", process.get_absolute_url()),
        ("run", run.get_absolute_url()),
        ("how it goes", reverse("processes:heat", args=[process.pk])),
        ("drawing of a run", reverse("processes:run_drawing", args=[run.pk])),
        ("about a record", reverse("processes:about", args=["deal", quagmire.pk])),
    ):
        person.get(url)
        with assert_query_count(name):
            assert person.get(url).status_code == 200


def test_a_run_is_drawn_with_what_is_done_and_where_it_stands(
    cast: Cast, process: Process, begun: Begun, client_of: ClientOf
) -> None:
    run = begun(process)
    url = reverse("processes:run_drawing", args=[run.pk])
    page = client_of(cast.salesperson).get(url).content.decode()
    assert page.count("is-here") == 1
    assert "is-done" not in page
    item = run.work.get()
    working.finish(item, by=cast.salesperson, at=timezone.now())
    page = client_of(cast.salesperson).get(url).content.decode()
    assert "is-done" in page
    assert client_of(cast.outsider).get(url).status_code == 404


def test_how_a_process_goes_is_counted_from_its_history(cast: Cast, client_of: ClientOf) -> None:
    slow, quick = block("task", "Slow", who=OWNER), block("task", "Quick", who=OWNER)
    process = make_process([slow, quick])
    now = timezone.now()
    for n in range(12):
        run = operations.start(
            process, make_deal(f"Deal {n}", owner=cast.salesperson).pk, by=cast.head, at=now
        )
        for node, seconds in ((slow, 3_600 * (n + 1)), (quick, 60)):
            line = StepLog(run_id=run.pk, process_id=process.pk, at=now - timedelta(hours=1), node=node["id"])
            line.what, line.seconds = "done", seconds
            line.save()
    page = client_of(cast.head).get(reverse("processes:heat", args=[process.pk])).content.decode()
    assert "is-hot" in page
    person = User.objects.with_policy().get(pk=cast.head.pk)
    rows = {row.title: row for row in heat.page_of(process, now, person)["rows"]}
    assert (rows["Slow"].done, rows["Slow"].waiting, rows["Slow"].share) == (12, 12, 100)
    assert (rows["Slow"].usual, rows["Slow"].deadline) == ("6 h 30 min", "12 hours")
    assert (rows["Quick"].done, rows["Quick"].share) == (12, 0)
