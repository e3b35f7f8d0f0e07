"""How a process goes: by node, how many came, how long they stayed, what was late or failed; from the history."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from processes.graph.model import Graph, Kind
from processes.mining.spread import Deadline, suggested_deadline
from processes.mining.words import duration_text
from processes.models import Process, WorkItem
from processes.queries import words
from processes.queries.conformance import PERIODS, USUAL_PERIOD
from processes.queries.drawing import drawing_of
from processes.running.reading import graph_of
from processes.sentences import duration_words
from users.models import User

ENOUGH = 10  # times, before a deadline is suggested
WARM, HOT = 0.25, 0.5  # shares of all the time
LOOKED_AT = 5_000  # of each step, its latest times
MOST_PEOPLE = 20

# By step, and by step and person. However long the history, at most so many lines of each step are looked at.
FIGURES = """
    WITH lines AS (
        SELECT log.node, log.what, log.seconds, log.at, log.actor_id, log.actor_name,
            CASE WHEN log.what = 'done' AND lag(log.what) OVER run = 'taken'
                THEN log.seconds - lag(log.seconds) OVER run END AS in_hand
        FROM unnest(%(nodes)s::text[]) AS asked (node)
        CROSS JOIN LATERAL (
            SELECT id, run_id, node, what, seconds, at, actor_id, actor_name FROM processes_steplog
            WHERE process_id = %(process)s AND node = asked.node AND at >= %(since)s AND at < %(until)s
            ORDER BY at DESC LIMIT %(most)s) AS log
        WINDOW run AS (PARTITION BY log.node, log.run_id ORDER BY log.at, log.id)
    )
    SELECT node, actor_id, max(actor_name), count(*), min(at), count(*) FILTER (WHERE what = 'done') AS done,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE what = 'done'),
        percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE what = 'done'),
        coalesce(sum(seconds) FILTER (WHERE what = 'done'), 0),
        count(*) FILTER (WHERE what = 'late'), count(*) FILTER (WHERE what = 'failed'),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE what = 'taken'),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY in_hand)
    FROM lines GROUP BY GROUPING SETS ((node), (node, actor_id)) ORDER BY grouping(actor_id) DESC
"""


class Figures(NamedTuple):
    """Of a step, or of a person at it. `total`: the seconds of the whole period, reckoned from those looked at.

    `taken`: until somebody of the role took it; `in_hand`: from then on. None where no role's work was taken.
    """

    name: str
    done: int
    is_cut: bool
    usual: float | None
    most: float | None
    total: float
    late: int
    failed: int
    taken: float | None
    in_hand: float | None


NOTHING = Figures("", 0, False, None, None, 0.0, 0, 0, None, None)


class Heat(NamedTuple):
    """A row of the table; durations in words. `key`: the step, where its suggested deadline may go into the draft."""

    step: str
    title: str
    kind: str
    css: str
    done: int
    more: str
    usual: str
    most: str
    taken: str
    in_hand: str
    share: int
    side: str
    late: int
    failed: int
    waiting: int
    deadline: str
    key: str


class Person(NamedTuple):
    name: str
    step: str
    done: int
    usual: str
    share: int


def page_of(process: Process, at: datetime, person: Any, days: int = USUAL_PERIOD) -> dict[str, Any]:
    """Three statements: the history of so many days, what waits now, and the drawing once; people for heads only."""
    days = days if days in PERIODS else USUAL_PERIOD
    about = {"days": days, "periods": PERIODS.items()}
    if process.current_id is None:
        return {"rows": [], "drawing": None, **about}
    graph = graph_of(process.current_id)
    steps, people = _figures(process, graph, at, days)
    waiting = _waiting(process)
    whole = sum(each.total for each in steps.values()) or 1
    may_write = person.may("processes.design")
    rows = [
        (key, _row(graph, key, steps.get(key, NOTHING), waiting.get(key, 0), whole, may_write=may_write))
        for key in graph.nodes
        if graph.nodes[key].kind in words.SHOWN and (key in steps or key in waiting)
    ]
    marks = {key: (row.css, _why(row)) for key, row in rows}
    return about | {
        "rows": [row for _key, row in rows],
        "drawing": drawing_of(process.current_id, marks),
        "sides": _sides(graph, steps, whole),
        "people": _people(graph, people, whole, person),
        "is_taken": any(row.taken for _key, row in rows),
    }


def suggestion(process: Process, node: str, at: datetime, days: int) -> Deadline | None:
    """What nine of ten would keep at a step; None where too few say so, or nobody does it."""
    if process.current_id is None:
        return None
    graph = graph_of(process.current_id)
    steps, _people = _figures(process, graph, at, days if days in PERIODS else USUAL_PERIOD)
    return _deadline(graph, node, steps.get(node, NOTHING)) if node in graph.nodes else None


def _figures(
    process: Process, graph: Graph, at: datetime, days: int
) -> tuple[dict[str, Figures], dict[tuple[str, int], Figures]]:
    since = at - timedelta(days=days)
    nodes = [key for key, node in graph.nodes.items() if node.kind in words.SHOWN]
    asked: dict[str, Any] = {
        "nodes": nodes,
        "process": process.pk,
        "since": since,
        "until": at,
        "most": LOOKED_AT,
    }
    steps: dict[str, Figures] = {}
    scales: dict[str, float] = {}
    people: dict[tuple[str, int], Figures] = {}
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, asked)
        for node, actor, name, n, oldest, done, usual, most, total, *rest in cursor.fetchall():
            if node not in scales:  # the step itself comes before its people
                is_cut = n >= LOOKED_AT
                seen = max((at - oldest).total_seconds(), 1.0)
                scales[node] = days * 86_400 / seen if is_cut else 1.0
                steps[node] = Figures("", done, is_cut, usual, most, float(total) * scales[node], *rest)
            elif actor is not None and done:
                people[node, actor] = Figures(
                    name, done, False, usual, most, float(total) * scales[node], *rest
                )
    return steps, people


def _sides(graph: Graph, steps: Mapping[str, Figures], whole: float) -> str:
    """On whose side people's time lies."""
    clients = ours = 0.0
    for key, each in steps.items():
        node = graph.nodes[key]
        if node.kind in (Kind.TASK, Kind.APPROVAL):
            is_clients = (node.data.get("deadline") or {}).get("side") == "client"
            clients, ours = clients + each.total * is_clients, ours + each.total * (not is_clients)
    if not clients + ours:
        return ""
    said = {"us": round(100 * ours / whole), "client": round(100 * clients / whole)}
    return _("Of all the time, %(us)s%% lies on our side and %(client)s%% on the client's.") % said


