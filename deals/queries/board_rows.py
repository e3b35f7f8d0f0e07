"""What the board reads: the first cards of every column and what the columns hold, in one statement.

Where few deals can be meant (a person's own, or a search), they are found once and numbered by column. Else every
column is walked by the board's index, and counted up to a cap where the kept totals do not answer.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, Func, Sum
from django.db.models.lookups import LessThanOrEqual

from deals.filters import DealFilter
from deals.models import Deal
from deals.models.deal import State
from deals.queries import sums
from deals.queries.sums import Worth
from foundation.statements import statement

FIELDS = (
    "pk", "title", "version", "state", "stage_id", "rank", "amount", "currency", "next_step", "next_step_on",
    "entered_stage_at", "last_touch_at", "next_meeting_at", "team_ids", "owner_id", "account__name", "owner__name",
)  # fmt: skip
FEW_PEOPLE = 9
FEW_DEALS = 5_000

# `seen` is materialized: else the planner reads all of the board's index to intersect it with the few deals.
FOUND_ONCE = """
    WITH seen AS MATERIALIZED ({seen}),
    placed AS (
        SELECT id, stage_id, row_number() OVER (PARTITION BY stage_id ORDER BY rank, id) AS place,
               count(*) OVER stage AS n, coalesce(sum(base_amount) OVER stage, 0) AS worth,
               coalesce(sum(base_amount) FILTER (WHERE probability IS NOT NULL) OVER stage, 0) AS own,
               coalesce(sum(base_amount * probability) OVER stage, 0) / 100 AS estimated
        FROM seen WHERE stage_id = ANY(%s) WINDOW stage AS (PARTITION BY stage_id))
    SELECT total.n, placed.stage_id, placed.n, placed.worth, placed.own, placed.estimated {cells}
    FROM (SELECT count(*) AS n FROM seen) AS total LEFT JOIN placed ON placed.place <= %s {cards}
"""
WALKED = """
    SELECT board.stage_id, {counted}, {kept}, estimated.own, estimated.likely {cells}
    FROM unnest(%s::bigint[]) AS board (stage_id) {joined} {cards}
"""
# By an index of the few deals that have an estimate of their own.
ESTIMATED = """
    CROSS JOIN LATERAL (SELECT coalesce(sum(base_amount), 0) AS own,
        coalesce(sum(base_amount * probability), 0) / 100 AS likely FROM ({rows}) AS few) AS estimated
"""
CARDS = "LEFT JOIN LATERAL ({rows}) AS card ON true"
KEPT = "LEFT JOIN ({totals}) AS kept ON kept.stage_id = board.stage_id"
COUNTED = """
    CROSS JOIN LATERAL (SELECT count(*) AS n, sum(base_amount) AS worth FROM ({rows}) AS capped) AS counted
