"""Many deals at once, with their history: the rows, sums and facts that Deal's verbs would have written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction

from accounts import bulk as accounts
from deals import facts
from deals.funnel import Passed, SumShift, TotalShift, newly_passed, shift_sums, shift_totals
from deals.models import Deal, DealLine, Pipeline, Stage, StageEvent, StageKind, StagePassage
from foundation.clock import company_day
from foundation.copying import copy_rows, new_keys
from foundation.facts import Fact
from foundation.money import base_amount, rounded
from foundation.search_text import normalised
from foundation.telling import tell_many

DEAL_COLUMNS = [field.attname for field in Deal._meta.concrete_fields]
EVENT_COLUMNS = (
    "id",
    "deal_id",
    "pipeline_id",
    "from_stage_id",
    "to_stage_id",
    "at",
    "actor_id",
    "owner_id",
    "base_amount",
)
PASSAGE_COLUMNS = ("deal_id", "stage_id", "event_id", "on", "owner_id", "base_amount", "is_imputed")


@dataclass(kw_only=True, slots=True)
class DealDraft:
    """A deal to be. `path` are the stages it entered and when, the first one open, only the last one closed."""

    title: str
    path: Sequence[tuple[Stage, datetime]]
    owner: Any = None
    account: Any = None
    amount: Decimal | None = None
    currency: str = settings.BASE_CURRENCY
    source: Any = None
    expected_close_on: date | None = None
    next_step: str = ""
    next_step_on: date | None = None
    loss_reason: Any = None
    loss_note: str = ""
    lines: Sequence[tuple[Any, Decimal]] = ()


class Entry(NamedTuple):
    """A stage event to be, lighter than the model."""

    key: int
    deal: Deal
    before: Stage | None
    stage: Stage
    at: datetime

    def row(self, by: Any) -> tuple[Any, ...]:
        deal = self.deal
        before = self.before.pk if self.before else None
        return (
            self.key,
            deal.pk,
            deal.pipeline_id,
            before,
            self.stage.pk,
            self.at,
            by.pk,
            deal.owner_id,
            deal.base_amount,
        )


class Rates:
    """Exchange rates asked once per currency and day."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, date], Decimal] = {}

    def rate(self, currency: str, on: date) -> Decimal:
        if currency == settings.BASE_CURRENCY:
            return Decimal(1)
        if (currency, on) not in self.known:
            self.known[currency, on] = base_amount(Decimal(1), currency, on)[0]
        return self.known[currency, on]


def open_many(drafts: Sequence[DealDraft], *, by: Any) -> list[Deal]:
    """Open the deals and take each along its path. Drafts are checked: see `path`, and a reason for every loss.

    Refused where a currency has no rate on the day its deal was opened.
    """
    rates = Rates()
    with transaction.atomic():
        keys = new_keys(Deal, len(drafts))
        deals = [_deal(key, draft, rates) for key, draft in zip(keys, drafts, strict=True)]
        copy_rows(Deal, DEAL_COLUMNS, ([getattr(deal, column) for column in DEAL_COLUMNS] for deal in deals))
        pairs = list(zip(drafts, deals, strict=True))
        copy_rows(
            DealLine,
            ("deal_id", "product_id", "quantity"),
            ((deal.pk, product.pk, quantity) for draft, deal in pairs for product, quantity in draft.lines),
        )
        entered = _entered(pairs)
        copy_rows(StageEvent, EVENT_COLUMNS, (entry.row(by) for entries in entered for entry in entries))
        _pass(entered)
        _let_owners_see(deals)
        tell_many((told for pair in pairs for told in _told(*pair)), by=by)
    return deals


def _deal(key: int, draft: DealDraft, rates: Rates) -> Deal:
    (_first, opened_at), (stage, entered_at) = draft.path[0], draft.path[-1]
    opened_on = company_day(opened_at)
    worth, rate = None, Decimal(1)
    if draft.amount is not None:
        rate = rates.rate(draft.currency, opened_on)
        worth = rounded(draft.amount * rate, settings.BASE_CURRENCY)
    is_lost = stage.kind == StageKind.LOST
    return Deal(
        pk=key,
        title=draft.title,
        account=draft.account,
        pipeline_id=stage.pipeline_id,
        stage=stage,
        state=stage.kind,
        owner=draft.owner,
        team_ids=[draft.owner.pk] if draft.owner else [],
        amount=draft.amount,
        currency=draft.currency,
        rate=rate,
        rate_on=opened_on,
        base_amount=worth,
        source=draft.source,
        expected_close_on=draft.expected_close_on,
        next_step=draft.next_step if stage.is_open else "",
        next_step_on=draft.next_step_on if stage.is_open else None,
        loss_reason=draft.loss_reason if is_lost else None,
        loss_note=draft.loss_note if is_lost else "",
        opened_at=opened_at,
        opened_on=opened_on,
        entered_stage_at=entered_at,
        closed_at=None if stage.is_open else entered_at,
        closed_on=None if stage.is_open else company_day(entered_at),
        rank=-entered_at.timestamp(),
        version=len(draft.path),
        search_text=normalised(draft.title, draft.account.name if draft.account else ""),
    )


