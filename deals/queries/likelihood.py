"""How likely a deal is, as pages say it: by a person, by what became of deals like it, or by its stage."""

from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Source
from deals.calibrating import features_now, learnt_of
from deals.likelihood import Reason
from deals.models import Deal, StageCalibration
from deals.models.pipeline import Weighting
from deals.queries import words
from users.models import User

KEPT_SECONDS = 60
MOST_REASONS = 4
FEATURE_NAMES = {
    "source": gettext_lazy("Source"),
    "owner": gettext_lazy("Owner"),
    "age": gettext_lazy("Days until it came here"),
    "amount": gettext_lazy("Amount"),
}


class ExpectedShares:
    """What part of each stage's worth is expected, as reckoned at night; read once a minute in each process."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._shares: dict[int, float] = {}
        self._read_at: float | None = None

    def of(self, stage_id: int) -> float | None:
        if self._read_at is None or monotonic() - self._read_at > KEPT_SECONDS:
            known = StageCalibration.objects.values_list("stage_id", "expected")
            self._shares = {stage: share for stage, share in known if share is not None}
            self._read_at = monotonic()
        return self._shares.get(stage_id)


expected_shares = ExpectedShares()


@dataclass(frozen=True)
class StageWeight:
    """What a column's worth is weighted by; `by` says in words where the percent comes from."""

    percent: float
    by: str
    is_learnt: bool


def stage_weight(stage: Any, pipeline: Any) -> StageWeight:
    """Of a stage; asks the database only in a pipeline that weighs by experience, and then once a minute."""
    if pipeline is not None and pipeline.weighting == Weighting.LEARNT:
        share = expected_shares.of(stage.pk)
        if share is not None:
            said = _("by what became of such deals: %(percent)s%%") % {"percent": round(share * 100)}
            return StageWeight(share * 100, said, True)
    said = _("by the stage: %(percent)s%%") % {"percent": stage.probability}
    return StageWeight(stage.probability, said, False)


@dataclass(frozen=True)
class ReasonRow:
    """A feature of the deal: “Source: Fair”, “12 of 30 won”, ↑ or ↓ against the stage."""

    name: str
    value: str
    count: str
    share: str
    icon: str
    is_up: bool


@dataclass(frozen=True)
class Likelihood:
    """Every figure there is for a deal; `learnt` is None where too little is known or it did not prove better."""

    own: int | None
    stage: int
    learnt: int | None
    base: str
    why_not: str
    tested: str
    reasons: list[ReasonRow]


def likelihood_of(deal: Deal) -> Likelihood:
    """Up to four statements, for the dialog that explains."""
    kept, rates = learnt_of([deal.stage_id])
    known = kept.get(deal.stage_id)
    if known is None:
        why = _("Nothing was learnt of this stage yet: too few deals were closed, or the night has not come.")
        return Likelihood(deal.probability, deal.stage.probability, None, "", why, "", [])
    features = features_now(vars(deal))
    share = rates.probability(deal.stage_id, features, known.weight)
    base = ngettext(
        "%(won)s of %(n)s closed deal that came here was won",
        "%(won)s of %(n)s closed deals that came here were won",
        known.n,
    )
    why_not = (
        ""
        if known.is_used
        else _("It did not foretell better than the stage's own share, so it is not used.")
    )
    return Likelihood(
        own=deal.probability,
        stage=deal.stage.probability,
        learnt=round(share * 100) if known.is_used else None,
        base=base % {"won": known.won, "n": known.n},
        why_not=why_not,
        tested=_tested(known),
        reasons=_rows(rates.reasons(deal.stage_id, features, known.weight)[:MOST_REASONS]),
    )


def _tested(known: StageCalibration) -> str:
    if known.brier_base is None or known.brier_model is None:
        return ""
    said = {"n": known.tested, "model": f"{known.brier_model:.3f}", "base": f"{known.brier_base:.3f}"}
    return (
        _("On the newest %(n)s deals the squared error was %(model)s, with the stage's share alone %(base)s.")
        % said
    )


def _rows(reasons: list[Reason]) -> list[ReasonRow]:
    names = _names(reasons)
    return [
        ReasonRow(
            name=str(FEATURE_NAMES[reason.feature]),
            value=names.get((reason.feature, reason.value), reason.value),
            count=_("%(won)s of %(n)s won") % {"won": reason.seen.won, "n": reason.seen.n},
            share=f"{round(reason.share * 100)}%",
            icon="trending-up" if reason.weight >= 0 else "trending-down",
            is_up=reason.weight >= 0,
        )
        for reason in reasons
    ]


def _names(reasons: list[Reason]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for feature, model in (("source", Source), ("owner", User)):
        keys = [reason.value for reason in reasons if reason.feature == feature]
        if keys:
            rows = model.objects.filter(pk__in=keys).values_list("pk", "name")
            found |= {(feature, str(pk)): name for pk, name in rows}
    for reason in reasons:
        if reason.feature == "amount":
            ends = [words.worth_text(int(end)) for end in reason.value.split("–")]
            found["amount", reason.value] = " – ".join(ends)
    return found
