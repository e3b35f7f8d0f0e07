"""The list of invoices: fifty rows of text, and what they come to in each currency."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.invoice_filters import InvoiceFilter
from billing.models import Invoice
from billing.queries.invoice_columns import USUAL, ListPage, columns
from billing.queries.invoice_fields import fields
from billing.queries.invoice_groups import GROUPINGS
from billing.queries.invoice_sums import CAP, Sums, sums_of
from foundation.keyset import Page
from foundation.search import among, among_first, matching
from foundation.statements import statement
from lists.registry import Column, RecordList, Row
from lists.selecting import SIZE, selected_page
from lists.sorting import terms_of

LATEST = 6_000
FIRST_ORDER = ("-dated",)
BY_DATE = ("-dated_on", "-pk")
# What an index orders of any number of invoices; the last two only of those with something due.
ONLY_UNPAID = frozenset({"due_on"})
LED_BY = frozenset({"-dated", "dated", "-base_total"}) | ONLY_UNPAID
FIRST_OF = "SELECT pk FROM ({rows}) AS found (pk, dated_on) ORDER BY dated_on DESC, pk DESC LIMIT %s"
NEEDS = ("number",)


def filterset_of(person: Any, query: Any) -> InvoiceFilter:
    request = HttpRequest()
    request.user = person
    return InvoiceFilter(query, queryset=Invoice.objects.visible_to(person), request=request)


def rows(query: Any, person: Any) -> Any:
    """The invoices a query string of filters asks for, of those the person sees."""
    return filterset_of(person, query).qs


INVOICES = RecordList(
    key="invoices",
    title=_("Invoices"),
    url_name="billing:list",
    gate="billing.view",
    first="number",
    usual=USUAL,
    sort="-dated",
    led_by=LED_BY,
    columns=columns,
    rows=rows,
    fields=fields,
    groupings={name: grouping.label for name, grouping in GROUPINGS.items()},
)


def terms_asked(said: str) -> tuple[str, ...]:
    return terms_of(said, columns()) or FIRST_ORDER


def led_by(said: dict[str, Any]) -> frozenset[str]:
    """The sorts an index serves for these filters."""
    return LED_BY if {"unpaid", "overdue"} & set(said) else LED_BY - ONLY_UNPAID


def list_page(
    invoices: Any, shown: Sequence[Column], terms: tuple[str, ...], cursor: str | None, now: datetime
) -> Page:
    """A page of rows ready to be shown; one statement, two where empty values begin."""
    page = selected_page(invoices, INVOICES, shown, terms, cursor, NEEDS)
    on = ListPage.of(now)
    others = [column.cell for column in shown[1:]]
    return page._replace(rows=[_row(row, on, shown[0], others) for row in page.rows])


def _row(row: dict[str, Any], on: ListPage, first: Column, others: list[Any]) -> Row:
    title, cells = first.cell(row, on), [cell(row, on) for cell in others]
    return Row(row["pk"], f"row-{row['pk']}", title.text, title.url, "", cells)


def found(filterset: InvoiceFilter, terms: tuple[str, ...], cursor: str | None) -> tuple[Any, Sums]:
    """What the list is about, and what it comes to."""
    invoices = filterset.qs
    if not filterset.words:
        return invoices, sums_of(invoices)
    return _found_by_words(invoices, filterset.words, terms, cursor)


def _found_by_words(
    invoices: Any, query: str, terms: tuple[str, ...], cursor: str | None
) -> tuple[Any, Sums]:
    """A common word fills the first page from the latest invoices alone; how many more there are is counted on
    demand. Otherwise the few that match are looked up once, by their keys."""
    if terms == FIRST_ORDER and not cursor:
        latest = among_first(invoices, query, order=BY_DATE, walk=LATEST, most=SIZE + 1)
        if len(latest) > SIZE:
            return among(Invoice.objects.all(), latest), Sums(SIZE, [], is_exact=False)
    sql, parameters = statement(
        matching(invoices, query, cap=None).order_by().values_list("pk", "dated_on")[: CAP + 1]
    )
    with connection.cursor() as found_by:
        found_by.execute(FIRST_OF.format(rows=sql), [*parameters, CAP + 1])
        keys = [key for (key,) in found_by.fetchall()]
    few = among(Invoice.objects.all(), keys[:CAP])
    return few, sums_of(few) if len(keys) <= CAP else Sums(CAP, [], is_exact=False)


def exact_sums(filterset: InvoiceFilter) -> Sums:
    """On demand: as long as it takes."""
    return sums_of(matching(filterset.qs, filterset.words, cap=None), cap=None)
