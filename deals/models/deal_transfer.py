from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from deals import facts
from deals.models.pipeline import Stage
from deals.models.stage_map import StageMap
from deals.models.stage_rule import rule_of
from deals.requirements import Missing
from foundation.errors import Refused
from foundation.facts import tell

if TYPE_CHECKING:
    from deals.models.deal import Deal


class DealTransfer:
    """How a deal goes on in another pipeline. Mixed into Deal.

    What it passed before stays counted in the pipeline it left; in the new one it passes the stage it enters and,
    imputed, those before it. The rules of both stages are obeyed; where the administrator's map leads is allowed.
    """

    def transfer(
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
        """To an open stage of another pipeline."""
        if not stage.is_open:
            raise Refused(_("Choose an open stage to go on in."))
        with transaction.atomic():
            deal: Deal = self._locked_alone(version)
            if not deal.is_open:
                raise Refused(
                    _("The deal is already closed as “%(stage)s”. Reopen it to move it.")
                    % {"stage": deal.stage.name}
                )
            deal._refuse_as_target(stage, is_undo=is_undo)
            before, left = deal.stage, deal.pipeline
            reason = "" if is_undo else deal._ready_for(stage, by=by, override=override)
            deal.pipeline = stage.pipeline
            deal.__dict__.pop("_stages_read", None)
            deal._enter(before, stage, by=by, at=at, cause=cause, rank=rank, override_reason=reason)
            told = facts.DealTransferred(
                **deal._told(before, stage),
                from_pipeline=left.name,
                to_pipeline=stage.pipeline.name,
                override_reason=reason,
            )
            tell(told, by=by, at=at, cause=cause)
        self.__dict__.pop("_stages_read", None)
        self._as_written(deal, facts.DealTransferred)

    def _refuse_as_target(self: Any, stage: Stage, *, is_undo: bool) -> None:
        if stage.pipeline_id == self.pipeline_id:
            raise Refused(_("The deal is in “%(pipeline)s” already.") % {"pipeline": self.pipeline.name})
        if stage.pipeline.is_retired and not is_undo:
            raise Refused(_("The pipeline “%(name)s” takes no new deals.") % {"name": stage.pipeline.name})

    def _missing_elsewhere(self: Any, stage: Stage, by: Any) -> list[Missing]:
        """What the rules want before the deal goes on in another pipeline."""
        leaving = next((rule_of(each) for each in self._its_stages() if each.pk == self.stage_id), None)
        stages = list(stage.pipeline.stages.select_related("rule"))
        entering = rule_of(next(each for each in stages if each.pk == stage.pk))
        dead_end = leaving.dead_end(stage) if leaving is not None else []
        if dead_end and StageMap.objects.filter(from_stage=self.stage_id, to_stage=stage).exists():
            dead_end = []
        return [*dead_end, *(entering.missing(self, stages, by) if entering is not None else [])]