def _people(
    graph: Graph, people: Mapping[tuple[str, int], Figures], whole: float, asking: Any
) -> list[Person]:
    """Whose steps take the most of the time, of the people within reach; for whoever may repair runs."""
    reach, robot = asking.reach("processes.repair"), User.objects.robot().pk
    human = {key for key, node in graph.nodes.items() if node.kind in (Kind.TASK, Kind.APPROVAL)}
    found = [
        (each.total, _person(node, each, graph, whole))
        for (node, actor), each in people.items()
        if node in human and actor != robot and reach.covers_person(actor)
    ]
    return [row for _total, row in sorted(found, key=lambda pair: -pair[0])[:MOST_PEOPLE]]


def _person(node: str, found: Figures, graph: Graph, whole: float) -> Person:
    share = round(100 * found.total / whole)
    return Person(found.name, words.step_title(graph.nodes[node]), found.done, _duration(found.usual), share)


def _duration(seconds: float | None) -> str:
    return duration_text(float(seconds)) if seconds is not None else ""


def _waiting(process: Process) -> dict[str, int]:
    """What waits for people now; at most so many are looked at."""
    open_work = WorkItem.objects.filter(run__process=process, state="open").order_by()[:10_000]
    counted: dict[str, int] = {}
    for node in open_work.values_list("node", flat=True):
        counted[node] = counted.get(node, 0) + 1
    return counted


def _row(graph: Graph, key: str, found: Figures, waiting: int, whole: float, *, may_write: bool) -> Heat:
    node = graph.nodes[key]
    share = found.total / whole
    deadline = _deadline(graph, key, found)
    has_side = node.kind in (Kind.TASK, Kind.APPROVAL) and node.data.get("deadline")
    return Heat(
        step=key,
        title=node.name or str(words.KIND_WORDS.get(node.kind, "")),
        kind=str(words.KIND_WORDS.get(node.kind, "")),
        css="is-hot" if share >= HOT else "is-warm" if share >= WARM else "",
        done=found.done,
        more="+" if found.is_cut else "",
        usual=_duration(found.usual),
        most=_duration(found.most),
        taken=_duration(found.taken),
        in_hand=_duration(found.in_hand),
        share=round(100 * share),
        side=str(words.SIDES[node.data["deadline"].get("side") or "us"]) if has_side else "",
        late=found.late,
        failed=found.failed,
        waiting=waiting,
        deadline=duration_words({"amount": deadline.amount, "unit": deadline.unit}) if deadline else "",
        key=key if deadline and may_write else "",
    )


def _deadline(graph: Graph, key: str, found: Figures) -> Deadline | None:
    is_known = found.done >= ENOUGH and graph.nodes[key].data.get("who") and found.most is not None
    return suggested_deadline(float(found.most or 0)) if is_known else None


def _why(row: Heat) -> str:
    """What a shape says of itself when it is pointed at."""
    said = {"done": row.done, "usual": row.usual, "share": row.share}
    if not row.done:
        return _("nobody has been here lately")
    return _("done %(done)s times, usually in %(usual)s, %(share)s%% of all the time") % said
