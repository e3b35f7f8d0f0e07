"""The board: a few cards of every column, and the heads above them, each in one statement."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone

from deals.filters import DealFilter
from deals.models import Deal, StageKind
from deals.queries import words
from deals.queries.sums import Worth, stage_worths

CARDS = 15
FIELDS = (
    "pk", "title", "version", "state", "stage_id", "rank", "amount", "currency", "next_step", "next_step_on",
    "entered_stage_at", "team_ids", "account__name", "owner__name",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A deal as the board shows it; every cell is text."""

    pk: int
    title: str
    url: str
    client: str
    amount: str
    owner: str
    initials: str
    step: words.StepMark
    age: words.StageAge
    version: int
    stage_id: int
    may_move: bool
    is_quiet: bool


@dataclass(frozen=True)
class Head:
    """What stands above a column: count, sum, and the sum weighted by the stage's probability."""

    stage: Any
    list_url: str
    count: str
    worth: str
    weighted: str


@dataclass(frozen=True)
class Column:
    head: Head
    cards: list[Card] = field(default_factory=list)
    more_url: str = ""


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

    def card(self, row: dict[str, Any], stage: Any) -> Card:
        step = words.step_mark(row["state"], row["next_step"], row["next_step_on"], self.today)
        age = words.stage_age(row["entered_stage_at"], stage.norm_days, self.now)
        return Card(
            pk=row["pk"],
            title=row["title"],
            url=f"{self.root}{row['pk']}/",
            client=row["account__name"] or "",
            amount=words.amount_text(row["amount"], row["currency"]),
            owner=row["owner__name"] or "",
            initials=words.initials(row["owner__name"] or ""),
            step=step,
            age=age,
            version=row["version"],
            stage_id=row["stage_id"],
            may_move=row["state"] == "open" and self.reach.covers(row["team_ids"]),
            is_quiet=age.is_over and step.state != "planned",
        )


def board(filterset: DealFilter, deals: Any, stages: list[Any], person: Any, now: datetime) -> Board:
    """Columns of the open stages of a pipeline: two statements."""
    open_stages = [stage for stage in stages if stage.kind == StageKind.OPEN]
    rows = _first_rows(deals, open_stages, is_search="q" in filterset.said)
    maker = CardMaker(person, now)
    columns = [
        column(head, rows.get(head.stage.pk, []), maker, filterset)
        for head in heads(filterset, deals, open_stages, person)
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


def heads(filterset: DealFilter, deals: Any, stages: list[Any], person: Any) -> list[Head]:
    """Heads of open stages, over the filtered set. One statement."""
    if not stages:
        return []
    worths = stage_worths(filterset, deals, stages, person)
    root = reverse("deals:list")
    return [
        Head(
            stage,
            f"{root}?{_query(filterset, stage=stage.pk, pipeline=None)}",
            words.count_text(worth.deals, is_exact=worth.is_exact),
            words.worth_text(worth.base_amount) + ("" if worth.is_exact else "+"),
            words.worth_text(worth.base_amount * stage.probability / 100),
        )
        for stage in stages
        for worth in [worths.get(stage.pk, Worth())]
    ]


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


def _first_rows(deals: Any, stages: list[Any], *, is_search: bool) -> dict[int, list[dict[str, Any]]]:
    """One statement: a small index scan a stage, or one search whose few rows are numbered."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in _numbered(deals, stages) if is_search else _united(deals, stages):
        found[row["stage_id"]].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row["rank"], row["pk"]))
    return found


def _united(deals: Any, stages: list[Any]) -> Any:
    first, *others = [_rows(deals, stage) for stage in stages] or [Deal.objects.none()]
    return first.union(*others, all=True) if others else first


def _numbered(deals: Any, stages: list[Any]) -> Any:
    order = [F("rank").asc(), F("pk").asc()]
    place = Window(RowNumber(), partition_by=[F("stage_id")], order_by=order)
    rows = deals.open().filter(stage__in=[stage.pk for stage in stages]).annotate(place=place)
    return rows.filter(place__lte=CARDS + 1).order_by("rank", "pk").values(*FIELDS)


def _query(filterset: DealFilter, **changes: Any) -> str:
    """The page's query string with changes; None takes a name away."""
    query = filterset.data.copy()
    for name in ("after", *changes):
        query.pop(name, None)
    query.update({name: str(value) for name, value in changes.items() if value is not None})
    return query.urlencode()
