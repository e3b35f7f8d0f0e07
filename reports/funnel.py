"""The funnel in three questions: what stands where now, what moved in a period, what became of a cohort."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from deals.models import FunnelSum, Stage, StageKind
from reports import links
from reports.readers import keys
from reports.selections import Selection
from reports.statistics import Share, share

VIEWS = [("now", _("Now")), ("flow", _("Flow in a period")), ("cohort", _("Cohort"))]
EXPLAINED = {
    "now": _(
        "Deals by the stage they are in at this moment. It says what there is to do, and nothing about conversion."
    ),
    "flow": _(
        "First passages of each stage on the days of the period, whenever the deals were opened. "
        "Ratios compare two streams of deals and can exceed 100 %."
    ),
    "cohort": _(
        "Deals opened in the period and how far they have come until now. Skipped stages count as passed, "
        "re-entries count once, and open deals are not counted as lost."
    ),
}


@dataclass(frozen=True)
class StageRow:
    """A stage and its deals. `to_next` is out of this stage, `from_first` out of the first one."""

    stage: Stage
    deals: int
    amount: Decimal | None
    weighted: Decimal | None
    to_next: Share | None
    from_first: Share | None
    url: str


@dataclass(frozen=True)
class Funnel:
    view: str
    rows: list[StageRow]

    def deals_of(self, kind: StageKind) -> int:
        return sum(row.deals for row in self.rows if row.stage.kind == kind)

    def amount_of(self, kind: StageKind) -> Decimal:
        return sum((row.amount or Decimal(0) for row in self.rows if row.stage.kind == kind), Decimal(0))

    @property
    def entered(self) -> int:
        """How many came into the first stage: in a cohort, all of it."""
        return self.rows[0].deals if self.rows else 0

    @property
    def still_open(self) -> int:
        return self.entered - self.deals_of(StageKind.WON) - self.deals_of(StageKind.LOST)

    @property
    def won_of_all(self) -> Share:
        return share(self.deals_of(StageKind.WON), self.entered)

    @property
    def won_of_closed(self) -> Share:
        won = self.deals_of(StageKind.WON)
        return share(won, won + self.deals_of(StageKind.LOST))


@dataclass(frozen=True)
class Sums:
    """Of one stage of one owner."""

    deals: int = 0
    amount: Decimal = Decimal(0)
    reached: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.deals + other.deals, self.amount + other.amount, self.reached + other.reached)


NOTHING = Sums()
ByStage = dict[int, Sums]
ByOwner = dict[tuple[int, int | None], Sums]
ByDay = dict[tuple[int, date], Sums]


def standing_by_stage(selection: Selection) -> ByStage:
    """{stage: what stands there now}, one statement."""
    rows = selection.standing().values_list("stage_id").annotate(Sum("deals"), Sum("base_amount"))
    return {stage: Sums(deals, amount) for stage, deals, amount in rows if deals}


def standing_by_owner(selection: Selection) -> ByOwner:
    """{(stage, owner): what stands there now}, one statement."""
    rows = selection.standing().values_list("stage_id", "owner_id", "deals", "base_amount")
    return {(stage, owner): Sums(deals, amount) for stage, owner, deals, amount in rows if deals}


def passed_by_owner(selection: Selection, stages: Iterable[Stage] | None = None) -> ByOwner:
    """{(stage, owner): first passages in the period, cohort opened in it}, one statement."""
    return _passed(selection, "owner_id", stages)


def passed_by_day(selection: Selection, stages: Iterable[Stage] | None = None) -> ByDay:
    """{(stage, day): the same}; whole months under their first day, as the sums have them."""
    return _passed(selection, "on", stages)


def _passed(selection: Selection, name: str, stages: Iterable[Stage] | None) -> dict[Any, Sums]:
    def grouped(part: QuerySet[FunnelSum]) -> QuerySet[FunnelSum, tuple[Any, ...]]:
        wanted = part if stages is None else part.filter(stage_id__in=keys(stages))
        rows = wanted.values_list("stage_id", name)
        return rows.annotate(Sum("passed"), Sum("base_amount"), Sum("reached"))

    found: dict[Any, Sums] = {}
    for stage, group, *summed in selection.passed(grouped):
        sums, before = Sums(*summed), found.get((stage, group))
        found[stage, group] = before + sums if before else sums
    return found


def by_stage(found: Mapping[tuple[int, Any], Sums]) -> ByStage:
    stages: ByStage = {}
    for (stage, _group), sums in found.items():
        stages[stage] = stages.get(stage, NOTHING) + sums
    return stages


def funnel_of(view: str, selection: Selection, sums: ByStage) -> Funnel:
    """`sums` are of what stands there for "now", of what passed for the others; one pipeline."""
    stages = selection.stages
    counts = {stage.pk: _count(view, sums.get(stage.pk, NOTHING)) for stage in stages}
    opened = [stage for stage in stages if stage.is_open]
    won = sum(counts[stage.pk] for stage in stages if stage.kind == StageKind.WON)
    after = dict(
        zip((stage.pk for stage in opened), [*(counts[each.pk] for each in opened[1:]), won], strict=True)
    )
    first = counts[opened[0].pk] if opened else 0
    moves = view != "now"
    return Funnel(
        view,
        [
            StageRow(
                stage=stage,
                deals=counts[stage.pk],
                amount=None if view == "cohort" else sums.get(stage.pk, NOTHING).amount,
                weighted=_weighted(stage, sums) if view == "now" and stage.is_open else None,
                to_next=share(after[stage.pk], counts[stage.pk]) if moves and stage.pk in after else None,
                from_first=share(counts[stage.pk], first) if moves and stage.pk != opened[0].pk else None,
                url=LINKS[view](selection, [stage]),
            )
            for stage in stages
        ],
    )


def _count(view: str, sums: Sums) -> int:
    return sums.reached if view == "cohort" else sums.deals


def _weighted(stage: Stage, sums: ByStage) -> Decimal:
    return sums.get(stage.pk, NOTHING).amount * stage.probability / 100


LINKS: dict[str, Callable[[Selection, Any], str]] = {
    "now": links.standing_url,
    "flow": links.passed_url,
    "cohort": links.cohort_url,
}
