"""Rules that no deal could ever satisfy, said before they are saved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from deals import requirements
from deals.models import Stage, StageKind, StageRule
from deals.models.stage_rule import stages_between
from users.models import Grant, Role


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A rule as it would be. `allowed_next` are keys of stages, empty for any."""

    stage: Stage
    no_skip: bool = False
    least_activities: int = 0
    allowed_next: frozenset[int] = frozenset()
    roles: Sequence[Role] = field(default_factory=tuple)


class Objection(NamedTuple):
    """What of the rule is impossible, and why in a sentence."""

    field: str
    sentence: str


def objection(draft: Draft) -> Objection | None:
    """Why the rule could never be satisfied; None where it could."""
    stage, said = draft.stage, {"stage": draft.stage.name}
    if stage.kind == StageKind.LOST:
        sentence = _("Losing a deal asks nothing: a rule of “%(stage)s” would never be used.") % said
        return Objection("needs", sentence)
    if not stage.is_open and draft.allowed_next:
        return Objection(
            "allowed_next", _("A deal does not go on from “%(stage)s”: it is closed there.") % said
        )
    if draft.least_activities and not requirements.counters:
        sentence = _("Nothing here counts activities: no deal would ever have enough.")
        return Objection("least_activities", sentence)
    return _nobody_may(draft) or _out_of_reach(draft)


def _nobody_may(draft: Draft) -> Objection | None:
    if not draft.roles or Grant.objects.filter(role__in=draft.roles, verb="deals.move").exists():
        return None
    names = ", ".join(role.title for role in draft.roles)
    sentence = _("None of these roles may move deals: %(names)s. Choose one that may.") % {"names": names}
    return Objection("roles", sentence)


def _out_of_reach(draft: Draft) -> Objection | None:
    stages = list(Stage.objects.filter(pipeline=draft.stage.pipeline_id))
    rules = StageRule.objects.filter(stage__in=stages).exclude(stage=draft.stage)
    drafts = [_as_draft(rule) for rule in rules.select_related("stage").prefetch_related("allowed_next")]
    strict = {each.stage.pk for each in [*drafts, draft] if each.no_skip}
    ways = {each.stage.pk: set(each.allowed_next) for each in [*drafts, draft] if each.allowed_next}
    in_order = sorted(stages, key=lambda stage: stage.place)
    # Deals begin in the first one; and whatever the rules, they can be lost.
    for stage in (each for each in in_order[1:] if each.kind != StageKind.LOST):
        sources = [each for each in in_order if each.is_open and _leads(ways, each.pk, stage.pk)]
        if not sources:
            sentence = _("No stage would lead to “%(stage)s” any more.") % {"stage": stage.name}
            return Objection("allowed_next", sentence)
        if stage.pk in strict and not any(_is_possible(ways, in_order, each, stage) for each in sources):
            names = ", ".join(f"“{each.name}”" for each in sources)
            said = {"stage": stage.name, "names": names}
            sentence = _(
                "“%(stage)s” could never be entered: from %(names)s a deal would have to skip stages."
            )
            return Objection("no_skip" if stage.pk == draft.stage.pk else "allowed_next", sentence % said)
    return None


def _as_draft(rule: StageRule) -> Draft:
    keys = frozenset(stage.pk for stage in rule.allowed_next.all())
    return Draft(stage=rule.stage, no_skip=rule.no_skip, allowed_next=keys)


def _leads(ways: dict[int, set[int]], leaving: int, entering: int) -> bool:
    return leaving != entering and (leaving not in ways or entering in ways[leaving])


def _is_possible(ways: dict[int, set[int]], stages: Sequence[Stage], leaving: Stage, entering: Stage) -> bool:
    """Whether a deal could have been in every stage between the two and come to the first of them."""
    return all(
        _goes(ways, stages, between.pk, leaving.pk)
        for between in stages_between(stages, leaving.pk, entering.pk)
    )


def _goes(ways: dict[int, set[int]], stages: Sequence[Stage], begin: int, end: int) -> bool:
    """Whether some way over open stages leads from one to the other."""
    seen, open_ends = {begin}, [begin]
    while open_ends:
        here = open_ends.pop()
        if here == end:
            return True
        further = [
            each.pk for each in stages if each.is_open and each.pk not in seen and _leads(ways, here, each.pk)
        ]
        seen.update(further)
        open_ends += further
    return False
