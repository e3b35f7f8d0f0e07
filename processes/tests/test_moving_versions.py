"""Runs under way go to another version: what stays, what is asked, what is put back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deals.testing import make_deal
from foundation.errors import Forbidden, Refused
from processes import operations, working
from processes.engine.remap import CANCEL, LEAVE
from processes.models import Job, Process, Run, StepLog, Subscription, VersionMove, WorkItem
from processes.moving import batches
from processes.testing import block, make_process, open_work, pass_time_until
from processes.tests.conftest import HEAD, OWNER
from processes.tests.moving import move_all, publish_again
from users.models import User
from users.testing import Cast

Begun = Callable[..., Run]
WorkOf = Callable[[Run], WorkItem]
DAY = timedelta(days=1)


def days(number: int, **more: Any) -> dict[str, Any]:
    return {"amount": number, "unit": "days", **more}


def reasons(move: VersionMove) -> list[str]:
    return list(move.rows.order_by("pk").values_list("reason", flat=True))


def outcomes(move: VersionMove) -> list[str]:
    return list(move.rows.order_by("pk").values_list("outcome", flat=True))


@pytest.fixture
def measure() -> dict[str, Any]:
    return block("task", "Measure", who=OWNER, deadline=days(1))


@pytest.fixture
def process(cast: Cast, measure: dict[str, Any]) -> Process:
    return make_process([measure, block("task", "Dig", who=OWNER)], name="Drainage", by=cast.admin)


def test_a_run_goes_on_with_the_steps_of_the_new_version_and_keeps_its_work(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun, work_of: WorkOf
) -> None:
    run = begun(process)
    work = work_of(run)
    publish_again(process, [measure | {"name": "Measure twice"}, block("task", "Cut", who=OWNER)])
    move = move_all(process, cast.admin)
    assert (move.state, outcomes(move)) == ("done", ["moved"])
    run.refresh_from_db()
    kept = work_of(run)
    assert run.version_id == process.current_id
    assert (kept.pk, kept.name, kept.assignee, kept.due_at) == (
        work.pk,
        "Measure twice",
        cast.salesperson,
        work.due_at,
    )
    line = StepLog.objects.get(run_id=run.pk, what="moved")
    assert (line.note, line.actor_id) == ("1 → 2", cast.admin.pk)
    working.finish(kept, by=cast.salesperson, at=timezone.now())
    assert open_work(run) == ["Cut"]


def test_a_step_that_has_gone_leaves_its_runs_unless_somebody_says_where_they_go(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun
) -> None:
    run, cut = begun(process), block("task", "Cut", who=OWNER)
    publish_again(process, [cut])
    assert reasons(move_all(process, cast.admin)) == [
        "“Measure” has gone, and nothing was chosen in its place."
    ]
    assert reasons(move_all(process, cast.admin, choices={measure["id"]: LEAVE})) == [
        "“Measure”: left where they are, as was chosen."
    ]
    move = move_all(process, cast.admin, choices={measure["id"]: cut["id"]})
    assert outcomes(move) == ["moved"]
    assert open_work(run) == ["Cut"]
    assert WorkItem.objects.get(run=run).assignee == cast.salesperson


def test_work_that_goes_to_another_kind_of_step_is_withdrawn_and_begun_there(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun
) -> None:
    run, approval = begun(process), block("approval", "Approve", who=HEAD, declined=[], returned=[])
    publish_again(process, [approval])
    move_all(process, cast.admin, choices={measure["id"]: approval["id"]})
    assert open_work(run) == ["Approve"]
    assert not Job.objects.filter(run=run).exists()
    work = WorkItem.objects.get(run=run, state="open")
    working.finish(work, by=cast.head, at=timezone.now(), outcome="approved")
    run.refresh_from_db()
    assert (run.status, run.result) == ("ended", "done")


def test_runs_without_a_place_are_cancelled_where_that_was_chosen(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun
) -> None:
    run = begun(process)
    publish_again(process, [block("task", "Cut", who=OWNER)])
    move = move_all(process, cast.admin, choices={measure["id"]: CANCEL})
    run.refresh_from_db()
    assert (outcomes(move), run.status, open_work(run)) == (["cancelled"], "cancelled", [])


@pytest.mark.parametrize(("policy", "wanted"), [("keep", 1), ("entered", 3), ("now", 5)])
def test_a_deadline_stays_or_counts_from_when_it_was_entered_or_from_now(
    cast: Cast,
    process: Process,
    measure: dict[str, Any],
    begun: Begun,
    work_of: WorkOf,
    policy: str,
    wanted: int,
) -> None:
    run = begun(process)
    began = timezone.now() - 2 * DAY
    _set_back(run, 2 * DAY)
    publish_again(process, [measure | {"deadline": days(3, warn=[days(1)])}])
    move_all(process, cast.admin, times={measure["id"]: policy})
    due = work_of(run).due_at
    assert due is not None
    assert abs(due - (began + wanted * DAY)) < timedelta(minutes=1)
    late = Job.objects.get(run=run, kind="late")
    assert abs(late.due_at - due) < timedelta(seconds=1)
    # What would have been said in the past is not said any more.
    assert Job.objects.filter(run=run, kind="warn").count() == (policy == "now")


def test_who_was_told_that_a_deadline_passed_is_not_told_again_of_what_has_passed(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun
) -> None:
    run = begun(process)
    pass_time_until(timezone.now() + 2 * DAY)
    _set_back(run, 5 * DAY)
    publish_again(process, [measure | {"deadline": days(2, late=[{**days(1), "do": "remind"}])}])
    move_all(process, cast.admin, times={measure["id"]: "entered"})
    assert not Job.objects.filter(run=run).exists()
    assert StepLog.objects.filter(run_id=run.pk, what="late").count() == 1


def test_a_wait_is_counted_anew_and_ends_at_its_new_time(cast: Cast, begun: Begun) -> None:
    dry = block("wait", "Let it dry", **{"for": days(9)})
    process = make_process([dry, block("task", "Paint", who=OWNER)], by=cast.admin)
    run = begun(process)
    _set_back(run, 2 * DAY)
    publish_again(process, [dry | {"for": days(3)}, block("task", "Paint", who=OWNER)])
    move_all(process, cast.admin, times={dry["id"]: "entered"})
    assert not pass_time_until(timezone.now() + timedelta(hours=23))
    assert pass_time_until(timezone.now() + timedelta(hours=25)) == 1
    assert open_work(run) == ["Paint"]


def test_a_wait_for_a_condition_that_holds_already_goes_on_at_once(cast: Cast, begun: Begun) -> None:
    wait = block("wait", "Until it is big", **{"for": {"condition": ["deal.amount", "gte", "999999.00"]}})
    process = make_process([wait, block("task", "Paint", who=OWNER)], by=cast.admin)
    run = begun(process)
    assert Subscription.objects.filter(run=run).count() == 1
    changed = wait | {"for": {"condition": ["deal.amount", "gte", "1.00"]}}
    publish_again(process, [changed, block("task", "Paint", who=OWNER)])
    move_all(process, cast.admin, times={wait["id"]: "now"})
    assert (open_work(run), Subscription.objects.filter(run=run).count()) == (["Paint"], 0)


def test_who_has_the_work_changes_only_where_that_is_asked_for(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun, work_of: WorkOf
) -> None:
    run = begun(process)
    due = work_of(run).due_at
    publish_again(process, [measure | {"who": HEAD}])
    move_all(process, cast.admin)
    assert work_of(run).assignee == cast.salesperson
    publish_again(process, [measure | {"who": HEAD, "name": "Measure well"}])
    move_all(process, cast.admin, again=frozenset({measure["id"]}))
    assert (work_of(run).assignee, work_of(run).due_at) == (cast.head, due)
    assert WorkItem.objects.filter(run=run, state="withdrawn").count() == 1


def test_another_rule_asks_those_who_have_not_answered_and_never_nobody(cast: Cast, begun: Begun) -> None:
    approval = block("approval", "Approve", who=HEAD, declined=[], returned=[], rule={"need": "one"})
    process = make_process([approval], by=cast.admin)
    run = begun(process)
    publish_again(process, [approval | {"rule": {"need": "all"}, "who": OWNER}])
    assert outcomes(move_all(process, cast.admin)) == ["moved"]
    work = WorkItem.objects.get(run=run, state="open")
    assert work.assignee == cast.salesperson
    WorkItem.objects.filter(pk=work.pk).update(state="done", done_by=cast.salesperson, done_at=timezone.now())
    publish_again(process, [approval | {"rule": {"need": "order"}, "who": OWNER}])
    assert reasons(move_all(process, cast.admin)) == ["Everybody who would be asked has answered already."]


def test_a_join_remembers_who_has_come_over_ways_that_were_changed(cast: Cast, begun: Begun) -> None:
    left, right = block("task", "Left", who=OWNER), block("task", "Right", who=OWNER)
    both = block("together", "Both", need="all", branches=_branches([left], [right]))
    process = make_process([both, block("task", "After", who=OWNER)], by=cast.admin)
    run = begun(process)
    _finish(run, "Left", cast)
    longer = both | {"branches": _branches([left, block("task", "Left too", who=OWNER)], [right])}
    publish_again(process, [longer, block("task", "After", who=OWNER)])
    assert outcomes(move_all(process, cast.admin)) == ["moved"]
    assert open_work(run) == ["Right"]
    _finish(run, "Right", cast)
    assert open_work(run) == ["After"]


def test_a_join_that_wants_fewer_now_goes_on_at_once(cast: Cast, begun: Begun) -> None:
    left, right = block("task", "Left", who=OWNER), block("task", "Right", who=OWNER)
    both = block("together", "Both", need="all", branches=_branches([left], [right]))
    after = block("task", "After", who=OWNER)
    process = make_process([both, after], by=cast.admin)
    run = begun(process)
    _finish(run, "Left", cast)
    publish_again(process, [both | {"need": "first"}, after])
    move_all(process, cast.admin)
    assert open_work(run) == ["Right", "After"]
    _finish(run, "Right", cast)
    _finish(run, "After", cast)
    run.refresh_from_db()
    assert run.status == "ended"


def test_things_done_at_once_are_not_moved_where_a_way_has_come_or_gone(cast: Cast, begun: Begun) -> None:
    left, right = block("task", "Left", who=OWNER), block("task", "Right", who=OWNER)
    both = block("together", "Both", need="all", branches=_branches([left], [right]))
    process = make_process([both], by=cast.admin)
    run = begun(process)
    wider = _branches([left], [right], [block("task", "Middle", who=OWNER)])
    publish_again(process, [both | {"branches": wider}])
    assert reasons(move_all(process, cast.admin)) == [
        "At “Both” something is done at once that these runs have not begun."
    ]
    _finish(run, "Left", cast)
    publish_again(process, [block("task", "Alone", who=OWNER), right])
    move = move_all(process, cast.admin)
    assert outcomes(move) == ["left"]
    assert "“Both” has gone" in reasons(move)[0]


def test_inside_a_stage_that_has_gone_a_run_stays_and_says_so(cast: Cast, begun: Begun) -> None:
    inner = block("task", "Inner", who=OWNER)
    stage = block("stage", "First stage", blocks=[inner], deadline=days(2))
    process = make_process([stage], by=cast.admin)
    run = begun(process)
    publish_again(process, [inner])
    move = move_all(process, cast.admin)
    assert reasons(move) == ["“First stage” has gone, and nothing was chosen in its place."]
    move = move_all(process, cast.admin, choices={stage["id"]: inner["id"]})
    assert (outcomes(move), open_work(run), Job.objects.filter(run=run).count()) == (["moved"], ["Inner"], 0)


def test_within_a_repeat_the_rounds_still_to_come_are_of_the_new_version(cast: Cast, begun: Begun) -> None:
    inner = block("task", "Inner", who=OWNER)
    times = block("repeat", "Twice", times=2, blocks=[inner])
    process = make_process([times], by=cast.admin)
    run = begun(process)
    publish_again(process, [times | {"blocks": [inner, block("task", "More", who=OWNER)]}])
    move_all(process, cast.admin)
    for name in ("Inner", "More", "Inner", "More"):
        assert open_work(run) == [name]
        _finish(run, name, cast)
    run.refresh_from_db()
    assert run.status == "ended"


def test_what_is_undone_is_as_it_was_and_what_took_a_step_stays(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun, work_of: WorkOf
) -> None:
    still, gone_on = begun(process), _another(process, cast)
    before = _all_of(still)
    publish_again(
        process, [measure | {"name": "Twice", "deadline": days(5)}, block("task", "Cut", who=OWNER)]
    )
    move = move_all(process, cast.admin, times={measure["id"]: "now"}, again=frozenset({measure["id"]}))
    assert _all_of(still) != before
    _finish(gone_on, "Twice", cast)
    batches.undo(move, by=cast.admin, at=timezone.now())
    assert (move.state, sorted(outcomes(move))) == ("undone", ["kept", "undone"])
    assert _all_of(still) == before
    assert "It has taken a step since." in reasons(move)
    assert open_work(gone_on) == ["Cut"]
    _finish(still, "Measure", cast)
    assert open_work(still) == ["Dig"]
    with pytest.raises(Refused):
        batches.undo(move, by=cast.admin, at=timezone.now())


def test_what_it_did_at_once_is_not_taken_back(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun
) -> None:
    run = begun(process)
    act = block("action", "Plan it", action="task.plan", arguments={"title": "Ring them"})
    publish_again(process, [act, block("task", "Cut", who=OWNER)])
    move = move_all(process, cast.admin, choices={measure["id"]: act["id"]})
    assert open_work(run) == ["Cut"]
    batches.undo(move, by=cast.admin, at=timezone.now())
    assert outcomes(move) == ["kept"]
    assert "cannot be taken back" in reasons(move)[0]


def test_after_thirty_days_nothing_is_kept_and_nothing_undone(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun
) -> None:
    begun(process)
    publish_again(process, [measure])
    move = move_all(process, cast.admin)
    assert batches.forget(timezone.now()) == 0
    assert batches.forget(timezone.now() + 31 * DAY) == 1
    with pytest.raises(Refused, match="thirty days"):
        batches.undo(move, by=cast.admin, at=timezone.now() + 31 * DAY)


def test_only_runs_one_may_put_right_are_moved(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun
) -> None:
    theirs = begun(process)
    stranger = operations.start(
        process, make_deal("Elsewhere", owner=cast.outsider).pk, by=cast.outsider, at=timezone.now()
    )
    publish_again(process, [measure])
    head = User.objects.with_policy().get(pk=cast.head.pk)
    move = move_all(process, head)
    assert list(move.rows.values_list("run", flat=True)) == [theirs.pk]
    assert stranger.pk not in move.rows.values_list("run", flat=True)
    with pytest.raises(Forbidden):
        move_all(process, User.objects.with_policy().get(pk=cast.salesperson.pk))


def test_a_choice_that_is_not_there_and_a_second_move_at_once_are_refused(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun
) -> None:
    begun(process)
    publish_again(process, [measure])
    for wrong in ({"choices": {measure["id"]: "nowhere"}}, {"times": {measure["id"]: "never"}}):
        with pytest.raises(Refused):
            move_all(process, cast.admin, **wrong)
    VersionMove.objects.create(
        process=process, to_id=process.current_id, sources=[], by=cast.admin, begun_at=timezone.now()
    )
    with pytest.raises(Refused, match="just now"):
        move_all(process, cast.admin)


def test_what_changed_meanwhile_is_left_with_the_reason(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 0)
    run = begun(process)
    publish_again(process, [measure])
    move = move_all(process, cast.admin)
    assert outcomes(move) == ["waiting"]
    _finish(run, "Measure", cast)
    batches.carry_on_all()
    assert reasons(move) == ["“Dig” has gone, and nothing was chosen in its place."]


def test_a_killed_worker_leaves_its_run_whole_and_another_goes_on_there(
    cast: Cast, process: Process, measure: dict[str, Any], begun: Begun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 0)
    runs = [begun(process), _another(process, cast), _another(process, cast)]
    publish_again(process, [measure | {"name": "Twice"}])
    move = move_all(process, cast.admin)
    real, calls = batches.carrying.carry_out, []

    def dies_at_the_second(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        result = real(*arguments, **named)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(batches.carrying, "carry_out", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        batches.carry_on_all()
    assert outcomes(move) == ["moved", "waiting", "waiting"]
    batches.carry_on_all()
    move.refresh_from_db()
    assert (move.state, outcomes(move)) == ("done", ["moved"] * 3)
    for run in runs:
        assert open_work(run) == ["Twice"]
        assert StepLog.objects.filter(run_id=run.pk, what="moved").count() == 1


def _branches(*rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": f"way-{number}", "name": "", "blocks": row} for number, row in enumerate(rows)]


def _another(process: Process, cast: Cast) -> Run:
    deal = make_deal("Another", owner=cast.salesperson)
    return operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())


def _finish(run: Run, name: str, cast: Cast) -> None:
    work = WorkItem.objects.get(run=run, state="open", name=name)
    working.finish(work, by=work.assignee or cast.salesperson, at=timezone.now())


def _set_back(run: Run, time: timedelta) -> None:
    """As though it had come where it stands so much earlier."""
    run.refresh_from_db()
    now = timezone.now()
    run.state["since"] = {key: (now - time).isoformat() for key in run.state["since"]}
    run.save(update_fields=["state"])
    for job in Job.objects.filter(run=run):
        Job.objects.filter(pk=job.pk).update(due_at=job.due_at - time)
    for work in WorkItem.objects.filter(run=run, due_at__isnull=False):
        WorkItem.objects.filter(pk=work.pk).update(due_at=(work.due_at or now) - time)


def _all_of(run: Run) -> list[Any]:
    run.refresh_from_db()
    jobs = Job.objects.filter(run=run).order_by("kind", "due_at")
    work = WorkItem.objects.filter(run=run, state="open").order_by("pk")
    return [
        run.version_id,
        run.state,
        list(jobs.values_list("token", "kind", "data", "due_at")),
        list(work.values_list("pk", "node", "name", "assignee", "due_at")),
    ]
