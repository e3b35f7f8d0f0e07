"""The list of deals: fifty rows of text and one line of sums."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.custom.columns import named_clients
from deals.filters import DealFilter
from deals.models import Deal
from deals.models.deal import State
from deals.queries import words
from deals.queries.columns import STATE_TAGS as STATE_TAGS
from deals.queries.columns import USUAL, ListPage, columns
from deals.queries.fields import fields
from deals.queries.groups import GROUPINGS
from deals.queries.page import card
from deals.queries.sums import CAP, Worth, capped_worth, worth_of
from foundation.keyset import Page
from foundation.search import among, among_first, matching
from foundation.statements import statement
from lists.cells import Cells, Fixed
from lists.registry import Column, RecordList, Row
from lists.selecting import SIZE, computed_money, selected_page
from lists.sorting import order_of, terms_of

LATEST = 6_000
FIRST_ORDER = ("-opened",)
# What an index orders, of any number of deals; the last two only of open ones.
ONLY_OPEN = frozenset({"next_step", "expected"})
LED_BY = frozenset({"-opened", "opened", "-amount"}) | ONLY_OPEN


FIRST_OF = """
    SELECT key, count(*) OVER (), coalesce(sum(worth) OVER (), 0) FROM ({rows}) AS found (key, worth, place)
    ORDER BY place {way} NULLS LAST, key {way} LIMIT %s
"""


def rows(query: Any, person: Any) -> Any:
    """The deals a query string of filters asks for, of those the person sees."""
    request = HttpRequest()
    request.user = person
    return DealFilter(query, queryset=Deal.objects.visible_to(person), request=request).qs


def row_of(pk: int, person: Any, shown: Sequence[Column]) -> Row | None:
    """The row of one deal afresh; one statement."""
    page = list_page(
        Deal.objects.visible_to(person).filter(pk=pk), shown, FIRST_ORDER, None, person, timezone.now()
    )
    return page.rows[0] if page.rows else None


def records() -> Any:
    return Deal.objects.select_related("stage", "pipeline", "account", "owner", "source")


DEALS = RecordList(
    key="deals",
    title=_("Deals"),
    url_name="deals:list",
    gate="deals.view",
    first="title",
    usual=USUAL,
    sort="-opened",
    led_by=LED_BY,
    columns=columns,
    rows=rows,
    fields=fields,
    groupings={name: grouping.label for name, grouping in GROUPINGS.items()},
    cells=Cells(url_name="deals:cell", records=records, row=row_of, card=card, card_id="deal-about"),
)


class Total(NamedTuple):
    """A cell of the totals row; `exactly` is the whole amount where `text` is a short one."""

    css: str
    text: str
    exactly: str = ""


def terms_asked(said: str) -> tuple[str, ...]:
    return terms_of(said, columns()) or FIRST_ORDER


def list_page(
    deals: Any,
    shown: Sequence[Column],
    terms: tuple[str, ...],
    cursor: str | None,
    person: Any,
    now: datetime,
) -> Page:
    """A page of rows ready to be shown; one statement, two where empty values begin or clients are named in fields
    the company added."""
    fixed = Fixed(DEALS, shown, person)
    page = selected_page(deals, DEALS, shown, terms, cursor, fixed.needs)
    on = ListPage.of(now, named_clients("deal", [*shown], page.rows, person))
    others = [column.cell for column in shown[1:]]
    return page._replace(rows=[_row(row, on, shown[0], others, fixed(row)) for row in page.rows])


def _row(row: dict[str, Any], on: ListPage, first: Column, others: list[Any], fixed: str) -> Row:
    title, cells = first.cell(row, on), [cell(row, on) for cell in others]
    return Row(row["pk"], f"row-{row['pk']}", title.text, title.url, "", cells, fixed)


def found(
    filterset: DealFilter, person: Any, terms: tuple[str, ...], cursor: str | None, shown: Sequence[Column]
) -> tuple[Any, Worth]:
    """What the list is about, and what it is worth."""
    deals, money = filterset.qs, computed_money(shown)
    if not filterset.words:
        return deals, worth_of(filterset, deals, person, money)
    deals, worth = found_by_words(deals, filterset.words, terms, cursor)
    if money and worth.is_exact:
        worth = replace(worth, sums=capped_worth(deals, money).sums)
    return deals, worth


def found_by_words(deals: Any, query: str, terms: tuple[str, ...], cursor: str | None) -> tuple[Any, Worth]:
    """Those of `deals` a search found, by their keys, and their worth: words are matched once and joined to nothing.

    A common word fills the first page from the latest deals alone; how many more there are is counted on demand.
    Otherwise the first page needs only the first of all that match; which those are is known here already. Where
    several columns or one of another table sort, all that were found are needed.
    """
    order = order_of(terms, columns())
    if terms == FIRST_ORDER and not cursor:
        latest = among_first(deals, query, order=order, walk=LATEST, most=SIZE + 1)
        if len(latest) > SIZE:
            return among(Deal.objects.all(), latest), Worth(SIZE, is_exact=False)
    by = order[0] if len(terms) == 1 and terms[0] in LED_BY else ""
    most = CAP if cursor or not by else SIZE + 1
    keys, worth = _first_of(matching(deals, query, cap=None), by or order[-1], most)
    return among(Deal.objects.all(), keys), worth


def _first_of(found: Any, by: str, most: int) -> tuple[list[int], Worth]:
    """Keys of the first `most` of at most a thousand found deals, and what the thousand are worth; one statement."""
    rows, parameters = statement(
        found.order_by().values_list("pk", "base_amount", by.removeprefix("-"))[:CAP]
    )
    way = "DESC" if by.startswith("-") else "ASC"
    with connection.cursor() as cursor:
        cursor.execute(FIRST_OF.format(rows=rows, way=way), [*parameters, most])
        first = cursor.fetchall()
    if not first:
        return [], Worth()
    _key, count, together = first[0]
    return [key for key, _count, _together in first], Worth(count, together, count < CAP)


def led_by(said: dict[str, Any]) -> frozenset[str]:
    """The sorts an index serves for these filters."""
    return LED_BY if said.get("state") == [State.OPEN] else LED_BY - ONLY_OPEN


def totals(shown: Sequence[Column], worth: Worth) -> list[Total]:
    """The totals row after its first cell: sums of money columns, in the company's currency."""
    return [_total(column, worth) for column in shown[1:]]


def _total(column: Column, worth: Worth) -> Total:
    amount: Decimal | None = worth.sums.get(column.money)
    if column.money == "base_amount" and worth.is_exact:
        amount = worth.base_amount
    if amount is None:
        return Total(column.css, "")
    return Total(column.css, words.worth_text(amount), words.amount_text(amount, settings.BASE_CURRENCY))
