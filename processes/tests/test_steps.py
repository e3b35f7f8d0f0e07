"""Runs from their beginning to every end, by real rows and real jobs."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from activities.models import Absence, Task
from deals.models import Deal, Stage
from deals.testing import make_deal
from foundation.clock import company_day
from foundation.errors import Refused
from processes import operations, working
from processes.models import Incident, Job, Process, Run, StepLog, WorkItem
from processes.testing import block, make_process, open_work, pass_time_until, settle
from users.models import Notification, User
from users.testing import Cast

HEAD = {"kind": "head"}
OWNER = {"kind": "owner"}


@pytest.fixture
def deal(cast: Cast) -> Deal:
    return make_deal("Roses for the hall", owner=cast.salesperson)


def begin(process: Process, deal: Deal, by: Any, at: datetime | None = None) -> Run:
    return operations.start(process, deal.pk, by=by, at=at or timezone.now())


def work_of(run: Run) -> WorkItem:
    return WorkItem.objects.get(run=run, state="open")


def finish(run: Run, by: Any, outcome: str = "", comment: str = "") -> Run:
    return working.finish(work_of(run), by=by, at=timezone.now(), outcome=outcome, comment=comment)


def test_the_head_approves_and_the_contract_task_is_planned(cast: Cast, deal: Deal) -> None:
    process = make_process(
        [
            block("approval", "Approve the deal", who=HEAD, declined=[], returned=[]),
            block("action", "Contract", action="task.plan", arguments={"title": "Contract for {deal.title}"}),
        ]
    )
    run = begin(process, deal, cast.salesperson)
    assert work_of(run).assignee == cast.head
    run = finish(run, cast.head, "approved")
    assert (run.status, run.result) == ("ended", "done")
    task = Task.objects.get()
    assert (task.title, task.owner, task.deal) == ("Contract for Roses for the hall", cast.salesperson, deal)


def test_a_declined_deal_ends_as_declined_and_plans_nothing(cast: Cast, deal: Deal) -> None:
    process = make_process([block("approval", who=HEAD, declined=[], returned=[]), block("task", who=OWNER)])
    run = finish(begin(process, deal, cast.salesperson), cast.head, "declined", "Too cheap")
    assert (run.status, run.result) == ("ended", "declined")


def test_what_is_returned_goes_back_to_the_task_before_with_the_comment(cast: Cast, deal: Deal) -> None:
    process = make_process(
        [block("task", "Prepare", who=OWNER), block("approval", "Check", who=HEAD, declined=[], returned=[])]
    )
    run = finish(begin(process, deal, cast.salesperson), cast.salesperson)
    run = finish(run, cast.head, "returned", "The price is missing")
    assert open_work(run) == ["Prepare"]
    assert WorkItem.objects.get(outcome="returned").comment == "The price is missing"


def test_a_refusal_wants_a_reason(cast: Cast, deal: Deal) -> None:
    run = begin(make_process([block("approval", who=HEAD, declined=[], returned=[])]), deal, cast.salesperson)
    with pytest.raises(Refused, match="Say why"):
        finish(run, cast.head, "declined")
    with pytest.raises(Refused, match="Say whether"):
        finish(run, cast.head, "perhaps")


def test_work_is_done_by_who_holds_it_and_once(cast: Cast, deal: Deal) -> None:
    run = begin(make_process([block("task", "Call", who=OWNER)]), deal, cast.salesperson)
    item = work_of(run)
    with pytest.raises(Refused, match="somebody else"):
        working.finish(item, by=cast.colleague, at=timezone.now())
    working.finish(item, by=cast.salesperson, at=timezone.now())
    with pytest.raises(Refused, match="over by now"):
        working.finish(item, by=cast.salesperson, at=timezone.now())


def test_who_is_away_is_stood_in_for(cast: Cast, deal: Deal) -> None:
    today = company_day(timezone.now())
    said = {"starts_on": today, "ends_on": today, "substitute": cast.colleague}
    Absence.objects.create(person=cast.salesperson, **said)
    item = work_of(begin(make_process([block("task", who=OWNER)]), deal, cast.head))
    assert (item.assignee, item.instead_of) == (cast.colleague, cast.salesperson)


def test_somebody_of_a_role_takes_the_work(cast: Cast, deal: Deal) -> None:
    who = {"kind": "role", "key": "salesperson"}
    run = begin(make_process([block("task", who=who)]), deal, cast.salesperson)
    item = work_of(run)
    assert (item.assignee, item.role) == (None, "salesperson")
    working.take(item, by=cast.colleague, at=timezone.now())
    with pytest.raises(Refused, match="somebody else"):
        working.finish(item, by=cast.salesperson, at=timezone.now())
    assert working.finish(item, by=cast.colleague, at=timezone.now()).status == "ended"


def test_a_fact_with_a_condition_begins_a_run_once_it_is_told(cast: Cast, deal: Deal) -> None:
    make_process(
        [block("task", "Ask the head", who=HEAD)],
        starts=[{"fact": "deal.changed", "when": {"all": [["deal.amount", "gt", "100000.00"]]}}],
    )
    deal.change({"amount": 100_000}, by=cast.salesperson, at=timezone.now())
    settle()
    assert not Run.objects.exists()
    deal.change({"amount": 100_001}, by=cast.salesperson, at=timezone.now())
    settle()
    run = Run.objects.get()
    assert open_work(run) == ["Ask the head"]
    deal.change({"amount": 100_002}, by=cast.salesperson, at=timezone.now())
    settle()
    assert Run.objects.count() == 1


def test_an_action_that_is_refused_becomes_an_incident_and_is_tried_again_by_hand(
    cast: Cast, deal: Deal
) -> None:
    process = make_process([block("action", "Win", action="deal.win"), block("task", "Thank", who=OWNER)])
    deal.win(by=cast.salesperson, at=timezone.now())
    run = begin(process, deal, cast.salesperson)
    incident = Incident.objects.get(run=run)
    assert incident.cause
    assert run.is_active
    deal.reopen(by=cast.salesperson, at=timezone.now())
    working.retry(incident, by=cast.admin, at=timezone.now())
    assert open_work(run) == ["Thank"]
    incident.refresh_from_db()
    assert incident.solution == "retry"


def test_a_wait_ends_when_its_time_has_come(cast: Cast, deal: Deal) -> None:
    process = make_process(
        [block("wait", **{"for": {"amount": 2, "unit": "days"}}), block("task", "Call", who=OWNER)]
    )
    at = timezone.now()
    run = begin(process, deal, cast.salesperson, at)
    assert pass_time_until(at + timedelta(days=1)) == 0
    assert pass_time_until(at + timedelta(days=2, minutes=1)) == 1
    assert open_work(run) == ["Call"]
    assert not Job.objects.exists()


def test_a_wait_for_a_fact_and_one_for_a_condition_go_on_when_they_come(cast: Cast, deal: Deal) -> None:
    moved = block("wait", "Moved", **{"for": {"fact": "deal.moved"}})
    rich = block("wait", "Rich", **{"for": {"condition": ["deal.amount", "gte", "500.00"]}})
    run = begin(make_process([moved, rich, block("task", "Call", who=OWNER)]), deal, cast.salesperson)
    deal.change({"amount": 10}, by=cast.salesperson, at=timezone.now())
    settle()
    assert open_work(run) == []
    following = (
        Stage.objects.filter(pipeline=deal.pipeline, position__gt=deal.stage.position)
        .order_by("position")
        .first()
    )
    deal.move(following, by=cast.salesperson, at=timezone.now())
    settle()
    assert open_work(run) == []
    deal.change({"amount": 500}, by=cast.salesperson, at=timezone.now())
    settle()
    assert open_work(run) == ["Call"]


def test_whichever_comes_first_ends_the_other(cast: Cast, deal: Deal) -> None:
    race = block(
        "race",
        branches=[
            {
                "id": "a",
                "name": "moved",
                "wait": {"fact": "deal.moved"},
                "blocks": [block("end", result="moved")],
            },
            {
                "id": "b",
                "name": "late",
                "wait": {"amount": 1, "unit": "days"},
                "blocks": [block("end", result="late")],
            },
        ],
    )
    at = timezone.now()
    run = begin(make_process([race]), deal, cast.salesperson, at)
    pass_time_until(at + timedelta(days=2))
    run.refresh_from_db()
    assert (run.status, run.result) == ("ended", "late")
    assert not run.subscriptions.exists()
    assert not run.jobs.exists()


def test_late_work_reminds_then_goes_to_the_head(cast: Cast, deal: Deal) -> None:
    late = [
        {"amount": 30, "unit": "minutes", "do": "remind"},
        {"amount": 2, "unit": "hours", "do": "escalate"},
        {"amount": 4, "unit": "hours", "do": "give", "to": HEAD},
    ]
    deadline = {"amount": 8, "unit": "hours", "late": late}
    at = timezone.now()
    run = begin(
        make_process([block("task", "Call", who=OWNER, deadline=deadline)]), deal, cast.salesperson, at
    )
    told = lambda kind: list(Notification.objects.filter(kind=kind).values_list("person", flat=True))  # noqa: E731
    pass_time_until(at + timedelta(hours=9))
    assert (told("process.late"), told("process.escalated")) == ([cast.salesperson.pk], [])
    pass_time_until(at + timedelta(hours=11))
    assert told("process.escalated") == [cast.head.pk]
    pass_time_until(at + timedelta(hours=13))
    assert work_of(run).assignee == cast.head
    assert list(StepLog.objects.filter(run_id=run.pk).exclude(what="done").values_list("what", flat=True)) == [
        "late", "reminded", "escalated", "given",
    ]  # fmt: skip


def test_two_processes_that_fight_over_a_deal_stop_with_an_incident_that_names_both(
    cast: Cast, deal: Deal
) -> None:
    first, second = Stage.objects.filter(pipeline=deal.pipeline).order_by("position")[:2]
    for name, here, there in (("Push", first, second), ("Pull", second, first)):
        make_process(
            [block("action", action="deal.move", arguments={"stage": there.pk})],
            name=name,
            starts=[{"fact": "deal.moved", "when": ["deal.stage", "is", here.pk]}],
        )
    deal.move(second, by=cast.salesperson, at=timezone.now())
    settle()
    assert Run.objects.count() <= 6
    cause = Incident.objects.get().cause
    assert "“Push”" in cause
    assert "“Pull”" in cause


def test_a_process_that_begins_too_often_in_a_day_pauses_and_says_so(cast: Cast) -> None:
    process = make_process([block("task", who=OWNER)], daily_cap=2, by=cast.admin)
    deals = [make_deal(f"Deal {n}", owner=cast.salesperson) for n in range(3)]
    for each in deals[:2]:
        begin(process, each, cast.salesperson)
    with pytest.raises(Refused, match="not running now"):
        begin(process, deals[2], cast.salesperson)


def test_a_called_process_gives_its_result_to_the_one_that_waits(cast: Cast, deal: Deal) -> None:
    make_process(
        [block("task", "Check", who=HEAD), block("end", result="fine")], name="Credit check", key="credit"
    )
    outer = make_process(
        [block("call", process="credit", is_waited_for=True), block("task", "Send", who=OWNER)]
    )
    run = begin(outer, deal, cast.salesperson)
    inner = Run.objects.get(process__key="credit")
    assert (open_work(run), open_work(inner)) == ([], ["Check"])
    finish(inner, cast.head)
    settle()
    assert open_work(run) == ["Send"]


def test_three_of_four_approve_in_any_order(cast: Cast, deal: Deal) -> None:
    people = [cast.head, cast.salesperson, cast.colleague, cast.admin]
    who = {"kind": "people", "ids": [each.pk for each in people]}
    rule = {"need": "count", "count": 3}
    run = begin(
        make_process([block("approval", who=who, rule=rule, declined=[], returned=[])]),
        deal,
        cast.salesperson,
    )
    answer = lambda person, said: working.finish(  # noqa: E731
        WorkItem.objects.get(run=run, assignee=person),
        by=person,
        at=timezone.now(),
        outcome=said,
        comment="so",
    )
    answer(people[3], "approved")
    answer(people[0], "declined")
    answer(people[1], "approved")
    run.refresh_from_db()
    assert run.is_active
    answer(people[2], "approved")
    run.refresh_from_db()
    assert (run.status, run.result) == ("ended", "done")


def test_a_cancelled_run_leaves_nothing_open(cast: Cast, deal: Deal) -> None:
    deadline = {"amount": 1, "unit": "working_days", "late": [{"amount": 1, "unit": "hours", "do": "remind"}]}
    run = begin(make_process([block("task", who=OWNER, deadline=deadline)]), deal, cast.salesperson)
    with pytest.raises(Refused, match="Say why"):
        working.cancel(run, " ", by=cast.admin, at=timezone.now())
    working.cancel(run, "The client has gone", by=cast.admin, at=timezone.now())
    assert (run.status, run.result) == ("cancelled", "cancelled")
    assert not run.jobs.exists()
    assert list(run.work.values_list("state", flat=True)) == ["withdrawn"]


def test_a_persons_click_costs_few_queries_however_many_nodes_follow(
    cast: Cast, deal: Deal, django_assert_max_num_queries: Any
) -> None:
    choices = [
        block(
            "choice",
            branches=[{"id": f"c{n}", "when": ["deal.amount", "gt", "0"], "blocks": []}],
            **{"else": []},
        )
        for n in range(20)
    ]
    run = begin(
        make_process([block("task", "First", who=OWNER), *choices, block("task", who=OWNER)]),
        deal,
        cast.admin,
    )
    item, person = work_of(run), User.objects.get(pk=cast.salesperson.pk)
    # Two for the savepoint of the test, one to read what the conditions ask, six of the step: the run, the fact and
    # its subject, who is next and whether they are here, and one that writes.
    with django_assert_max_num_queries(9):
        working.finish(item, by=person, at=timezone.now())
    assert open_work(run) == ["task"]


def test_work_that_comes_and_goes_within_one_step_is_never_written(cast: Cast, deal: Deal) -> None:
    ways = [
        {"id": "task", "name": "", "blocks": [block("task", "Never seen", who=OWNER)]},
        {"id": "over", "name": "", "blocks": [block("end", result="over")]},
        {"id": "none", "name": "", "blocks": []},
    ]
    process = make_process([block("together", branches=ways, need="all")])
    run = begin(process, deal, cast.salesperson)
    assert run.result == "over"
    assert not WorkItem.objects.filter(run=run).exists()