"""


class Estimated(NamedTuple):
    """Worth of deals with an estimate of their own, and what they are worth by it."""

    own: Decimal = Decimal(0)
    likely: Decimal = Decimal(0)


@dataclass
class Found:
    """By stage: rows of cards, and how many deals and how much money stand there."""

    rows: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    worths: dict[int, Worth] = field(default_factory=lambda: defaultdict(Worth))
    estimated: dict[int, Estimated] = field(default_factory=lambda: defaultdict(Estimated))

    def weighted(self, stage_id: int, percent: float) -> Decimal:
        """What stands there by a percent, but what people estimated themselves by that."""
        own, likely = self.estimated[stage_id]
        return (self.worths[stage_id].base_amount - own) * Decimal(percent) / 100 + likely

    def add(self, stage_id: int, cells: list[Any]) -> None:
        if cells and cells[0] is not None:
            self.rows[stage_id].append(dict(zip(FIELDS, cells, strict=True)))


def first_rows(filterset: DealFilter, deals: Any, stages: list[Any], person: Any, most: int) -> Found:
    """Up to `most` rows a stage, none where only the worths are wanted."""
    if not stages:
        return Found()
    keys = [stage.pk for stage in stages]
    found = _found_once(deals, keys, most) if _are_few(filterset, person) else None
    return _walked(filterset, deals, keys, person, most) if found is None else found


def _are_few(filterset: DealFilter, person: Any) -> bool:
    said = filterset.said
    if "q" in said or said.get("mine") or said.get("with_me") or 0 < len(said.get("owner", [])) < FEW_PEOPLE:
        return True
    reach = person.reach("deals.view")
    return not reach.everybody and len(reach.people) < FEW_PEOPLE


def _found_once(deals: Any, keys: list[int], most: int) -> Found | None:
    """None where they are not few after all."""
    # Not said as the board's index has it, so that the planner does not enter that one.
    seen = deals.exclude(state__in=[State.WON, State.LOST]).order_by()
    seen = seen.values_list("id", "stage_id", "rank", "base_amount", "probability")[: FEW_DEALS + 1]
    seen_sql, seen_values = statement(seen)
    cells, cards, said = _cards(Deal.objects.filter(pk=_outer("placed.id")), most)
    sql = FOUND_ONCE.format(seen=seen_sql, cells=cells, cards=cards)
    rows = _run(sql, [*seen_values, keys, most or 1, *said])
    if rows[0][0] > FEW_DEALS:
        return None
    found = Found()
    for _total, stage_id, n, worth, own, likely, *row in rows:
        if stage_id is not None:
            found.worths[stage_id], found.estimated[stage_id] = Worth(n, worth), Estimated(own, likely)
            found.add(stage_id, row)
    return found


def _walked(filterset: DealFilter, deals: Any, keys: list[int], person: Any, most: int) -> Found:
    sql, values = walk(filterset, deals, keys, person, most)
    found = Found()
    for stage_id, counted, counted_worth, kept, kept_worth, own, likely, *cells in _run(sql, values):
        if stage_id not in found.worths:
            found.estimated[stage_id] = Estimated(own, likely)
            found.worths[stage_id] = _worth(counted, counted_worth, kept, kept_worth)
        found.add(stage_id, cells)
    return found


def walk(filterset: DealFilter, deals: Any, keys: list[int], person: Any, most: int) -> tuple[str, list[Any]]:
    """The statement that walks every column, and its values."""
    column = deals.open().filter(stage_id=_outer("board.stage_id"))
    is_counted = not sums.are_totals_exact(filterset, person)
    joined, values = "", [keys]
    if sums.is_about_totals(filterset):
        totals = sums.kept_totals(filterset, person).filter(stage__in=keys).order_by().values("stage_id")
        sql, said = statement(totals.annotate(n=Sum("deals"), worth=Sum("base_amount")))
        joined += KEPT.format(totals=sql)
        values += said
        kept = "kept.n, kept.worth"
    else:
        kept = "NULL, NULL"
    if is_counted:
        rows = column.order_by().values_list("base_amount")
        if kept != "NULL, NULL":  # not run at all where the kept totals say already that it would hit the cap
            rows = rows.filter(LessThanOrEqual(_outer("coalesce(kept.n, 0)"), sums.CAP))
        sql, said = statement(rows[: sums.CAP + 1])
        joined += COUNTED.format(rows=sql)
        values += said
    few = column.filter(probability__isnull=False).order_by().values_list("base_amount", "probability")
    sql, said = statement(few[: sums.CAP])
    joined += ESTIMATED.format(rows=sql)
    values += said
    counted = "counted.n, counted.worth" if is_counted else "NULL, NULL"
    cells, cards, said = _cards(column.order_by("rank", "pk")[:most], most)
    sql = WALKED.format(counted=counted, kept=kept, joined=joined, cells=cells, cards=cards)
    return sql, [*values, *said]


def _worth(counted: int | None, counted_worth: Any, kept: int | None, kept_worth: Any) -> Worth:
    """Past the cap, what the people in reach own is the best exact sum there is."""
    if counted is None or (kept is not None and (kept > sums.CAP or counted > sums.CAP)):
        return Worth(kept or 0, kept_worth or Decimal(0))
    return Worth(min(counted, sums.CAP), counted_worth or Decimal(0), counted <= sums.CAP)


def _cards(deals: Any, most: int) -> tuple[str, str, Any]:
    """What to select, whence, and its values; nothing where no cards are wanted."""
    if not most:
        return "", "", ()
    sql, values = statement(deals.values_list(*FIELDS))
    return ", card.*", CARDS.format(rows=sql), values


def _outer(column: str) -> Func:
    """A column of our own statement around a queryset's."""
    return Func(template=column, output_field=BigIntegerField())


def _run(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.strip(), values)
        return cursor.fetchall()
