"""The board: a few cards of every column, and the heads above them, each in one statement."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from deals.filters import DealFilter
from deals.models import Deal, StageKind
from deals.queries import words
from deals.queries.board_rows import FIELDS, Found, first_rows
from deals.queries.likelihood import StageWeight, stage_weight
from deals.queries.quiet import QuietRule

CARDS = 15


@dataclass(frozen=True)
class Card:
    """A deal as the board shows it; every cell is text, ready to be written down."""

    pk: int
    key: str
    css: str
    stage: str
    version: str
    title: str
    url: str
    move_url: str
    client: str
    amount: str
    owner: str
    initials: str
    step: str
    step_css: str
    step_icon: str
    age: str
    age_css: str
    quiet: str
    others: str


@dataclass(frozen=True)
class Head:
    """What stands above a column: count, sum, and the sum weighted as the pipeline says; `weighted_by` in words."""

    stage: Any
    list_url: str
    count: str
    worth: str
    weighted: str
    weighted_by: str = ""
    is_learnt: bool = False


@dataclass(frozen=True)
class Column:
    head: Head
    cards: list[Card] = field(default_factory=list)
    more_url: str = ""

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The cards by name, which a template reads three times as fast as attributes."""
        return [vars(card) for card in self.cards]


@dataclass(frozen=True)
class Board:
    columns: list[Column]
    won: Any
    lost: Any


class CardMaker:
    """Turns rows into cards; what is the same for all of them is looked up once."""

    def __init__(self, person: Any, now: datetime) -> None:
        self.now, self.today = now, timezone.localdate(now)
        self.reach = person.reach("deals.move")
        self.root = reverse("deals:list")
        self.initials = cache(words.initials)
        self.rule = QuietRule(now)

    def card(self, row: dict[str, Any], stage: Any) -> Card:
        step = words.step_mark(row["state"], row["next_step"], row["next_step_on"], self.today)
        age = words.stage_age(row["entered_stage_at"], stage.norm_days, self.now)
        may_move = row["state"] == "open" and self.reach.covers(row["team_ids"])
        quiet = self.rule.text(row, stage.quiet_after)
        url = f"{self.root}{row['pk']}/"
        owner, others = row["owner__name"] or "", len({*row["team_ids"]} - {row["owner_id"]})
        return Card(
            pk=row["pk"],
            key=str(row["pk"]),
            css="board-card is-quiet" if quiet else "board-card",
            stage=str(row["stage_id"]),
            version=str(row["version"]),
            title=row["title"],
            url=url,
            move_url=f"{url}move/" if may_move else "",
            client=row["account__name"] or "",
            amount=words.amount_text(row["amount"], row["currency"]) or "—",
            owner=owner,
            initials=self.initials(owner),
            step=step.text,
            step_css=f"step step-{step.state}" if step.state != "none" else "step",
            step_icon=f"ti ti-{step.icon}",
            age=age.text,
            age_css="quiet is-over" if age.is_over else "quiet",
            quiet=quiet,
            others=f"+{others}" if others else "",
        )


def board(filterset: DealFilter, deals: Any, stages: list[Any], person: Any, now: datetime) -> Board:
    """Columns of the open stages of a pipeline: one statement."""
    open_stages = [stage for stage in stages if stage.kind == StageKind.OPEN]
    found = first_rows(filterset, deals, open_stages, person, CARDS + 1)
    maker = CardMaker(person, now)
    columns = [
        column(head, sorted(found.rows[head.stage.pk], key=_place), maker, filterset)
        for head in _heads(filterset, open_stages, found, stages[0].pipeline if stages else None)
    ]
    closing = {stage.kind: stage for stage in reversed(stages) if stage.kind != StageKind.OPEN}
    return Board(columns, closing.get(StageKind.WON), closing.get(StageKind.LOST))


def column(head: Head, rows: list[dict[str, Any]], maker: CardMaker, filterset: DealFilter) -> Column:
    """Cards of the rows, of which there may be one too many, and where the next ones are."""
    shown = [maker.card(row, head.stage) for row in rows[:CARDS]]
    if len(rows) <= CARDS:
        return Column(head, shown)
    query = _query(filterset, after=f"{rows[CARDS - 1]['rank']!r}:{rows[CARDS - 1]['pk']}")
    return Column(head, shown, f"{reverse('deals:more', args=[head.stage.pk])}?{query}")


def heads(filterset: DealFilter, deals: Any, stages: list[Any], person: Any, pipeline: Any) -> list[Head]:
    """Heads of open stages of a pipeline, over the filtered set. One statement."""
    return _heads(filterset, stages, first_rows(filterset, deals, stages, person, 0), pipeline)


def rows_below(deals: Any, stage: Any, after: str) -> list[dict[str, Any]]:
    """The next cards of a column, one more than are shown; from the top where the place is unreadable."""
    rows = _rows(deals, stage)
    try:
        rank, pk = after.split(":")
        place, key = float(rank), int(pk)
        if not math.isfinite(place) or not 0 < key < 2**63:
            raise ValueError(after)
    except ValueError:
        return list(rows)
    # The bound is said on its own, because the index is entered by it and not by an OR.
    below = Q(rank__gte=place) & (Q(rank__gt=place) | Q(pk__gt=key))
    return list(_rows(deals.filter(below), stage))


def card_of(deal: Deal, person: Any, now: datetime) -> Card:
    """The card of one deal whose stage, account and owner are read already."""
    row = {name: getattr(deal, name) for name in FIELDS if "__" not in name}
    row["account__name"] = deal.account.name if deal.account else ""
    row["owner__name"] = deal.owner.name if deal.owner else ""
    return CardMaker(person, now).card(row, deal.stage)


def _rows(deals: Any, stage: Any) -> Any:
    # Said with the state, so that the board's partial index serves it.
    return deals.open().filter(stage_id=stage.pk).order_by("rank", "pk").values(*FIELDS)[: CARDS + 1]


def _heads(filterset: DealFilter, stages: list[Any], found: Found, pipeline: Any) -> list[Head]:
    root = reverse("deals:list")
    return [
        Head(
            stage,
            f"{root}?{_query(filterset, stage=stage.pk, pipeline=None)}",
            words.count_text(worth.deals, is_exact=worth.is_exact),
            words.worth_text(worth.base_amount) + ("" if worth.is_exact else "+"),
            words.worth_text(_weighted(found, stage.pk, weight)),
            weight.by,
            weight.is_learnt,
        )
        for stage in stages
        for worth, weight in [(found.worths[stage.pk], stage_weight(stage, pipeline))]
    ]


def _weighted(found: Found, stage_id: int, weight: StageWeight) -> Any:
    """What was learnt at night has people's own estimates in it already."""
    if weight.is_learnt:
        return found.worths[stage_id].base_amount * Decimal(weight.percent) / 100
    return found.weighted(stage_id, weight.percent)


def _place(row: dict[str, Any]) -> tuple[float, int]:
    return row["rank"], row["pk"]


def _query(filterset: DealFilter, **changes: Any) -> str:
    """The page's query string with changes; None takes a name away."""
    query = filterset.data.copy()
    for name in ("after", *changes):
        query.pop(name, None)
    query.update({name: str(value) for name, value in changes.items() if value is not None})
    return query.urlencode()
