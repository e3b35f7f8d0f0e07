"""How many deals and how much money, without counting a large table to draw a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from deals.filters import NOBODY, DealFilter, people_of
from deals.models import StageTotal

CAP = 1_000
COUNTED = (
    "SELECT false, stage_id, count(*), coalesce(sum(base_amount), 0) FROM ({rows}) AS counted GROUP BY 2"
)
KEPT = "SELECT true, kept.* FROM ({totals}) AS kept"
KEPT_IN_TOTALS = {"pipeline", "stage", "state", "owner", "department", "mine", "team"}


@dataclass(frozen=True)
class Worth:
    """How many deals, and their base amounts together; `is_exact` is False where counting stopped at the cap.

    `sums` are those of custom money, by name; none where there are more deals than the cap.
    """

    deals: int = 0
    base_amount: Decimal = Decimal(0)
    is_exact: bool = True
    sums: Mapping[str, Decimal] = field(default_factory=dict)


def worth_of(filterset: DealFilter, deals: Any, person: Any, money: Mapping[str, Any] | None = None) -> Worth:
    """Of all the deals of a list. One statement; capped unless the kept totals answer. `money` is more to sum, by
    name, which costs a second statement where the totals answer."""
    if are_totals_exact(filterset, person):
        found = kept_totals(filterset, person).aggregate(
            n=Coalesce(Sum("deals"), 0), worth=Sum("base_amount")
        )
        kept = Worth(found["n"], found["worth"] or Decimal(0))
        return replace(kept, sums=capped_worth(deals, money).sums) if money else kept
    return capped_worth(deals, money or {})


def capped_worth(deals: Any, money: Mapping[str, Any]) -> Worth:
    """Of at most as many as the cap. One statement."""
    capped = deals.order_by().annotate(**money).values("base_amount", *money)[: CAP + 1]
    found = capped.aggregate(n=Count("*"), worth=Sum("base_amount"), **_sums(money))
    is_exact = found["n"] <= CAP
    return Worth(
        min(found["n"], CAP),
        found["worth"] or Decimal(0),
        is_exact,
        _summed(found, money) if is_exact else {},
    )


def exact_worth_of(deals: Any, money: Mapping[str, Any] | None = None) -> Worth:
    """On demand: as long as it takes."""
    money = money or {}
    found = (
        deals.order_by().annotate(**money).aggregate(n=Count("*"), worth=Sum("base_amount"), **_sums(money))
    )
    return Worth(found["n"], found["worth"] or Decimal(0), sums=_summed(found, money))


def _sums(money: Mapping[str, Any]) -> dict[str, Sum]:
    return {f"sum_of_{name}": Sum(name) for name in money}


def _summed(found: Mapping[str, Any], money: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: found[f"sum_of_{name}"] or Decimal(0) for name in money}


def are_totals_exact(filterset: DealFilter, person: Any) -> bool:
    """Whether StageTotal holds the very answer: simple filters, and nobody's deals hidden by them or by rights."""
    if not is_about_totals(filterset):
        return False
    reach = person.reach("deals.view")
    if reach.everybody:
        return True
    said = filterset.said
    owners = set(said.get("owner", []))
    if said.get("mine"):
        owners = {person.pk}
    elif said.get("team"):
        owners = set(person.policy.colleagues)
    return bool(owners) and owners <= reach.people


def is_about_totals(filterset: DealFilter) -> bool:
    return not filterset.troubles and set(filterset.said) <= KEPT_IN_TOTALS


def kept_totals(filterset: DealFilter, person: Any) -> Any:
    """StageTotal by the simple filters, within the person's reach."""
    said, totals = filterset.said, StageTotal.objects.order_by()
    for name, column in (("stage", "stage_id"), ("pipeline", "stage__pipeline_id"), ("state", "stage__kind")):
        if said.get(name):
            totals = totals.filter(**{f"{column}__in": said[name]})
    if said.get("owner"):
        people = [each for each in said["owner"] if each != NOBODY]
        nobody = Q(owner__isnull=True) if NOBODY in said["owner"] else Q(pk__in=[])
        totals = totals.filter(Q(owner_id__in=people) | nobody)
    if said.get("department"):
        totals = totals.filter(owner_id__in=people_of(said["department"]))
    if said.get("mine"):
        totals = totals.filter(owner_id=person.pk)
    if said.get("team"):
        totals = totals.filter(owner_id__in=sorted(person.policy.colleagues))
    reach = person.reach("deals.view")
    return totals if reach.everybody else totals.filter(owner_id__in=sorted(reach.people))
