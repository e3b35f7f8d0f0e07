"""How deals go into the trash and come back: they leave the sums as they once came into them."""

from collections.abc import Sequence
from decimal import Decimal

from changes.trash import kinds
from changes.trash.kinds import Shown, Trashable
from deals import facts
from deals.funnel import SumShift, TotalShift, shift_sums, shift_totals
from deals.merging import settle
from deals.models import Deal, StagePassage

DELETE, ORDER = "deals.delete", 20


def register() -> None:
    kinds.register(
        Trashable(
            record="deal",
            subject="deal",
            model=Deal,
            right=DELETE,
            view_right="deals.view",
            team_of=lambda deal: deal.team_ids,
            trashed=lambda entry, said: facts.DealTrashed(
                deal_id=entry.record_id, account_id=said["account_id"], title=entry.title, reason=entry.reason
            ),
            restored=lambda entry, said: facts.DealRestored(
                deal_id=entry.record_id, account_id=said["account_id"], title=entry.title
            ),
            leaving=leave_sums,
            returned=return_to_sums,
            order=ORDER,
        )
    )
    kinds.leaves_whole("deals.StageEvent:append_only")
    kinds.show(
        Shown(
            model="deals.Deal", url=lambda record, key: f"/deals/?account={key}" if record == "client" else ""
        ),
        Shown(model="deals.DealLine"),
    )


def leave_sums(keys: Sequence[int]) -> None:
    """Everything these deals and their passages count is taken out of the sums, from the days it was counted on."""
    _shift(keys, -1)


def return_to_sums(keys: Sequence[int]) -> None:
    _shift(keys, 1)
    settle(keys)


def _shift(keys: Sequence[int], step: int) -> None:
    deals = {deal.pk: deal for deal in Deal.objects.filter(pk__in=keys)}
    passages = StagePassage.objects.filter(deal_id__in=keys).order_by()
    sums = []
    for deal_id, stage_id, pipeline_id, on, owner_id, worth in passages.values_list(
        "deal_id", "stage_id", "stage__pipeline_id", "on", "owner_id", "base_amount"
    ):
        deal, amount = deals[deal_id], step * (worth or Decimal(0))
        sums += [
            SumShift(pipeline_id, on, stage_id, owner_id, passed=step, base_amount=amount),
            SumShift(pipeline_id, deal.opened_on, stage_id, deal.owner_id, reached=step),
        ]
    # Sums first and totals second, as every verb does, so that two verbs never wait for each other.
    shift_sums(sums)
    shift_totals(
        TotalShift(deal.stage_id, deal.owner_id, step, step * (deal.base_amount or Decimal(0)))
        for deal in deals.values()
    )
