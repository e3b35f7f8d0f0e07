"""Many deals at once, with their history: the rows, sums and facts that Deal's verbs would have written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import bulk as accounts
from deals import facts
from deals.funnel import Passed, SumShift, TotalShift, newly_passed, shift_sums, shift_totals
from deals.models import Deal, DealLine, Pipeline, Stage, StageEvent, StageKind, StagePassage
from foundation.clock import company_day
from foundation.facts import Fact
from foundation.money import base_amount, rounded
from foundation.search_text import normalised
from foundation.telling import tell_many

BATCH = 2_000


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
        deals = Deal.objects.bulk_create((_deal(draft, rates) for draft in drafts), batch_size=BATCH)
        pairs = list(zip(drafts, deals, strict=True))
        DealLine.objects.bulk_create(
            (
                DealLine(deal=deal, product=product, quantity=quantity)
                for draft, deal in pairs
                for product, quantity in draft.lines
            ),
            batch_size=BATCH,
        )
        entered = [list(_stage_events(*pair, by)) for pair in pairs]
        StageEvent.objects.bulk_create((event for events in entered for event in events), batch_size=BATCH)
        _pass(entered)
        _let_owners_see(deals)
        tell_many((told for pair in pairs for told in _told(*pair)), by=by)
    return deals


def _deal(draft: DealDraft, rates: Rates) -> Deal:
    (_first, opened_at), (stage, entered_at) = draft.path[0], draft.path[-1]
    opened_on = company_day(opened_at)
    worth, rate = None, Decimal(1)
    if draft.amount is not None:
        rate = rates.rate(draft.currency, opened_on)
        worth = rounded(draft.amount * rate, settings.BASE_CURRENCY)
    is_lost = stage.kind == StageKind.LOST
    return Deal(
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


def _stage_events(draft: DealDraft, deal: Deal, by: Any) -> Iterator[StageEvent]:
    for before, stage, at in _steps(draft.path):
        yield StageEvent(
            deal=deal,
            pipeline_id=deal.pipeline_id,
            from_stage=before,
            to_stage=stage,
            at=at,
            actor_id=by.pk,
            owner_id=deal.owner_id,
            base_amount=deal.base_amount,
        )


def _pass(entered: Sequence[Sequence[StageEvent]]) -> None:
    """First passages, what stands where now, and the sums of both; a deal's events are in their order."""
    keys = {events[0].pipeline_id for events in entered}
    pipelines = Pipeline.objects.filter(pk__in=keys).prefetch_related("stages")
    stages_of = {pipeline.pk: list(pipeline.stages.all()) for pipeline in pipelines}
    passages = []
    for events in entered:
        already: set[int] = set()
        for event in events:
            for each in newly_passed(stages_of[event.pipeline_id], already, event.to_stage):
                already.add(each.stage_id)
                passages.append(_passage(event, each))
    StagePassage.objects.bulk_create(passages, batch_size=BATCH)
    deals = [events[0].deal for events in entered]
    shift_totals(TotalShift(deal.stage_id, deal.owner_id, 1, deal.base_amount or Decimal(0)) for deal in deals)
    shift_sums(shift for passage in passages for shift in _shifts(passage))


def _passage(event: StageEvent, passed: Passed) -> StagePassage:
    return StagePassage(
        deal=event.deal,
        stage_id=passed.stage_id,
        event=event,
        on=company_day(event.at),
        owner_id=event.owner_id,
        base_amount=event.base_amount,
        is_imputed=passed.is_imputed,
    )


def _shifts(passage: StagePassage) -> Iterable[SumShift]:
    deal, stage_id, owner_id = passage.deal, passage.stage_id, passage.owner_id
    worth = passage.base_amount or Decimal(0)
    yield SumShift(deal.pipeline_id, passage.on, stage_id, owner_id, passed=1, base_amount=worth)
    yield SumShift(deal.pipeline_id, deal.opened_on, stage_id, owner_id, reached=1)


def _let_owners_see(deals: Sequence[Deal]) -> None:
    people_of: dict[int, set[int]] = defaultdict(set)
    for deal in deals:
        if deal.account_id is not None and deal.owner_id is not None:
            people_of[deal.account_id].add(deal.owner_id)
    accounts.let_see_many(people_of)


def _told(draft: DealDraft, deal: Deal) -> Iterator[tuple[Fact, datetime]]:
    about = {"deal_id": deal.pk, "account_id": deal.account_id, "title": deal.title}
    for before, stage, at in _steps(draft.path):
        if before is None:
            created = facts.DealCreated(**about, stage=stage.name, amount=deal.amount, currency=deal.currency)
            yield created, at
            continue
        move = about | {
            "from_stage_id": before.pk,
            "from_stage": before.name,
            "to_stage_id": stage.pk,
            "to_stage": stage.name,
        }
        if stage.kind == StageKind.WON:
            worth = {"amount": deal.amount, "currency": deal.currency, "base_amount": deal.base_amount}
            yield facts.DealWon(**move, **worth), at
        elif stage.kind == StageKind.LOST:
            yield facts.DealLost(**move, reason=draft.loss_reason.name, note=draft.loss_note), at
        else:
            yield facts.DealMoved(**move), at
