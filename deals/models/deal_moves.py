from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from deals import facts
from deals.funnel import SumShift, TotalShift, newly_passed, shift_sums, shift_totals
from deals.models.pipeline import Stage, StageKind
from deals.models.stage_rule import rule_of
from deals.requirements import Missing, StageNotReady
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell
from foundation.wiring import reactions_to

if TYPE_CHECKING:
    from deals.models.deal import Deal


# What going through the pipeline changes in a deal.
WRITTEN = (
    "pipeline", "stage", "state", "entered_stage_at", "closed_at", "closed_on", "rank", "version", "next_step",
    "next_step_on", "loss_reason", "loss_note",
)  # fmt: skip


class DealMoves:
    """How a deal goes through its pipeline: move, win, lose, reopen. Mixed into Deal.

    Each verb locks the deal, writes one StageEvent, the first passages and sums, and tells one fact. `version`
    is the one the person saw: when somebody moved the deal since, the second one is refused as Stale.

    Moving and winning obey the rules of the stages (StageNotReady). `override` is the reason of somebody who has
    the right to go against them; `is_undo` goes back to where the deal just was, which no rule forbids.
    """

    def with_its_stages(self: Any) -> list[Stage]:
        """The stages of its pipeline in order; its own stage and pipeline come with them, in one statement."""
        found = Stage.objects.filter(pipeline=self.pipeline_id).select_related("pipeline").order_by("pk")
        stages = sorted(found, key=lambda stage: stage.place)
        self.stage = next(stage for stage in stages if stage.pk == self.stage_id)
        self.pipeline = self.stage.pipeline
        return stages

    def missing_for(self: Any, stage: Stage, *, by: Any) -> list[Missing]:
        """What the rules of the stages want before `by` may bring the deal there; asks the database."""
        if stage.pipeline_id != self.pipeline_id:
            elsewhere: list[Missing] = self._missing_elsewhere(stage, by)
            return elsewhere
        stages = {each.pk: each for each in self._its_stages()}
        leaving, entering = rule_of(stages[self.stage_id]), rule_of(stages[stage.pk])
        return [
            *(leaving.dead_end(stage) if leaving else []),
            *(entering.missing(self, list(stages.values()), by) if entering else []),
        ]

    def move(
        self: Any,
        stage: Stage,
        *,
        by: Any,
        at: datetime,
        version: int | None = None,
        rank: float | None = None,
        override: str = "",
        is_undo: bool = False,
        cause: Any = None,
    ) -> None:
        """To another open stage, or to another place in the same column when `rank` is given."""
        if not stage.is_open:
            raise Refused(_("To close the deal, win it or lose it."))
        with transaction.atomic():
            deal: Deal = self._locked_alone(version)
            if not deal.is_open:
                raise Refused(
                    _("The deal is already closed as “%(stage)s”. Reopen it to move it.")
                    % {"stage": deal.stage.name}
                )
            deal._refuse_other_pipeline(stage)
            if deal.stage_id == stage.pk:
                deal._rank_at(rank)
            else:
                before = deal.stage
                reason = "" if is_undo else deal._ready_for(stage, by=by, override=override)
                deal._enter(before, stage, by=by, at=at, cause=cause, rank=rank, override_reason=reason)
                told = facts.DealMoved(**deal._told(before, stage), override_reason=reason)
                tell(told, by=by, at=at, cause=cause)
        self._as_written(deal, facts.DealMoved)

    def win(
        self: Any,
        *,
        by: Any,
        at: datetime,
        version: int | None = None,
        override: str = "",
        cause: Any = None,
    ) -> None:
        """Close as won at `at`."""
        with transaction.atomic():
            deal: Deal = self._locked_alone(version)
            if not deal.is_open:
                raise Refused(_("The deal is already closed as “%(stage)s”.") % {"stage": deal.stage.name})
            before, stage = deal.stage, deal._won_stage()
            reason = deal._ready_for(stage, by=by, override=override)
            deal.next_step, deal.next_step_on = "", None
            deal._enter(before, stage, by=by, at=at, cause=cause, override_reason=reason)
            told = facts.DealWon(
                **deal._told(before, stage),
                override_reason=reason,
                amount=deal.amount,
                currency=deal.currency,
                base_amount=deal.base_amount,
            )
            tell(told, by=by, at=at, cause=cause)
        self._as_written(deal, facts.DealWon)

    def lose(
        self: Any,
        reason: Any,
        *,
        by: Any,
        at: datetime,
        note: str = "",
        version: int | None = None,
        cause: Any = None,
    ) -> None:
        """Close as lost at `at`; a LossReason is required."""
        if reason is None:
            raise Refused(_("Say why the deal was lost: choose a reason."))
        with transaction.atomic():
            deal: Deal = self._locked_alone(version)
            if not deal.is_open:
                raise Refused(_("The deal is already closed as “%(stage)s”.") % {"stage": deal.stage.name})
            before, stage = deal.stage, deal.pipeline.lost_stage()
            deal.next_step, deal.next_step_on = "", None
            deal.loss_reason, deal.loss_note = reason, note
            deal._enter(before, stage, by=by, at=at, cause=cause)
            told = facts.DealLost(**deal._told(before, stage), reason=reason.name, note=note)
            tell(told, by=by, at=at, cause=cause)
        self._as_written(deal, facts.DealLost)

    def reopen(
        self: Any,
        *,
        by: Any,
        at: datetime,
        stage: Stage | None = None,
        version: int | None = None,
        cause: Any = None,
    ) -> None:
        """Open a closed deal again, in `stage` or where it was closed from. Its closing no longer counts."""
        with transaction.atomic():
            deal: Deal = self._locked_alone(version)
            if deal.is_open:
                raise Refused(_("The deal is open already."))
            before, closing = deal.stage, deal._closing()
            stage = stage or closing.from_stage or deal.pipeline.first_stage()
            deal._refuse_other_pipeline(stage)
            if not stage.is_open:
                raise Refused(_("Choose an open stage to go on in."))
            deal._take_back(closing)
            deal.loss_reason, deal.loss_note = None, ""
            deal._enter(before, stage, by=by, at=at, cause=cause)
            tell(facts.DealReopened(**deal._told(before, stage)), by=by, at=at, cause=cause)
        self._as_written(deal, facts.DealReopened)

    def _its_stages(self: Any) -> list[Stage]:
        """The stages of its pipeline with their rules, read once for a verb."""
        if "_stages_read" not in self.__dict__:
            self._stages_read = list(self.pipeline.stages.select_related("rule"))
        stages: list[Stage] = self._stages_read
        return stages

    def _won_stage(self: Any) -> Stage:
        won = [stage for stage in self._its_stages() if stage.kind == StageKind.WON]
        stage: Stage = min(won, key=lambda stage: stage.place) if won else self.pipeline.won_stage()
        return stage

    def _ready_for(self: Any, stage: Stage, *, by: Any, override: str) -> str:
        """The reason to write down where the rules are overridden, else nothing. StageNotReady where they forbid."""
        missing = self.missing_for(stage, by=by)
        if not missing:
            return ""
        reason = " ".join(override.replace("\x00", "").split())
        if reason and by.reaches(self, "deals.override"):
            return reason
        raise StageNotReady(stage, missing)

    def _enter(
        self: Any,
        before: Stage | None,
        stage: Stage,
        *,
        by: Any,
        at: datetime,
        cause: Any,
        rank: float | None = None,
        override_reason: str = "",
    ) -> None:
        from deals.models.stage_event import StageEvent

        day = company_day(at)
        event = StageEvent.objects.create(
            deal_id=self.pk,
            pipeline_id=self.pipeline_id,
            from_stage=before,
            to_stage=stage,
            at=at,
            actor_id=by.pk,
            owner_id=self.owner_id,
            base_amount=self.base_amount,
            override_reason=override_reason or None,
            cause_id=cause.pk if cause is not None else None,
        )
        self._pass(event, stage, day)
        worth = self.base_amount or Decimal(0)
        shifts = [TotalShift(stage.pk, self.owner_id, 1, worth)]
        if before is not None:
            shifts.append(TotalShift(before.pk, self.owner_id, -1, -worth))
        shift_totals(shifts)
        if before is None:
            return
        self.stage, self.state, self.entered_stage_at = stage, stage.kind, at
        self.closed_at = None if stage.is_open else at
        self.closed_on = None if stage.is_open else day
        self.rank = -at.timestamp() if rank is None else rank
        self.version += 1
        self.save(update_fields=WRITTEN)

    def _as_written(self: Any, deal: "Deal", kind: type[facts.Fact]) -> None:
        """As read again, without reading: the locked row is what stands there, unless a reaction changed it since."""
        now, _later = reactions_to(kind)
        if now:
            self.refresh_from_db()
            return
        self.__dict__.pop("_prefetched_objects_cache", None)
        deal.__dict__.pop("_stages_read", None)
        self.__dict__.update(deal.__dict__)

    def _pass(self: Any, event: Any, stage: Stage, day: Any) -> None:
        """Note first passages, imputing skipped stages, and count them."""
        from deals.models.stage_passage import StagePassage

        already = self.passages.values_list("stage_id", flat=True)
        passed = newly_passed(self._its_stages(), already, stage)
        StagePassage.objects.bulk_create(
            StagePassage(
                deal_id=self.pk,
                stage_id=each.stage_id,
                event=event,
                on=day,
                owner_id=self.owner_id,
                base_amount=self.base_amount,
                is_imputed=each.is_imputed,
            )
            for each in passed
        )
        worth = self.base_amount or Decimal(0)
        shift_sums(
            shift
            for each in passed
            for shift in (
                SumShift(self.pipeline_id, day, each.stage_id, self.owner_id, passed=1, base_amount=worth),
                SumShift(self.pipeline_id, self.opened_on, each.stage_id, self.owner_id, reached=1),
            )
        )

    def _take_back(self: Any, closing: Any) -> None:
        """A reopened deal is neither won nor lost: what its closing passed is subtracted where it was counted."""
        undone = self.passages.filter(event=closing)
        shift_sums(
            shift
            for each in undone
            for shift in (
                SumShift(
                    self.pipeline_id,
                    each.on,
                    each.stage_id,
                    each.owner_id,
                    passed=-1,
                    base_amount=-(each.base_amount or Decimal(0)),
                ),
                SumShift(self.pipeline_id, self.opened_on, each.stage_id, self.owner_id, reached=-1),
            )
        )
        undone.delete()

    def _rank_at(self: Any, rank: float | None) -> None:
        if rank is not None and rank != self.rank:
            self.rank = rank
            self.save(update_fields=["rank"])

    def _refuse_other_pipeline(self: Any, stage: Stage) -> None:
        if stage.pipeline_id != self.pipeline_id:
            raise Refused(
                _("“%(stage)s” belongs to another pipeline. Choose a stage of “%(pipeline)s”.")
                % {"stage": stage.name, "pipeline": self.pipeline.name}
            )

    def _closing(self: Any) -> Any:
        """The event that closed the deal."""
        return self.stage_events.select_related("from_stage").filter(to_stage=self.stage).latest("at", "pk")

    def _told(self: Any, before: Stage, stage: Stage) -> dict[str, Any]:
        return {
            "deal_id": self.pk,
            "account_id": self.account_id,
            "title": self.title,
            "from_stage_id": before.pk,
            "from_stage": before.name,
            "to_stage_id": stage.pk,
            "to_stage": stage.name,
        }
