"""From the open deals of one moment to those of another: what came, what went, and what changed its worth.

Each deal is looked at twice: at both moments, as it stood then. In what stage, its stage events say, which keep the
days of imported history; its amount, owner and expected close, the history of its row says, which begins where the
deal was entered. The flows are taken from the two looks, so that start, flows and end agree to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

COMING, GOING, WORTH = (
    ("created", "reopened", "pulled_in", "taken_over", "moved_in"),
    ("won", "lost", "pushed_out", "given_away", "moved_out"),
    ("up", "down"),
)
FLOWS = (*COMING, *WORTH, *GOING)

# How deals stood just before a moment. Who entered their stage before it stood there; others are looked up. Nothing is
# looked up of deals whose rows have no history since: they were as they are. The oldest there is counts as older.
STOOD = """
    {name}_at AS (
        SELECT DISTINCT ON (event.deal_id) event.deal_id AS id, event.to_stage_id AS stage_id, event.at
        FROM candidates deal JOIN deals_stageevent event ON event.deal_id = deal.id
        WHERE deal.opened_at < %({at})s AND deal.entered_stage_at >= %({at})s AND event.at < %({at})s
        ORDER BY event.deal_id, event.at DESC, event.id DESC),
    {name}_known AS (
        SELECT DISTINCT ON (known.pgh_obj_id) known.pgh_obj_id AS id, known.base_amount, known.expected_close_on,
               known.owner_id
        FROM touched JOIN deals_dealhistory known ON known.pgh_obj_id = touched.id WHERE touched.latest >= %({at})s
        ORDER BY known.pgh_obj_id, known.pgh_created_at < %({at})s DESC,
                 CASE WHEN known.pgh_created_at < %({at})s THEN known.pgh_created_at END DESC,
                 CASE WHEN known.pgh_created_at < %({at})s THEN known.pgh_id END DESC,
                 known.pgh_created_at, known.pgh_id),
    {name} AS (
        SELECT deal.id, stage.kind, stage.pipeline_id = ANY(%(pipelines)s) AS is_here, stood.at,
               coalesce(known.base_amount, 0) AS worth,
               %(people)s::bigint[] IS NULL OR coalesce(known.owner_id = ANY(%(people)s::bigint[]), false) AS is_ours,
               coalesce((%(close_first)s::date IS NULL OR known.expected_close_on >= %(close_first)s)
                   AND (%(close_last)s::date IS NULL OR known.expected_close_on <= %(close_last)s), false) AS is_due
        FROM (
            SELECT deal.id, deal.stage_id, deal.entered_stage_at AS at FROM candidates deal
            WHERE deal.entered_stage_at < %({at})s UNION ALL SELECT id, stage_id, at FROM {name}_at) stood
        JOIN deals_stage stage ON stage.id = stood.stage_id JOIN candidates deal ON deal.id = stood.id
        LEFT JOIN {name}_known looked_up ON looked_up.id = stood.id
        CROSS JOIN LATERAL (SELECT
            CASE WHEN looked_up.id IS NULL THEN deal.base_amount ELSE looked_up.base_amount END AS base_amount,
            CASE WHEN looked_up.id IS NULL THEN deal.owner_id ELSE looked_up.owner_id END AS owner_id,
            CASE WHEN looked_up.id IS NULL THEN deal.expected_close_on ELSE looked_up.expected_close_on
            END AS expected_close_on) known),
