"""What people really did, against how the process is drawn: by step, by person, and the ways runs really took."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

from processes.graph.model import Graph, Kind, Node
from processes.mining.words import duration_text, share_text, way_text
from processes.models import Process, Run
from processes.queries import words
from processes.queries.process_list import runs_page
from processes.running import times
from processes.running.reading import graph_of
from users.models import User

PERIODS = {30: _("30 days"), 90: _("90 days"), 365: _("A year")}
USUAL_PERIOD = 90
LOOKED_AT, RUNS_LOOKED_AT = 5_000, 2_000  # of each step its latest times; of the process its latest runs
MIDNIGHT = time()
BULK = 5  # within a minute, by one person
MOST_WAYS, MOST_PEOPLE = 10, 100

# Every time a step was done or was late, marked by what is worth a look.
MARKED = """
    WITH lines AS (
        SELECT log.* FROM unnest(%(nodes)s::text[]) AS asked (node)
        CROSS JOIN LATERAL (
            SELECT id, run_id, node, at, what, note, seconds, event_id, actor_id, actor_name,
                (at AT TIME ZONE %(zone)s) AS clock
            FROM processes_steplog
            WHERE process_id = %(process)s AND node = asked.node AND at > %(since)s AND what IN ('done', 'late')
            ORDER BY at DESC LIMIT %(most)s) AS log
    ), marked AS (
        SELECT lines.run_id, lines.node, lines.actor_id, lines.actor_name, lines.note, lines.seconds,
            lines.what = 'late' AS late, lines.what = 'done' AND repaired.id IS NULL AS done,
            repaired.id IS NOT NULL AS skipped,
            lines.what = 'done' AND row_number() OVER (
                PARTITION BY lines.run_id, lines.node, lines.what ORDER BY lines.at, lines.id) > 1 AS again,
            lines.what = 'done' AND lines.actor_id <> %(robot)s AND count(*) OVER (
                PARTITION BY lines.actor_id, lines.what ORDER BY lines.at
                RANGE BETWEEN '30 seconds' PRECEDING AND '30 seconds' FOLLOWING) >= %(bulk)s AS bulk,
            lines.what = 'done' AND (lines.clock::date = ANY(%(holidays)s) OR NOT EXISTS (
                SELECT FROM unnest(%(days)s::int[], %(opens)s::time[], %(closes)s::time[])
                    AS hours (day, opens, shuts)
                WHERE hours.day = extract(isodow FROM lines.clock) AND lines.clock::time >= hours.opens
                    AND (lines.clock::time < hours.shuts OR hours.shuts = '00:00')
            )) AS outside,
            lines.what = 'done' AND EXISTS (
                SELECT FROM processes_workitem AS work
                WHERE work.run_id = lines.run_id AND work.node = lines.node AND work.done_at = lines.at
                    AND work.instead_of_id IS NOT NULL) AS instead
        FROM lines
        LEFT JOIN foundation_event AS repaired
            ON repaired.id = lines.event_id AND repaired.at = lines.at AND repaired.name = 'process.repaired'
            AND lines.what = 'done' AND repaired.payload->>'how' = 'skip'
    )
"""
COUNTED = """
    SELECT node, actor_id, max(actor_name), count(*) FILTER (WHERE done), count(*) FILTER (WHERE skipped),
        count(*) FILTER (WHERE again), count(*) FILTER (WHERE bulk), count(*) FILTER (WHERE outside),
        count(*) FILTER (WHERE instead), count(*) FILTER (WHERE late),
        count(*) FILTER (WHERE done AND note = 'approved'), count(*) FILTER (WHERE done AND note = 'declined'),
        count(*) FILTER (WHERE done AND note = 'returned'),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE done)
    FROM marked GROUP BY GROUPING SETS ((node), (actor_id))
