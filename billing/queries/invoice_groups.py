"""The list of invoices in groups: how many and how much in each, and the link that opens it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Case, DecimalField, F, Value, When
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy

from billing.models.invoice import InvoiceState
from deals.queries import words
from lists.grouping import MOST as MOST
from lists.grouping import Grouping, address_of, counted, in_order, name_of

# In the company's currency; a credit note takes back. Drafts have none yet.
WORTH = Case(
    When(kind="credit_note", then=-F("base_total")),
    default=F("base_total"),
    output_field=DecimalField(max_digits=18, decimal_places=2),
)


@dataclass(frozen=True)
class InvoiceGroup:
    name: str
    count: str
    worth: str
    exactly: str
    url: str


GROUPINGS = {
    "state": Grouping(
        gettext_lazy("State"), "state", "state", "state", "state", "", words=dict(InvoiceState.choices)
    ),
    "owner": Grouping(
        gettext_lazy("Owner"), "owner_id", "owner__name", "owner__sort_key", "owner", gettext_lazy("Nobody")
    ),
    "own": Grouping(
        gettext_lazy("Own company"), "legal_entity_id", "legal_entity__name", "legal_entity__name", "own", ""
    ),
    "month": Grouping(
        gettext_lazy("Month"), TruncMonth("dated_on"), Value(""), TruncMonth("dated_on"), "dated", ""
    ),
}


def groups_of(filterset: Any, invoices: Any, by: str) -> list[InvoiceGroup] | None:
    """In their order; None where there are more invoices than are counted for a page."""
    grouping = GROUPINGS[by]
    found = counted(invoices, grouping, WORTH)
    return None if found is None else [_group(row, grouping, filterset) for row in in_order(found)]


def _group(row: tuple[Any, ...], grouping: Grouping, filterset: Any) -> InvoiceGroup:
    key, name, _place, count, worth = row
    worth = worth or Decimal()
    return InvoiceGroup(
        name_of(key, name, grouping),
        words.count_text(count),
        words.worth_text(worth),
        words.amount_text(worth, settings.BASE_CURRENCY),
        address_of(key, grouping, filterset),
    )
