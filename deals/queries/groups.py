"""The list of deals in groups: how many and how much in each, and the link that opens it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Sum, Value
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy

from deals.queries import words
from deals.queries.sums import are_totals_exact, kept_totals
from lists.grouping import MOST as MOST
from lists.grouping import Grouping, address_of, counted, in_order, name_of


@dataclass(frozen=True)
class DealGrouping(Grouping):
    """In StageTotal the key has the name `kept`, empty for none."""

    kept: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class DealGroup:
    name: str
    count: str
    worth: str
    exactly: str
    url: str


GROUPINGS = {
    "owner": DealGrouping(
        gettext_lazy("Owner"), "owner_id", "owner__name", "owner__sort_key", "owner", gettext_lazy("Nobody"),
        kept=("owner_id", "owner__name", "owner__sort_key"),
    ),
    "stage": DealGrouping(
        gettext_lazy("Stage"), "stage_id", "stage__name", "stage__position", "stage", "",
        kept=("stage_id", "stage__name", "stage__position"),
    ),
    "source": DealGrouping(
        gettext_lazy("Source"), "source_id", "source__name", "source__name", "source", gettext_lazy("No source")
    ),
    "month": DealGrouping(
        gettext_lazy("Month of expected close"), TruncMonth("expected_close_on"), Value(""),
        TruncMonth("expected_close_on"), "expected", gettext_lazy("No day set"),
    ),
}  # fmt: skip


def groups_of(filterset: Any, deals: Any, person: Any, by: str) -> list[DealGroup] | None:
    """The groups in their order, the nameless last; None where there are more deals than are counted for a page."""
    grouping = GROUPINGS[by]
    found: list[tuple[Any, ...]] | None
    if grouping.kept and are_totals_exact(filterset, person):
        key, name, place = grouping.kept
        totals = kept_totals(filterset, person).order_by().values_list(key, name, place)
        found = list(totals.annotate(n=Sum("deals"), worth=Sum("base_amount")))
        found = [row for row in found if row[3]]
    else:
        found = counted(deals, grouping, "base_amount")
    return None if found is None else [_group(row, grouping, filterset) for row in in_order(found)]


def _group(row: tuple[Any, ...], grouping: Grouping, filterset: Any) -> DealGroup:
    key, name, _place, count, worth = row
    return DealGroup(
        name_of(key, name, grouping),
        words.count_text(count),
        words.worth_text(worth or Decimal()),
        words.amount_text(worth or Decimal(), settings.BASE_CURRENCY),
        address_of(key, grouping, filterset),
    )
