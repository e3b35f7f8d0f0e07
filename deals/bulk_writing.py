"""Changes to many existing deals in a few statements: what `assign`, `move`, `change` and `plan_next_step` would write.

Whoever calls has locked the deals in the order of their keys and judged them; nothing is refused here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.functional import cached_property

from accounts import bulk as accounts
from accounts.custom import values
from accounts.models import Account
from changes.bulk.writing import update_columns
from changes.restoring import make_known, restorer_of
from deals import facts
from deals.bulk import EVENT_COLUMNS, PASSAGE_COLUMNS, Rates
from deals.funnel import Passed, SumShift, TotalShift, newly_passed, shift_sums, shift_totals
from deals.models import Deal, Stage, StageEvent, StagePassage
from foundation.clock import company_day
from foundation.copying import copy_rows, new_keys
from foundation.facts import Fact
from foundation.money import rounded
from foundation.search_text import normalised
from foundation.telling import tell_many
from users.models import User

NEXT_STEP = ("next_step", "next_step_on")
ASSIGNED, MOVED, WORTH = {"owner_id"}, {"stage_id"}, {"amount", "currency"}
APART = {"owner_id", "stage_id", "team_ids", *NEXT_STEP}
MOVE_COLUMNS = ("stage_id", "entered_stage_at", "rank")
WORTH_COLUMNS = ("rate", "rate_on", "base_amount")


@dataclass
class Change:
    """A deal as it is, and the columns it is to have; `custom` whole."""

    deal: Deal
    columns: dict[str, Any]
    told: list[Fact] = field(default_factory=list)
    before_owner_id: int | None = None
    before_worth: Decimal = Decimal(0)

    def has(self, names: Iterable[str]) -> bool:
        return not self.columns.keys().isdisjoint(names)


@dataclass
class Sums:
    """What the sums are to be shifted by: once, for all changes, in the order in which every verb locks them."""

    shifts: list[SumShift] = field(default_factory=list)
    totals: list[TotalShift] = field(default_factory=list)

    def apply(self) -> None:
        shift_sums(self.shifts)
        shift_totals(self.totals)


class Names:
    """What facts name, asked once for many deals."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = changes

    @cached_property
    def people(self) -> dict[int | None, str]:
        keys = {each.before_owner_id for each in self.changes}
        keys |= {each.columns["owner_id"] for each in self.changes if "owner_id" in each.columns}
        return dict(User.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name"))

    @cached_property
    def clients(self) -> dict[int | None, str]:
        keys = {each.deal.account_id for each in self.changes}
        keys |= {each.columns["account_id"] for each in self.changes if "account_id" in each.columns}
        return dict(Account.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name"))

    @cached_property
    def stages(self) -> dict[int, Stage]:
        pipelines = {each.deal.pipeline_id for each in self.changes}
        return {stage.pk: stage for stage in Stage.objects.filter(pipeline__in=pipelines)}

    def stages_of(self, pipeline_id: int) -> list[Stage]:
        return [stage for stage in self.stages.values() if stage.pipeline_id == pipeline_id]

    @cached_property
    def passed(self) -> dict[int, dict[int, int]]:
        """The stages each deal has passed, and the pipeline of each: it may have been in several."""
        found: dict[int, dict[int, int]] = defaultdict(dict)
        keys = [each.deal.pk for each in self.changes]
        rows = StagePassage.objects.filter(deal_id__in=keys).order_by()
        for deal_id, stage_id, pipeline_id in rows.values_list("deal_id", "stage_id", "stage__pipeline_id"):
            found[deal_id][stage_id] = pipeline_id
        return found


def write_many(changes: Sequence[Change], *, by: Any, at: datetime) -> None:
    """Write rows, sums, stage events and facts of these changes, in the transaction of the caller's lock."""
    if not changes:
        return
    names, sums = Names(changes), Sums()
    with transaction.atomic():
        for change in changes:
            change.before_owner_id = change.deal.owner_id
            change.before_worth = change.deal.base_amount or Decimal(0)
        written = {"version"}
        for part in (_assign, _move, _change, _plan):
            written |= part(changes, names, sums, by=by, at=at)
        sums.apply()
        update_columns([each.deal for each in changes], sorted(written))
        _let_owners_see(changes)
        tell_many(((told, at) for each in changes for told in each.told), by=by)


def _assign(changes: Sequence[Change], names: Names, sums: Sums, *, by: Any, at: datetime) -> set[str]:
    """To another owner: the cohort moves with the deal. `team_ids` alone only says who sees it."""
    for change in changes:
        if "team_ids" in change.columns:
            change.deal.team_ids = sorted(change.columns["team_ids"])
    given = [each for each in changes if each.has(ASSIGNED)]
    if not given:
        return {"team_ids"} if any("team_ids" in each.columns for each in changes) else set()
    sums.shifts += _cohort_shifts(given, names)
    sums.totals += (
        TotalShift(each.deal.stage_id, owner, step, step * each.before_worth)
        for each in given
        for owner, step in ((each.before_owner_id, -1), (each.columns["owner_id"], 1))
    )
    for change in given:
        deal, owner = change.deal, change.columns["owner_id"]
        deal.owner_id = owner
        deal.team_ids = sorted({*deal.team_ids, *([owner] if owner else [])})
        deal.version += 1
        told = facts.DealAssigned(
            deal_id=deal.pk,
            account_id=deal.account_id,
            from_name=names.people.get(change.before_owner_id, ""),
            to_name=names.people.get(owner, ""),
        )
        change.told.append(told)
    return {"owner_id", "team_ids"}


def _cohort_shifts(given: Sequence[Change], names: Names) -> Iterator[SumShift]:
    for change in given:
        deal = change.deal
        for stage_id, pipeline_id in names.passed[deal.pk].items():
            for owner, step in ((change.before_owner_id, -1), (change.columns["owner_id"], 1)):
                yield SumShift(pipeline_id, deal.opened_on, stage_id, owner, reached=step)


def _move(changes: Sequence[Change], names: Names, sums: Sums, *, by: Any, at: datetime) -> set[str]:
    """To another open stage of the pipeline."""
    moved = [each for each in changes if each.has(MOVED)]
    if not moved:
        return set()
    keys, day = new_keys(StageEvent, len(moved)), company_day(at)
    events, passages = [], []
    for key, change in zip(keys, moved, strict=True):
        deal, stage = change.deal, names.stages[change.columns["stage_id"]]
        before, worth = names.stages[deal.stage_id], deal.base_amount or Decimal(0)
        events.append(
            (key, deal.pk, deal.pipeline_id, before.pk, stage.pk, at, by.pk, deal.owner_id, deal.base_amount)
        )
        for passed in newly_passed(names.stages_of(deal.pipeline_id), names.passed[deal.pk], stage):
            passages.append(
                (deal.pk, passed.stage_id, key, day, deal.owner_id, deal.base_amount, passed.is_imputed)
            )
            sums.shifts += _passage_shifts(deal, passed, day, worth)
        sums.totals += [
            TotalShift(before.pk, deal.owner_id, -1, -worth),
            TotalShift(stage.pk, deal.owner_id, 1, worth),
        ]
        deal.stage_id, deal.entered_stage_at, deal.rank = stage.pk, at, -at.timestamp()
        deal.version += 1
        change.told.append(_moved(deal, before, stage))
    copy_rows(StageEvent, EVENT_COLUMNS, events)
    copy_rows(StagePassage, PASSAGE_COLUMNS, passages)
    return set(MOVE_COLUMNS)


def _passage_shifts(deal: Deal, passed: Passed, day: Any, worth: Decimal) -> list[SumShift]:
    return [
        SumShift(deal.pipeline_id, day, passed.stage_id, deal.owner_id, passed=1, base_amount=worth),
        SumShift(deal.pipeline_id, deal.opened_on, passed.stage_id, deal.owner_id, reached=1),
    ]


def _moved(deal: Deal, before: Stage, stage: Stage) -> Fact:
    return facts.DealMoved(
        deal_id=deal.pk,
        account_id=deal.account_id,
        title=deal.title,
        from_stage_id=before.pk,
        from_stage=before.name,
        to_stage_id=stage.pk,
        to_stage=stage.name,
    )


def _change(changes: Sequence[Change], names: Names, sums: Sums, *, by: Any, at: datetime) -> set[str]:
    """Plain fields and custom ones."""
    written: set[str] = set()
    rates = Rates()
    for change in changes:
        deal = change.deal
        plain = {name: value for name, value in change.columns.items() if name not in APART}
        changed = [name for name, value in plain.items() if getattr(deal, name) != value]
        if not changed:
            continue
        told = values.named(changed, deal.custom, plain.get("custom", {}))
        for name in changed:
            setattr(deal, name, plain[name])
        if WORTH & set(changed):
            _freeze(deal, rates, at)
            worth = (deal.base_amount or Decimal(0)) - change.before_worth
            sums.totals.append(TotalShift(deal.stage_id, deal.owner_id, 0, worth))
            written |= {*WORTH_COLUMNS}
        if {"title", "account_id"} & set(changed):
            deal.search_text = normalised(deal.title, names.clients.get(deal.account_id, ""))
            written.add("search_text")
        deal.version += 1
        written |= set(changed)
        change.told.append(
            facts.DealChanged(
                deal_id=deal.pk,
                account_id=deal.account_id,
                fields=[name.removesuffix("_id") for name in told],
            )
        )
    return written


def _freeze(deal: Deal, rates: Rates, at: datetime) -> None:
    day = company_day(at)
    deal.rate_on, deal.rate, deal.base_amount = day, Decimal(1), None
    if deal.amount is not None:
        deal.rate = rates.rate(deal.currency, day)
        deal.base_amount = rounded(deal.amount * deal.rate, settings.BASE_CURRENCY)


def _plan(changes: Sequence[Change], names: Names, sums: Sums, *, by: Any, at: datetime) -> set[str]:
    planned = [each for each in changes if each.has(NEXT_STEP)]
    for change in planned:
        deal = change.deal
        deal.next_step = change.columns.get("next_step", deal.next_step)
        deal.next_step_on = change.columns.get("next_step_on", deal.next_step_on)
        deal.version += 1
        change.told.append(
            facts.DealNextStepPlanned(
                deal_id=deal.pk,
                account_id=deal.account_id,
                next_step=deal.next_step,
                next_step_on=deal.next_step_on,
            )
        )
    return set(NEXT_STEP) if planned else set()


def _let_owners_see(changes: Sequence[Change]) -> None:
    """Whoever answers for a deal sees its client."""
    people_of: Mapping[int, set[int]] = defaultdict(set)
    for change in changes:
        deal = change.deal
        if (
            change.has({"owner_id", "account_id"})
            and deal.account_id is not None
            and deal.owner_id is not None
        ):
            people_of[deal.account_id].add(deal.owner_id)
    # Clients loaded past the history would otherwise look changed by this: nothing says they were the same before.
    make_known(restorer_of("client"), list(people_of))
    accounts.let_see_many(people_of)
