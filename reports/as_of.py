"""The open deals as they stood at a past moment: by stage with their first cards, and a page of a list.

As the waterfall has it: in what stage, the stage events say, which keep the days of imported history; amount, owner
and expected close, the history of the row says, which begins where the deal was entered. So the sums are the ones a
waterfall ends or begins with at that moment.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

CARDS = 15
SIZE = 50

# The row's history just before the moment, else the oldest there is, else the deal as it is.
KNOWN = """
    JOIN LATERAL (
        SELECT title, owner_id, account_id, base_amount, amount, currency, expected_close_on, next_step, next_step_on
        FROM (
            (SELECT 0 AS place, title, owner_id, account_id, base_amount, amount, currency, expected_close_on,
                    next_step, next_step_on
             FROM deals_dealhistory WHERE pgh_obj_id = {key} AND pgh_created_at < %(at)s
             ORDER BY pgh_created_at DESC, pgh_id DESC LIMIT 1)
            UNION ALL
            (SELECT 1, title, owner_id, account_id, base_amount, amount, currency, expected_close_on,
                    next_step, next_step_on
             FROM deals_dealhistory WHERE pgh_obj_id = {key} AND pgh_created_at >= %(at)s
             ORDER BY pgh_created_at, pgh_id LIMIT 1)
            UNION ALL
            SELECT 2, deal.title, deal.owner_id, deal.account_id, deal.base_amount, deal.amount, deal.currency,
                   deal.expected_close_on, deal.next_step, deal.next_step_on
        ) AS all_known ORDER BY place LIMIT 1
    ) AS known ON true
"""
STOOD = """
    JOIN LATERAL (
        SELECT event.to_stage_id, event.at FROM deals_stageevent AS event
        WHERE event.deal_id = deal.id AND event.at < %(at)s ORDER BY event.at DESC, event.id DESC LIMIT 1
    ) AS stood ON stood.to_stage_id = ANY(%(stages)s)
"""
OURS = "(%(people)s::bigint[] IS NULL OR known.owner_id = ANY(%(people)s::bigint[]))"
# A deal closed for good before the moment was not open at it; any other may have been.
MAY_BE_OPEN = "deal.opened_at < %(at)s AND (deal.state = 'open' OR deal.closed_at >= %(at)s)"

# Deals nothing happened to since are read as they are; only the others are looked up in their history.
SUMS = """
    WITH touched AS MATERIALIZED (
        SELECT DISTINCT pgh_obj_id AS id FROM deals_dealhistory WHERE pgh_created_at >= %(at)s),
    found AS (
        SELECT known.id, known.stage_id, known.entered_stage_at AS entered_at, known.title, known.account_id,
               known.owner_id, coalesce(known.base_amount, 0) AS worth, known.amount, known.currency
        FROM deals_deal AS known
        WHERE known.state = 'open' AND known.entered_stage_at < %(at)s AND known.stage_id = ANY(%(stages)s)
          AND NOT EXISTS (SELECT 1 FROM touched WHERE touched.id = known.id) AND {ours}
        UNION ALL
        SELECT deal.id, stood.to_stage_id, stood.at, known.title, known.account_id, known.owner_id,
               coalesce(known.base_amount, 0), known.amount, known.currency
        FROM deals_deal AS deal LEFT JOIN touched ON touched.id = deal.id {stood} {known_of_touched}
        WHERE {may_be_open} AND {ours} AND (deal.entered_stage_at >= %(at)s OR touched.id IS NOT NULL)),
    placed AS (
        SELECT found.*, count(*) OVER stage AS n, sum(worth) OVER stage AS together,
               row_number() OVER (PARTITION BY stage_id ORDER BY worth DESC, id) AS place
        FROM found WINDOW stage AS (PARTITION BY stage_id))
    SELECT placed.stage_id, placed.n, placed.together, placed.id, placed.title, client.name AS client,
           owner.name AS owner, placed.amount, placed.currency, placed.entered_at
    FROM placed LEFT JOIN accounts_account AS client ON client.id = placed.account_id
    LEFT JOIN users_user AS owner ON owner.id = placed.owner_id
    WHERE placed.place <= %(most)s ORDER BY placed.stage_id, placed.place