"""
# Whichever the columns of COUNTED after the name are called; those that open their runs.
MARKS = ("done", "skipped", "again", "bulk", "outside", "instead", "late")
OUTCOMES = ("approved", "declined", "returned")
WAYS = """
    WITH ways AS (
        SELECT run.id, extract(epoch FROM run.ended_at - run.started_at) AS lasted, way.*
        FROM (SELECT id, started_at, ended_at FROM processes_run
            WHERE process_id = %(process)s AND status = 'ended' AND started_at > %(since)s
            ORDER BY started_at DESC, id DESC LIMIT %(runs)s) AS run
        CROSS JOIN LATERAL (
            SELECT array_agg(node ORDER BY at, log.id) AS nodes, max(seconds) AS longest,
                (array_agg(node ORDER BY seconds DESC NULLS LAST))[1] AS slowest
            FROM processes_steplog AS log
            WHERE run_id = run.id AND at >= run.started_at AND at <= run.ended_at AND what = 'done'
                AND node = ANY(%(shown)s)) AS way
        WHERE way.nodes IS NOT NULL
    )
"""
COMMONEST = """
    SELECT nodes, md5(array_to_string(nodes, ',')), count(*), sum(count(*)) OVER (),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY lasted),
        mode() WITHIN GROUP (ORDER BY slowest), percentile_cont(0.5) WITHIN GROUP (ORDER BY longest)
    FROM ways GROUP BY nodes ORDER BY count(*) DESC, nodes LIMIT %(ways)s
"""
LATEST = "ORDER BY run_id DESC LIMIT 2000"
ON_THIS_WAY = """
    SELECT id AS run_id FROM ways WHERE md5(array_to_string(nodes, ',')) = %(way)s ORDER BY id DESC LIMIT 2000