def _steps(path: Sequence[tuple[Stage, datetime]]) -> Iterator[tuple[Stage | None, Stage, datetime]]:
    before = None
    for stage, at in path:
        yield before, stage, at
        before = stage


def _entered(pairs: Sequence[tuple[DealDraft, Deal]]) -> list[list[Entry]]:
    """The stage events of each deal, in its order."""
    keys = iter(new_keys(StageEvent, sum(len(draft.path) for draft, _deal in pairs)))
    return [
        [Entry(next(keys), deal, before, stage, at) for before, stage, at in _steps(draft.path)]
        for draft, deal in pairs
    ]


def _pass(entered: Sequence[Sequence[Entry]]) -> None:
    """First passages, what stands where now, and the sums of both."""
    deals = [entries[0].deal for entries in entered]
    pipelines = Pipeline.objects.filter(pk__in={deal.pipeline_id for deal in deals}).prefetch_related(
        "stages"
    )
    stages_of = {pipeline.pk: list(pipeline.stages.all()) for pipeline in pipelines}
    passages = []
    for entries in entered:
        already: set[int] = set()
        for entry in entries:
            for each in newly_passed(stages_of[entry.deal.pipeline_id], already, entry.stage):
                already.add(each.stage_id)
                passages.append((entry, each, company_day(entry.at)))
    copy_rows(StagePassage, PASSAGE_COLUMNS, (_passage_row(*passage) for passage in passages))
    shift_totals(
        TotalShift(deal.stage_id, deal.owner_id, 1, deal.base_amount or Decimal(0)) for deal in deals
    )
    shift_sums(shift for passage in passages for shift in _shifts(*passage))


def _passage_row(entry: Entry, passed: Passed, day: date) -> tuple[Any, ...]:
    deal = entry.deal
    return (deal.pk, passed.stage_id, entry.key, day, deal.owner_id, deal.base_amount, passed.is_imputed)


def _shifts(entry: Entry, passed: Passed, day: date) -> Iterable[SumShift]:
    deal, stage_id = entry.deal, passed.stage_id
    worth = deal.base_amount or Decimal(0)
    yield SumShift(deal.pipeline_id, day, stage_id, deal.owner_id, passed=1, base_amount=worth)
    yield SumShift(deal.pipeline_id, deal.opened_on, stage_id, deal.owner_id, reached=1)


def _let_owners_see(deals: Sequence[Deal]) -> None:
    people_of: dict[int, set[int]] = defaultdict(set)
    for deal in deals:
        if deal.account_id is not None and deal.owner_id is not None:
            people_of[deal.account_id].add(deal.owner_id)
    accounts.let_see_many(people_of)


def _told(draft: DealDraft, deal: Deal) -> Iterator[tuple[Fact, datetime]]:
    about: dict[str, Any] = {"deal_id": deal.pk, "account_id": deal.account_id, "title": deal.title}
    for before, stage, at in _steps(draft.path):
        if before is None:
            created = facts.DealCreated(**about, stage=stage.name, amount=deal.amount, currency=deal.currency)
            yield created, at
            continue
        move: dict[str, Any] = about | {
            "from_stage_id": before.pk,
            "from_stage": before.name,
            "to_stage_id": stage.pk,
            "to_stage": stage.name,
        }
        if stage.kind == StageKind.WON:
            worth: dict[str, Any] = {
                "amount": deal.amount,
                "currency": deal.currency,
                "base_amount": deal.base_amount,
            }
            yield facts.DealWon(**move, **worth), at
        elif stage.kind == StageKind.LOST:
            yield facts.DealLost(**move, reason=draft.loss_reason.name, note=draft.loss_note), at
        else:
            yield facts.DealMoved(**move), at
