"""How many deals and how much money, without counting a large table to draw a page."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

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
    """How many deals, and their base amounts together; `is_exact` is False where counting stopped at the cap."""

    deals: int = 0
    base_amount: Decimal = Decimal(0)
    is_exact: bool = True


def stage_worths(filterset: DealFilter, deals: Any, stages: list[Any], person: Any) -> dict[int, Worth]:
    """For each open stage of the board, over the filtered deals the person sees. One statement."""
    totals = _totals(filterset, person).filter(stage__in=[stage.pk for stage in stages])
    summed = totals.order_by().values("stage_id").annotate(n=Sum("deals"), worth=Sum("base_amount"))
    if are_totals_exact(filterset, person):
        return {row["stage_id"]: Worth(row["n"], row["worth"]) for row in summed}
    if "q" in filterset.said:  # the search itself stops at a cap; four branches would search four times
        found = deals.open().filter(stage__in=[stage.pk for stage in stages]).order_by().values("stage_id")
        rows = found.annotate(n=Count("*"), worth=Sum("base_amount"))
        return {row["stage_id"]: Worth(row["n"], row["worth"] or Decimal(0)) for row in rows}
    is_about_totals = _is_about_totals(filterset)
    counted = _branches(deals, stages, summed if is_about_totals else None)
    rest = summed.query.sql_with_params() if is_about_totals else None
    worths = {stage.pk: Worth() for stage in stages}
    with connection.cursor() as cursor:
        cursor.execute(*_joined(counted, rest))
        counted_rows = cursor.fetchall()
    for is_total, stage_id, n, worth in sorted(counted_rows):
        # Past the cap, what the people in reach own is the best exact sum there is.
        if not is_total:
            worths[stage_id] = Worth(min(n, CAP), worth, n <= CAP)
        elif stage_id in worths and (n > CAP or not worths[stage_id].is_exact):
            worths[stage_id] = Worth(n, worth)
    return worths


def worth_of(filterset: DealFilter, deals: Any, person: Any) -> Worth:
    """Of all the deals of a list. One statement; capped unless the kept totals answer."""
    if are_totals_exact(filterset, person):
        found = _totals(filterset, person).aggregate(n=Coalesce(Sum("deals"), 0), worth=Sum("base_amount"))
        return Worth(found["n"], found["worth"] or Decimal(0))
    capped = deals.order_by().values("base_amount")[: CAP + 1]
    found = capped.aggregate(n=Count("*"), worth=Sum("base_amount"))
    return Worth(min(found["n"], CAP), found["worth"] or Decimal(0), found["n"] <= CAP)


def exact_worth_of(deals: Any) -> Worth:
    """On demand: as long as it takes."""
    found = deals.order_by().aggregate(n=Count("*"), worth=Sum("base_amount"))
    return Worth(found["n"], found["worth"] or Decimal(0))


def are_totals_exact(filterset: DealFilter, person: Any) -> bool:
    """Whether StageTotal holds the very answer: simple filters, and nobody's deals hidden by them or by rights."""
    if not _is_about_totals(filterset):
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


def _is_about_totals(filterset: DealFilter) -> bool:
    return not filterset.troubles and set(filterset.said) <= KEPT_IN_TOTALS


def _totals(filterset: DealFilter, person: Any) -> Any:
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


def _branches(deals: Any, stages: list[Any], summed: Any) -> list[tuple[str, Any]]:
    """One capped select a stage; not run at all where the kept totals say already that it would hit the cap."""
    rows = deals.open().order_by().values_list("stage_id", "base_amount")
    branches = []
    for stage in stages:
        branch = rows.filter(stage_id=stage.pk)
        if summed is not None:
            owned = Coalesce(Subquery(summed.filter(stage_id=stage.pk).values("n")), 0)
            branch = branch.filter(LessThanOrEqual(owned, CAP))
        branches.append(branch[: CAP + 1].query.sql_with_params())
    return branches


def _joined(branches: list[tuple[str, Any]], totals: tuple[str, Any] | None) -> tuple[str, list[Any]]:
    """One statement of our own querysets' texts; what people typed stays among the values."""
    counted = " UNION ALL ".join(f"({sql})" for sql, _values in branches)
    parts = [COUNTED.format(rows=counted)]
    values = [value for _sql, each in branches for value in each]
    if totals is not None:
        parts.append(KEPT.format(totals=totals[0]))
        values += totals[1]
    return " UNION ALL ".join(parts), values
