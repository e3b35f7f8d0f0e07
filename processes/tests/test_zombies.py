"""Runs nobody will finish, work nobody will do, and what of the processes is dead weight."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.custom.definitions import kept
from activities.models import Absence
from deals.models import Deal
from deals.testing import make_deal
from foundation.errors import Refused
from foundation.testing import assert_query_count
from processes import operations, tidying, working
from processes.models import Incident, Process, Run, StepLog, Version, WorkItem
from processes.queries import dead_weight, zombies
from processes.testing import block, make_process
from processes.tests.conftest import HEAD, OWNER
from users.models import Notification, User
from users.testing import Cast

ClientOf = Callable[[User], Client]
Begun = Callable[..., Run]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def process(cast: Cast) -> Process:
    return make_process(
        [block("task", "Measure", who=OWNER), block("approval", "Approve", who=HEAD)],
        name="Drainage",
        by=cast.admin,
    )


def finished(process: Process, *, lasting: timedelta, n: int = 12, moved: timedelta | None = None) -> None:
    """Runs of long ago, each with one step, and one that lasted longest."""
    now = timezone.now()
    for place in range(n):
        began = now - 60 * DAY + place * HOUR
        run = Run.objects.create(
            process=process, version_id=process.current_id or 0, subject_kind="deal", subject_id=10_000 + place,
            title="Old", status="ended", state={}, started_at=began, moved_at=began + lasting, ended_at=began + lasting,
        )  # fmt: skip
        StepLog.objects.create(
            run_id=run.pk, process_id=process.pk, at=began + lasting, node="x", what="done",
            seconds=int((moved or lasting).total_seconds()),
        )  # fmt: skip


def aged(run: Run, *, open_for: timedelta, still_for: timedelta) -> None:
    now = timezone.now()
    Run.objects.filter(pk=run.pk).update(started_at=now - open_for, moved_at=now - still_for)


def test_a_run_beyond_what_is_usual_that_does_not_move_stands_still(
    cast: Cast, process: Process, begun: Begun, client_of: ClientOf
) -> None:
    finished(process, lasting=5 * DAY, moved=3 * DAY)
    run = begun(process)
    url = reverse("processes:zombies")
    for open_for, still_for, is_seen in ((9, 1, False), (4, 4, False), (9, 4, True)):
        aged(run, open_for=open_for * DAY, still_for=still_for * DAY)
        text = client_of(cast.head).get(url).content.decode()
        assert ("Quagmire drainage" in text) is is_seen, (open_for, still_for)
    assert "Open for 9 days, where nineteen of twenty end within 5 days; not moved for 4 days." in text
    assert client_of(cast.salesperson).get(url).status_code == 403


def test_few_finished_runs_say_nothing(cast: Cast, process: Process, begun: Begun) -> None:
    finished(process, lasting=DAY, n=9)
    assert zombies.usual(timezone.now()) == {}


def test_a_head_sees_the_runs_of_their_people_only(cast: Cast, process: Process, client_of: ClientOf) -> None:
    finished(process, lasting=DAY)
    other = make_deal("Far away", owner=cast.outsider)
    aged(
        operations.start(process, other.pk, by=cast.outsider, at=timezone.now()),
        open_for=9 * DAY,
        still_for=9 * DAY,
    )
    url = reverse("processes:zombies")
    assert "Far away" not in client_of(cast.head).get(url).content.decode()
    assert "Far away" in client_of(cast.admin).get(url).content.decode()


@pytest.mark.parametrize(
    ("gone", "words"),
    [("left", "Sam Porter no longer works here."), ("away", "Sam Porter is away, and nobody stands in."),
     ("role", "Nobody who works here has the role")],
)  # fmt: skip
def test_work_is_dead_where_nobody_is_there_to_do_it(
    cast: Cast, process: Process, begun: Begun, client_of: ClientOf, gone: str, words: str
) -> None:
    begun(process)
    now = timezone.now()
    match gone:
        case "left":
            User.objects.filter(pk=cast.salesperson.pk).update(is_active=False)
        case "away":
            today = now.date()
            said = {"starts_on": today - DAY, "ends_on": today + DAY}
            Absence.plan(person=cast.salesperson, kind="leave", by=cast.salesperson, at=now, **said)
        case "role":
            WorkItem.objects.update(assignee=None, role="nobody")
    text = client_of(cast.head).get(reverse("processes:zombies") + "?kind=work").content.decode()
    assert words in text


def test_work_with_somebody_who_is_here_or_stood_in_for_is_alive(
    cast: Cast, process: Process, begun: Begun
) -> None:
    begun(process)
    now = timezone.now()
    assert not zombies.dead_work(WorkItem.objects.all(), now).exists()
    today = now.date()
    Absence.plan(
        person=cast.salesperson, kind="leave", starts_on=today, ends_on=today, substitute=cast.colleague,
        by=cast.salesperson, at=now,
    )  # fmt: skip
    assert not zombies.dead_work(WorkItem.objects.all(), now).exists()


def node(process: Process, name: str) -> str:
    return next(each["id"] for each in process.outline["blocks"] if each["name"] == name)  # type: ignore[index]


def log(process: Process, name: str, n: int, **said: Any) -> None:
    now = timezone.now()
    StepLog.objects.bulk_create(
        StepLog(run_id=1, process_id=process.pk, at=now - place * HOUR, node=node(process, name), **said)
        for place in range(n)
    )


def test_steps_ticked_off_at_once_or_always_dropped_or_never_reached_are_named(
    cast: Cast, process: Process
) -> None:
    now = timezone.now()
    log(process, "Measure", 20, what="done", seconds=4)
    log(process, "Approve", 6, what="left", seconds=99)
    found = {each.what: each.why for each in dead_weight.steps(dead_weight.published(), now)}
    assert found["Measure"].startswith("Done 20 times lately, nine of ten within 4 seconds")
    assert found["Approve"].startswith("Reached 6 times in ninety days, and skipped or dropped")
    StepLog.objects.filter(what="left").delete()
    finished(process, lasting=HOUR, n=20)
    later = now + 40 * DAY
    Run.objects.update(started_at=now)
    found = {each.what: each.why for each in dead_weight.steps(dead_weight.published(), later)}
    assert found["Approve"] == "Never reached in ninety days, in which the process began 20 times."


def test_a_step_that_is_always_skipped_by_repair_is_named(cast: Cast, process: Process) -> None:
    now = timezone.now()
    for place in range(5):
        run = operations.start(
            process, make_deal(f"Deal {place}", owner=cast.salesperson).pk, by=cast.salesperson, at=now
        )
        working.skip(
            run,
            1 if place < 0 else min(int(key) for key in run.state["since"]),
            "Why not",
            by=cast.admin,
            at=now,
        )
    found = {each.what: each.why for each in dead_weight.steps(dead_weight.published(), now)}
    assert found["Measure"].startswith("Reached 5 times in ninety days, and skipped")


def test_a_field_nobody_reads_is_named_and_one_that_is_read_is_not(cast: Cast) -> None:
    asked = [("depth", "Depth", "number"), ("smell", "Smell", "text"), ("deal.amount", "Amount", "money")]
    fields = [{"name": name, "label": label, "kind": kind} for name, label, kind in asked]
    dig = block("task", "Dig", who=OWNER, instructions="As deep as {depth}")
    make_process([block("task", "Measure", who=OWNER, fields=fields), dig])
    assert [each.what for each in dead_weight.fields(dead_weight.published())] == ["Smell"]


def test_processes_past_their_review_without_runs_or_with_old_troubles_are_named(
    cast: Cast, process: Process, begun: Begun, client_of: ClientOf
) -> None:
    now = timezone.now()
    Process.objects.update(review_on=now.date() - DAY)
    run = begun(process)
    Incident.objects.create(run=run, node="", cause="Mud", first_at=now - 8 * DAY, last_at=now)
    (row,) = dead_weight.processes(dead_weight.published(), now)
    assert row.why.startswith("It was to be looked at again on")
    assert "1 trouble stands open, the oldest for 8 days." in row.why
    head, url = client_of(cast.head), reverse("processes:keep", args=[process.pk])
    assert client_of(cast.salesperson).get(url).status_code == 403
    assert head.post(url, {"until": "2020-01-01"}).status_code == 422
    assert head.post(url, {"until": (now + 30 * DAY).date().isoformat()}).status_code == 302
    Incident.objects.all().delete()
    assert dead_weight.processes(dead_weight.published(), now) == []
    Process.objects.update(review_on=None)
    Run.objects.update(started_at=now - 300 * DAY)
    (row,) = dead_weight.processes(dead_weight.published(), now + 91 * DAY)
    assert row.why == "It has not begun in ninety days."


def test_several_runs_are_cancelled_given_and_reminded_of_at_once(
    cast: Cast, process: Process, quagmire: Deal, client_of: ClientOf
) -> None:
    now = timezone.now()
    deals = [quagmire, make_deal("Bog", owner=cast.colleague), make_deal("Far away", owner=cast.outsider)]
    runs = [operations.start(process, deal.pk, by=cast.admin, at=now) for deal in deals]
    head, url = client_of(cast.head), reverse("processes:zombie_bulk")
    picks = [run.pk for run in runs]
    text = head.get(url, {"do": "cancel", "pick": picks}).content.decode()
    assert "2 runs" in text
    assert "Far away" not in text
    assert head.post(url, {"do": "nudge", "pick": picks}).status_code == 302
    assert WorkItem.objects.filter(nudges=1).count() == 2
    assert head.post(url, {"do": "nudge", "pick": picks}).status_code == 302
    assert WorkItem.objects.filter(nudges=1).count() == 2
    assert (
        head.post(url, {"do": "give", "pick": picks, "person": cast.colleague.pk, "reason": ""}).status_code
        == 302
    )
    assert WorkItem.objects.filter(assignee=cast.colleague).count() == 2
    assert head.post(url, {"do": "cancel", "pick": picks, "reason": ""}).status_code == 422
    assert head.post(url, {"do": "cancel", "pick": picks, "reason": "Mud"}).status_code == 302
    assert sorted(Run.objects.values_list("status", flat=True)) == ["active", "cancelled", "cancelled"]
    assert head.get(url, {"do": "dance", "pick": picks}).status_code == 404


def test_what_is_refused_of_one_says_nothing_of_the_others() -> None:
    def verb(each: int) -> None:
        if each == 2:
            raise Refused("No.")

    tidied = tidying.each_one([1, 2, 3], verb)
    assert (tidied.done, tidied.refused) == (2, [("2", "No.")])


def test_whoever_is_responsible_hears_once_a_week_and_only_of_something(
    cast: Cast, process: Process, begun: Begun
) -> None:
    assert tidying.tell_weekly(timezone.now()) == 0
    finished(process, lasting=DAY)
    aged(begun(process), open_for=9 * DAY, still_for=9 * DAY)
    assert tidying.tell_weekly(timezone.now()) == 1
    told = Notification.objects.get(kind="process.zombies")
    assert told.person_id == cast.admin.pk


def test_twenty_thousand_runs_cost_no_more_statements_than_two(
    cast: Cast, process: Process, client_of: ClientOf
) -> None:
    finished(process, lasting=5 * DAY)
    now = timezone.now()
    deal = make_deal("Endless", owner=cast.salesperson)
    about: dict[str, Any] = {"subject_kind": "deal", "subject_id": deal.pk}
    stood = {"started_at": now - 30 * DAY, "moved_at": now - 20 * DAY, "state": {}, "is_single": False}
    one = about | stood | {"process": process, "version_id": process.current_id}
    runs = Run.objects.bulk_create((Run(title=f"Run {n}", **one) for n in range(20_000)), batch_size=5_000)
    work = about | {"node": "x", "kind": "task", "name": "Dig", "assignee": cast.salesperson}
    WorkItem.objects.bulk_create(
        (WorkItem(run=run, token=1, opened_at=now - 20 * DAY, **work) for run in runs), batch_size=5_000
    )
    User.objects.filter(pk=cast.salesperson.pk).update(is_active=False)
    head, url = client_of(cast.head), reverse("processes:zombies")
    for kind in ("runs", "work", "steps", "fields", "processes"):
        kept.know_none()  # filling the tables may have taken longer than custom fields are kept
        with assert_query_count(f"zombies: {kind}"):
            page = head.get(url, {"kind": kind})
        assert page.status_code == 200
    first = head.get(url, {"kind": "runs"})
    assert "1,000+" in first.content.decode()
    following = head.get(f"{url}?{first.context['links']['next']}")
    assert {row.run for row in first.context["page"].rows}.isdisjoint(
        row.run for row in following.context["page"].rows
    )
    assert Version.objects.count() == 1
