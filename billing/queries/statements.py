"""The list of bank statements: three statements for fifty rows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from billing.models import LineState, StatementLine
from deals.queries.words import amount_text, count_text
from foundation.keyset import Page, keyset_page
from users.dates import short_day

ORDER = ("-pk",)
SIZE = 50


@dataclass(frozen=True)
class StatementRow:
    pk: int
    url: str
    days: str
    account: str
    company: str
    file: str
    received: str
    paid_out: str
    lines: str
    waiting: str
    differs: bool
    brought: str


def list_page(statements: Any, cursor: str | None, today: date) -> Page:
    wanted = statements.values(
        "pk", "starts_on", "ends_on", "account", "bank_account__legal_entity__name", "file_name", "sum_in",
        "sum_out", "currency", "line_count", "differences", "created_at",
    )  # fmt: skip
    page = keyset_page(wanted, order=ORDER, cursor=cursor, size=SIZE)
    keys = [row["pk"] for row in page.rows]
    waiting = StatementLine.objects.filter(statement__in=keys, state=LineState.WAITING).order_by()
    counts = dict(waiting.values_list("statement_id").annotate(Count("pk")))
    return page._replace(rows=[_row(row, counts.get(row["pk"], 0), today) for row in page.rows])


def days_text(first: date | None, last: date | None, today: date) -> str:
    """“Mar 4 – Mar 6”, or one day; nothing where the file says none."""
    said = [short_day(day, today) for day in dict.fromkeys((first, last)) if day is not None]
    return " – ".join(said)


def _row(row: dict[str, Any], waiting: int, today: date) -> StatementRow:
    return StatementRow(
        pk=row["pk"],
        url=reverse("billing:statement", args=[row["pk"]]),
        days=days_text(row["starts_on"], row["ends_on"], today) or row["file_name"],
        account=row["account"],
        company=row["bank_account__legal_entity__name"],
        file=row["file_name"],
        received=amount_text(row["sum_in"], row["currency"]),
        paid_out=amount_text(row["sum_out"], row["currency"]),
        lines=count_text(row["line_count"]),
        waiting=count_text(waiting) if waiting else "",
        differs=bool(row["differences"]),
        brought=short_day(timezone.localdate(row["created_at"]), today),
    )
