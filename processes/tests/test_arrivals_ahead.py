"""The likely way ahead, against arithmetic on the nested blocks themselves; and the rules one by one."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.working_time import Calendar
from processes.arrivals.ahead import LEAST, Known, in_words, look_ahead, usual_of
from processes.arrivals.past import Past
from processes.arrivals.ways import likely_flow
from processes.engine import advance as engine
from processes.engine.state import State
from processes.graph.model import Graph, Kind, Node
from processes.graph.outline import to_graph
from processes.testing import block

ALWAYS = Calendar("", "UTC", (((time(0), time(0)),),) * 7)
HOURS = ((time(9), time(13)), (time(14), time(18)))
WEEK = Calendar("", "UTC", (HOURS, HOURS, HOURS, HOURS, HOURS, (), ()))
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
WHO = {"kind": "owner"}
FAR = timedelta(days=400)


def ahead(graph: Graph, past: Past, calendar: Calendar = ALWAYS, *, until: timedelta = FAR) -> list[Any]:
    state, _orders = engine.advance(graph, State(), engine.Start())
    known = Known(past, calendar, {}, {})
    return look_ahead(graph, state, known, MONDAY, MONDAY + until)


def task(**said: Any) -> dict[str, Any]:
    return block("task", who=WHO, **said)


# --- the oracle: what a row of blocks takes and brings, by recursion over the blocks


@st.composite
def tasks(draw: st.DrawFn) -> dict[str, Any]:
    made = task(hours=draw(st.integers(1, 400)))
    if draw(st.booleans()):
        made["deadline"] = {"amount": draw(st.integers(1, 9)), "unit": "days"}
    made["knows"] = draw(st.booleans())
    return made


def together(rows: Any) -> Any:
    branch = st.builds(lambda blocks: {"id": block("x")["id"], "name": "", "blocks": blocks}, rows)
    return st.builds(
        lambda branches: block("together", branches=branches, need="all"),
        st.lists(branch, min_size=2, max_size=3),
    )


def choice(rows: Any) -> Any:
    return st.builds(
        lambda first, one, other, last, n, m: block(
            "choice",
            branches=[{"id": block("x")["id"], "name": "", "when": {"all": []}, "blocks": [first | {"done": n}, *one]}],
            **{"else": [last | {"done": m}, *other]},
        ),
        tasks(), rows, rows, tasks(), st.integers(1, 60), st.integers(1, 60),
    )  # fmt: skip


rows = st.recursive(
    st.lists(tasks(), min_size=1, max_size=3),
    lambda inner: st.lists(st.one_of(tasks(), together(inner), choice(inner)), min_size=1, max_size=3),
    max_leaves=8,
)


def every(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for each in blocks:
        found += [each] if each["kind"] == "task" else []
        for branch in [*each.get("branches", ()), {"blocks": each.get("else", [])}]:
            found += every(branch["blocks"])
    return found


def lasts(each: dict[str, Any]) -> timedelta:
    if each["knows"]:
        return timedelta(hours=each["hours"])
    return timedelta(days=each["deadline"]["amount"] if "deadline" in each else 1)


def gone(
    blocks: list[dict[str, Any]], at: datetime, share: float, found: list[Any]
) -> tuple[datetime, float] | None:
    """When a row is over and how likely, or None where it is not followed to its end; what comes goes to `found`."""
    for each in blocks:
        if each["kind"] == "task":
            found.append((each["id"], at, round(share, 6)))
            at += lasts(each)
        elif each["kind"] == "together":
            ends = [gone(branch["blocks"], at, share, found) for branch in each["branches"]]
            if None in ends:
                return None
            at, share = max(end for end in ends if end is not None)
        else:
            (one,), other = each["branches"], each["else"]
            counts = [one["blocks"][0]["done"], other[0]["done"]]
            best = 0 if counts[0] >= counts[1] else 1
            share *= counts[best] / sum(counts)
            if share < LEAST:
                return None
            end = gone((one["blocks"], other)[best], at, share, found)
            if end is None:
                return None
            at, share = end
    return at, share


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(rows)
def test_what_comes_and_when_is_what_the_nested_blocks_add_up_to(blocks: list[dict[str, Any]]) -> None:
    everything = every(blocks)
    past = Past(
        {each["id"]: each["hours"] * 3600 for each in everything if each["knows"]},
        {each["id"]: each["done"] for each in everything if "done" in each},
    )
    expected: list[Any] = []
    gone(blocks, MONDAY, 1.0, expected)
    graph = to_graph({"blocks": [*blocks, task(hours=1, knows=False)]})
    found = [(each.node, each.at, each.share) for each in ahead(graph, past)]
    here = {token.node for token in engine.advance(graph, State(), engine.Start())[0].tokens.values()}
    left = {key for key, at, _share in expected if at == MONDAY and key in here}
    wanted = {(key, at) for key, at, _share in expected if key not in left}
    assert wanted <= {(node, at) for node, at, _share in found}
    assert all(share >= LEAST for _node, _at, share in found)
    extra = {node for node, _at, _share in found} - {key for key, _at, _share in expected}
    assert len(extra) <= 1  # the task after them all


def test_a_task_comes_after_the_usual_working_time_of_what_is_before_it() -> None:
    first, second = task(name="Prepare"), task(name="Send")
    graph = to_graph({"blocks": [first, second]})
    (found,) = ahead(graph, Past({first["id"]: 36 * 3600}), WEEK)  # four and a half days of eight hours
    assert found.at == datetime(2026, 11, 27, 13, tzinfo=UTC)
    assert (found.after, found.usual.basis) == (first["id"], "history")
    assert found.usual.duration == {"amount": 4, "unit": "working_days"}


def test_without_history_the_deadline_counts_and_without_that_a_working_day() -> None:
    assert usual_of(Node("a", Kind.TASK), Past()).duration == {"amount": 1, "unit": "working_days"}
    timed = Node("a", Kind.TASK, data={"deadline": {"amount": 3, "unit": "working_days", "side": "us"}})
    assert usual_of(timed, Past()) == ({"amount": 3, "unit": "working_days"}, "deadline", None)
    assert usual_of(timed, Past({"a": 3600.0})).basis == "history"
    assert in_words(100) == {"amount": 1, "unit": "working_hours"}
    assert in_words(8 * 3600) == {"amount": 1, "unit": "working_days"}


def test_a_plain_wait_ends_when_it_says_whatever_history_says() -> None:
    wait, last = block("wait", **{"for": {"amount": 2, "unit": "working_days"}}), task()
    graph = to_graph({"blocks": [wait, last]})
    (found,) = ahead(graph, Past({wait["id"]: 1.0}), WEEK)
    assert (found.node, found.at.date().isoformat()) == (last["id"], "2026-11-25")


def test_what_is_late_is_expected_now_and_a_timer_ends_when_it_is_due() -> None:
    first, second = task(), task()
    graph = to_graph({"blocks": [first, second]})
    state, _orders = engine.advance(graph, State(), engine.Start())
    (token,) = state.tokens
    late = Known(Past(), WEEK, {token: MONDAY - timedelta(days=30)}, {})
    assert look_ahead(graph, state, late, MONDAY, MONDAY + FAR)[0].at == MONDAY
    due = Known(Past(), WEEK, {}, {token: MONDAY + timedelta(hours=3)})
    assert look_ahead(graph, state, due, MONDAY, MONDAY + FAR)[0].at == MONDAY + timedelta(hours=3)


def test_what_is_declined_more_often_than_not_is_not_followed_as_approved() -> None:
    approval, after = block("approval", who=WHO, declined=[], returned=[]), task()
    graph = to_graph({"blocks": [approval, after]})
    assert [each.node for each in ahead(graph, Past())] == [after["id"]]
    declined = Past(outcomes={approval["id"]: {"approved": 3, "declined": 7}})
    assert ahead(graph, declined) == []
    (found,) = ahead(graph, Past(outcomes={approval["id"]: {"approved": 3, "declined": 1}}))
    assert found.share == 0.75


def test_a_way_without_steps_of_its_own_took_the_rest() -> None:
    before, only, after = task(), task(), task()
    branch = {"id": block("x")["id"], "name": "", "when": {"all": []}, "blocks": [only]}
    ask = block("choice", branches=[branch], **{"else": []})
    graph = to_graph({"blocks": [before, ask, after]})
    past = Past(done={before["id"]: 10, only["id"]: 2, after["id"]: 9})
    flow, share = likely_flow(graph, graph.nodes[ask["id"]], past)
    assert graph.flow(flow).target == after["id"]
    assert share == 0.8


def test_nothing_is_looked_for_beyond_the_horizon_and_a_loop_comes_to_an_end() -> None:
    one, other = task(), task()
    graph = to_graph({"blocks": [one, block("repeat", blocks=[other], times=500)]})
    assert len(ahead(graph, Past(), until=timedelta(days=5))) == 5
    assert len(ahead(graph, Past(), until=FAR)) < 400
