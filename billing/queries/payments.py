"""The list of payments: fifty rows of text and what they come to in each currency."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models.payment import Direction, Method
from deals.queries.words import amount_text, count_text
from foundation.keyset import Page, keyset_page
from foundation.statements import statement
from users.dates import short_day

ORDER = ("-received_on", "-pk")
SIZE = 50
CAP = 1_000
SUMS = """
    SELECT currency, count(*), coalesce(sum(amount) FILTER (WHERE direction = 'in' AND voided_at IS NULL), 0),
           coalesce(sum(amount) FILTER (WHERE direction = 'out' AND voided_at IS NULL), 0), sum(unallocated)
    FROM ({rows}) AS found GROUP BY currency ORDER BY count(*) DESC, currency
"""


@dataclass(frozen=True)
class PaymentRow:
    pk: int
    url: str
    day: str
    client: str
    client_url: str
    payer: str
    purpose: str
    method: str
    amount: str
    left: str
    tag: str
    tag_css: str


@dataclass(frozen=True)
class Sum:
    """What the payments found come to in one currency."""

    currency: str
    received: str
    paid_back: str
    left: str


@dataclass(frozen=True)
class Sums:
    """None of a list longer than anybody counts to draw a page."""

    count: str
    rows: list[Sum]


def list_page(payments: Any, cursor: str | None, today: date) -> Page:
    """One statement."""
    wanted = payments.values(
        "pk", "received_on", "account_id", "account__name", "payer_name", "purpose", "method", "direction",
        "amount", "currency", "unallocated", "voided_at",
    )  # fmt: skip
    page = keyset_page(wanted, order=ORDER, cursor=cursor, size=SIZE)
    return page._replace(rows=[_row(row, today) for row in page.rows])


def sums_of(payments: Any) -> Sums:
    """One statement; of at most a thousand."""
    found = payments.order_by().values_list("currency", "amount", "direction", "voided_at", "unallocated")
    rows, parameters = statement(found[: CAP + 1])
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(rows=rows), parameters)
        sums = cursor.fetchall()
    count = sum(row[1] for row in sums)
    is_exact = count <= CAP
    said = count_text(min(count, CAP), is_exact=is_exact)
    text = ngettext("%(n)s payment", "%(n)s payments", count) % {"n": said}
    shown = [Sum(code, *(_some(each, code) for each in amounts)) for code, _n, *amounts in sums]
    return Sums(text, shown if is_exact else [])


def _row(row: dict[str, Any], today: date) -> PaymentRow:
    is_out, is_voided, currency = row["direction"] == Direction.OUT, row["voided_at"], row["currency"]
    tag, css = _tag(row)
    key = row["account_id"]
    return PaymentRow(
        pk=row["pk"],
        url=reverse("billing:payment", args=[row["pk"]]),
        day=short_day(row["received_on"], today),
        client=row["account__name"] or "",
        client_url=reverse("accounts:card", args=[key]) if key else "",
        payer=row["payer_name"],
        purpose=row["purpose"][:200],
        method=str(Method(row["method"]).label),
        amount=amount_text(-row["amount"] if is_out else row["amount"], currency),
        left="" if is_voided else _some(row["unallocated"], currency),
        tag=tag,
        tag_css=css,
    )


def _tag(row: dict[str, Any]) -> tuple[str, str]:
    if row["voided_at"]:
        return _("voided"), "tag-bad"
    if row["direction"] == Direction.OUT:
        return _("paid back"), "tag-info"
    if row["account_id"] is None:
        return _("whose?"), "tag-warn"
    return (_("not allocated"), "tag-warn") if row["unallocated"] else (_("allocated"), "tag-good")


def _some(amount: Decimal, currency: str) -> str:
    return amount_text(amount, currency) if amount else ""