"""
# Only deals that anything happened to since the first moment are looked at twice; of the others only open ones count.
LOOKS = """
    WITH touched AS MATERIALIZED (
        SELECT pgh_obj_id AS id, max(pgh_created_at) AS latest FROM deals_dealhistory
        WHERE pgh_created_at >= %(first)s GROUP BY pgh_obj_id),
    still AS (
        SELECT deal.id, coalesce(deal.base_amount, 0) AS worth FROM deals_deal deal
        WHERE deal.pipeline_id = ANY(%(pipelines)s) AND deal.state = 'open' AND deal.entered_stage_at < %(first)s
          AND NOT EXISTS (SELECT 1 FROM touched WHERE touched.id = deal.id)
          AND (%(people)s::bigint[] IS NULL OR deal.owner_id = ANY(%(people)s::bigint[]))
          AND (%(close_first)s::date IS NULL OR deal.expected_close_on >= %(close_first)s)
          AND (%(close_last)s::date IS NULL OR deal.expected_close_on <= %(close_last)s)),
    candidates AS MATERIALIZED (
        SELECT deal.id, deal.stage_id, deal.entered_stage_at, deal.opened_at, deal.base_amount,
               deal.expected_close_on, deal.owner_id, touched.latest
        FROM deals_deal deal LEFT JOIN touched ON touched.id = deal.id
        WHERE (deal.entered_stage_at >= %(first)s OR touched.id IS NOT NULL)
          AND (deal.pipeline_id = ANY(%(pipelines)s) OR EXISTS (
                   SELECT FROM deals_stageevent event
                   WHERE event.deal_id = deal.id AND event.pipeline_id = ANY(%(pipelines)s)))),
    {before} {after}
    looked AS (
        SELECT deal.id, before.kind AS kind_before, after.kind AS kind_after,
               before.worth AS worth_before, after.worth AS worth_after, before.is_ours AS was_ours,
               before.is_here AS was_here, after.is_here,
               coalesce(before.kind = 'open' AND before.is_here AND before.is_ours AND before.is_due, false) AS was_in,
               coalesce(after.kind = 'open' AND after.is_here AND after.is_ours AND after.is_due, false) AS is_in,
               coalesce(after.kind <> 'open' AND after.is_here AND after.is_ours AND after.is_due
                        AND after.at >= %(first)s, false) AS closed_here,
               after.is_ours
        FROM candidates deal LEFT JOIN before ON before.id = deal.id LEFT JOIN after ON after.id = deal.id),
    flows AS (
        SELECT looked.id, flow.kind, flow.worth FROM looked
        CROSS JOIN LATERAL (VALUES
            (CASE WHEN kind_before IS NULL THEN 'created' WHEN kind_before <> 'open' THEN 'reopened'
                  WHEN NOT was_here THEN 'moved_in' WHEN NOT was_ours THEN 'taken_over' ELSE 'pulled_in' END,
             NOT was_in AND (is_in OR closed_here), worth_after),
            (CASE WHEN worth_after > worth_before THEN 'up' ELSE 'down' END,
             was_in AND worth_after <> worth_before, worth_after - worth_before),
            (CASE WHEN NOT is_here THEN 'moved_out' WHEN NOT is_ours THEN 'given_away'
                  WHEN kind_after = 'open' THEN 'pushed_out' ELSE kind_after END,
             (was_in AND NOT is_in) OR (NOT was_in AND closed_here), -worth_after)
        ) AS flow (kind, holds, worth) WHERE flow.holds)
"""
SUMS = """
    SELECT 'start', count(*), sum(worth_before) FROM looked WHERE was_in
    UNION ALL SELECT 'still', count(*), sum(worth) FROM still
    UNION ALL SELECT 'end', count(*), sum(worth_after) FROM looked WHERE is_in
    UNION ALL SELECT kind, count(*), sum(worth) FROM flows GROUP BY kind
"""
BEHIND = """
    SELECT deal.id, deal.title, client.name, deal.owner_id, looked.worth_before, looked.worth_after, flows.worth
    FROM flows JOIN looked ON looked.id = flows.id JOIN deals_deal deal ON deal.id = flows.id
    LEFT JOIN accounts_account client ON client.id = deal.account_id
    WHERE flows.kind = %(flow)s ORDER BY abs(flows.worth) DESC, deal.id LIMIT %(most)s
"""

# The words begin with SELECT, so that the history's context is not sent along.
ANSWER = "SELECT * FROM ({looks} {what}) AS answer"


@dataclass(frozen=True)
class Asked:
    """Between two moments; `people` None is everybody; `close`: only deals expected to close in these days."""

    first: datetime
    last: datetime
    pipelines: Sequence[int]
    people: Sequence[int] | None = None
    close: tuple[date | None, date | None] = (None, None)


@dataclass(frozen=True)
class Flow:
    """How many deals, and by how much they changed what stands open: negative for what went."""

    deals: int = 0
    worth: Decimal = Decimal(0)

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(self.deals + other.deals, self.worth + other.worth)


@dataclass(frozen=True)
class Waterfall:
    start: Flow
    flows: dict[str, Flow]
    end: Flow


def waterfall(asked: Asked) -> Waterfall:
    """In the company's currency. One statement."""
    found = {kind: Flow(deals, worth or Decimal(0)) for kind, deals, worth in _run(SUMS, asked)}
    still = found["still"]
    return Waterfall(
        start=found["start"] + still,
        flows={kind: found.get(kind, Flow()) for kind in FLOWS},
        end=found["end"] + still,
    )


def deals_behind(asked: Asked, flow: str, most: int) -> list[tuple[Any, ...]]:
    """(key, title, client, owner's key, worth then, worth now, flow), the weightiest first. One statement."""
    return _run(BEHIND, asked, flow=flow, most=most)


def _run(what: str, asked: Asked, **more: Any) -> list[tuple[Any, ...]]:
    looks = LOOKS.format(
        before=STOOD.format(name="before", at="first"), after=STOOD.format(name="after", at="last")
    )
    said: dict[str, Any] = {
        "first": asked.first,
        "last": asked.last,
        "pipelines": list(asked.pipelines),
        "people": None if asked.people is None else sorted(asked.people),
        "close_first": asked.close[0],
        "close_last": asked.close[1],
    }
    with connection.cursor() as cursor:
        cursor.execute(ANSWER.format(looks=looks, what=what), said | more)
        return cursor.fetchall()
