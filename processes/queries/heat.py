"""How a process goes: by node, how many came, how long they stayed, what was late or failed; from the history."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from processes.graph.model import Graph
from processes.mining.spread import suggested_deadline
from processes.mining.words import duration_text
from processes.models import Process, WorkItem
from processes.queries import words
from processes.queries.drawing import drawing_of
from processes.running.reading import graph_of
from processes.sentences import duration_words

PERIOD = timedelta(days=90)
ENOUGH = 10  # times, before a deadline is suggested
WARM, HOT = 0.25, 0.5  # shares of all the time

FIGURES = """
    SELECT node, count(*) FILTER (WHERE what = 'done'),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE what = 'done'),
        percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE what = 'done'),
        coalesce(sum(seconds) FILTER (WHERE what = 'done'), 0),
        count(*) FILTER (WHERE what = 'late'), count(*) FILTER (WHERE what = 'failed')
    FROM processes_steplog WHERE process_id = %s AND at >= %s AND at < %s GROUP BY node
"""


class Heat(NamedTuple):
    """A row of the table; durations in words."""

    title: str
    kind: str
    css: str
    done: int
    usual: str
    most: str
    share: int
    late: int
    failed: int
    waiting: int
    deadline: str


def page_of(process: Process, at: datetime) -> dict[str, Any]:
    """Three statements: the history of ninety days, what waits now, and the drawing once."""
    if process.current_id is None:
        return {"rows": [], "drawing": None}
    graph = graph_of(process.current_id)
    figures = _figures(process, at)
    waiting = _waiting(process)
    whole = sum(each[3] for each in figures.values()) or 1
    rows = [
        _row(graph, key, figures.get(key), waiting.get(key, 0), whole)
        for key in graph.nodes
        if graph.nodes[key].kind in words.SHOWN and (key in figures or key in waiting)
    ]
    marks = {key: (row.css, _why(row)) for key, row in rows}
    return {"rows": [row for _key, row in rows], "drawing": drawing_of(process.current_id, marks)}


def _figures(process: Process, at: datetime) -> dict[str, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [process.pk, at - PERIOD, at])
        return {node: tuple(rest) for node, *rest in cursor.fetchall()}


def _waiting(process: Process) -> dict[str, int]:
    """What waits for people now; at most so many are looked at."""
    open_work = WorkItem.objects.filter(run__process=process, state="open").order_by()[:10_000]
    counted: dict[str, int] = {}
    for node in open_work.values_list("node", flat=True):
        counted[node] = counted.get(node, 0) + 1
    return counted


def _row(
    graph: Graph, key: str, figures: tuple[Any, ...] | None, waiting: int, whole: float
) -> tuple[str, Heat]:
    node = graph.nodes[key]
    done, usual, most, total, late, failed = figures or (0, None, None, 0, 0, 0)
    share = float(total) / whole
    css = "is-hot" if share >= HOT else "is-warm" if share >= WARM else ""
    deadline = suggested_deadline(most) if done >= ENOUGH and node.data.get("who") else None
    return key, Heat(
        title=node.name or str(words.KIND_WORDS.get(node.kind, "")),
        kind=str(words.KIND_WORDS.get(node.kind, "")),
        css=css,
        done=done,
        usual=duration_text(usual) if usual is not None else "",
        most=duration_text(most) if most is not None else "",
        share=round(100 * share),
        late=late,
        failed=failed,
        waiting=waiting,
        deadline=duration_words({"amount": deadline.amount, "unit": deadline.unit}) if deadline else "",
    )


def _why(row: Heat) -> str:
    """What a shape says of itself when it is pointed at."""
    said = {"done": row.done, "usual": row.usual, "share": row.share}
    if not row.done:
        return _("nobody has been here lately")
    return _("done %(done)s times, usually in %(usual)s, %(share)s%% of all the time") % said
