"""What of the processes themselves is dead weight: steps ticked off or never reached, fields nobody reads, processes
past their review, without runs, or with troubles nobody looks at."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Min
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.automation import all_fields
from foundation.clock import company_day
from processes.graph.model import Graph, Kind
from processes.models import Incident, Process
from processes.queries import words

LATELY = timedelta(days=90)
SETTLED = timedelta(days=30)  # a version younger than this is not said to have steps nobody reaches
FORGOTTEN = timedelta(days=7)
MOST = 300
STAMPS, FAST = 20, 10  # times, seconds
SKIPS, BEGUN = 5, 20
LOOKED_AT = 200  # of a step, its latest times

STEPS = """
    SELECT asked.process, asked.node,
        count(log.at) FILTER (WHERE log.what = 'done' AND repaired.id IS NULL),
        percentile_cont(0.9) WITHIN GROUP (ORDER BY log.seconds)
            FILTER (WHERE log.what = 'done' AND repaired.id IS NULL),
        count(log.at) FILTER (WHERE repaired.id IS NOT NULL OR log.what = 'left')
    FROM unnest(%s::bigint[], %s::text[]) AS asked (process, node)
    LEFT JOIN LATERAL (
        SELECT at, what, seconds, event_id FROM processes_steplog
        WHERE process_id = asked.process AND node = asked.node AND at > %s AND what IN ('done', 'left')
        ORDER BY at DESC LIMIT %s) AS log ON true
    LEFT JOIN foundation_event AS repaired
        ON repaired.id = log.event_id AND repaired.at = log.at AND repaired.name = 'process.repaired'
        AND repaired.payload->>'how' = 'skip'
    GROUP BY asked.process, asked.node
"""
BEGUN_LATELY = """
    SELECT process.id, (SELECT count(*) FROM (
        SELECT FROM processes_run WHERE process_id = process.id AND started_at > %s LIMIT 1000) AS begun)
    FROM processes_process AS process WHERE process.id = ANY(%s)
"""
WORD = re.compile(r"[\w.:-]+")


class Weight(NamedTuple):
    """A row of a list: of which process, what of it, and why it is dead weight."""

    process: Process
    url: str
    what: str
    why: str


def published(**only: Any) -> list[Process]:
    """With what each carries out. One statement."""
    found = Process.objects.filter(current__isnull=False, **only).exclude(status="off")
    return list(
        found.select_related("current", "owner")
        .defer("outline", "graph", "drawing", "current__outline", "current__drawing")
        .order_by("name", "pk")[:MOST]
    )


# --- steps


def steps(processes: list[Process], now: datetime) -> list[Weight]:
    """People's steps that say nothing any more. Two statements."""
    nodes = {
        (process.pk, node.key): (process, node)
        for process in processes
        for node in Graph.from_json(process.current.graph).nodes.values()  # type: ignore[union-attr]
        if node.kind in (Kind.TASK, Kind.APPROVAL)
    }
    begun = begun_lately([each.pk for each in processes], now)
    with connection.cursor() as cursor:
        keys = [list(each) for each in zip(*nodes, strict=True)] or [[], []]
        cursor.execute(STEPS, [*keys, now - LATELY, LOOKED_AT])
        rows = {(process, node): rest for process, node, *rest in cursor.fetchall()}
    found = []
    for key, (process, node) in nodes.items():
        why = _step_why(process, begun.get(process.pk, 0), *rows[key], now=now)
        if why:
            found.append(Weight(process, process.get_absolute_url(), words.step_title(node), why))
    return found


def _step_why(
    process: Process, begun: int, done: int, p90: float | None, skipped: int, *, now: datetime
) -> str:
    if done >= STAMPS and p90 is not None and p90 < FAST:
        return _("Done %(n)d times lately, nine of ten within %(seconds)d seconds: nobody reads it.") % {
            "n": done, "seconds": max(1, round(p90)),
        }  # fmt: skip
    if not done and skipped >= SKIPS:
        return _("Reached %(n)d times in ninety days, and skipped or dropped every time.") % {"n": skipped}
    is_settled = process.current is not None and process.current.published_at < now - SETTLED
    if not done and not skipped and begun >= BEGUN and is_settled:
        said = {"n": begun}
        return _("Never reached in ninety days, in which the process began %(n)d times.") % said
    return ""


def begun_lately(keys: list[int], now: datetime) -> dict[int, int]:
    """How often each began in ninety days, counted to a thousand."""
    with connection.cursor() as cursor:
        cursor.execute(BEGUN_LATELY, [now - LATELY, keys])
        return dict(cursor.fetchall())


# --- fields


def fields(processes: list[Process]) -> list[Weight]:
    """Own fields that forms ask for and nothing reads: no condition, text or argument of any process names them."""
    known = set(all_fields())
    graphs = [(each, Graph.from_json(each.current.graph)) for each in processes]  # type: ignore[union-attr]
    read = {
        word for process, graph in graphs for text in _texts(graph, process) for word in WORD.findall(text)
    }
    found = []
    for process, graph in graphs:
        for node in graph.nodes.values():
            for each in node.data.get("fields") or ():
                name = each.get("name", "")
                if name and name not in known and not {name, f"{node.key}.{name}"} & read:
                    label = each.get("label") or name
                    why = _("Filled in at “%(step)s”, and no condition, text or action reads it.")
                    said = why % {"step": words.step_title(node)}
                    found.append(Weight(process, process.get_absolute_url(), label, said))
    return found


def _texts(graph: Graph, process: Process) -> Iterator[str]:
    """Every text in which a field may be named: all that is said of steps but what their forms ask for."""
    for node in graph.nodes.values():
        yield from _strings([value for name, value in node.data.items() if name != "fields"])
    yield from _strings([flow.when for flow in graph.flows])
    yield from _strings(process.current.starts)  # type: ignore[union-attr]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, Iterable):
        for each in value:
            yield from _strings(each)


# --- processes


def processes(found: list[Process], now: datetime) -> list[Weight]:
    """Past their review, without a run, or with troubles that stand open. Two statements."""
    today, begun = company_day(now), begun_lately([each.pk for each in found], now)
    open_troubles = Incident.objects.filter(
        solved_at=None, first_at__lt=now - FORGOTTEN, run__process__in=found
    )
    counts = open_troubles.order_by().values("run__process").annotate(n=Count("pk"), first=Min("first_at"))
    troubled: dict[int, Any] = {row["run__process"]: row for row in counts}
    rows = []
    for each in found:
        whys = list(_process_whys(each, begun.get(each.pk, 0), troubled.get(each.pk), today, now))
        if whys:
            rows.append(Weight(each, each.get_absolute_url(), each.name, " ".join(whys)))
    return rows


def _process_whys(
    process: Process, begun: int, troubled: dict[str, Any] | None, today: Any, now: datetime
) -> Iterator[str]:
    if process.review_on and process.review_on <= today:
        yield _("It was to be looked at again on %(day)s.") % {"day": formats.date_format(process.review_on)}
    is_old = process.current is not None and process.current.published_at < now - LATELY
    is_kept = process.review_on is not None and process.review_on > today
    if not begun and is_old and not is_kept:
        yield _("It has not begun in ninety days.")
    if troubled:
        text = ngettext(
            "%(n)d trouble stands open, the oldest for %(time)s.",
            "%(n)d troubles stand open, the oldest for %(time)s.",
            troubled["n"],
        )
        yield text % {"n": troubled["n"], "time": words.lasted(now - troubled["first"])}


def design_url(process: Process) -> str:
    return reverse("processes:design", args=[process.pk])
