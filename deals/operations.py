"""Stories across deals: a place in a column, a drop on the board, and taking a move back."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from deals.models import Deal, Stage, StageKind
from foundation.errors import Refused

GAP = 1.0
CROWDED = 1e-4
# How many cards are spread anew when two neighbours have no room between them: a few first, all at last.
SPREADS = (50, 1_000, None)

SPREAD = """
    WITH below AS (
        SELECT id, row_number() OVER (ORDER BY rank, id) AS place
        FROM deals_deal WHERE state = 'open' AND stage_id = %(stage)s AND (rank, id) > (%(rank)s, %(pk)s)
        ORDER BY rank, id LIMIT %(limit)s)
    UPDATE deals_deal SET rank = %(rank)s + %(step)s * (below.place + 1)
    FROM below WHERE below.id = deals_deal.id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filling:
    """What a person fills in so that a deal may enter a stage; `changes` are plain fields of the deal."""

    changes: dict[str, Any] = field(default_factory=dict)
    contact: Any = None
    role: str = "decides"
    product: Any = None
    quantity: Decimal = Decimal(1)
    next_step: str = ""
    next_step_on: date | None = None


def drop(
    deal: Deal,
    stage: Stage,
    *,
    rank: float | None,
    version: int | None,
    by: Any,
    at: datetime,
    override: str = "",
) -> None:
    """A card let go over a column: moves, or wins where the column is won. Losing needs a reason: use lose().

    A stage of another pipeline takes the deal over there.
    """
    if stage.kind == StageKind.WON:
        deal._refuse_other_pipeline(stage)
        deal.win(by=by, at=at, version=version, override=override)
    else:
        go = deal.move if stage.pipeline_id == deal.pipeline_id else deal.transfer
        go(stage, by=by, at=at, version=version, rank=rank, override=override)


def fill_and_drop(
    deal: Deal,
    stage: Stage,
    filling: Filling,
    *,
    rank: float | None,
    version: int | None,
    by: Any,
    at: datetime,
    override: str = "",
) -> None:
    """Fill in what the stage asks for and go there, or do neither."""
    with transaction.atomic():
        deal._locked_alone(version)
        if filling.changes:
            deal.change(filling.changes, by=by, at=at)
        if filling.contact is not None:
            deal.add_contact(filling.contact, filling.role, by=by, at=at)
        if filling.product is not None:
            deal.add_line(filling.product, filling.quantity, by=by, at=at)
        if filling.next_step or filling.next_step_on:
            deal.plan_next_step(filling.next_step, filling.next_step_on, by=by, at=at)
        drop(deal, stage, rank=rank, version=None, by=by, at=at, override=override)


def rank_at_top(stage: Stage, *, at: datetime) -> float:
    """Above every card of the column."""
    first = _cards(stage).values_list("rank", flat=True).first()
    return -at.timestamp() if first is None else min(-at.timestamp(), first - GAP)


def rank_at_bottom(stage: Stage, *, at: datetime) -> float:
    last = _cards(stage).reverse().values_list("rank", flat=True).first()
    return -at.timestamp() if last is None else last + GAP


def rank_below(card: Deal, moved: Deal) -> float:
    """Between a card and the one under it; spreads what lies below when the two have no room between them."""
    for limit in SPREADS:
        following = _cards(card.stage).exclude(pk=moved.pk)
        after = following.filter(rank__gte=card.rank).exclude(rank=card.rank, pk__lte=card.pk)
        rank = after.values_list("rank", flat=True).first()
        if rank is None:
            return card.rank + GAP
        middle = (card.rank + rank) / 2
        if card.rank < middle < rank:
            return middle
        _spread(card, limit)
    return card.rank


def take_back(deal: Deal, *, version: int, rank: float | None, by: Any, at: datetime) -> None:
    """Undo the last step through the pipeline: back to where the deal stood before it, at its old place."""
    last = deal.stage_events.select_related("from_stage__pipeline").latest("at", "pk")
    before = last.from_stage
    if before is None or not before.is_open:
        raise Refused(_("There is no move to take back."))
    if deal.is_open:
        go = deal.move if before.pipeline_id == deal.pipeline_id else deal.transfer
        go(before, by=by, at=at, version=version, rank=rank, is_undo=True)
    else:
        deal.reopen(by=by, at=at, stage=before, version=version)


def _cards(stage: Stage) -> Any:
    return Deal.objects.open().filter(stage=stage).order_by("rank", "pk")


def _spread(card: Deal, limit: int | None) -> None:
    """Give the next cards room: up to the one after them, or one apart where the column ends.

    Does nothing where that stretch is as crowded itself; the caller then tries a longer one.
    """
    below = _cards(card.stage).filter(rank__gte=card.rank).exclude(rank=card.rank, pk__lte=card.pk)
    end = None if limit is None else below.values_list("rank", flat=True)[limit : limit + 1].first()
    step = GAP if end is None or limit is None else (end - card.rank) / (limit + 2)
    if step < CROWDED:
        return
    values = {"stage": card.stage_id, "rank": card.rank, "pk": card.pk, "step": step, "limit": limit}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SPREAD, values)
