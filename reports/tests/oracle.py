"""The same figures counted the slow way: every deal's history replayed, without any of the sums."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from deals.models import Deal, Pipeline, StageEvent, StageKind
from foundation.clock import company_day


@dataclass(frozen=True)
class Passage:
    deal_id: int
    stage: str
    kind: str
    on: date
    owner_id: int | None
    amount: Decimal
    opened_on: date
    owner_now: int | None


def passages(pipeline: Pipeline) -> list[Passage]:
    """First passages as the methodology in README.md words them."""
    opened = sorted((each for each in pipeline.stages.all() if each.is_open), key=lambda each: each.position)
    found = []
    for deal in Deal.objects.filter(pipeline=pipeline):
        first: dict[str, tuple[StageEvent, str]] = {}
        for event in (
            StageEvent.objects.filter(deal=deal).select_related("to_stage", "from_stage").order_by("at", "pk")
        ):
            if event.from_stage is not None and not event.from_stage.is_open:
                closing = max((by for by, _kind in first.values()), key=lambda by: (by.at, by.pk))
                first = {name: noted for name, noted in first.items() if noted[0] != closing}
            into = event.to_stage
            skipped = opened if into.kind == StageKind.WON else []
            if into.is_open:
                skipped = [each for each in opened if each.position < into.position]
            for each in [*skipped, into]:
                first.setdefault(each.name, (event, each.kind))
        found += [
            Passage(
                deal.pk,
                name,
                kind,
                company_day(event.at),
                event.owner_id,
                event.base_amount or Decimal(0),
                deal.opened_on,
                deal.owner_id,
            )
            for name, (event, kind) in first.items()
        ]
    return found
