"""The list of quotes: fifty rows of text and what they come to in each currency."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.queries.invoice_columns import StateWord
from billing.queries.quote import state_word
from deals.queries.words import amount_text, count_text
from foundation.keyset import Page, keyset_page
from foundation.statements import statement
from users.dates import short_day

ORDER = ("-dated_on", "-pk")
SIZE = 50
CAP = 1_000
SUMS = """
    SELECT currency, count(*), coalesce(sum(total) FILTER (WHERE state NOT IN ('superseded', 'withdrawn')), 0)
    FROM ({rows}) AS found GROUP BY currency ORDER BY count(*) DESC, currency
"""
FIELDS = (
    "pk", "number", "version_number", "account_id", "account__name", "state", "total", "currency", "dated_on",
    "valid_until", "owner__name",
)  # fmt: skip


@dataclass(frozen=True)
class QuoteRow:
    pk: int
    url: str
    name: str
    client: str
    client_url: str
    day: str
    until: str
    total: str
    owner: str
    state: StateWord


@dataclass(frozen=True)
class Sums:
    """`rows` are (currency, together), what was superseded or withdrawn left out; none of a very long list."""

    count: str
    rows: list[tuple[str, str]]


def list_page(quotes: Any, cursor: str | None, today: date) -> Page:
    """One statement."""
    page = keyset_page(quotes.values(*FIELDS), order=ORDER, cursor=cursor, size=SIZE)
    return page._replace(rows=[_row(row, today) for row in page.rows])


def sums_of(quotes: Any) -> Sums:
    """One statement; of at most a thousand."""
    rows, parameters = statement(quotes.order_by().values_list("currency", "total", "state")[: CAP + 1])
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(rows=rows), parameters)
        sums = cursor.fetchall()
    count = sum(row[1] for row in sums)
    is_exact = count <= CAP
    said = count_text(min(count, CAP), is_exact=is_exact)
    text = ngettext("%(n)s quote", "%(n)s quotes", count) % {"n": said}
    shown = [(code, amount_text(together, code)) for code, _n, together in sums]
    return Sums(text, shown if is_exact else [])


def name_of(row: dict[str, Any]) -> str:
    name = row["number"] or _("Draft %(pk)s") % {"pk": row["pk"]}
    if row["version_number"] == 1:
        return name
    return _("%(number)s, version %(version)s") % {"number": name, "version": row["version_number"]}


def _row(row: dict[str, Any], today: date) -> QuoteRow:
    return QuoteRow(
        pk=row["pk"],
        url=reverse("billing:quote", args=[row["pk"]]),
        name=name_of(row),
        client=row["account__name"],
        client_url=reverse("accounts:card", args=[row["account_id"]]),
        day=short_day(row["dated_on"], today),
        until=short_day(row["valid_until"], today) if row["valid_until"] else "",
        total=amount_text(row["total"], row["currency"]),
        owner=row["owner__name"] or "",
        state=state_word(row["state"]),
    )
