"""The finder of runs: what can be asked, who sees what, and what can be done to many at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.testing import make_deal
from foundation.testing import assert_query_count
from processes import operations, working
from processes.models import Incident, Process, Run, WorkItem
from processes.testing import block, make_process
from processes.tests.conftest import HEAD, OWNER
from users.models import Notification, User
from users.testing import Cast

ClientOf = Callable[[User], Client]
RUNS, BULK = "/processes/runs/", "/processes/runs/bulk/"


@pytest.fixture
def offer() -> Process:
    return make_process(
        [
            block("task", "Prepare the offer", who=OWNER),
            block("wait", "Let it rest", **{"for": {"amount": 3, "unit": "days"}}),
            block("approval", "Approve the offer", who=HEAD, declined=[], returned=[]),
        ],
        name="Offer",
    )


@pytest.fixture
def three(cast: Cast, offer: Process) -> list[Run]:
    return [started(cast, offer, title) for title in ("Roses", "Tulips", "Lilies")]


def started(cast: Cast, process: Process, title: str, **fields: Any) -> Run:
    deal = make_deal(title, owner=cast.salesperson)
    run = operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())
    Run.objects.filter(pk=run.pk).update(**fields)
    return run


def titles(client: Client, **said: Any) -> list[str]:
    answer = client.get(RUNS, said)
    assert answer.status_code == 200
    return sorted(row["title"] for row in answer.context["page"].rows)


def test_every_filter_finds_its_own(
    cast: Cast, client_of: ClientOf, offer: Process, three: list[Run]
) -> None:
    roses, tulips, lilies = three
    client, now = client_of(cast.head), timezone.now()
    other = make_process(
        [block("task", "Call", who={"kind": "person", "id": cast.colleague.pk})], name="Call"
    )
    started(cast, other, "Violets")
    WorkItem.objects.filter(run=roses).update(due_at=now - timedelta(hours=1))
    Incident.objects.create(run=tulips, token=1, node="x", cause="No", first_at=now, last_at=now)
    Run.objects.filter(pk=lilies.pk).update(moved_at=now - timedelta(days=8))
    task, wait = (
        next(k for k, n in graph_nodes(offer).items() if n == name)
        for name in ("Prepare the offer", "Let it rest")
    )
    everything = ["Lilies", "Roses", "Tulips"]
    assert titles(client) == [*everything, "Violets"]
    assert titles(client, process=offer.pk) == everything
    assert titles(client, process=offer.pk, version=1) == everything
    assert titles(client, process=offer.pk, version=2) == []
    assert titles(client, late=1) == ["Roses"]
    assert titles(client, incident=1) == ["Tulips"]
    assert titles(client, quiet=7) == ["Lilies"]
    assert titles(client, quiet=30) == []
    assert titles(client, q="tul") == ["Tulips"]
    assert titles(client, kind="account") == []
    assert titles(client, whose=cast.colleague.pk) == ["Violets"]
    assert titles(client, whose="me") == []
    assert titles(client, process=offer.pk, node=task) == everything
    assert titles(client, process=offer.pk, node=wait) == []
    assert titles(client, status="ended") == []
    assert titles(client, waits=1, process=other.pk) == ["Violets"]


def graph_nodes(process: Process) -> dict[str, str]:
    return {node["key"]: node.get("name", "") for node in process.current.graph["nodes"]}


def test_a_run_that_waits_for_the_clock_is_found_where_it_stands(
    cast: Cast, client_of: ClientOf, offer: Process, three: list[Run]
) -> None:
    item = WorkItem.objects.get(run=three[0])
    working.finish(item, by=cast.salesperson, at=timezone.now())
    wait = next(key for key, name in graph_nodes(offer).items() if name == "Let it rest")
    assert titles(client_of(cast.head), process=offer.pk, node=wait) == ["Roses"]


def test_nonsense_in_the_address_narrows_nothing(cast: Cast, client_of: ClientOf, three: list[Run]) -> None:
    client = client_of(cast.head)
    for said in (
        {"process": "x"},
        {"status": "?"},
        {"quiet": "5"},
        {"whose": "²"},
        {"kind": "moon"},
        {"version": "9"},
    ):
        assert len(titles(client, **said)) == 3
    assert client.get(RUNS, {"q": "\x00"}).status_code == 200


def test_others_see_only_what_they_may(cast: Cast, client_of: ClientOf, three: list[Run]) -> None:
    assert titles(client_of(cast.salesperson)) == ["Lilies", "Roses", "Tulips"]
    assert titles(client_of(cast.outsider)) == []
    answer = client_of(cast.outsider).post(BULK, {"do": "cancel", "run": [three[0].pk], "reason": "x"})
    assert answer.status_code in (400, 409, 422, 403)
    assert Run.objects.active().count() == 3


def test_the_page_asks_a_fixed_number_of_statements(
    cast: Cast, client_of: ClientOf, offer: Process, three: list[Run]
) -> None:
    client = client_of(cast.head)
    client.get(RUNS)
    with assert_query_count("runs"):
        client.get(RUNS, {"process": offer.pk, "late": "1", "whose": "roles"})
    for number in range(12):
        started(cast, offer, f"More {number}")
    with assert_query_count("runs, all"):
        client.get(RUNS)


def test_many_are_cancelled_at_once_after_a_look(cast: Cast, client_of: ClientOf, three: list[Run]) -> None:
    client, keys = client_of(cast.head), [run.pk for run in three]
    looked = client.get(BULK, {"do": "cancel", "run": keys}).content.decode()
    assert "Cancel 3 runs" in looked
    assert Run.objects.active().count() == 3
    refused = client.post(BULK, {"do": "cancel", "run": keys, "reason": ""})
    assert refused.status_code == 422
    client.post(BULK, {"do": "cancel", "run": keys, "reason": "Out of season"})
    assert Run.objects.filter(status="cancelled").count() == 3
    assert not WorkItem.objects.open().exists()
    again = client.get(BULK, {"do": "cancel", "run": keys}).content.decode()
    assert "it is over" in again


def test_only_whoever_answers_for_the_record_cancels(
    cast: Cast, client_of: ClientOf, three: list[Run]
) -> None:
    key = three[0].pk
    assert client_of(cast.salesperson).get(BULK, {"do": "cancel", "run": [key]}).status_code == 403
    Run.objects.filter(pk=key).update(started_by=cast.head)
    deal = make_deal("Abroad", owner=cast.outsider)
    Run.objects.filter(pk=key).update(subject_id=deal.pk)
    text = client_of(cast.head).get(BULK, {"do": "cancel", "run": [key]}).content.decode()
    assert "you may not cancel it" in text


def test_many_are_reminded_of_once_and_then_let_be(cast: Cast, client_of: ClientOf, three: list[Run]) -> None:
    client, keys = client_of(cast.head), [run.pk for run in three]
    client.post(BULK, {"do": "nudge", "run": keys, "text": "Please"})
    assert Notification.objects.filter(person=cast.salesperson, kind="process.nudged").exists()
    assert WorkItem.objects.filter(nudges=1).count() == 3
    assert "a short while ago" in client.get(BULK, {"do": "nudge", "run": keys}).content.decode()


def test_the_work_of_many_is_handed_on_at_once(cast: Cast, client_of: ClientOf, three: list[Run]) -> None:
    client, keys = client_of(cast.head), [run.pk for run in three]
    client.post(BULK, {"do": "give", "run": keys, "person": cast.colleague.pk, "reason": "She has time"})
    assert WorkItem.objects.open().filter(assignee=cast.colleague).count() == 3
    own = client_of(cast.colleague).get(BULK, {"do": "give", "run": keys}).content.decode()
    assert "Hand on the work of 3 runs" in own


def test_the_numbers_of_other_pages_lead_here_narrowed(
    cast: Cast, client_of: ClientOf, offer: Process, three: list[Run]
) -> None:
    client = client_of(cast.head)
    text = client.get(reverse("processes:list")).content.decode()
    assert f'href="{RUNS}?process={offer.pk}&amp;status=active"' in text
    assert (
        f'href="{RUNS}?process={offer.pk}&amp;waits=1"'
        in client.get(offer.get_absolute_url()).content.decode()
    )
    heat = client.get(reverse("processes:heat", args=[offer.pk])).content.decode()
    assert f'href="{RUNS}?process={offer.pk}&amp;node=' in heat
