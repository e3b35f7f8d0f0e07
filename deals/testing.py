"""Builders of deals for tests and the demo company."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from deals.models import Deal, LossReason, Pipeline, Stage, StageKind, StageRule
from foundation.clock import company_day, noon_of
from users.models import Role, User

STAGES = [
    (
        "First contact",
        StageKind.OPEN,
        10,
        2,
        "Find out who decides and what hurts. Go on when a need is named.",
    ),
    ("Qualified", StageKind.OPEN, 30, 5, "Agree on budget, time and who decides."),
    ("Proposal", StageKind.OPEN, 60, 7, "Send the offer and agree on the day of the answer."),
    ("Negotiation", StageKind.OPEN, 80, 10, "Settle price and terms; have the contract read."),
    ("Won", StageKind.WON, 100, None, ""),
    ("Lost", StageKind.LOST, 0, None, ""),
]


def make_pipeline(name: str = "Sales", stages: Any = STAGES, position: int = 0) -> Pipeline:
    pipeline = Pipeline.objects.create(name=name, position=position)
    Stage.objects.bulk_create(
        Stage(
            pipeline=pipeline,
            name=stage,
            kind=kind,
            position=place,
            probability=probability,
            norm_days=norm,
            guidance=guidance,
        )
        for place, (stage, kind, probability, norm, guidance) in enumerate(stages)
    )
    return pipeline


def make_deal(
    title: str = "Office flowers",
    *,
    owner: User | None = None,
    pipeline: Pipeline | None = None,
    stage: str | None = None,
    amount: Any = 1000,
    at: datetime | None = None,
    won: bool = False,
    lost: bool = False,
    stalled: bool = False,
    **fields: Any,
) -> Deal:
    """An open deal in the first stage of the first pipeline; `stage` by name; won, lost or stalled on request."""
    pipeline = pipeline or Pipeline.objects.first() or make_pipeline()
    at = at or timezone.now() - (timedelta(days=60) if stalled else timedelta(0))
    by = owner or User.objects.robot()
    into = pipeline.stages.get(name=stage) if stage else pipeline.first_stage()
    amount = None if amount is None else Decimal(amount)
    deal = Deal.create(title=title, stage=into, owner=owner, amount=amount, by=by, at=at, **fields)
    if won:
        deal.win(by=by, at=_an_hour_later(at))
    if lost:
        deal.lose(make_loss_reason(), by=by, at=_an_hour_later(at))
    return deal


def _an_hour_later(at: datetime) -> datetime:
    """Or before midnight, where that comes first: what is opened and closed today is so at any hour."""
    midnight = noon_of(company_day(at)) + timedelta(hours=12)
    return min(at + timedelta(hours=1), max(at, midnight - timedelta(seconds=1)))


def make_loss_reason(name: str = "Too expensive") -> LossReason:
    return LossReason.objects.get_or_create(name=name)[0]


def make_rule(stage: Stage, *, roles: Any = (), allowed_next: Any = (), **fields: Any) -> StageRule:
    """A rule of the stage; roles by key, the stages a deal may go to from here by name."""
    rule = StageRule.objects.create(stage=stage, **fields)
    rule.roles.set(Role.objects.filter(key__in=roles))
    rule.allowed_next.set(Stage.objects.filter(pipeline=stage.pipeline_id, name__in=allowed_next))
    return rule
