"""Jobs that are due at once share a transaction and a statement, and nobody can tell."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals.models import Deal, Stage
from deals.testing import make_deal
from processes import operations
from processes.models import Job, Run, WorkItem
from processes.running import jobs
from processes.testing import block, make_process, open_work, settle
from users.testing import Cast, make_role, make_user

OWNER = {"kind": "owner"}


def pause() -> dict[str, Any]:
    return block("wait", **{"for": {"amount": 1, "unit": "hours"}})


def deals(cast: Cast, count: int) -> list[Deal]:
    return [make_deal(f"Deal {number}", owner=cast.salesperson) for number in range(count)]


def begun(blocks: Sequence[dict[str, Any]], over: Sequence[Deal], name: str = "Together") -> list[Run]:
    process = make_process(blocks, name=name)
    return [operations.start(process, deal.pk, by=deal.owner, at=timezone.now()) for deal in over]


def following(deal: Deal) -> Stage:
    return Stage.objects.filter(pipeline=deal.pipeline, position__gt=deal.stage.position).order_by(
        "position"
    )[0]


def come_due() -> None:
    Job.objects.update(due_at=timezone.now() - timedelta(minutes=1))


def test_twenty_timers_cost_hardly_more_statements_than_two(cast: Cast) -> None:
    runs = begun([pause(), pause()], deals(cast, 22))
    counts = []
    for some in (runs[:2], runs[2:]):
        Job.objects.filter(run__in=some).update(due_at=timezone.now() - timedelta(minutes=1))
        with CaptureQueriesContext(
            connection,
        ) as sent:
            assert jobs.drain(batches=1) == len(some)
        counts.append(len(sent))
    assert counts[1] <= counts[0] + 2
    assert Job.objects.count() == 22


def test_work_that_comes_at_once_goes_to_the_least_busy_of_each_moment(cast: Cast) -> None:
    make_role("lawyers")
    people = [make_user(f"Lawyer{number}", "lawyers") for number in range(3)]
    who = {"kind": "least_busy", "key": "lawyers"}
    begun([pause(), block("task", who=who)], deals(cast, 9))
    come_due()
    jobs.drain()
    held = Counter(WorkItem.objects.filter(state="open").values_list("assignee_id", flat=True))
    assert held == {person.pk: 3 for person in people}


def test_a_job_that_became_somebody_elses_is_left_and_the_others_are_done(cast: Cast) -> None:
    runs = begun([pause(), block("task", who=OWNER)], deals(cast, 5))
    come_due()
    claimed = jobs.claim("first")
    Job.objects.filter(pk=claimed[2].pk).update(owner="second")
    assert jobs._carry_out_together(claimed) == 4
    assert [bool(open_work(run)) for run in runs] == [True, True, False, True, True]
    assert Job.objects.get().owner == "second"


@pytest.mark.parametrize("first_waits", [True, False])
def test_of_two_at_once_one_hears_what_the_other_does(cast: Cast, *, first_waits: bool) -> None:
    (deal,) = deals(cast, 1)
    listening = [
        pause(),
        block("wait", **{"for": {"fact": "deal.moved"}}),
        block("task", "Heard", who=OWNER),
    ]
    speaking = [pause(), block("action", action="deal.move", arguments={"stage": following(deal).pk})]
    pairs = [(listening, "Listens"), (speaking, "Speaks")]
    for blocks, name in pairs if first_waits else reversed(pairs):
        begun(blocks, [deal], name)
    come_due()
    jobs.drain(batches=1)
    settle()
    heard = open_work(Run.objects.get(process__name="Listens"))
    assert heard == (["Heard"] if first_waits else [])


def test_an_action_that_fails_is_tried_again_in_its_own_run_only(cast: Cast) -> None:
    whose = deals(cast, 4)
    begun([pause(), block("task", "Go on", who=OWNER)], whose[:2], "Fine")
    fails = begun(
        [pause(), block("action", action="deal.assign", arguments={"owner": 0})], whose[2:3], "Fails"
    )
    begun([pause(), block("task", "Go on", who=OWNER)], whose[3:], "Fine too")
    come_due()
    jobs.drain()
    assert [job.run for job in Job.objects.filter(kind="retry")] == fails
    assert WorkItem.objects.filter(name="Go on", state="open").count() == 3