"""
# Walks the deals from the latest opened; at most so many are open at the moment that the page fills soon.
PAGE = """
    SELECT deal.id, deal.opened_at, known.title, client.name AS client, stood.to_stage_id, owner.name AS owner,
           known.amount, known.currency, known.base_amount, known.expected_close_on, known.next_step, known.next_step_on
    FROM deals_deal AS deal {stood} {known}
    LEFT JOIN accounts_account AS client ON client.id = known.account_id
    LEFT JOIN users_user AS owner ON owner.id = known.owner_id
    WHERE {may_be_open} AND {ours}
      AND (%(opened)s::timestamptz IS NULL OR (deal.opened_at, deal.id) < (%(opened)s::timestamptz, %(pk)s))
    ORDER BY deal.opened_at DESC, deal.id DESC LIMIT %(most)s
"""
FIRST_KNOWN = """
    SELECT (SELECT pgh_created_at FROM deals_dealhistory ORDER BY pgh_id LIMIT 1),
           (SELECT opened_at FROM deals_deal ORDER BY opened_at, id LIMIT 1)
"""
PARTS = {
    "stood": STOOD,
    "known": KNOWN.format(key="deal.id"),
    "known_of_touched": KNOWN.format(key="touched.id"),
    "may_be_open": MAY_BE_OPEN,
    "ours": OURS,
}
# The words begin with SELECT, so that the history's context is not sent along.
ANSWER = "SELECT * FROM ({what}) AS answer"


@dataclass(frozen=True)
class AsOf:
    """Just before a moment, in these open stages; `people` None is everybody's and nobody's deals."""

    at: datetime
    stages: Sequence[int]
    people: Sequence[int] | None = None


class Card(NamedTuple):
    pk: int
    title: str
    client: str | None
    owner: str | None
    amount: Decimal | None
    currency: str
    entered_at: datetime


@dataclass
class Standing:
    """What stood in a stage: how many deals, worth how much in the company's currency, the weightiest of them."""

    deals: int = 0
    worth: Decimal = Decimal(0)
    cards: list[Card] = field(default_factory=list)


class Listed(NamedTuple):
    pk: int
    opened_at: datetime
    title: str
    client: str | None
    stage_id: int
    owner: str | None
    amount: Decimal | None
    currency: str
    base_amount: Decimal | None
    expected_close_on: date | None
    next_step: str
    next_step_on: date | None


def standing(asked: AsOf) -> dict[int, Standing]:
    """By stage. One statement."""
    found: dict[int, Standing] = defaultdict(Standing)
    for stage_id, deals, worth, *card in _run(SUMS, asked, most=CARDS):
        into = found[stage_id]
        into.deals, into.worth = deals, worth
        into.cards.append(Card(*card))
    return found


def listed(asked: AsOf, after: tuple[datetime, int] | None = None) -> tuple[list[Listed], bool]:
    """A page, the latest opened first, after a row; and whether there are more. One statement."""
    opened, pk = after or (None, None)
    rows = _run(PAGE, asked, most=SIZE + 1, opened=opened, pk=pk)
    return [Listed(*row) for row in rows[:SIZE]], len(rows) > SIZE


def first_known() -> tuple[datetime | None, datetime | None]:
    """Since when the rows' history is kept, and when the first deal there is was opened. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_KNOWN)
        history, opened = cursor.fetchone() or (None, None)
    return history, opened


def _run(what: str, asked: AsOf, **more: Any) -> list[tuple[Any, ...]]:
    people = None if asked.people is None else sorted(asked.people)
    said: dict[str, Any] = {"at": asked.at, "stages": list(asked.stages), "people": people}
    with connection.cursor() as cursor:
        cursor.execute(ANSWER.format(what=what.format(**PARTS)), said | more)
        return cursor.fetchall()
