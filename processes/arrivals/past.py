"""What ninety days taught about a process: how long its steps take in working time, and which ways runs go."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection

from foundation.working_time import Calendar, working_time_between
from processes.graph.model import Graph, Kind
from processes.models import Run

PERIOD = timedelta(days=90)
LATEST = 60  # times of a step whose middle is taken
ENOUGH = 3

TIMES = """
    SELECT wanted.node, step.at, step.seconds, step.note FROM unnest(%(nodes)s::text[]) AS wanted(node)
    CROSS JOIN LATERAL (SELECT at, seconds, note FROM processes_steplog
        WHERE process_id = %(process)s AND node = wanted.node AND at >= %(since)s AND what = 'done'
        ORDER BY at DESC LIMIT %(latest)s) AS step
"""
COUNTS = """
    SELECT node, count(*) FROM processes_steplog
    WHERE process_id = %(process)s AND at >= %(since)s AND what = 'done' GROUP BY node
"""


@dataclass(frozen=True)
class Past:
    """By node: `seconds` of working time it usually takes, how often it was `done`, its `outcomes`; `begun` runs."""

    seconds: Mapping[str, float] = field(default_factory=dict)
    done: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    begun: int = 0


def read_past(process: int, graph: Graph, calendar: Calendar, at: datetime) -> Past:
    """Three statements."""
    timed = [
        key
        for key, node in graph.nodes.items()
        if node.kind in (Kind.TASK, Kind.APPROVAL, Kind.WAIT, Kind.CALL)
    ]
    asked: dict[str, Any] = {"process": process, "since": at - PERIOD, "nodes": timed, "latest": LATEST}
    lasted: dict[str, list[float]] = {}
    outcomes: dict[str, Counter[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TIMES, asked)
        for node, ended, seconds, note in cursor.fetchall():
            if seconds is not None:
                lasted.setdefault(node, []).append(_working(ended, seconds, calendar))
            if note:
                outcomes.setdefault(node, Counter())[note] += 1
        cursor.execute(COUNTS, asked)
        done = dict(cursor.fetchall())
    begun = Run.objects.filter(process=process, started_at__gte=at - PERIOD).order_by().count()
    seconds = {node: median(each) for node, each in lasted.items() if len(each) >= ENOUGH}
    return Past(seconds, done, outcomes, begun)


def _working(ended: datetime, seconds: int, calendar: Calendar) -> float:
    return working_time_between(ended - timedelta(seconds=seconds), ended, calendar).duration.total_seconds()