"""


class Figure(NamedTuple):
    """A number of the table; `query` opens its runs, and is empty where there is nothing to open."""

    n: int
    query: str
    label: str = ""


class Row(NamedTuple):
    """Of a step, or of a person. `side`: of a step with a deadline, whose it is. `outcomes`: of an approval."""

    title: str
    figures: list[Figure]
    usual: str
    side: str
    outcomes: str


class Way(NamedTuple):
    """A way through the process. `slowest`: the step that most often took the longest of all, and how long."""

    text: str
    runs: Figure
    share: str
    usual: str
    slowest: str
    longest: str


class Conformance:
    """Of one process over some days; three statements."""

    def __init__(self, process: Process, days: int, now: datetime) -> None:
        self.process, self.days = process, days if days in PERIODS else USUAL_PERIOD
        self.graph: Graph | None = graph_of(process.current_id) if process.current_id else None
        nodes = self.graph.nodes if self.graph else {}
        self.people_do = {key: node for key, node in nodes.items() if node.kind in (Kind.TASK, Kind.APPROVAL)}
        shown = [key for key, node in nodes.items() if node.kind in words.SHOWN - {Kind.SCOPE, Kind.EACH}]
        self.asked = {
            "process": process.pk,
            "nodes": list(self.people_do),
            "shown": shown,
            "since": now - timedelta(days=self.days),
            "most": LOOKED_AT,
            "runs": RUNS_LOOKED_AT,
            "ways": MOST_WAYS,
            "bulk": BULK,
            "robot": User.objects.robot().pk,
            **_hours(),
        }

    def page(self, person: Any) -> dict[str, Any]:
        """People only within the reach of whoever asks."""
        reach = person.reach("processes.repair")
        counted = self._fetched(MARKED + COUNTED) if self.people_do else []
        by_step = {row[0]: row for row in counted if row[0] is not None}
        by_person = [
            row for row in counted
            if row[0] is None and row[1] not in (None, self.asked["robot"]) and reach.covers_person(row[1])
        ]  # fmt: skip
        by_person.sort(key=lambda row: (-row[3], row[2]))
        return {
            "process": self.process,
            "days": self.days,
            "periods": PERIODS.items(),
            "steps": [
                self._step(node, by_step[key]) for key, node in self.people_do.items() if key in by_step
            ],
            "people": [self._person(row) for row in by_person[:MOST_PEOPLE]],
            "ways": self._ways(),
            "looked_at": LOOKED_AT,
        }

    def _fetched(self, statement: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.asked)
            return cursor.fetchall()

    def _step(self, node: Node, row: Any) -> Row:
        deadline = node.data.get("deadline") or {}
        side = str(words.SIDES[deadline.get("side") or "us"]) if deadline else ""
        shares = [
            f"{words.outcome_text(outcome)} {share_text(n / row[3])}"
            for outcome, n in zip(OUTCOMES, row[10:13], strict=True)
            if n and row[3]
        ]
        figures = self._figures(row, f"node={node.key}")
        return Row(words.step_title(node), figures, _usual(row), side, ", ".join(shares))

    def _person(self, row: Any) -> Row:
        return Row(row[2], self._figures(row, f"person={row[1]}")[:-1], _usual(row), "", "")

    def _figures(self, row: Any, whose: str) -> list[Figure]:
        return [
            Figure(n, f"days={self.days}&what={mark}&{whose}" if n else "", str(LABELS[mark]))
            for mark, n in zip(MARKS, row[3:10], strict=True)
        ]

    def _ways(self) -> list[Way]:
        if self.graph is None:
            return []
        titles = {key: words.step_title(node) for key, node in self.graph.nodes.items()}
        return [
            Way(
                way_text(tuple(titles.get(key, "?") for key in nodes)),
                Figure(n, f"days={self.days}&what=way&way={mark}"),
                share_text(n / float(whole)),
                duration_text(float(lasted)),
                titles.get(slowest, ""),
                duration_text(float(longest)) if longest is not None else "",
            )
            for nodes, mark, n, whole, lasted, slowest, longest in self._fetched(WAYS + COMMONEST)
        ]

    # --- the runs behind a figure

    def runs(self, person: Any, said: Any) -> Any:
        """Those of a figure that the person sees; all of the process where it is not understood."""
        return Run.objects.visible_to(person).filter(process=self.process, pk__in=self._keys(said))

    def _keys(self, said: Any) -> list[int]:
        """The latest of them. One statement."""
        what, node, who = said.get("what", ""), said.get("node", ""), _number(said.get("person", ""))
        self.asked |= {
            "way": said.get("way", "").replace("\x00", ""),
            "node": node.replace("\x00", ""),
            "person": who,
        }
        if what == "way":
            return [pk for (pk,) in self._fetched(WAYS + ON_THIS_WAY)]
        if what not in MARKS or not self.people_do:
            return []
        narrowed = " AND node = %(node)s" if node else ""
        narrowed += " AND actor_id = %(person)s" if who else ""
        found = f"{MARKED} SELECT DISTINCT run_id FROM marked WHERE {what}{narrowed} {LATEST}"  # noqa: S608 - our own words
        return [pk for (pk,) in self._fetched(found)]

    def runs_page(self, person: Any, said: Any, now: datetime) -> Any:
        return runs_page(self.runs(person, said), said.get("cursor"), now)

    def words_of(self, said: Any) -> str:
        """Which figure it was, for the heading."""
        node = self.people_do.get(said.get("node", ""))
        name = (
            User.objects.filter(pk=_number(said.get("person", "")) or 0)
            .values_list("name", flat=True)
            .first()
        )
        label = str(LABELS.get(said.get("what", ""), ""))
        return ": ".join(text for text in (words.step_title(node) if node else name or "", label) if text)


LABELS = {
    "done": _("Done"), "skipped": _("Skipped by repair"), "again": _("Done again"), "bulk": _("In bulk"),
    "outside": _("Out of hours"), "instead": _("By a substitute"), "late": _("Deadline missed"), "way": _("This way"),
}  # fmt: skip


def _usual(row: Any) -> str:
    return duration_text(float(row[13])) if row[13] is not None else ""


def _hours() -> dict[str, Any]:
    """The company's hours by day of the week, from the first to the last: lunch is no night; and its days off."""
    calendar = times.calendar_for(None)()
    days, opens, closes = [], [], []
    for day, intervals in enumerate(calendar.weekly, 1):
        if intervals:
            days.append(day)
            opens.append(min(begins for begins, _ends in intervals))
            closes.append(
                max((ends for _begins, ends in intervals), key=lambda ends: (ends == MIDNIGHT, ends))
            )
    off = [day for day, special in calendar.exceptions.items() if not special.intervals]
    return {"zone": calendar.time_zone, "days": days, "opens": opens, "closes": closes, "holidays": off}


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


def table(rows: Collection[Row]) -> list[list[Any]]:
    """The steps as lines of a file."""
    head = [
        str(_("Step")),
        *(str(LABELS[mark]) for mark in MARKS),
        str(_("Usually")),
        str(_("Side")),
        str(_("Outcomes")),
    ]
    return [
        head,
        *([row.title, *(each.n for each in row.figures), row.usual, row.side, row.outcomes] for row in rows),
    ]
