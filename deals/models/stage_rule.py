from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deals.models.pipeline import Stage
from deals.requirements import WANTING, Missing, Need, count_done
from users.models import Role


class StageRule(models.Model):
    """What a deal must have to enter a stage, and where it may go from there.

    Asked by the verbs `move` and `win`. Losing, reopening, undo and the import of history never ask.
    """

    stage = models.OneToOneField(
        Stage, models.CASCADE, related_name="rule", verbose_name=gettext_lazy("stage")
    )
    needs = ArrayField(
        models.CharField(max_length=20, choices=Need),
        verbose_name=gettext_lazy("a deal must have"),
        default=list,
        blank=True,
        help_text=gettext_lazy("what is missing is asked for when somebody moves a deal here"),
    )
    least_activities = models.PositiveSmallIntegerField(
        gettext_lazy("activities before"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=gettext_lazy(
            "so many calls, meetings, messages or done tasks about the deal in the stage it leaves"
        ),
    )
    no_skip = models.BooleanField(
        gettext_lazy("stages before it may not be skipped"),
        default=False,
        help_text=gettext_lazy("an open stage the deal has been in counts, however long ago"),
    )
    roles = models.ManyToManyField(
        Role,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("who may move deals here"),
        help_text=gettext_lazy("nobody chosen: whoever may move the deal"),
    )
    allowed_next = models.ManyToManyField(
        Stage,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("from here only to"),
        help_text=gettext_lazy("nothing chosen: to any stage; a deal may be lost from everywhere"),
    )

    class Meta:
        verbose_name = gettext_lazy("stage rule")
        verbose_name_plural = gettext_lazy("stage rules")
        ordering = ["stage__pipeline", "stage__position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(needs__contained_by=Need.values), name="stage_rule_needs_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.stage)

    def missing(self, deal: Any, stages: Sequence[Stage], by: Any) -> list[Missing]:
        """What keeps the deal from entering; `stages` are those of its pipeline."""
        return [
            *self._wanting(deal),
            *self._undone(deal),
            *self._skipped(deal, stages),
            *self._wrong_role(by),
        ]

    def _wanting(self, deal: Any) -> list[Missing]:
        return [
            Missing(need, str(WANTING[need])) for need in Need if need in self.needs and not _has(deal, need)
        ]

    def _undone(self, deal: Any) -> list[Missing]:
        if not self.least_activities:
            return []
        left = self.least_activities - count_done([deal.pk], deal.entered_stage_at)
        if left <= 0:
            return []
        clause = ngettext(
            "%(n)s more call, meeting, message or done task is needed",
            "%(n)s more calls, meetings, messages or done tasks are needed",
            left,
        ) % {"n": left}
        return [Missing("activities", clause)]

    def _skipped(self, deal: Any, stages: Sequence[Stage]) -> list[Missing]:
        if not self.no_skip:
            return []
        between = stages_between(stages, deal.stage_id, self.stage_id)
        if not between:
            return []
        keys = [stage.pk for stage in between]
        entered = set(
            deal.stage_events.filter(to_stage__in=keys).order_by().values_list("to_stage_id", flat=True)
        )
        entered |= self._entered_elsewhere(deal, keys)
        names = [f"“{stage.name}”" for stage in between if stage.pk not in entered]
        if not names:
            return []
        clause = ngettext("%(names)s would be skipped", "%(names)s would be skipped", len(names))
        return [Missing("skipped", clause % {"names": ", ".join(names)})]

    def _entered_elsewhere(self, deal: Any, keys: Sequence[int]) -> set[int]:
        """Coming from another pipeline, a deal has been in whatever the stages it has been in are mapped to."""
        if deal.pipeline_id == self.stage.pipeline_id:
            return set()
        from deals.models.stage_map import StageMap

        been = deal.stage_events.order_by().values("to_stage_id")
        maps = StageMap.objects.filter(to_stage__in=keys, from_stage__in=been).order_by()
        return set(maps.values_list("to_stage_id", flat=True))

    def _wrong_role(self, by: Any) -> list[Missing]:
        if by.is_robot:
            return []
        roles = list(self.roles.all())
        if not roles or {role.key for role in roles} & role_keys(by):
            return []
        names = ", ".join(role.title for role in roles)
        return [Missing("roles", _("only these may move deals here: %(names)s") % {"names": names})]

    def dead_end(self, stage: Stage) -> list[Missing]:
        """What keeps a deal that stands here from going to `stage`."""
        allowed = {each.pk: each.name for each in self.allowed_next.all()}
        if not allowed or stage.pk in allowed:
            return []
        names = ", ".join(f"“{name}”" for name in allowed.values())
        said = {"stage": self.stage.name, "names": names}
        return [Missing("next", _("from “%(stage)s” a deal goes only to %(names)s") % said)]


def rule_of(stage: Stage) -> StageRule | None:
    """The stage's rule; costs a statement unless it was read with the stage."""
    return getattr(stage, "rule", None)


def stages_between(stages: Sequence[Stage], leaving: int, entering: int) -> list[Stage]:
    """The open stages a deal would jump over; none when it goes back, all before when it is not of these stages."""
    place = {stage.pk: stage.place for stage in stages}
    begin = place.get(leaving, (-1, 0, 0))
    return sorted(
        (stage for stage in stages if stage.is_open and begin < stage.place < place[entering]),
        key=lambda stage: stage.place,
    )


def role_keys(person: Any) -> set[str]:
    """The roles of a person; a person of a request carries them."""
    keys = getattr(person, "policy_roles", None)
    return set(person.roles.values_list("key", flat=True) if keys is None else keys)


def _has(deal: Any, need: str) -> bool:
    match need:
        case Need.CONTACT:
            return bool(deal.deal_contacts.exists())
        case Need.PRODUCT:
            return bool(deal.lines.exists())
        case Need.CLIENT:
            return deal.account_id is not None
        case Need.SOURCE:
            return deal.source_id is not None
        case Need.NEXT_STEP:
            return deal.next_step_on is not None
    return getattr(deal, need) is not None
